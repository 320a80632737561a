"""What a line is: page number, heading, insertion, struck-out passage. Boxes are upright working pixels."""

from dataclasses import dataclass

import numpy as np

from ocr.geometry import Box
from ocr.lines.settings import LinesSettings
from ocr.page import Kind

WEDGED = 0.75
"""Insertions stand nearer to a neighbour than this share of the distance of lines."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a line what its kind is told by."""

    box: Box
    crest: float
    """Height of its middle."""
    letter_px: float
    """The usual height of its pieces."""
    struck: float
    """The share of its width that a level stroke runs through."""
    inserted: bool = False
    """It was found between two lines."""
    aside: bool = False
    """It stands in the margin of its column."""


def kinds_of(shapes: list[Shape], column: Kind, pitch_px: float, settings: LinesSettings) -> list[Kind]:
    """The kind of each line of a column, given from top to bottom."""
    kinds = [Kind.STRUCK if one.struck > settings.least_struck else column for one in shapes]
    kinds = [Kind.INSERTION if one.inserted else kind for one, kind in zip(shapes, kinds, strict=True)]
    if column is not Kind.TEXT or len(shapes) < 4:
        return kinds
    boxes = [one.box for one in shapes]
    usual = float(np.median([box.width for box in boxes]))
    start = float(np.median([box.left for box in boxes]))
    end = start + usual
    apart = [
        not one.inserted
        and one.box.width < settings.number_width * usual
        and one.box.left > start + settings.number_width * usual
        for one in shapes
    ]
    text = [n for n, number in enumerate(apart) if not number]
    if not text:
        return kinds
    tall = float(np.median([one.letter_px for one in shapes]))
    for n, one in enumerate(shapes):
        if apart[n] and not text[0] < n < text[-1]:
            kinds[n] = Kind.NUMBER
        elif one.inserted or (
            _wedged(shapes, n, pitch_px) and one.box.width < 0.6 * usual and one.letter_px < tall
        ):
            kinds[n] = Kind.INSERTION
        elif n == text[0] and _centred(one.box, start, end, settings):
            kinds[n] = Kind.HEADING
    return kinds


def _wedged(shapes: list[Shape], n: int, pitch_px: float) -> bool:
    """Does a line stand between its neighbours where there is room for none? They run above and below it."""
    if not 0 < n < len(shapes) - 1:
        return False
    above, below = shapes[n - 1], shapes[n + 1]
    crowded = min(below.crest - shapes[n].crest, shapes[n].crest - above.crest) < WEDGED * pitch_px
    middle = shapes[n].box.centre.x
    return crowded and below.box.left < middle < below.box.right


def _centred(box: Box, start: float, end: float, settings: LinesSettings) -> bool:
    """Is as much room left before a line as after it, and enough to be meant?"""
    before, after = box.left - start, end - box.right
    room = settings.heading_room * (end - start)
    return min(before, after) > room and max(before, after) < 2 * min(before, after)
