"""Lines made to hold letters that they dip past: pale ones, and those in the dark at the edge of a leaf."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ocr.geometry import Box, Outline, Point
from ocr.lines.outlines import without_straight
from ocr.page import Line, Region
from ocr.scan.coverage import OUTLINE_LETTERS, UnreadPlace
from ocr.scan.leaf import Leaf

BESIDE_LETTERS = 1.2
"""Letters beside a line are its own across a gap so wide, in heights of small letters: hardly more than that
between two words."""
LEAST_IN_ROW = 0.5
"""Letters stand in the row of a line when they share so much of it, or the row so much of them."""
ROOM_LETTERS = 0.15
"""A line is given so much room around letters that were lost."""


def widened(leaf: Leaf, regions: tuple[Region, ...], places: Iterable[UnreadPlace]) -> tuple[Region, ...]:
    """The regions with the outlines of lines widened to letters in their row that stand in no line.

    `places` are what the leaf has of such letters. Those in the row of no line, or far from its end, stay
    outside, and so does pale ink beyond the ends of a line, which may show through from behind. Lines without
    a baseline stay as they are; others go on level to their new end.
    """
    letter = leaf.text_map.line_px_on(len(leaf.grey)) if leaf.text_map else 0.0
    lost: dict[Line, list[Box]] = {}
    lines = [line for region in regions for line in region.lines]
    for place in places:
        box = _without_room(leaf.to_scan.inverse.box(place.outline.box), OUTLINE_LETTERS * letter)
        beside = {line: apart for line in lines if (apart := _apart(leaf, line, box, letter)) is not None}
        nearest = min(beside, key=lambda line: beside[line], default=None)
        if nearest is not None and not (place.pale and beside[nearest] > 0):
            lost.setdefault(nearest, []).append(box)
    if not lost:
        return regions
    return tuple(
        _with_lines(
            region, tuple(_with_letters(leaf, line, lost.get(line, []), letter) for line in region.lines)
        )
        for region in regions
    )


def _with_lines(region: Region, lines: tuple[Line, ...]) -> Region:
    if lines == region.lines:
        return region
    around = Box.around(point for line in lines for point in line.outline.points)
    return replace(region, lines=lines, outline=around.outline())


def _without_room(box: Box, room: float) -> Box:
    """A box without the room around what it holds."""
    across, down = min(room, 0.45 * box.width), min(room, 0.45 * box.height)
    return Box(box.left + across, box.top + down, box.right - across, box.bottom - down)


def _apart(leaf: Leaf, line: Line, box: Box, letter: float) -> float | None:
    """How far letters (leaf pixels) stand beside a line in its row, 0 between its ends; None elsewhere."""
    if len(line.baseline) < 2:
        return None
    there = leaf.to_scan.inverse
    span = there.outline(line.outline).box
    apart = max(span.left - box.right, box.left - span.right, 0.0)
    foot = _foot(tuple(there(point) for point in line.baseline), box)
    shared = min(box.bottom, foot) - max(box.top, foot - letter)
    in_row = shared >= LEAST_IN_ROW * min(box.height, letter)
    return apart if in_row and apart <= BESIDE_LETTERS * letter else None


def _foot(baseline: tuple[Point, ...], box: Box) -> float:
    """The height of a baseline where a box stands."""
    return float(np.interp(box.centre.x, [p.x for p in baseline], [p.y for p in baseline]))


def _with_letters(leaf: Leaf, line: Line, boxes: list[Box], letter: float) -> Line:
    """The line with an outline and a baseline that reach around letters at those places (leaf pixels)."""
    if not boxes:
        return line
    there = leaf.to_scan.inverse
    baseline = tuple(there(point) for point in line.baseline)
    steps = _steps(there.outline(line.outline))
    room = ROOM_LETTERS * letter
    for box in boxes:
        foot = _foot(baseline, box)
        steps = _with_step(
            steps,
            Box(
                box.left - room,
                min(box.top, foot - letter) - room,
                box.right + room,
                max(box.bottom, foot) + room,
            ),
        )
    upper = [Point(x, step.top) for step in steps for x in (step.left, step.right)]
    lower = [Point(x, step.bottom) for step in steps for x in (step.left, step.right)]
    outline = Outline(tuple(without_straight(upper) + without_straight(lower)[::-1]))
    first, last = baseline[0], baseline[-1]
    before = [Point(outline.box.left + room, first.y)] if outline.box.left + 2 * room < first.x else []
    after = [Point(outline.box.right - room, last.y)] if outline.box.right - 2 * room > last.x else []
    return replace(
        line,
        outline=leaf.to_scan.outline(outline),
        baseline=tuple(leaf.to_scan(point) for point in (*before, *baseline, *after)),
    )


def _steps(outline: Outline) -> list[Box]:
    """An outline of level stretches side by side as boxes from left to right."""
    corners = [*outline.points, outline.points[0]]
    xs = sorted({round(point.x, 3) for point in outline.points})
    steps = []
    for left, right in pairwise(xs):
        middle = (left + right) / 2
        heights = [
            a.y + (b.y - a.y) * (middle - a.x) / (b.x - a.x)
            for a, b in pairwise(corners)
            if min(a.x, b.x) <= middle < max(a.x, b.x)
        ]
        if len(heights) > 1:
            steps.append(Box(left, min(heights), right, max(heights)))
    return steps


def _with_step(steps: list[Box], letters: Box) -> list[Box]:
    """The steps with the places of those letters in them; a gap between both is closed."""
    if letters.left < steps[0].left:
        steps = [Box(letters.left, letters.top, steps[0].left, letters.bottom), *steps]
    if letters.right > steps[-1].right:
        steps = [*steps, Box(steps[-1].right, letters.top, letters.right, letters.bottom)]
    widened_steps = []
    for step in steps:
        edges = [
            step.left,
            *(x for x in (letters.left, letters.right) if step.left < x < step.right),
            step.right,
        ]
        for left, right in pairwise(edges):
            inside = letters.left <= (left + right) / 2 <= letters.right
            top = min(step.top, letters.top) if inside else step.top
            bottom = max(step.bottom, letters.bottom) if inside else step.bottom
            widened_steps.append(Box(left, top, right, bottom))
    return widened_steps
