"""Columns of a leaf from left to right, margins among them, from where stretches of writing begin and end."""

from itertools import pairwise

import numpy as np

from ocr.arrays import Floats, Ints
from ocr.lines.kinds import ASIDE_WEIGHTS, probability
from ocr.lines.settings import LinesSettings
from ocr.lines.share import columns_by_line
from ocr.page import Kind
from ocr.scan.components import Components

CROSSING = 0.12
"""At most this share of lines runs across where columns part."""
LEAST_ALIGNED = 0.6
"""Where no wide corridor parts columns, at least this share of lines begins at one margin."""
TABLE_COVER = 0.5
"""A column of a table holds less than this share of what the column of its entries holds."""
LEAST_ROWS = 0.5
"""A narrow column that has a line beside this share of the lines of its neighbour, and hardly any other,
is of one table with it: sums beside entries, dates before them."""

LEAST_LINES = 8
"""Among fewer lines nobody can say where the margin is."""
FLUSH_PITCHES = 0.6
"""Lines begin at one margin to within this."""
LEAST_FLUSH = 0.7
"""Where fewer lines than this share do, there is none."""
LEAST_ASIDE_PITCHES = 1.2
"""What stands before the margin is longer, else it is a number, an initial, or a line set out."""
GAP_PITCHES = 0.25
"""Nothing is written between the two for at least so long."""
MOST_ASIDES = 0.2
"""Where more lines than this share begin so, they are meant so: names of speakers, dates of entries."""

Aside = tuple[int, float, tuple[float, ...]]
"""The line that a note stands before, where the note has ended, and what it is told by."""


def columns_of(pieces: Components, settings: LinesSettings) -> list[tuple[int, int, Kind]]:
    """Left and right edges of columns in working pixels; together they cover the whole width.

    Columns part where hardly any line crosses and either a wide corridor is free, or lines begin at one
    margin beyond. What holds little writing beside its neighbour is a margin.
    """
    height, width = pieces.labels.shape
    marks, (tall, wide) = pieces.text_map.blobs, pieces.text_map.probability.shape
    blobs = marks[:, :4] * np.tile([width / wide, height / tall], 2)
    if not len(blobs):
        return []
    cuts = _cuts(blobs, pieces.pitch_px, settings)
    edges = [0, *(round(cut) for cut in sorted(cuts)), width]
    middles = blobs[:, 0] + blobs[:, 2] / 2
    edges = _without_tables(edges, blobs, pieces.pitch_px)
    written_px = [float(blobs[(middles >= a) & (middles < b)][:, 2].sum()) for a, b in pairwise(edges)]
    most = max(written_px)
    kinds = [Kind.MARGIN if written < settings.margin_cover * most else Kind.TEXT for written in written_px]
    return [(a, b, kind) for (a, b), kind in zip(pairwise(edges), kinds, strict=True) if b > a]


def _without_tables(edges: list[int], blobs: Floats, pitch: float) -> list[int]:
    """The edges but those that cut rows of a table: a narrow column each of whose lines has one beside it."""
    middles, rows = blobs[:, 0] + blobs[:, 2] / 2, blobs[:, 1] + blobs[:, 3] / 2
    inside = [(middles >= a) & (middles < b) for a, b in pairwise(edges)]
    kept = [edges[0]]
    for n, cut in enumerate(edges[1:-1]):
        left, right = inside[n], inside[n + 1]
        if not left.any() or not right.any():
            kept.append(cut)
            continue
        narrow, wide = sorted((left, right), key=lambda side: float(blobs[side, 2].sum()))
        slim = blobs[narrow, 2].sum() < TABLE_COVER * blobs[wide, 2].sum()
        apart = np.abs(rows[narrow][:, None] - rows[wide][None, :]) < 0.3 * pitch
        beside, answered = float(apart.any(axis=1).mean()), float(apart.any(axis=0).mean())
        if not (slim and narrow.sum() > 4 and beside > 0.85 and answered > LEAST_ROWS):
            kept.append(cut)
        else:
            inside[n + 1] = left | right
    return [*kept, edges[-1]]


def _cuts(blobs: Floats, pitch: float, settings: LinesSettings) -> list[float]:
    """Where columns part, found one after the other on both sides of the clearest."""
    cut = _clearest(blobs, pitch, settings)
    if cut is None:
        return []
    middles = blobs[:, 0] + blobs[:, 2] / 2
    left, right = blobs[middles < cut], blobs[middles >= cut]
    return [*_cuts(left, pitch, settings), cut, *_cuts(right, pitch, settings)]


def _clearest(blobs: Floats, pitch: float, settings: LinesSettings) -> float | None:
    lefts, rights = blobs[:, 0], blobs[:, 0] + blobs[:, 2]
    rows = blobs[:, 1] + blobs[:, 3] / 2
    near = 0.15 * pitch
    best, cut = 0.0, None
    for x in np.unique(lefts):
        left, right = rights <= x + near, lefts >= x - near
        if not left.any() or not right.any():
            continue
        same_row = np.abs(rows[:, None] - rows[None, :]) < 0.35 * pitch
        firsts = right & ~(same_row & right[None, :] & (lefts[None, :] < lefts[:, None])).any(axis=1)
        crossed = int((~left & ~right).sum())
        lines = int(firsts.sum()) + crossed
        if crossed > CROSSING * lines:
            continue
        corridor = float(x - rights[left].max())
        aligned = float((firsts & (lefts < x + 0.8 * pitch)).sum()) / lines
        # A hanging number or initial is no column, a word or two is.
        written = float(blobs[left, 2].max()) > 1.5 * pitch
        begins = aligned > LEAST_ALIGNED and lines >= 4 and written
        clear = aligned + min(corridor / pitch, 3.0) - crossed / lines
        if (begins or corridor > settings.column_gap_pitches * pitch) and clear > best:
            best, cut = clear, float(x - min(max(corridor, 0) / 2, 0.5 * pitch) - near / 2)
    return cut


def asides_of(xs: Ints, owner: Ints, count: int, pitch_px: float, least_sure: float) -> list[Aside]:
    """Which lines of a column begin with a note in the margin; a note that is less sure stays with its line.

    `xs` are the columns of ink, `owner` whose it is (0 to count - 1; others are left out).
    """
    lines = columns_by_line(xs, owner, count)
    starts = np.array([line[0] for line in lines if len(line)])
    if len(starts) < LEAST_LINES:
        return []
    margin = float(np.median(starts))
    flush = float((np.abs(starts - margin) < FLUSH_PITCHES * pitch_px).mean())
    if flush < LEAST_FLUSH:
        return []
    notes: list[Aside] = []
    for n, line in enumerate(lines):
        if not len(line) or line[0] > margin - LEAST_ASIDE_PITCHES * pitch_px:
            continue
        gaps = np.diff(line)
        before, after = line[:-1], line[1:]
        fits = (
            (gaps > GAP_PITCHES * pitch_px)
            & (before > line[0] + LEAST_ASIDE_PITCHES * pitch_px)
            & (before < margin + 0.2 * pitch_px)
            & (np.abs(after - margin) < FLUSH_PITCHES * pitch_px)
        )
        if fits.any():
            widest = int(np.argmax(np.where(fits, gaps, 0)))
            end = float(before[widest] + after[widest]) / 2
            others = gaps[(before > before[widest]) & (gaps > 0.5 * GAP_PITCHES * pitch_px)]
            usual = float(np.median(others)) if len(others) else GAP_PITCHES * pitch_px
            features = (gaps[widest] / pitch_px, gaps[widest] / usual, (before[widest] - line[0]) / pitch_px)
            notes.append((n, end, tuple(float(min(value, 4.0)) for value in features)))
    if len(notes) > MOST_ASIDES * len(starts):
        return []
    share = len(notes) / len(starts)
    asides = [(n, end, (*features, share, flush)) for n, end, features in notes]
    return [aside for aside in asides if probability(aside[2], ASIDE_WEIGHTS) >= least_sure]
