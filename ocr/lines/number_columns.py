"""Columns of numbers that no rule parts: told from prose by what was read, shared out among cells.

Lines that follow each other make a table where the same stretches of their rows stay free, and what stands
behind one of them are numbers, with their units, in nearly every row. Numbers before a text alone make none:
they may count the items of a list, or be years. No word is read again: each goes to one cell as it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ocr.geometry import Affine, Box, Point
from ocr.page import Cell, Kind, Line, Reading, Region, Surface, Word

LEAST_ROWS = 4
FREE_PITCHES = 0.9
"""Between two columns nothing is written for so long, in distances of lines."""
LEAST_FILLED = 0.75
"""Of the rows at least this share has a number in a column of numbers, and writing in two columns."""
LEAST_NUMBERS = 0.75
"""Of what stands in a column of numbers so much is numbers; its head is none."""
MOST_APART_PITCHES = 0.6
"""The numbers of a column begin, or end, at one place to within this, for the most part."""
HEAD_GAPS = 1.5
"""Heads of columns stand so many times further apart than the words of one."""
_NUMBER = re.compile(r"[0-9][0-9.,:/½¼¾\s]*[-—–]?")
_BESIDE = re.compile(
    r"[-—–„“”\"'«».,:=]+|(?:р|к|руб|коп|п|пуд|ф|фун|зол|арш|вер|саж|дес|д|ч|л|м|г|сер|ас)[.:,]?|№|%",
    re.IGNORECASE,
)
"""What may stand in place of a number or beside it: no sum, the same as above, units."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line with its words, from left to right, in pixels of the leaf."""

    line: Line
    boxes: tuple[Box, ...]
    words: tuple[Word, ...]


def with_number_columns(surface: Surface, to_scan: Affine) -> Surface:
    """The surface, columns of numbers in cells. `to_scan` leads from the leaf, on which lines run level."""
    count = max((region.cell.table for region in surface.regions if region.cell), default=0)
    regions: list[Region] = []
    for region in surface.regions:
        if region.kind is not Kind.TEXT or region.cell is not None or region.hand is not None:
            regions.append(region)
            continue
        for part in _parted(region, to_scan, count):
            regions.append(part)
            count = max(count, part.cell.table if part.cell else 0)
    return replace(surface, regions=tuple(regions))


def _parted(region: Region, to_scan: Affine, count: int) -> Iterator[Region]:
    """The region itself, or its lines in parts, cells of tables between them."""
    rows = [_row(line, to_scan.inverse) for line in region.lines]
    heights = [box.centre.y for line in region.lines if (box := to_scan.inverse.outline(line.outline).box)]
    ways = [b - a for a, b in pairwise(heights) if b > a]
    tables = list(_tables(rows, median(ways))) if len(ways) >= LEAST_ROWS - 1 else []
    if not tables:
        yield region
        return
    at = 0
    for first, end, columns in tables:
        if first > at:
            yield _of_lines(region, region.lines[at:first])
        count += 1
        for n, row in enumerate(rows[first:end]):
            assert row is not None  # a table has no other
            yield from _cells(row, columns, (count, n), to_scan)
        at = end
    if at < len(region.lines):
        yield _of_lines(region, region.lines[at:])


def _of_lines(region: Region, lines: Sequence[Line]) -> Region:
    around = Box.around(point for line in lines for point in line.outline.points)
    return replace(region, lines=tuple(lines), outline=around.outline())


def _row(line: Line, to_leaf: Affine) -> _Row | None:
    """The words of a line; None where one has no place, or the line is no text."""
    readings = line.readings
    if line.kind is not Kind.TEXT or not readings or not readings[-1].words or len(line.baseline) < 2:
        return None
    if any(reading.failure or any(word.box is None for word in reading.words) for reading in readings):
        return None
    placed = [(to_leaf.box(word.box), word) for word in readings[-1].words if word.box is not None]
    placed.sort(key=lambda each: each[0].left)
    return _Row(line, tuple(box for box, _ in placed), tuple(word for _, word in placed))


def _tables(rows: Sequence[_Row | None], pitch: float) -> Iterator[tuple[int, int, list[float]]]:
    """The first row of each table, the one behind its last, and where its columns part."""
    first = 0
    while first + LEAST_ROWS <= len(rows):
        end = first
        while end < len(rows) and rows[end] is not None:
            end += 1
        for last in range(end, first + LEAST_ROWS - 1, -1):
            columns = _columns([row for row in rows[first:last] if row is not None], pitch)
            if columns:
                yield first, last, columns
                first = last - 1
                break
        first += 1


def _columns(rows: Sequence[_Row], pitch: float) -> list[float]:
    """Where the columns of rows part; none when they make no table."""
    if _count_apart(rows[-1], pitch) < 2 or len(rows[0].boxes) < 2:
        return []
    boxes = sorted((box for row in rows[1:] for box in row.boxes), key=lambda box: box.left)
    cuts, reach = list[float](), boxes[0].right
    for box in boxes[1:]:
        # The heads of columns may stand closer than what is under them.
        if box.left - reach > FREE_PITCHES * pitch and (cut := _free(rows[0], reach, box.left)) is not None:
            cuts.append(cut)
        reach = max(reach, box.right)
    cells = [_by_column(row, cuts) for row in rows]
    if not cuts or any(len(cells[at]) < 2 for at in (0, -1)):
        return []
    if sum(len(row) > 1 for row in cells) < LEAST_FILLED * len(rows) or not _is_head(rows[0], cells[0]):
        return []
    return cuts if any(_is_of_numbers(rows, cells, n, pitch) for n in range(1, len(cuts) + 1)) else []


def _free(row: _Row, start: float, end: float) -> float | None:
    """The middle of the widest stretch between two places in which a row has no word."""
    edges = [start, *(x for box in row.boxes for x in (box.left, box.right) if start < x < end), end]
    middles = [((a + b) / 2, b - a) for a, b in pairwise(edges)]
    free = [(width, x) for x, width in middles if not any(box.left < x < box.right for box in row.boxes)]
    return max(free)[1] if free else None


def _is_head(row: _Row, cells: dict[int, list[int]]) -> bool:
    """Do the cells of a row stand further apart than the words within them? A line of prose above a table has
    words on both sides of every column, too."""
    places = [own for _, own in sorted(cells.items())]
    gaps = [b.left - a.right for a, b in pairwise(row.boxes)]
    between = [gaps[own[0] - 1] for own in places[1:]]
    within = [gaps[n - 1] for own in places for n in own[1:]]
    return not within or min(between) > HEAD_GAPS * median(within)


def _count_apart(row: _Row, pitch: float) -> int:
    """How many stretches of a row stand apart."""
    return 1 + sum(b.left - a.right > FREE_PITCHES * pitch for a, b in pairwise(row.boxes))


def _by_column(row: _Row, cuts: Sequence[float]) -> dict[int, list[int]]:
    """The words of each column of a row, by their places in it."""
    columns: dict[int, list[int]] = {}
    for n, box in enumerate(row.boxes):
        columns.setdefault(sum(box.centre.x > cut for cut in cuts), []).append(n)
    return columns


def _is_of_numbers(
    rows: Sequence[_Row], cells: Sequence[dict[int, list[int]]], column: int, pitch: float
) -> bool:
    """Are what stands in a column numbers, in nearly every row, and under each other?"""
    own = [(row, cell[column]) for row, cell in zip(rows, cells, strict=True) if column in cell]
    numbers = [(row, places) for row, places in own if _is_number([row.words[n].text for n in places])]
    has_digit = sum(any(c.isdigit() for n in places for c in row.words[n].text) for row, places in numbers)
    if len(numbers) < max(LEAST_FILLED * len(rows) - 1, LEAST_ROWS - 1) or 2 * has_digit < len(numbers):
        return False
    if len(numbers) < LEAST_NUMBERS * len(own) or len(own) < LEAST_FILLED * len(rows):
        return False
    sides = (
        [row.boxes[places[0]].left for row, places in numbers],
        [row.boxes[places[-1]].right for row, places in numbers],
    )
    apart = min(median(abs(x - median(side)) for x in side) for side in sides)
    return apart < MOST_APART_PITCHES * pitch


def _is_number(words: Sequence[str]) -> bool:
    """Are these a number, what stands for one, or a number with its units?"""
    return all(_NUMBER.fullmatch(word) or _BESIDE.fullmatch(word) for word in words)


def _cells(row: _Row, cuts: Sequence[float], place: tuple[int, int], to_scan: Affine) -> Iterator[Region]:
    """The cells of a row: each has its words of every reading, and its part of the outline and baseline."""
    to_leaf = to_scan.inverse
    span = to_leaf.outline(row.line.outline).box
    foot = sorted(to_leaf(point) for point in row.line.baseline)
    columns = _by_column(row, cuts)
    edges = [span.left, *cuts, span.right]
    for column, own in sorted(columns.items()):
        words = [row.boxes[n] for n in own]
        left = min(max(edges[column], span.left), words[0].left)
        right = max(min(edges[column + 1], span.right), *(box.right for box in words))
        outline = to_scan.outline(Box(left, span.top, right, span.bottom).outline())
        inner = [point for point in foot if words[0].left < point.x < words[-1].right]
        ends = [Point(x, _height_at(foot, x)) for x in (words[0].left, words[-1].right)]
        baseline = tuple(to_scan(point) for point in (ends[0], *inner, ends[1]))
        readings = tuple(_share(reading, column, cuts, to_leaf) for reading in row.line.readings)
        line = replace(row.line, outline=outline, baseline=baseline, readings=readings)
        yield Region(outline.box.outline(), (line,), cell=Cell(place[0], place[1], column))


def _share(reading: Reading, column: int, cuts: Sequence[float], to_leaf: Affine) -> Reading:
    """What of a reading stands in a column."""
    middles = [(word, to_leaf.box(word.box).centre.x) for word in reading.words if word.box is not None]
    own = tuple(word for word, x in middles if sum(x > cut for cut in cuts) == column)
    return replace(reading, words=own)


def _height_at(foot: Sequence[Point], x: float) -> float:
    """The height of a baseline, level beyond its ends."""
    if x <= foot[0].x:
        return foot[0].y
    for a, b in pairwise(foot):
        if a.x <= x <= b.x and b.x > a.x:
            return a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)
    return foot[-1].y
