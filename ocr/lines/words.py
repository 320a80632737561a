"""Words within a line: boxes where the gaps are."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ocr.geometry import Box
from ocr.lines.strips import level_strip
from ocr.page import Line
from ocr.scan.leaf import Grey, Leaf

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.floating[Any]]

LEAST_GAP_LETTERS = 0.35
"""Narrower gaps, in heights of small letters, lie within words whatever the others are."""
SURE_GAP_LETTERS = 1.5
"""Wider gaps part words whatever the others are."""
SLANTS = tuple(round(-0.4 + 0.1 * n, 1) for n in range(19))
"""Lean of letters that is tried: so many pixels to the right for each pixel up."""


def words_in(leaf: Leaf, line: Line) -> list[Box]:
    """Boxes of the words of a line from left to right, in scan pixels; none when the line holds no ink.

    Letters are set upright, so that gaps stand open, and gaps are measured where small letters are. Gaps
    between letters and gaps between words make two heaps: they are parted where the squared distances
    within both are least (Otsu 1979). Where all gaps are alike there is one word.
    """
    grey, way = level_strip(leaf, line)
    dark = _dark(grey)
    ys, xs = np.nonzero(dark)
    if not len(xs):
        return []
    top, bottom = _core(dark)
    letter = bottom - top
    upright = xs + _slant(xs, ys, grey.shape[1], top, letter) * (ys - bottom)
    upright = np.floor(upright - upright.min()).astype(np.int64)
    small = (ys >= top - 0.2 * letter) & (ys < bottom + 0.1 * letter)
    held = np.bincount(upright[small if small.any() else slice(None)], minlength=int(upright.max()) + 1)
    ink = np.flatnonzero(held)
    starts, ends = ink[np.append(True, np.diff(ink) > 1)], ink[np.append(np.diff(ink) > 1, True)] + 1
    gaps = (starts[1:] - ends[:-1]).astype(np.float64)
    wide = _parting(gaps, letter)
    cuts = [float(ends[n] + starts[n + 1]) / 2 for n in np.flatnonzero(gaps > wide)]
    word = np.searchsorted(np.array(cuts), upright)
    found = []
    for n in range(len(cuts) + 1):
        mine = word == n
        # specks between words are none; a full stop alone is no word either, but nothing else is near it
        if int(np.ptp(ys[mine], axis=0)) + 1 >= 0.25 * letter or not cuts:
            found.append(Box(xs[mine].min(), ys[mine].min(), xs[mine].max() + 1, ys[mine].max() + 1))
    return [way.box(box) for box in found]


def _dark(grey: Grey) -> Mask:
    """Where ink is: darker than half way between paper and the strip's own ink."""
    bound, _ = cv2.threshold(grey[grey < 250], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(grey < min(max(bound, 110.0), 215.0))


def _core(dark: Mask) -> tuple[float, float]:
    """First row and row after the last of small letters: where strokes stand closest side by side."""
    strokes = (np.diff(dark.astype(np.int8), axis=1, prepend=0) > 0).sum(axis=1).astype(np.float64)
    strokes = np.convolve(strokes, np.ones(3) / 3, "same")
    peak = int(strokes.argmax())
    low = np.flatnonzero(strokes < 0.45 * strokes[peak])
    top = int(low[low < peak].max(initial=-1)) + 1
    bottom = int(low[low > peak].min(initial=len(strokes)))
    return float(top), float(max(bottom, top + 2))


def _slant(xs: Any, ys: Any, width: int, top: float, letter: float) -> float:
    """The lean that, taken back, makes letters stand most upright: they cover the fewest columns."""
    near = (ys >= top - 0.2 * letter) & (ys < top + 1.1 * letter)
    xs, ys = xs[near], ys[near] - top - letter / 2
    room = int(2 * letter) + 2

    def covered(slant: float) -> tuple[int, float]:
        moved = np.floor(xs + slant * ys).astype(np.int64) + room
        return int(np.count_nonzero(np.bincount(moved, minlength=width + 2 * room))), abs(slant)

    return min(SLANTS, key=covered) if len(xs) else 0.0


def _parting(gaps: Floats, letter: float) -> float:
    """The width above which a gap parts words."""
    least, sure = LEAST_GAP_LETTERS * letter, SURE_GAP_LETTERS * letter
    held = np.sort(np.minimum(gaps[gaps > 0.3 * least], 1.5 * sure))
    if len(held) < 2:
        return least
    spreads = [held[:n].var() * n + held[n:].var() * (len(held) - n) for n in range(1, len(held))]
    n = int(np.argmin(spreads)) + 1
    alike = held[n:].mean() < 1.8 * held[:n].mean()
    if alike:
        return least if held.mean() > 2 * least else sure
    return min(max(least, float(held[n - 1] + held[n]) / 2), sure)
