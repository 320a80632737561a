"""Ink of ruled tables shared out among cells, lines among rows, and cells put where a reader meets them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr.arrays import Mask
from ocr.geometry import Box, Point
from ocr.lines.kinds import Shape
from ocr.lines.ruled import Grid, cell_masks
from ocr.page import Cell, Kind, Line, Region
from ocr.scan.components import Components
from ocr.scan.finder import TextMap

LEAST_ROWS, LEAST_HEADS = 3, 4
"""Rows that no rule parts are told by lines, if two columns have so many; among heads, whose lines stand
beside each other too, so many."""
BESIDE_PITCHES = 0.45
"""Lines of one row stand at one height to within this."""
STROKE_LETTERS = 0.4
"""A stroke in a cell (nothing, or the same as above) is wider than this, in heights of letters."""

Shaped = tuple[Line, Shape]


@dataclass(frozen=True, slots=True)
class Column:
    """The ink of the cells of a table that begin at one column and cover as many."""

    column: int
    columns: int
    pieces: Components
    edges: tuple[int, int]
    """Left and right in working pixels."""


def apart(pieces: Components, grids: Sequence[Grid]) -> tuple[Components, list[list[Column]]]:
    """What stands in no table, and of each table what stands in its columns. A piece of ink goes whole to the
    cell that holds most of it; it is in one place alone."""
    shape = (pieces.labels.shape[0], pieces.labels.shape[1])
    owners, masks, count = np.zeros(len(pieces.boxes), np.int64), np.zeros(shape, np.int64), 0
    for grid in grids:
        own = cell_masks(grid, shape)
        masks = np.where((masks == 0) & (own > 0), own + count, masks)
        count += len(grid.spans)
    ys, xs = np.nonzero(pieces.labels)
    votes = np.bincount(
        pieces.labels[ys, xs] * (count + 1) + masks[ys, xs], minlength=len(owners) * (count + 1)
    )
    owners = votes.reshape(len(owners), count + 1).argmax(axis=1)
    columns: list[list[Column]] = []
    first = 1
    for grid in grids:
        of_grid: dict[tuple[int, int], list[int]] = {}
        for n, (_, column, _, across) in enumerate(grid.spans, first):
            of_grid.setdefault((column, across), []).append(n)
        first += len(grid.spans)
        columns.append(
            [
                _column(pieces, place, np.isin(owners, cells), np.isin(masks, cells))
                for place, cells in of_grid.items()
            ]
        )
    return _only(pieces, owners == 0, masks == 0), columns


def _column(pieces: Components, place: tuple[int, int], own: Mask, where: Mask) -> Column:
    only = _only(pieces, own, where)
    xs = np.flatnonzero((only.labels > 0).any(axis=0) | where.any(axis=0))
    edges = (int(xs[0]), int(xs[-1]) + 1) if len(xs) else (0, 0)
    return Column(*place, only, edges)


def _only(pieces: Components, own: Mask, where: Mask) -> Components:
    """The pieces that are wanted, and the map of writing where it is wanted."""
    labels = np.where(own[pieces.labels], pieces.labels, 0).astype(np.int32)
    probability = pieces.text_map.probability
    there = cv2.resize(where.astype(np.uint8), probability.shape[::-1], interpolation=cv2.INTER_NEAREST)
    kept = np.where(there > 0, probability, 0).astype(np.uint8)
    text_map = replace(pieces.text_map, probability=kept, blobs=TextMap.of(kept).blobs)
    return replace(pieces, labels=labels, text_map=text_map)


def with_strokes(
    columns: Sequence[tuple[Column, list[Shaped]]], pitch: float
) -> list[tuple[Column, list[Shaped]]]:
    """The lines of columns, and strokes in rows where a column has nothing else: the finder of writing takes
    such for no writing."""
    heights: list[float] = []
    for crest in sorted(shape.crest for _, shaped in columns for _, shape in shaped):
        if not heights or crest - heights[-1] > BESIDE_PITCHES * pitch:
            heights.append(crest)
    whole = []
    for column, shaped in columns:
        empty = [y for y in heights if all(abs(shape.crest - y) > pitch / 2 for _, shape in shaped)]
        whole.append((column, [*shaped, *(line for y in empty if (line := _stroke(column.pieces, y)))]))
    return whole


def _stroke(pieces: Components, crest: float) -> Shaped | None:
    """A stroke in a row of a column as a line as tall as letters, if one is there."""
    reach, letter = BESIDE_PITCHES * pieces.pitch_px, pieces.letter_px
    rows = pieces.labels[max(round(crest - reach), 0) : round(crest + reach)]
    boxes = pieces.boxes[np.unique(rows[rows > 0])]
    left, top, wide, tall = boxes.T
    level = (
        (top > crest - reach)
        & (top + tall < crest + reach)
        & (wide > STROKE_LETTERS * letter)
        & (wide > tall)
    )
    if not level.any():
        return None
    first, last = float(left[level].min()), float((left + wide)[level].max())
    box = Box(first, crest - 0.6 * letter, last, crest + 0.6 * letter)
    baseline = tuple(pieces.to_scan(Point(x, crest + letter / 2)) for x in (first, last))
    return Line(pieces.to_scan.outline(box.outline()), baseline), Shape(box, crest, letter, 0.0)


def regions_of(
    grid: Grid, table: int, columns: Iterable[tuple[Column, list[Shaped]]], pieces: Components
) -> list[Region]:
    """The cells of a table that have lines, row by row."""
    pitch = pieces.pitch_px
    bands: dict[int, list[tuple[Column, Shaped]]] = {}
    for column, shaped in with_strokes(list(columns), pitch):
        for each in shaped:
            at = grid.row_at(each[1].box.centre.x, each[1].crest)
            bands.setdefault(at, []).append((column, each))
    regions, first = [], 0
    for band in sorted(bands):
        least = LEAST_HEADS if band == 0 else LEAST_ROWS
        for row in _rows(bands[band], pitch, least):
            cells: dict[int, tuple[Column, list[Line]]] = {}
            for column, (line, _) in row:
                cells.setdefault(column.column, (column, []))[1].append(line)
            for _, (column, lines) in sorted(cells.items()):
                place = Cell(table, first, column.column, 1, column.columns)
                around = Box.around(p for line in lines for p in line.outline.points)
                regions.append(Region(around.outline(), tuple(lines), Kind.TEXT, cell=place))
            first += 1
    return regions


def _rows(lines: list[tuple[Column, Shaped]], pitch: float, least: int) -> list[list[tuple[Column, Shaped]]]:
    """The rows between two rules: one, unless several columns have many lines beside each other."""
    counts: dict[int, int] = {}
    for column, _ in lines:
        counts[column.column] = counts.get(column.column, 0) + 1
    ordered = sorted(lines, key=lambda each: each[1][1].crest)
    if sum(count >= least for count in counts.values()) < 2:
        return [ordered]
    rows: list[list[tuple[Column, Shaped]]] = []
    for each in ordered:
        taken = {column.column for column, _ in rows[-1]} if rows else set()
        near = bool(rows) and each[1][1].crest - rows[-1][0][1][1].crest < BESIDE_PITCHES * pitch
        if near and each[0].column not in taken:
            rows[-1].append(each)
        else:
            rows.append([each])
    return rows


def put_in(regions: Sequence[Region], table: Sequence[Region], pieces: Components) -> list[Region]:
    """The regions with a table where a reader meets it: behind what stands above it. A column that goes on
    below it is parted there."""
    back = pieces.to_scan.inverse
    box = Box.around(back(p) for region in table for p in region.outline.points)
    middle = box.centre.y

    def below(line: Line) -> bool:
        return back.outline(line.outline).box.centre.y > middle

    before: list[Region] = []
    for n, region in enumerate(regions):
        if region.cell is not None or region.kind is Kind.MARGIN or not any(map(below, region.lines)):
            before.append(region)
            continue
        parts = [tuple(line for line in region.lines if below(line) is side) for side in (False, True)]
        above, rest = (
            [
                replace(
                    region,
                    lines=part,
                    outline=Box.around(p for line in part for p in line.outline.points).outline(),
                )
            ]
            if part
            else []
            for part in parts
        )
        return [*before, *above, *table, *rest, *regions[n + 1 :]]
    at = next((n for n, region in enumerate(before) if region.kind is Kind.MARGIN), len(before))
    return [*before[:at], *table, *before[at:]]
