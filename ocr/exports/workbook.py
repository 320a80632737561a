"""The tables of a notebook as one workbook, a sheet for each."""

import io
import re
from datetime import UTC, datetime

import xlsxwriter

from ocr.exports.output import GroupOutput
from ocr.exports.pages import Group
from ocr.exports.reading import ExportSettings, ShownWords
from ocr.exports.tables import tables_of
from ocr.exports.wording import remark_of

_FIGURE = re.compile(r"0|[1-9][0-9]{0,14}")
"""What a workbook may hold as a number without changing a digit."""
_NO_NAME = re.compile(r"[\[\]:*?/\\']")
_NAME_LETTERS = 31
"""A sheet's name has no more."""


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NOTEBOOK.xlsx, a sheet for each table; no file without one. RecordError when a page is no TEI."""
    counts, file, names = ShownWords(), io.BytesIO(), set[str]()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": group.name, "created": datetime(1980, 1, 1, tzinfo=UTC)})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for name, table in tables_of(group, settings, counts):
        sheet = book.add_worksheet(_sheet_name(name, names))
        for r, row in enumerate(table.rows):
            for c, text in enumerate(row):
                if _FIGURE.fullmatch(text):
                    sheet.write_number(r, c, int(text), wrapped)
                elif text:
                    sheet.write_string(r, c, text, wrapped)
        for cell, _ in table.cells:
            if cell.rows > 1 or cell.columns > 1:
                last = cell.row + cell.rows - 1, cell.column + cell.columns - 1
                sheet.merge_range(cell.row, cell.column, *last, table.rows[cell.row][cell.column], wrapped)
    if not names:
        out.remark = remark_of(counts, settings)
        return
    book.close()
    out.put(".xlsx", file.getvalue())
    out.remark = remark_of(counts, settings)


def _sheet_name(page: str, taken: set[str]) -> str:
    """A name that no other sheet has, in the letters that sheets may have."""
    plain = _NO_NAME.sub("-", page) or "page"
    count = 1
    while (name := f"{plain[: _NAME_LETTERS - 5]} {count}").casefold() in taken:
        count += 1
    taken.add(name.casefold())
    return name
