"""Which borders of lines are doubtful: told by ink and marks of writing in and about their outlines."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr.arrays import F64, Ints, Mask, MaskImage
from ocr.geometry import Affine
from ocr.lines.kinds import probability
from ocr.page import Line, Region
from ocr.scan.coverage import WORK_LETTER_PX
from ocr.scan.depth import reduced
from ocr.scan.finder import TEXT_THRESHOLD
from ocr.scan.leaf import Leaf
from ocr.scan.second_look import FAINT_INK

# bench/borders.py 125 --fit: 3,556 lines of drawn pages, of which 337 cut or miss a letter of their own, or
# hold one of another line.
BORDER_WEIGHTS = (-2.117, -0.493, -0.913, -2.676)
DOUBTFUL = 0.6
"""A border less likely to be right than this is told to be doubtful, as words are."""

SHARED_FLOOR = 0.003
PALE_FLOOR = 0.05
"""Logarithms are taken of no less than these."""
MOST_STRAY = 3.0
"""More marks off the row make no more doubt, in squares of small letters."""
PALE_SHARE = 0.4
"""Pale ink is at least this share as dark as the ink of its line."""
ROW_LETTERS = (-0.2, 1.3)
"""Letters stand in the row of a line so far above its baseline, in heights of small letters."""
STRAY_LETTERS = (-0.5, 1.5)
"""Marks below or above these are of another row: they mark the middles of lines."""
BESIDE_LETTERS = 1.5
ABOVE_LETTERS = 0.4
"""So far beside, and above and below, an outline what stands in no line is looked at."""
ROOM_LETTERS = 3.0

Features = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Field:
    """A leaf reduced until small letters are WORK_LETTER_PX tall, and the outlines of its lines there."""

    ink: MaskImage
    """1 on ink."""
    dark: F64
    """How many grey levels darker than the paper around."""
    marked: Mask
    """Where writing is likely."""
    count: MaskImage
    """How many outlines lie over each pixel."""
    letter: float
    """Height of small letters."""


def with_border_doubt(leaf: Leaf, regions: tuple[Region, ...]) -> tuple[Region, ...]:
    """The regions; lines whose outline is likely to cut letters, miss some, or hold another line's say so."""
    lines = [line for region in regions for line in region.lines]
    doubts = {
        line: sure
        for line, features in zip(lines, border_features(leaf, lines), strict=True)
        if (sure := probability(features, BORDER_WEIGHTS)) < DOUBTFUL
    }
    if not doubts:
        return regions
    return tuple(
        replace(
            region,
            lines=tuple(replace(line, border_confidence=doubts.get(line)) for line in region.lines),
        )
        for region in regions
    )


def border_features(leaf: Leaf, lines: Sequence[Line]) -> list[Features]:
    """What the border of each line can be told by: which share of its ink stands in another line, too, and
    how much pale ink in its row stands in no line (both logarithms), and how much of what is marked as
    writing in it is off its row (in squares of small letters)."""
    letter = leaf.text_map.line_px_on(len(leaf.grey)) if leaf.text_map else 0.0
    if leaf.text_map is None or not letter or not lines:
        return [(math.log(SHARED_FLOOR), math.log(PALE_FLOOR), 0.0)] * len(lines)
    height, width = leaf.grey.shape
    scale = min(WORK_LETTER_PX / letter, 1.0)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    to_work = leaf.to_scan.after(Affine(a=width / size[0], e=height / size[1])).inverse
    outlines = [
        np.rint(np.array(to_work.outline(line.outline).points) - 0.5).astype(np.int32) for line in lines
    ]
    field = _field(leaf, outlines, size, letter * scale)
    baselines = [np.array([to_work(point) for point in line.baseline]) for line in lines]
    return [_features(field, *each) for each in zip(outlines, baselines, strict=True)]


def _field(leaf: Leaf, outlines: Sequence[Ints], size: tuple[int, int], letter: float) -> _Field:
    assert leaf.text_map is not None
    grey = reduced(leaf.grey, size)
    side = max(3, round(1.5 * letter)) | 1
    paper = cv2.medianBlur(cv2.dilate(grey, np.ones((side, side), np.uint8)), 5)
    count = np.zeros(grey.shape, np.uint8)
    for outline in outlines:
        here, inside = _inside(outline, grey.shape, letter)
        count[here] += inside
    marks = cv2.resize(leaf.text_map.probability, size, interpolation=cv2.INTER_LINEAR)
    return _Field(
        (255 - reduced(leaf.ink, size) > FAINT_INK).astype(np.uint8),
        paper.astype(np.float64) - grey,
        np.asarray(marks >= TEXT_THRESHOLD),
        count,
        letter,
    )


def _inside(outline: Ints, shape: tuple[int, ...], letter: float) -> tuple[tuple[slice, slice], MaskImage]:
    """The box around an outline with room on all sides, and 1 inside the outline there."""
    room = round(ROOM_LETTERS * letter)
    left, top = np.clip(outline.min(axis=0) - room, 0, (shape[1] - 1, shape[0] - 1)).tolist()
    right, bottom = np.clip(outline.max(axis=0) + room + 1, (left + 1, top + 1), shape[::-1]).tolist()
    inside = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(inside, [outline - (left, top)], (1,))
    return np.s_[top:bottom, left:right], inside


def _features(field: _Field, outline: Ints, baseline: F64) -> Features:
    """Those of one line, all in working pixels."""
    here, inside = _inside(outline, field.ink.shape, field.letter)
    rows, columns = here
    count, dark = field.count[here], field.dark[here]
    own = (field.ink[here] & inside) > 0
    foot = np.full(inside.shape[1], float(outline[:, 1].max()))
    if len(baseline) > 1:
        foot = np.interp(np.arange(columns.start, columns.stop), baseline[:, 0], baseline[:, 1])
    above = (foot[None, :] - np.arange(rows.start, rows.stop)[:, None] - 0.5) / field.letter
    wide, tall = (max(3, int(2 * reach * field.letter)) | 1 for reach in (BESIDE_LETTERS, ABOVE_LETTERS))
    about = cv2.dilate(inside, np.ones((tall, wide), np.uint8)) > 0
    usual = float(np.median(dark[own])) if own.any() else 0.0
    row = (above > ROW_LETTERS[0]) & (above < ROW_LETTERS[1])
    pale = about & (count == 0) & row & (dark > max(PALE_SHARE * usual, 1.0))
    stray = field.marked[here] & (inside > 0) & ((above < STRAY_LETTERS[0]) | (above > STRAY_LETTERS[1]))
    square = field.letter**2
    shared = float((own & (count > 1)).sum()) / max(int(own.sum()), 1)
    return (
        math.log(shared + SHARED_FLOOR),
        math.log(float(pale.sum()) / square + PALE_FLOOR),
        min(float(stray.sum()) / square, MOST_STRAY),
    )
