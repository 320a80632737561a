"""Outline and baseline of a line from its ink."""

import numpy as np

from ocr.arrays import F64, Ints
from ocr.geometry import Outline, Point


def outline_of(xs: Ints, ys: Ints, pitch_px: float) -> Outline:
    """The envelope of a line's ink in steps of a third of a pitch, with a little room around it.

    `ys` ascend: of what is written to one place below, the last stays.
    """
    room = max(1.0, 0.04 * pitch_px)
    first, last = float(xs.min()) - room, float(xs.max()) + 1 + room
    count = max(1, round((last - first) / (0.33 * pitch_px)))
    step = (last - first) / count
    bins = np.minimum(((xs + 0.5 - first) / step).astype(np.int64), count - 1)
    top, bottom = np.full(count, np.inf), np.full(count, -np.inf)
    top[bins[::-1]] = ys[::-1]
    bottom[bins] = ys + 1
    inked = np.flatnonzero(np.isfinite(top))
    top = np.interp(np.arange(count), inked, top[inked]) - room
    bottom = np.interp(np.arange(count), inked, bottom[inked]) + room
    edges = first + step * np.arange(count + 1)
    upper = [Point(float(x), float(y)) for n, y in enumerate(top) for x in edges[n : n + 2]]
    lower = [Point(float(x), float(y)) for n, y in enumerate(bottom) for x in edges[n : n + 2]]
    return Outline(tuple(without_straight(upper) + without_straight(lower)[::-1]))


def without_straight(points: list[Point]) -> list[Point]:
    """Without points that lie between two neighbours of the same height."""
    inner = [b for a, b, c in zip(points, points[1:], points[2:], strict=False) if not a.y == b.y == c.y]
    return [points[0], *inner, points[-1]]


def baseline_of(xs: Ints, ys: Ints, crest_xs: F64, crest_ys: F64, pitch_px: float) -> list[Point]:
    """Where letters stand: the usual lower end of ink below the crest, followed along the line.

    `ys` ascend.
    """
    # The lowest ink of each column, upwards of descenders: the most frequent distance below the crest.
    lowest = np.full(int(xs.max()) + 1, -np.inf)
    lowest[xs] = ys + 1.0
    columns = np.flatnonzero(np.isfinite(lowest))
    below = lowest[columns] - np.interp(columns, crest_xs, crest_ys)
    width = max(1.0, 0.06 * pitch_px)
    near = below[(below > -0.3 * pitch_px) & (below < 0.6 * pitch_px)]
    if not len(near):
        near = np.zeros(1)
    counts = np.bincount(np.round((near + 0.3 * pitch_px) / width).astype(np.int64))
    counts = np.convolve(counts, [1, 2, 1], mode="same")
    usual = float(counts.argmax()) * width - 0.3 * pitch_px
    first, last = float(xs.min()), float(xs.max()) + 1
    knots = max(2, round((last - first) / (2 * pitch_px)) + 1)
    places = np.linspace(first, last, knots)
    heights = []
    for place_x in places:
        here = (np.abs(columns - place_x) < 1.5 * pitch_px) & (np.abs(below - usual) < 0.2 * pitch_px)
        shift = float(np.median(below[here])) if here.sum() > 3 else usual
        heights.append(float(np.interp(place_x, crest_xs, crest_ys)) + shift)
    return [Point(float(x), y) for x, y in zip(places, heights, strict=True)]
