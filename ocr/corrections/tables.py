"""Tables in a record: which cell stands where, and what becomes of a table when its record is read anew."""

import re
from collections.abc import Callable, Collection, Mapping

from ocr.corrections.spans import Document, Element
from ocr.page import Cell
from ocr.tei.tables import placed

_BARE = re.compile(r"""<(?:\w+:)?(?:row|cell)(?:\s+(?:rows|cols)\s*=\s*["'][^"']*["'])*\s*/?>|</[^>]*>|\s""")
"""What of rows and cells says nothing by itself."""


def cells_of(doc: Document) -> dict[Element, Cell]:
    """The cells of all tables of the text with their places."""
    text = doc.root.child("text")
    tables = [] if text is None else [e for e in text.walk() if e.name == "table"]
    return {
        cell: place
        for n, table in enumerate(tables, 1)
        for cell, place in placed(
            n, [[e for e in row.children if e.name == "cell"] for row in table.children if row.name == "row"]
        )
    }


def table_around(element: Element) -> Element | None:
    """The table that an element stands in."""
    return next((e for e in element.above() if e.name == "table"), None)


def is_emptied(doc: Document, table: Element, out: Collection[Element]) -> bool:
    """Does nothing stay in a table when those abs are taken out?"""
    abs_ = [e for e in table.walk() if e.name == "ab"]
    if not all(ab in out for ab in abs_):
        return False
    rest, at = "", table.inner
    for ab in abs_:
        rest, at = rest + doc.text[at : ab.start], ab.end
    return not _BARE.sub("", rest + doc.text[at : table.inner_end])


def spelt_with(
    doc: Document, table: Element, abs_: Mapping[Element, str], spelt: Callable[[str], str]
) -> str:
    """A table, its own tags spelt in another way, with these abs in it and no other."""
    text, at = "", table.start
    for ab in (e for e in table.walk() if e.name == "ab"):
        text, at = text + spelt(doc.text[at : ab.start]) + abs_.get(ab, ""), ab.end
    return text + spelt(doc.text[at : table.end])


def same_cell(doc: Document, table: Element, place: Cell) -> Element | None:
    """The cell of a table that stands where another table has one."""
    cells = cells_of(doc)
    mine = (cell for cell in table.walk() if cell in cells)
    return next((c for c in mine if (cells[c].row, cells[c].column) == (place.row, place.column)), None)
