"""The table of words of a notebook."""

import csv
from io import StringIO
from pathlib import Path

from ocr.exports.run import export
from tests.exports.records import record_of


def test_the_words_of_all_pages_of_a_notebook_in_one_table(tmp_path: Path) -> None:
    for name, text in {"p1": "Старый =конь", "p2": "борозды"}.items():
        (tmp_path / "in" / "book").mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / "book" / f"{name}.xml").write_bytes(record_of(text))
    list(export([tmp_path / "in"], "csv", tmp_path / "out"))
    rows = list(csv.DictReader(StringIO((tmp_path / "out" / "book.csv").read_text("utf-8-sig"))))
    assert [(row["file"], row["text"], row["confidence"]) for row in rows] == [
        ("p1", "Старый", "0.5"),
        ("p1", "'=конь", "0.51"),
        ("p2", "борозды", "0.5"),
    ]
    assert rows[0]["left"] == "100"
