"""Words within a line: boxes where the gaps are."""

import numpy as np

from ocr.geometry import Affine, Box
from ocr.lines.strips import strip
from ocr.page import Line
from ocr.scan.leaf import Leaf

LEAST_GAP_HEIGHTS = 0.18
"""Narrower gaps, as a share of the strip's height, lie within words whatever the others are."""


def words_in(leaf: Leaf, line: Line) -> list[Box]:
    """Boxes of the words of a line from left to right, in scan pixels; none when the line holds no ink.

    Gaps between letters and gaps between words make two heaps: they are parted where the squared distances
    within both are least (Otsu 1979). Where all gaps are alike there is one word.
    """
    grey, home = strip(leaf, line)
    dark = grey < 160
    ink = np.flatnonzero(dark.any(axis=0))
    if not len(ink):
        return []
    breaks = np.flatnonzero(np.diff(ink) > 1)
    starts = ink[np.concatenate([[0], breaks + 1])]
    ends = ink[np.concatenate([breaks, [len(ink) - 1]])] + 1
    gaps = (starts[1:] - ends[:-1]).astype(np.float64)
    wide = _parting(gaps, LEAST_GAP_HEIGHTS * len(grey))
    firsts = np.concatenate([[0], np.flatnonzero(gaps > wide) + 1]).astype(int)
    lasts = np.concatenate([firsts[1:] - 1, [len(starts) - 1]])
    return [_box(dark, int(starts[a]), int(ends[b]), home) for a, b in zip(firsts, lasts, strict=True)]


def _parting(gaps: np.ndarray, least: float) -> float:
    """The width above which a gap parts words."""
    held = np.sort(gaps[gaps > 0.3 * least])
    if len(held) < 2:
        return least
    spreads = [held[:n].var() * n + held[n:].var() * (len(held) - n) for n in range(1, len(held))]
    n = int(np.argmin(spreads)) + 1
    alike = held[n:].mean() < 1.8 * held[:n].mean()
    return least if alike else max(least, float(held[n - 1] + held[n]) / 2)


def _box(dark: np.ndarray, left: int, right: int, home: Affine) -> Box:
    rows = np.flatnonzero(dark[:, left:right].any(axis=1))
    return home.box(Box(left, int(rows[0]), right, int(rows[-1]) + 1))
