"""What is known of a synthetic scan: lines, words and letters with their places, to the pixel."""

import numpy as np

from ocr import __version__
from ocr.arrays import F32
from ocr.geometry import Box, Outline, Point
from ocr.page import Glyph, Kind, Line, Page, Reading, Region, Source, Step, Surface, Word
from ocr.synth.camera import Lie, bowed
from ocr.synth.compose import Piece, Places, Written
from ocr.synth.paper import Leaf
from ocr.text import graphemes

READER = "synth"
_BLEED_PX = 1.5
"""Ink reaches so far beyond half the pen's width: rounding, and the foot of an anti-aliased edge."""


def line_of(lie: Lie, written: Written) -> Line:
    """One written line as a value of the record, in scan pixels; its reading is the truth, confidence 1."""
    words = tuple(word for piece in written.pieces for word in _words(lie, piece))
    reading = Reading(READER, words, 1.0)
    base = lie(np.linspace(written.baseline[0], written.baseline[1], 5, dtype=np.float32))
    baseline = tuple(Point(round(float(x), 1), round(float(y), 1)) for x, y in base)
    return Line(outline_of(lie, written), baseline, written.kind, (reading,))


def _words(lie: Lie, piece: Piece) -> list[Word]:
    places = lie(piece.places)
    reach = piece.widths * np.float32(lie.scale / 2) + np.float32(_BLEED_PX)
    text, owners = piece.track.text, piece.track.letters
    low = np.full((len(text), 2), np.inf, np.float32)
    high = np.full((len(text), 2), -np.inf, np.float32)
    np.minimum.at(low, owners, places - reach[:, None])
    np.maximum.at(high, owners, places + reach[:, None])
    words, at = [], 0
    for word in text.split(" "):
        glyphs, begin = [], at
        for letter in graphemes(word):
            end = begin + len(letter)
            box = _box(low[begin:end].min(axis=0), high[begin:end].max(axis=0))
            glyphs.append(Glyph(letter, 1.0, box))
            begin = end
        letters = slice(at, at + len(word))
        words.append(
            Word(word, _box(low[letters].min(axis=0), high[letters].max(axis=0)), 1.0, tuple(glyphs))
        )
        at += len(word) + 1
    return words


def _box(low: F32, high: F32) -> Box:
    """Whole pixels around."""
    left, top = np.floor(low).tolist()
    right, bottom = np.ceil(high).tolist()
    return Box(left, top, right, bottom)


def outline_of(lie: Lie, written: Written) -> Outline:
    """A polygon around all ink of a line, following its ups and downs in steps."""
    points, reaches = [], []
    for piece in written.pieces:
        points.append(lie(piece.places))
        reaches.append(piece.widths * np.float32(lie.scale / 2) + np.float32(_BLEED_PX))
    for stroke in written.strokes:
        run = lie(_dense(bowed(stroke)))
        points.append(run)
        reaches.append(np.full(len(run), written.stroke_px * lie.scale / 2 + _BLEED_PX, np.float32))
    places, reach = np.concatenate(points), np.concatenate(reaches)
    tall = float(np.ptp(places[:, 1]))
    left, right = float((places[:, 0] - reach).min()), float((places[:, 0] + reach).max())
    count = max(int((right - left) / max(tall, 8.0)), 1)
    edges = np.linspace(left, right, count + 1)
    tops, bottoms = np.full(count, np.inf), np.full(count, -np.inf)
    # ink near an edge belongs to the bins on both sides
    for side in (-1.0, 1.0):
        bins = np.clip(np.searchsorted(edges, places[:, 0] + side * reach) - 1, 0, count - 1)
        np.minimum.at(tops, bins, places[:, 1] - reach)
        np.maximum.at(bottoms, bins, places[:, 1] + reach)
    empty = np.isinf(tops)
    middle = float(places[:, 1].mean())
    tops[empty], bottoms[empty] = middle, middle
    upper = np.minimum(np.append(tops, tops[-1]), np.insert(tops, 0, tops[0]))
    lower = np.maximum(np.append(bottoms, bottoms[-1]), np.insert(bottoms, 0, bottoms[0]))
    above = [Point(float(x), float(np.floor(y))) for x, y in zip(edges, upper, strict=True)]
    below = [Point(float(x), float(np.ceil(y))) for x, y in zip(edges, lower, strict=True)]
    return Outline((*above, *reversed(below)))


def _dense(stroke: Places) -> Places:
    """The same stroke with points close together."""
    at = np.linspace(0, len(stroke) - 1, 8 * len(stroke))
    known = np.arange(len(stroke))
    return np.stack([np.interp(at, known, stroke[:, k]) for k in (0, 1)], axis=1).astype(np.float32)


def page_of(
    name: str,
    source: Source,
    lie: Lie,
    leaves: list[tuple[Leaf, list[Written]]],
    settings: tuple[tuple[str, str], ...],
) -> Page:
    """The record of a synthetic scan."""
    surfaces = []
    for leaf, written in leaves:
        right = leaf.left + leaf.width
        corners = np.array(
            [[leaf.left, 0], [right, 0], [right, leaf.height], [leaf.left, leaf.height]], np.float32
        )
        frame = Box(0, 0, source.width_px, source.height_px)
        box = Box.around(Point(float(x), float(y)) for x, y in lie(corners)) if len(leaves) > 1 else frame
        regions = []
        for kinds in (
            (Kind.NUMBER,),
            (Kind.TEXT, Kind.INSERTION, Kind.STRUCK),
            (Kind.MARGIN,),
        ):
            lines = tuple(line_of(lie, line) for line in written if line.kind in kinds)
            if lines:
                around = Box.around(p for line in lines for p in line.outline.points)
                regions.append(Region(around.outline(), lines, kinds[0]))
        surfaces.append(Surface(box.clip(frame), tuple(regions)))
    step = Step(READER, "tetradi synth", __version__, settings, reads=True)
    return Page(name, source, tuple(surfaces), (step,))
