"""The words of a notebook as a table that a spreadsheet opens: a row for each, as `ocr words` has it."""

from ocr.exports.output import GroupOutput
from ocr.exports.pages import Group
from ocr.exports.reading import ExportSettings
from ocr.spreadsheet import csv_text
from ocr.text import printable
from ocr.word_table import WordRow, rows_of


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NOTEBOOK.csv. RecordError when a page is no TEI."""
    with out.open_file(f"{group.place}.csv") as file:
        file.write(
            csv_text([("file", *WordRow._fields)], "plain").encode("utf-8-sig")
        )  # the mark is for Excel
        for page in group.pages():
            rows = ((printable(page.place.name), *row) for row in rows_of(page.view))
            file.write(csv_text(rows, "plain").encode())
