"""What a line is: page number, heading, insertion, struck-out passage. Boxes are upright working pixels."""

import numpy as np

from ocr.geometry import Box
from ocr.lines.marks import (
    STRUCK_WEIGHTS,
    insertion_probability,
    probability,
    struck_features,
)
from ocr.lines.settings import LinesSettings
from ocr.lines.shape import Shape
from ocr.page import Kind

LEAST_STRUCK_PITCHES = 4.0
"""In a shorter line the strokes that join letters may run as level as one that strikes them out."""
WEDGED = 0.75
"""Insertions stand nearer to a neighbour than this share of the distance of lines."""


Marked = tuple[Kind, float | None]
"""A kind and how sure it is; None of what is no mark."""


def kinds_of(shapes: list[Shape], column: Kind, pitch_px: float, settings: LinesSettings) -> list[Marked]:
    """The kind of each line of a column, given from top to bottom.

    A line is called struck out or put in above only when that is sure; else it is text like any other.
    """
    kinds: list[Marked] = [(column, None)] * len(shapes)
    for n, one in enumerate(shapes):
        asked = one.struck > settings.least_struck and one.box.width > LEAST_STRUCK_PITCHES * pitch_px
        sure = probability(struck_features(shapes, n), STRUCK_WEIGHTS) if asked else 0.0
        if sure >= settings.least_sure:
            kinds[n] = Kind.STRUCK, sure
        if column is Kind.TEXT and may_be_inserted(shapes, n, pitch_px):
            sure = insertion_probability(shapes, n, pitch_px)
            if sure >= settings.least_sure:
                kinds[n] = Kind.INSERTION, sure
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
    for n, one in enumerate(shapes):
        if apart[n] and not text[0] < n < text[-1]:
            kinds[n] = Kind.NUMBER, None
        elif kinds[n][0] is Kind.TEXT and n == text[0] and _centred(one.box, start, end, settings):
            kinds[n] = Kind.HEADING, None
    return kinds


def may_be_inserted(shapes: list[Shape], n: int, pitch_px: float) -> bool:
    """Was a line found between two others, or does it stand where there is room for none, small and short?"""
    one = shapes[n]
    if one.inserted or len(shapes) < 4:
        return one.inserted
    usual = float(np.median([other.box.width for other in shapes]))
    tall = float(np.median([other.letter_px for other in shapes]))
    return _wedged(shapes, n, pitch_px) and one.box.width < 0.6 * usual and one.letter_px < tall


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
