"""Small records with tables: cells on a grid, each a region with a line or two."""

from collections.abc import Sequence
from dataclasses import replace

from ocr.geometry import Box, Point
from ocr.page import Cell, Line, Page, Reading, Region, Word
from ocr.tei.write import to_tei
from tests.exports.records import page_of

ROWS = (
    ("", "Въ іюнѣ.", "Въ декабрѣ."),
    ("До Томска", "1 р. 20 к.", "1 р. 40 к."),
    ("„ Канска", "40 к.", ""),
    ("„ Иркутска\nи далѣе", "2 р.", "2 р. 30 к."),
)


def table_of(
    rows: Sequence[Sequence[str]], *, table: int = 1, top: int = 400, left: int = 100
) -> list[Region]:
    """The regions of a table, 300 pixels to a column, 100 to a row; empty texts are no regions."""
    return [
        region_of(text, Cell(table, r, c), left + 300 * c, top + 100 * r)
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
        if text
    ]


def region_of(text: str, cell: Cell, x: int, y: int) -> Region:
    lines = []
    for n, each in enumerate(text.split("\n")):
        at, words = x, []
        for word in each.split():
            words.append(Word(word, Box(at, y + 40 * n, at + 12 * len(word), y + 40 * n + 30), 0.9))
            at += 12 * len(word) + 12
        outline = Box(x, y + 40 * n, at, y + 40 * n + 35).outline()
        baseline = (Point(x, y + 40 * n + 30), Point(at, y + 40 * n + 30))
        lines.append(Line(outline, baseline, readings=(Reading("cursive", tuple(words), 0.8),)))
    return Region(Box(x, y, x + 280, y + 90).outline(), tuple(lines), cell=cell)


def page_with_table(rows: Sequence[Sequence[str]] = ROWS, **places: int) -> Page:
    """A page with a line of prose before and behind a table."""
    page = page_of("Среднія цѣны съ пуда\nбыли слѣдующія:", "Промыслы — рыболовство")
    surface = page.surfaces[0]
    before, behind = surface.regions
    down = [replace(line, outline=Box(95, 1200, 700, 1250).outline(), baseline=()) for line in behind.lines]
    words = tuple(replace(w, box=None) for w in down[0].readings[0].words)
    down[0] = replace(down[0], readings=(replace(down[0].readings[0], words=words),))
    behind = Region(Box(95, 1200, 700, 1250).outline(), tuple(down))
    regions = (before, *table_of(rows, **places), behind)
    return replace(page, surfaces=(replace(surface, regions=regions),))


def table_record(rows: Sequence[Sequence[str]] = ROWS) -> bytes:
    """Its TEI, as the machine writes it."""
    return to_tei(page_with_table(rows))
