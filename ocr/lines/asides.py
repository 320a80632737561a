"""Notes in the margin that stand in the row of a line and so near to it that both were found as one."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ocr.lines.marks import ASIDE_WEIGHTS, probability

Ints = npt.NDArray[np.integer[Any]]

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


def asides_of(xs: Ints, owner: Ints, count: int, pitch_px: float, least_sure: float) -> list[Aside]:
    """Which lines of a column begin with a note in the margin; a note that is less sure stays with its line.

    `xs` are the columns of ink, `owner` whose it is (0 to count - 1; others are left out).
    """
    lines = [np.unique(xs[owner == n]) for n in range(count)]
    starts = np.array([line[0] for line in lines if len(line)])
    if len(starts) < LEAST_LINES:
        return []
    margin = float(np.median(starts))
    flush = float((np.abs(starts - margin) < FLUSH_PITCHES * pitch_px).mean())
    if flush < LEAST_FLUSH:
        return []
    found: list[Aside] = []
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
            told = (gaps[widest] / pitch_px, gaps[widest] / usual, (before[widest] - line[0]) / pitch_px)
            found.append((n, end, tuple(float(min(value, 4.0)) for value in told)))
    if len(found) > MOST_ASIDES * len(starts):
        return []
    share = len(found) / len(starts)
    asides = [(n, end, (*told, share, flush)) for n, end, told in found]
    return [one for one in asides if probability(one[2], ASIDE_WEIGHTS) >= least_sure]
