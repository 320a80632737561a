"""What a writer makes of the model letters: own widths, leans, heights and bends, the same each time."""

from functools import cache

import numpy as np

from ocr.arrays import F64, I64
from ocr.synth.letters import forms


@cache
def _rows() -> dict[str, int]:
    return {letter: row for row, letter in enumerate(forms())}


def rows_of(text: str) -> I64:
    """The row of every character in a writer's table of traits; 0 for spaces, which are never drawn."""
    known = _rows()
    return np.array([known.get(c, 0) for c in text], np.int64)


def widths(traits: F64) -> F64:
    """How much wider than the models these letters are; traits (n, TRAITS)."""
    return np.exp(np.clip(0.09 * traits[:, 0], -0.25, 0.3))


def stray(places: F64, local: F64, traits: F64) -> None:
    """Leans, lifts and bends points, in place. local: their x in the model letter; traits: of their letter.

    A bend is a wave along each axis with a phase of its own, so that neighbouring points go the same way.
    """
    y = places[:, 1].copy()
    t = np.clip(traits, -2.2, 2.2).T
    places[:, 1] = y * (1 + 0.05 * t[1]) + 0.03 * t[2] + 0.035 * t[3] * np.sin(2.4 * local + 3 * t[4])
    places[:, 1] += 0.03 * t[5] * np.sin(2.1 * y + 3 * t[6])
    places[:, 0] += 0.07 * t[7] * (y - 0.5) + 0.045 * t[8] * np.sin(2.3 * y + 3 * t[9])
    places[:, 0] += 0.04 * t[10] * np.sin(2.6 * local + 3 * t[11])
