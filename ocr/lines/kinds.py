"""What a line is: page number, heading, insertion, struck-out passage. Boxes are upright working pixels."""

from collections.abc import Sequence

import numpy as np

from ocr.geometry import Box
from ocr.lines.marks import (
    ASIDE_WEIGHTS,
    MARGIN_WEIGHTS,
    NUMBER_WEIGHTS,
    insertion_probability,
    margin_features,
    number_features,
    probability,
    struck_probability,
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


def kinds_of_columns(
    columns: Sequence[tuple[Kind, list[Shape]]], pitch_px: float, settings: LinesSettings
) -> list[tuple[Kind, list[Marked]]]:
    """What each column of a leaf is, and the kind of each of its lines, from left to right.

    A column that stands in the margin is called a note there, or a page number, only when that is sure; else
    it is text like any other.
    """
    text = [shape for kind, shapes in columns if kind is Kind.TEXT for shape in shapes]
    told: list[tuple[Kind, list[Marked]]] = []
    for kind, shapes in columns:
        if kind is Kind.MARGIN and may_be_number(shapes, text):
            sure = probability(number_features(shapes[0], text, pitch_px), NUMBER_WEIGHTS)
            if sure >= settings.least_sure:
                told.append((Kind.NUMBER, [(Kind.NUMBER, sure)]))
                continue
        if kind is not Kind.MARGIN:
            told.append((kind, kinds_of(shapes, kind, pitch_px, settings)))
            continue
        sure = margin_probability(shapes, text, pitch_px)
        if sure >= settings.least_sure:
            kinds = kinds_of(shapes, kind, pitch_px, settings)
            told.append((kind, [(own, sure if own is kind else other) for own, other in kinds]))
        else:
            told.append((Kind.TEXT, kinds_of(shapes, Kind.TEXT, pitch_px, settings)))
    return told


def margin_probability(shapes: list[Shape], text: list[Shape], pitch_px: float) -> float:
    """How sure it is that the lines of a column beside the text are notes in the margin; of notes in the rows
    of lines that of the least sure."""
    asides = [shape.aside for shape in shapes if shape.aside is not None]
    if asides:
        return min(probability(aside, ASIDE_WEIGHTS) for aside in asides)
    return probability(margin_features(shapes, text, pitch_px), MARGIN_WEIGHTS) if text else 0.0


def may_be_number(shapes: list[Shape], text: list[Shape]) -> bool:
    """Is what stands in the margin a single line, above or below all text?"""
    if len(shapes) != 1 or not text or shapes[0].aside is not None:
        return False
    crests, reach = [one.crest for one in text], 0.3 * shapes[0].box.height
    return not min(crests) - reach <= shapes[0].crest <= max(crests) + reach


def numbers_among(shapes: list[Shape], settings: LinesSettings) -> list[int]:
    """Which lines of a column of text may be page numbers: short ones above and below all others."""
    if len(shapes) < 4:
        return []
    usual = float(np.median([one.box.width for one in shapes]))
    short = [not one.inserted and one.box.width < settings.number_width * usual for one in shapes]
    text = [n for n, number in enumerate(short) if not number]
    return [n for n, number in enumerate(short) if number and text and not text[0] < n < text[-1]]


def kinds_of(shapes: list[Shape], column: Kind, pitch_px: float, settings: LinesSettings) -> list[Marked]:
    """The kind of each line of a column, given from top to bottom.

    A line is called struck out, put in above or a page number only when that is sure; else it is text.
    """
    kinds: list[Marked] = [(column, None)] * len(shapes)
    for n, one in enumerate(shapes):
        asked = one.struck > settings.least_struck and one.box.width > LEAST_STRUCK_PITCHES * pitch_px
        sure = struck_probability(shapes, n) if asked else 0.0
        if sure >= settings.least_sure:
            kinds[n] = Kind.STRUCK, sure
        if column is Kind.TEXT and may_be_inserted(shapes, n, pitch_px):
            sure = insertion_probability(shapes, n, pitch_px)
            if sure >= settings.least_sure:
                kinds[n] = Kind.INSERTION, sure
    if column is not Kind.TEXT or len(shapes) < 4:
        return kinds
    numbers = numbers_among(shapes, settings)
    others = [one for n, one in enumerate(shapes) if n not in numbers]
    for n in numbers:
        sure = probability(number_features(shapes[n], others, pitch_px), NUMBER_WEIGHTS)
        if sure >= settings.least_sure:
            kinds[n] = Kind.NUMBER, sure
    start = float(np.median([one.box.left for one in shapes]))
    end = start + float(np.median([one.box.width for one in shapes]))
    first = next((n for n in range(len(shapes)) if n not in numbers), None)
    if (
        first is not None
        and kinds[first][0] is Kind.TEXT
        and _centred(shapes[first].box, start, end, settings)
    ):
        kinds[first] = Kind.HEADING, None
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
