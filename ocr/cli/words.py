"""The words command: the words of TEI files as a table, for a spreadsheet or a program."""

import json
from codecs import iterencode
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocr.cli.terminal import knows_all_letters, one_of_names, records_in, say
from ocr.errors import RecordError, SettingsError
from ocr.spreadsheet import DIALECTS, csv_text

if TYPE_CHECKING:
    from ocr.word_table import WordRow


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

    A row for each word, in reading order; the column file names the TEI. Exit code 10 when a file is no TEI:
    it is named, and the others are listed.
    \f
    RecordError for such files, SettingsError for flags that do not go together.
    """
    from ocr.files import whole_file

    if as_csv and as_jsonl:
        raise SettingsError("--csv and --jsonl are two answers; give one of them.")
    one_of_names(DIALECTS, csv_dialect, "CSV dialect")
    files, refused = records_in(paths), list[Path]()
    pages = _pages(files, refused)
    escaped = output is None and not knows_all_letters()  # letters by number, where not all can be shown
    parts = (_jsonl(page, escaped=escaped) for page in pages) if as_jsonl else _csv(pages, csv_dialect)
    if output is None:
        for part in parts:
            typer.echo(part, nl=False)
    else:
        # the mark tells Excel that it is UTF-8
        encoding = "utf-8" if as_jsonl else "utf-8-sig"
        with whole_file(output) as file:
            file.writelines(iterencode(parts, encoding, "backslashreplace"))
        say(f"written: {output}")
    if refused:
        raise RecordError(f"{len(refused)} of {len(files)} files could not be listed; the others were.")


_PageRows = list[tuple[str, "WordRow"]]


def _pages(files: list[Path], refused: list[Path]) -> Iterator[_PageRows]:
    """The rows of one file after the other; a file that is no TEI is named and put into `refused`.

    RecordError when all are.
    """
    from ocr.word_table import words as words_of

    for file in files:
        try:
            yield [(str(file), row) for row in words_of(file)]
        except RecordError as error:
            say(f"left out: {error}")
            refused.append(file)
    if len(refused) == len(files):
        raise RecordError("None of the files is TEI that can be listed; ocr validate says what is wrong.")


def _jsonl(page: _PageRows, *, escaped: bool) -> str:
    entries = ({"file": file, **row._asdict()} for file, row in page)
    return "".join(f"{json.dumps(entry, ensure_ascii=escaped, allow_nan=False)}\n" for entry in entries)


def _csv(pages: Iterator[_PageRows], dialect: str) -> Iterator[str]:
    """A heading and a row for each word; alternatives stand in one cell, with spaces between them."""
    from ocr.word_table import WordRow

    yield csv_text([("file", *WordRow._fields)], dialect)
    for page in pages:
        yield csv_text([(file, *row) for file, row in page], dialect)
