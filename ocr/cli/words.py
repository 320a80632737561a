"""The words command: the words of TEI files as a table, for a spreadsheet or a program."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocr.cli.terminal import CSV_DIALECTS, knows_all_letters, one_of_names, say
from ocr.errors import RecordError, SettingsError

if TYPE_CHECKING:
    from ocr.word_table import WordRow

_NUMBERS = ("confidence", "alternative_confidences")


def words(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="TEI files, or folders with .xml files.")
    ],
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for a spreadsheet (the default).")] = False,
    as_jsonl: Annotated[
        bool, typer.Option("--jsonl", help="A JSON object a line, one for each word, for programs.")
    ] = False,
    csv_dialect: Annotated[
        str, typer.Option(metavar="plain|excel-ru", help="excel-ru: semicolons and decimal commas.")
    ] = "plain",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="File to write, else standard output."),
    ] = None,
) -> None:
    """List every word with its line, place on the scan, confidence, alternatives, state and reader.

    A row for each word, in reading order; the column file names the TEI. Exit code 10 when a file is no TEI.
    """
    from ocr.tei.validate import records_below
    from ocr.word_table import words as words_of

    if as_csv and as_jsonl:
        raise SettingsError("--csv and --jsonl are two answers; give one of them.")
    one_of_names(CSV_DIALECTS, csv_dialect, "CSV dialect")
    files = [file for path in paths for file in records_below(path)]
    if not files:
        raise RecordError(f"No .xml file in {', '.join(map(str, paths))}. Give TEI files, or their folder.")
    rows = ((str(file), row) for file in files for row in words_of(file))
    text = _jsonl(rows, escaped=output is None) if as_jsonl else _csv(rows, csv_dialect)
    if output is None:
        typer.echo(text, nl=False)
        return
    from ocr.files import write_whole

    # the mark tells Excel that it is UTF-8
    write_whole(output, text.encode("utf-8" if as_jsonl else "utf-8-sig", "backslashreplace"))
    say(f"written: {output}")


def _jsonl(rows: "Iterator[tuple[str, WordRow]]", *, escaped: bool) -> str:
    """One object a line; `escaped`: letters that the terminal does not know are told by number."""
    ascii_only = escaped and not knows_all_letters()
    return "".join(
        json.dumps({"file": file, **row._asdict()}, ensure_ascii=ascii_only, allow_nan=False) + "\n"
        for file, row in rows
    )


def _csv(rows: "Iterator[tuple[str, WordRow]]", dialect: str) -> str:
    """A heading and a row for each word; alternatives stand in one cell, with spaces between them."""
    from ocr.word_table import WordRow

    table = StringIO()
    writer = csv.writer(table, delimiter=";" if dialect == "excel-ru" else ",", lineterminator="\r\n")
    writer.writerow(("file", *WordRow._fields))
    for file, row in rows:
        cells = {name: _cell(value) for name, value in row._asdict().items()}
        if dialect == "excel-ru":
            cells |= {name: cells[name].replace(".", ",") for name in _NUMBERS}
        writer.writerow((file, *cells.values()))
    return table.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(_cell, value))
    return "" if value is None else str(value)
