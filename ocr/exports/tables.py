"""The tables of records, their cells in rows and columns; each as a CSV file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ocr.exports.output import GroupOutput
from ocr.exports.pages import Group
from ocr.exports.plain import line_text
from ocr.exports.reading import ExportSettings, ReadingLine, ReadingPage, ShownWords, reading_lines
from ocr.exports.wording import remark_of
from ocr.page import Cell
from ocr.spreadsheet import csv_text
from ocr.text import printable

_MOST_PLACES = 100_000
"""A table with more rows times columns is mostly empty."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of a page: each cell that has lines, in order, with their text."""

    cells: tuple[tuple[Cell, str], ...]

    @property
    def rows(self) -> list[list[str]]:
        """All rows, all as long; what stands in no cell, or is covered by one, is empty."""
        height = max(cell.row + cell.rows for cell, _ in self.cells)
        width = max(cell.column + cell.columns for cell, _ in self.cells)
        rows = [[""] * width for _ in range(height)]
        for cell, text in self.cells:
            before = rows[cell.row][cell.column]
            rows[cell.row][cell.column] = f"{before} {text}".strip()
        return rows


def blocks_of(lines: Iterable[ReadingLine]) -> Iterator[tuple[bool, list[ReadingLine]]]:
    """The lines in stretches: of one table (True), or between tables."""
    for table, block in groupby(lines, lambda each: None if each.line.cell is None else each.line.cell.table):
        yield table is not None, list(block)


def grid_of(lines: Sequence[ReadingLine]) -> list[list[tuple[Cell, list[ReadingLine]]]]:
    """The cells of a table row by row, those without lines too; what a cell covers is no cell. Of a table too
    large and too empty rows and columns without a cell are left out."""
    cells: dict[tuple[int, int], tuple[Cell, list[ReadingLine]]] = {}
    for each in lines:
        if (cell := each.line.cell) is not None:
            cells.setdefault((cell.row, cell.column), (cell, []))[1].append(each)
    rows = list(range(max(row for row, _ in cells) + 1))
    columns = list(range(max(column for _, column in cells) + 1))
    if len(rows) * len(columns) > _MOST_PLACES:
        rows, columns = sorted({row for row, _ in cells}), sorted({column for _, column in cells})
    row_at, column_at = ({place: n for n, place in enumerate(places)} for places in (rows, columns))
    grid: dict[tuple[int, int], tuple[Cell, list[ReadingLine]]] = {}
    covered: set[tuple[int, int]] = set()
    for (row, column), (cell, own) in sorted(cells.items()):
        r, c = row_at[row], column_at[column]
        down, across = min(cell.rows, len(rows) - r), min(cell.columns, len(columns) - c)
        places = {(r + i, c + j) for i in range(down) for j in range(across)}
        if not places.isdisjoint(covered):
            down, across, places = 1, 1, {(r, c)}
        covered |= places
        grid[r, c] = Cell(cell.table, r, c, down, across), own
    table = next(iter(cells.values()))[0].table
    return [
        [
            grid.get((r, c), (Cell(table, r, c), []))
            for c in range(len(columns))
            if (r, c) in grid or (r, c) not in covered
        ]
        for r in range(len(rows))
    ]


def text_table(lines: Sequence[ReadingLine], settings: ExportSettings) -> TextTable | None:
    """The table that lines make as text; None when nothing of them is text."""
    cells = [
        (cell, text)
        for row in grid_of(lines)
        for cell, own in row
        if (text := " ".join(filter(None, (line_text(each, settings) for each in own))))
    ]
    return TextTable(tuple(cells)) if cells else None


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NAME.table-1.csv and so on for a page. RecordError when it is no TEI."""
    counts = ShownWords()
    for n, (_, table) in enumerate(tables_of(group, settings, counts), 1):
        out.put(f".table-{n}.csv", csv_text(table.rows, "plain").encode("utf-8-sig"))  # the mark is for Excel
    out.remark = remark_of(counts, settings)


def tables_of(group: Group, settings: ExportSettings, counts: ShownWords) -> Iterator[tuple[str, TextTable]]:
    """The tables of the pages of a group, each with the name of its page."""
    for page in group.pages():
        lines = tuple(reading_lines(page, settings))
        in_tables = tuple(each for each in lines if each.line.cell is not None)
        counts.add_page(ReadingPage(page, in_tables))
        for is_table, block in blocks_of(lines):
            if is_table and (table := text_table(block, settings)) is not None:
                yield printable(page.place.name), table
