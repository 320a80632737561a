"""Tables of a record: `table`, `row` and `cell` put around the regions of a page, and read back as places."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol, TypeVar

from lxml import etree

from ocr.page import Cell
from ocr.tei.names import q

_MOST_COVERED = 100
"""A cell that claims to cover more rows or columns is taken to cover so many."""


class _Element(Protocol):
    """An element of whichever parser."""

    def get(self, name: str, /) -> str | None:
        """The value of an attribute."""


_E = TypeVar("_E", bound=_Element)


def cells_of(root: etree._Element) -> dict[etree._Element, Cell]:
    """Each cell of the tables of a TEI tree, with its place. Tables are counted in the order of the file."""
    return {
        cell: place
        for n, table in enumerate(root.iter(q("table")), 1)
        for cell, place in placed(
            n, [list(row.iterchildren(q("cell"))) for row in table.iterchildren(q("row"))]
        )
    }


def placed(table: int, rows: Sequence[Sequence[_E]]) -> Iterator[tuple[_E, Cell]]:
    """The cells of a table, given row by row, each with its place: those before and above it make way."""
    free_from: dict[int, int] = {}
    for row, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while free_from.get(column, 0) > row:
                column += 1
            down, across = _covered(cell.get("rows")), _covered(cell.get("cols"))
            yield cell, Cell(table, row, column, down, across)
            for each in range(column, column + across):
                free_from[each] = row + down
            column += across


def _covered(value: str | None) -> int:
    """What @rows or @cols of a cell says; 1 when it says nothing that makes sense."""
    plain = (value or "").strip()
    number = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 9 else 1
    return min(max(number, 1), _MOST_COVERED)


def put_table(parent: etree._Element, cells: Sequence[Cell]) -> dict[tuple[int, int], etree._Element]:
    """Puts a table with all its cells, empty ones too, into an element: the cells by row and column.

    Cells that cover what another covers, or a whole row between them, cover less.
    """
    spans = _spans(cells)
    height = max(row + down for (row, _), (down, _) in spans.items())
    width = max(column + across for (_, column), (_, across) in spans.items())
    covered = {
        (row + i, column + j)
        for (row, column), (down, across) in spans.items()
        for i in range(down)
        for j in range(across)
    }
    table = etree.SubElement(parent, q("table"), rows=str(height), cols=str(width))
    table.text = table.tail = "\n"
    holders = {}
    for r in range(height):
        row = etree.SubElement(table, q("row"))
        row.text = row.tail = "\n"
        for c in range(width):
            if (r, c) in covered and (r, c) not in spans:
                continue
            cell = etree.SubElement(row, q("cell"))
            cell.tail = "\n"
            for name, count in zip(("rows", "cols"), spans.get((r, c), (1, 1)), strict=True):
                if count > 1:
                    cell.set(name, str(count))
            holders[r, c] = cell
    return holders


def _spans(cells: Iterable[Cell]) -> dict[tuple[int, int], tuple[int, int]]:
    """How many rows and columns each place with a cell covers: no place twice, and no row as a whole."""
    spans = {(cell.row, cell.column): (cell.rows, cell.columns) for cell in cells}
    places = [
        (row + i, column + j)
        for (row, column), (down, across) in spans.items()
        for i in range(down)
        for j in range(across)
    ]
    if len(set(places)) < len(places):
        return dict.fromkeys(spans, (1, 1))
    width = max(column for _, column in places) + 1
    starts = {row for row, _ in spans}
    for r in range(max(row for row, _ in places) + 1):
        if r not in starts and len({column for row, column in places if row == r}) == width:
            spans = {
                (row, column): (min(down, r - row) if row < r else down, across)
                for (row, column), (down, across) in spans.items()
            }
    return spans


def table_text(cells: Iterable[tuple[Cell, str]]) -> list[str]:
    """The rows of a table as lines of text, cells parted by tabs. `cells` are its texts, in order; those of
    one cell are joined by spaces. Rows without text are left out."""
    by_row = sorted(
        ((cell.row, cell.column, text) for cell, text in cells if text), key=lambda each: each[:2]
    )
    rows = []
    for _, of_row in groupby(by_row, key=lambda each: each[0]):
        texts: dict[int, str] = {}
        for _, column, text in of_row:
            texts[column] = f"{texts[column]} {text}" if column in texts else text
        rows.append("\t".join(texts.get(column, "") for column in range(max(texts) + 1)))
    return rows
