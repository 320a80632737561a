"""The align command: records changed or a second opinion beside them, and the list of all lines."""

import csv
from io import StringIO
from pathlib import Path

from typer.testing import CliRunner

from ocr.cli.app import app
from ocr.corrections.view import view
from tests.alignment.test_run import ANOTHER, LINES, READ, TEXT
from tests.exports.records import record_of


def _folders(tmp_path: Path) -> tuple[Path, Path]:
    out, text = tmp_path / "out", tmp_path / "edition.txt"
    (out / "book").mkdir(parents=True)
    (out / "book" / "p1.xml").write_bytes(record_of(*READ))
    (out / "book" / "p1.txt").write_text("\n".join(READ), "utf-8")
    text.write_text(TEXT, "utf-8")
    return out, text


def test_records_get_the_text_and_a_table_lists_the_lines(tmp_path: Path) -> None:
    out, text = _folders(tmp_path)
    done = CliRunner().invoke(app, ["align", str(text), str(out), "--by", "Издание"])
    assert done.exit_code == 0, done.output
    assert "6 of 6 lines" in done.output
    record = view((out / "book" / "p1.xml").read_bytes())
    assert "Издание" in record.people.values()
    rows = list(csv.DictReader(StringIO((out / "align.csv").read_text("utf-8-sig"))))
    assert [row["text"] for row in rows] == LINES
    assert {row["outcome"] for row in rows} == {"given"}
    again = CliRunner().invoke(app, ["align", str(text), str(out)])
    assert "0 of 6 lines" in again.output  # the edition's own words are a person's by now


def test_a_second_opinion_leaves_the_records_alone(tmp_path: Path) -> None:
    out, text = _folders(tmp_path)
    before = (out / "book" / "p1.xml").read_bytes()
    done = CliRunner().invoke(app, ["align", str(text), str(out), "--other", str(tmp_path / "other")])
    assert done.exit_code == 0, done.output
    assert (out / "book" / "p1.xml").read_bytes() == before
    assert (tmp_path / "other" / "book" / "p1.xml").read_bytes() != before


def test_another_text_has_the_exit_code_of_what_cannot_be_compared(tmp_path: Path) -> None:
    out, text = _folders(tmp_path)
    text.write_text(ANOTHER, "utf-8")
    done = CliRunner().invoke(app, ["align", str(text), str(out)])
    assert type(done.exception).__name__ == "ComparisonError"
