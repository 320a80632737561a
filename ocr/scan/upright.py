"""Which way up a scan is: lines that run upwards stand on their side; ragged left ends are upside down.

Lines begin at one margin and end where they will: the gaps at the ends of lines are wider than those at
their beginnings. That is told only when many lines agree; otherwise nothing is turned and the doubt is said.
"""

from dataclasses import dataclass

import numpy as np

from ocr.scan.finder import TextMap

GUESSED = "the writing stands on its side, and which way is up is a guess"


@dataclass(frozen=True, slots=True)
class UprightSettings:
    """When a scan is turned by quarters."""

    least_share: float = 0.8
    """At least this share of the writing runs upwards on a scan that stands on its side."""
    least_lines: int = 8
    """Fewer lines do not tell which end is their beginning."""
    sure_side: float = 2.0
    """Of two ways to lay a page down one is taken when ends speak for it so many standard errors clearly."""
    sure_over: float = 5.0
    """A page is turned upside down only when they speak so clearly for it."""


@dataclass(frozen=True, slots=True)
class QuarterTurn:
    """Quarters to turn counter-clockwise (0 to 3), and what is doubtful about it, in words."""

    quarters: int = 0
    doubt: str = ""


def find_quarter_turn(text: TextMap, settings: UprightSettings) -> QuarterTurn:
    """How the scan must be turned for its lines to run from left to right."""
    share = _upwards(text)
    if share is None:
        return QuarterTurn()
    if share < settings.least_share:
        ends = _ends(text)
        if ends is not None and ends[1] >= settings.least_lines and ends[0] < -settings.sure_over:
            return QuarterTurn(2)
        return QuarterTurn()
    ends = _ends(TextMap.of(np.ascontiguousarray(np.rot90(text.probability))))
    quarters = 3 if ends is not None and ends[0] < 0 else 1
    if ends is None or ends[1] < settings.least_lines or abs(ends[0]) < settings.sure_side:
        return QuarterTurn(quarters, GUESSED)
    return QuarterTurn(quarters)


def _upwards(text: TextMap) -> float | None:
    """The share of long blobs, by area, that are taller than wide; None without long blobs."""
    _, _, widths, heights, areas = text.blobs.T
    long = np.maximum(widths, heights) > 2 * np.minimum(widths, heights)
    total = float(areas[long].sum())
    return float(areas[long & (heights > widths)].sum()) / total if total else None


def _ends(text: TextMap) -> tuple[float, int] | None:
    """How much wider gaps are at the right than at the left, in standard errors, and of how many lines.

    Gaps are measured within columns: from each line's ends to the usual outermost ends of its neighbours.
    """
    lefts, tops, widths, heights, _ = text.blobs.T
    lines = widths > 6 * heights
    if lines.sum() < 4:
        return None
    starts, ends = lefts[lines].astype(float), (lefts + widths)[lines].astype(float)
    rows = (tops + heights / 2)[lines]
    wide, tall = float(np.median(ends - starts)), float(np.median(heights[lines]))
    gaps = []
    for n in range(len(starts)):
        shared = np.minimum(ends, ends[n]) - np.maximum(starts, starts[n])
        near = (shared > 0.5 * (ends[n] - starts[n])) & (np.abs(rows - rows[n]) < 24 * tall)
        if near.sum() < 3:
            continue
        before = starts[n] - float(np.percentile(starts[near], 15))
        after = float(np.percentile(ends[near], 85)) - ends[n]
        gaps.append(np.clip((after - before) / wide, -0.5, 0.5))
    if len(gaps) < 4:
        return None
    differences = np.array(gaps)
    error = max(float(differences.std()) / np.sqrt(len(differences)), 1e-3)
    return float(differences.mean()) / error, len(differences)
