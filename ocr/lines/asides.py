"""Notes in the margin that stand in the row of a line and so near to it that both were found as one."""

from typing import Any

import numpy as np
import numpy.typing as npt

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


def asides_of(xs: Ints, owner: Ints, count: int, pitch_px: float) -> list[tuple[int, float]]:
    """Which lines of a column begin with a note in the margin, and where each note has ended.

    `xs` are the columns of ink, `owner` whose it is (0 to count - 1; others are left out).
    """
    lines = [np.unique(xs[owner == n]) for n in range(count)]
    starts = np.array([line[0] for line in lines if len(line)])
    if len(starts) < LEAST_LINES:
        return []
    margin = float(np.median(starts))
    if (np.abs(starts - margin) < FLUSH_PITCHES * pitch_px).mean() < LEAST_FLUSH:
        return []
    found = []
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
            found.append((n, float(before[widest] + after[widest]) / 2))
    return found if len(found) <= MOST_ASIDES * len(starts) else []
