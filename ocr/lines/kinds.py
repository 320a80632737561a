"""What a line is: page number, heading, insertion, struck-out passage. Boxes are upright working pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr.geometry import Box
from ocr.lines.settings import LinesSettings
from ocr.page import Kind

# bench/marks.py 90 --fit: 84 lines found between two others, 78 of them truly put in; 270 lines with a level
# stroke, 196 of them struck out, the others on rules.
INSERTION_WEIGHTS = (0.724, -0.586, -0.285, 1.056, 1.127, 0.384)
STRUCK_WEIGHTS = (-6.982, 6.133, 3.896, -2.46)
# Pages of bench/marks.py with tests/furniture.py, 100 of them: 94 short lines above or below all text, 42 of
# them page numbers (others: sums, dates, signatures, marks, ends of paragraphs); 223 lines in narrow columns
# beside the text, 218 of them notes in the margin; 226 drawn columns: 211 lines that begin before the margin
# and have a gap there, 168 of them with a note.
NUMBER_WEIGHTS = (2.104, -1.38, 1.874, -2.231, 1.302, 0.255)
MARGIN_WEIGHTS = (-0.29, 0.299, -0.488, -0.5, -1.23, 1.853, -0.29, 2.826)
ASIDE_WEIGHTS = (-5.91, 3.705, -0.304, 0.93, 3.105, 2.942)

LEAST_STROKE_DARK = 0.5
"""Who strikes out does so with ink; what is less dark than this share of it is a rule of the paper."""
MOST_ROOM_PITCHES = 1.3
"""Where two lines stand further apart there is room for a line between them, and what stands there is one."""
LEAST_STRUCK_PITCHES = 4.0
"""In a shorter line the strokes that join letters may run as level as one that strikes them out."""
WEDGED = 0.75
"""Insertions stand nearer to a neighbour than this share of the distance of lines."""

Marked = tuple[Kind, float | None]
"""A kind and how sure it is; None of what is no mark."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A line before it has a kind."""

    box: Box
    crest: float
    """Height of its middle."""
    letter_px: float
    """The usual height of its pieces."""
    struck: float
    """The share of its width that a level stroke runs through."""
    inserted: bool = False
    """It was found between two lines."""
    aside: tuple[float, ...] | None = None
    """It stands in the margin of its column, in the row of a line; how sure that is is told by these."""
    stroke_dark: float = 1.0
    """How dark that stroke is beside the line's other ink: 1 is as dark."""
    edge_px: float = 0.0
    """How far its middle is from the upper or lower edge of the leaf, the nearer one."""


def kinds_of_columns(
    columns: Sequence[tuple[Kind, list[Shape]]], pitch_px: float, settings: LinesSettings
) -> list[tuple[Kind, list[Marked]]]:
    """What each column of a leaf is, and the kind of each of its lines, from left to right.

    A column that stands in the margin is called a note there, or a page number, only when that is sure; else
    it is text like any other.
    """
    text = [shape for kind, shapes in columns if kind is Kind.TEXT for shape in shapes]
    marked: list[tuple[Kind, list[Marked]]] = []
    for kind, shapes in columns:
        if kind is Kind.MARGIN and may_be_number(shapes, text):
            sure = probability(number_features(shapes[0], text, pitch_px), NUMBER_WEIGHTS)
            if sure >= settings.least_sure:
                marked.append((Kind.NUMBER, [(Kind.NUMBER, sure)]))
                continue
        if kind is not Kind.MARGIN:
            marked.append((kind, kinds_of(shapes, kind, pitch_px, settings)))
            continue
        sure = margin_probability(shapes, text, pitch_px)
        if sure >= settings.least_sure:
            kinds = kinds_of(shapes, kind, pitch_px, settings)
            marked.append((kind, [(own, sure if own is kind else other) for own, other in kinds]))
        else:
            marked.append((Kind.TEXT, kinds_of(shapes, Kind.TEXT, pitch_px, settings)))
    return marked


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
    crests, reach = [shape.crest for shape in text], 0.3 * shapes[0].box.height
    return not min(crests) - reach <= shapes[0].crest <= max(crests) + reach


def numbers_among(shapes: list[Shape], settings: LinesSettings) -> list[int]:
    """Which lines of a column of text may be page numbers: short ones above and below all others."""
    if len(shapes) < 4:
        return []
    usual = float(np.median([shape.box.width for shape in shapes]))
    short = [not shape.inserted and shape.box.width < settings.number_width * usual for shape in shapes]
    text = [n for n, number in enumerate(short) if not number]
    return [n for n, number in enumerate(short) if number and text and not text[0] < n < text[-1]]


def kinds_of(shapes: list[Shape], column: Kind, pitch_px: float, settings: LinesSettings) -> list[Marked]:
    """The kind of each line of a column, given from top to bottom.

    A line is called struck out, put in above or a page number only when that is sure; else it is text.
    """
    kinds: list[Marked] = [(column, None)] * len(shapes)
    for n, line in enumerate(shapes):
        asked = line.struck > settings.least_struck and line.box.width > LEAST_STRUCK_PITCHES * pitch_px
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
    others = [line for n, line in enumerate(shapes) if n not in numbers]
    for n in numbers:
        sure = probability(number_features(shapes[n], others, pitch_px), NUMBER_WEIGHTS)
        if sure >= settings.least_sure:
            kinds[n] = Kind.NUMBER, sure
    start = float(np.median([line.box.left for line in shapes]))
    end = start + float(np.median([line.box.width for line in shapes]))
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
    line = shapes[n]
    if line.inserted or len(shapes) < 4:
        return line.inserted
    usual = float(np.median([other.box.width for other in shapes]))
    tall = float(np.median([other.letter_px for other in shapes]))
    return _wedged(shapes, n, pitch_px) and line.box.width < 0.6 * usual and line.letter_px < tall


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


def insertion_probability(shapes: Sequence[Shape], n: int, pitch_px: float) -> float:
    """How sure it is that a line found between two others is put in above the lower one."""
    features = insertion_features(shapes, n, pitch_px)
    return 0.0 if features[2] > MOST_ROOM_PITCHES else probability(features, INSERTION_WEIGHTS)


def insertion_features(shapes: Sequence[Shape], n: int, pitch_px: float) -> tuple[float, ...]:
    """Of a line between two others: its size beside the usual, how crowded it stands, how much of it has its
    neighbours above and below it (the end of a line, found apart, has beside it what it belongs to), and how
    long it is."""
    line = shapes[n]
    ordinary = [other for other in shapes if not other.inserted]
    usual = float(np.median([other.letter_px for other in ordinary])) if ordinary else line.letter_px
    above = next((other for other in shapes[n - 1 :: -1] if not other.inserted), None) if n else None
    below = next((other for other in shapes[n + 1 :] if not other.inserted), None)
    gaps = [abs(other.crest - line.crest) / pitch_px for other in (above, below) if other is not None]
    return (
        line.letter_px / max(usual, 1.0),
        min(gaps, default=1.0),
        sum(gaps) if len(gaps) == 2 else 1.0,
        min(_shared(line, above), _shared(line, below)),
        min(line.box.width / pitch_px, 6.0),
    )


def struck_probability(shapes: Sequence[Shape], n: int) -> float:
    """How sure it is that a line is struck out: a stroke much paler than the ink it crosses is a rule."""
    if shapes[n].stroke_dark < LEAST_STROKE_DARK:
        return 0.0
    return probability(struck_features(shapes, n), STRUCK_WEIGHTS)


def struck_features(shapes: Sequence[Shape], n: int) -> tuple[float, ...]:
    """Of a line with a level stroke through it: how much of its width, how dark beside its ink, and how many
    of the other lines have one too: rules of the paper run through many."""
    line = shapes[n]
    others = [other.struck for k, other in enumerate(shapes) if k != n]
    common = float(np.mean([share > 0.2 for share in others])) if others else 0.0
    return line.struck, line.stroke_dark, common


def number_features(line: Shape, text: Sequence[Shape], pitch_px: float) -> tuple[float, ...]:
    """Of a short line above or below all text: how long it is, how far it stands from the text and from the
    edge of the leaf, how far it reaches beyond the ends of the lines, and whether it stands above them."""
    ordinary = [other for other in text if not other.inserted] or list(text)
    start = float(np.median([other.box.left for other in ordinary]))
    usual = max(float(np.median([other.box.width for other in ordinary])), 1.0)
    apart = np.diff(sorted(other.crest for other in ordinary))
    step = float(np.median(apart)) if len(apart) > 2 else pitch_px
    gap = min(abs(other.crest - line.crest) for other in ordinary) / max(step, 0.5 * pitch_px)
    beyond = max(start - line.box.left, line.box.right - start - usual, 0.0) / usual
    return (
        min(line.box.width / pitch_px, 3.0),
        min(gap, 3.0),
        min(line.edge_px / pitch_px, 3.0),
        min(4 * beyond, 1.0),
        float(line.crest < min(other.crest for other in ordinary)),
    )


def margin_features(shapes: Sequence[Shape], text: Sequence[Shape], pitch_px: float) -> tuple[float, ...]:
    """Of a narrow column beside the text: how wide it is, how many lines it has beside how many, the size of
    its letters, the room between, how much of it stands beside text, how close its lines stand, its side."""
    left, right = min(shape.box.left for shape in shapes), max(shape.box.right for shape in shapes)
    start = float(np.percentile([other.box.left for other in text], 20))
    end = float(np.percentile([other.box.right for other in text], 80))
    usual = max(float(np.median([other.box.width for other in text])), 1.0)
    tall = max(float(np.median([other.letter_px for other in text])), 1.0)
    crests = [other.crest for other in text]
    room = max(start - right, left - end) / pitch_px
    return (
        min((right - left) / usual, 1.5),
        min(len(shapes) / max(len(text), 1), 1.0),
        min(float(np.median([shape.letter_px for shape in shapes])) / tall, 2.0),
        min(max(room, -2.0), 4.0),
        float(np.mean([min(crests) <= shape.crest <= max(crests) for shape in shapes])),
        float(right < 0.5 * (start + end)),
        min(min(shape.edge_px for shape in shapes) / pitch_px, 6.0),
    )


def probability(features: Sequence[float], weights: Sequence[float]) -> float:
    """The logistic function of the features; the first weight stands alone."""
    score = weights[0] + sum(f * w for f, w in zip(features, weights[1:], strict=True))
    return 1 / (1 + math.exp(-max(min(score, 50.0), -50.0)))


def _shared(line: Shape, other: Shape | None) -> float:
    """The share of a line's width that another runs along; 1 where there is no other."""
    if other is None:
        return 1.0
    width = min(line.box.right, other.box.right) - max(line.box.left, other.box.left)
    return max(width, 0.0) / max(line.box.width, 1.0)
