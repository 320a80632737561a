"""The words command: tables and objects, one file after the other, and what it refuses."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import ocr
from ocr import word_table
from ocr.cli.app import app
from ocr.corrections.changes import CorrectLine, edit
from ocr.corrections.tokens import Token
from ocr.corrections.view import view

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs/example/page-0001.xml"


def test_the_words_command(tmp_path: Path) -> None:
    example, table = str(ROOT / "docs/example"), tmp_path / "words.csv"
    done = CliRunner().invoke(app, ["words", example, "--jsonl"])
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    rows = ocr.words(ROOT / "docs/example/page-0001.xml")
    assert [entry["text"] for entry in objects] == [row.text for row in rows]
    assert (
        CliRunner().invoke(app, ["words", example, "--csv-dialect", "excel-ru", "-o", str(table)]).exit_code
        == 0
    )
    head, first = table.read_bytes().decode("utf-8-sig").split("\r\n")[:2]
    assert table.read_bytes()[:3] == b"\xef\xbb\xbf"
    assert head.split(";") == ["file", *ocr.WordRow._fields]
    assert first.split(";")[6] == str(rows[0].confidence).replace(".", ",")
    plain_table = CliRunner().invoke(app, ["words", example]).stdout
    assert plain_table.splitlines()[0] == ",".join(["file", *ocr.WordRow._fields])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--csv", "--jsonl"], "give one of them"),
        (["--csv-dialect", "excel"], "known: plain, excel-ru"),
    ],
)
def test_what_the_words_command_refuses(words: list[str], sentence: str) -> None:
    done = CliRunner().invoke(app, ["words", str(ROOT / "docs/example"), *words])
    assert isinstance(done.exception, ocr.OcrError)
    assert sentence in str(done.exception)
    empty = CliRunner().invoke(app, ["words", str(ROOT / "ground_truth")])
    assert "No .xml file" in str(empty.exception)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two records, and two files between them that are none."""
    for name in ("1.xml", "4.xml"):
        (tmp_path / name).write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "2.xml").write_text("<mets/>", "utf-8")
    (tmp_path / "3.xml").write_text("no XML at all", "utf-8")
    return tmp_path


@pytest.mark.parametrize("flag", ["--csv", "--jsonl"])
def test_a_file_that_is_no_record_is_named_and_the_others_are_listed(folder: Path, flag: str) -> None:
    done = CliRunner().invoke(app, ["words", str(folder), flag])
    files = [str(folder / name) for name in ("1.xml", "4.xml")]
    if flag == "--csv":
        listed = [row["file"] for row in csv.DictReader(io.StringIO(done.stdout))]
    else:
        listed = [json.loads(line)["file"] for line in done.stdout.splitlines()]
    assert listed == [file for file in files for _ in ocr.words(EXAMPLE)]
    assert all(f"left out: {folder / name}" in done.stderr for name in ("2.xml", "3.xml"))
    assert isinstance(done.exception, ocr.OcrError)
    assert (done.exception.exit_code, "2 of 4" in str(done.exception)) == (10, True)


def test_without_any_record_an_old_table_stays(folder: Path) -> None:
    table = folder / "words.csv"
    table.write_text("old", "utf-8")
    done = CliRunner().invoke(app, ["words", str(folder / "2.xml"), "-o", str(table)])
    assert isinstance(done.exception, ocr.OcrError)
    assert done.exception.exit_code == 10
    assert table.read_text("utf-8") == "old"
    assert not list(folder.glob(".tetradi*"))


def test_pages_are_written_one_by_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of a hundred thousand pages is never held in memory."""
    steps: list[str] = []
    rows = ocr.words(EXAMPLE)

    def read(path: Path) -> list[Any]:
        steps.append(f"read {path.name}")
        return rows

    class File(io.BytesIO):
        def writelines(self, parts: Iterable[bytes]) -> None:  # type: ignore[override]
            steps.extend("write" for part in parts if part)

    monkeypatch.setattr(word_table, "words", read)
    monkeypatch.setattr("ocr.files.whole_file", lambda path: File())
    CliRunner().invoke(app, ["words", str(folder), "--jsonl", "-o", "words.jsonl"])
    assert steps == [step for n in (1, 2, 3, 4) for step in (f"read {n}.xml", "write")]


def test_a_spreadsheet_computes_no_word(tmp_path: Path) -> None:
    content = EXAMPLE.read_bytes()
    line = view(content).lines[0].ident
    change = CorrectLine(line, (Token("=1+1"), Token("-то"), Token("тогда")))
    (tmp_path / "a.xml").write_bytes(edit(content, [change], "@В", "2026-11-27"))
    done = CliRunner().invoke(app, ["words", str(tmp_path)])
    first = list(csv.DictReader(io.StringIO(done.stdout)))[:3]
    assert [row["text"] for row in first] == ["'=1+1", "'-то", "тогда"]
    assert {row["by"] for row in first} == {"'@В"}
    objects = CliRunner().invoke(app, ["words", str(tmp_path), "--jsonl"]).stdout.splitlines()
    assert json.loads(objects[0])["text"] == "=1+1"
