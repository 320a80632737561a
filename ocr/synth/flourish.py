"""Strokes that adorn: what leads into a capital, what leads out of a word's end.

Points in letter units, as in `letterforms`.
"""

import numpy as np

from ocr.synth.letters import Points


def led_in(first: Points, kind: float, size: float) -> Points:
    """A flag, a loop or a wave before a capital's first stroke; kind and size in 0..1."""
    x, y = first[0, :2].tolist()
    by = 0.6 + 0.9 * size
    if y < 1.0:  # it begins at the foot, as А and М: a hook or a spiral
        bends = (
            [(0.1, 0.3), (-0.15, 0.4), (-0.32, 0.1), (-0.16, -0.08)],
            [(-0.3, 0.5), (-0.45, 0.2), (-0.25, -0.05)],
        )[kind < 0.5]
    elif kind < 0.35:  # a fine stroke up from the line, and sharply back
        return np.array([[x - 0.75 * by, 0.05, 0], [x - 0.3 * by, y * 0.6, 0], [x - 0.02, y + 0.08, 1]])
    elif kind < 0.7:
        bends = [(-0.2, -0.4), (-0.45, -0.3), (-0.42, 0.02), (-0.15, 0.12)]
    else:
        bends = [(-0.75, -0.2), (-0.5, 0.02), (-0.2, 0.08)]
    return np.array([[x + dx * by, y + dy * by, 0] for dx, dy in bends])


def led_out(lead_out: Points, kind: float, room: float) -> Points:
    """The end of a word drawn out: thrown up and back, or along the line into a room so wide."""
    x, y = lead_out[-1, :2].tolist()
    if kind < 0.6:
        bends = [(0.18, 0.45), (0.05, 0.75), (-0.25, 0.6)]
    else:
        bends = [(0.18 * room, 0.06), (0.4 * room, -0.04)]
    return np.array([[x + dx, y + dy, 0] for dx, dy in bends])
