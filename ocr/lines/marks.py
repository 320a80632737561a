"""How sure it is that a line is struck out or put in above another: a logistic function of what is measured.

Fitted on drawn pages by `bench/marks.py --fit` (all sorts of tests/written.py, strokes drawn through lines).
Shapes are upright working pixels.
"""

import math
from collections.abc import Sequence

import numpy as np

from ocr.lines.shape import Shape

# bench/marks.py 90 --fit: 84 lines found between two others, 78 of them truly put in; 270 lines with a level
# stroke, 196 of them struck out, the others on rules.
INSERTION_WEIGHTS = (0.724, -0.586, -0.285, 1.056, 1.127, 0.384)
STRUCK_WEIGHTS = (-6.982, 6.133, 3.896, -2.46)


MOST_ROOM_PITCHES = 1.3
"""Where two lines stand further apart there is room for a line between them, and what stands there is one."""


def insertion_probability(shapes: Sequence[Shape], n: int, pitch_px: float) -> float:
    """How sure it is that a line found between two others is put in above the lower one."""
    features = insertion_features(shapes, n, pitch_px)
    return 0.0 if features[2] > MOST_ROOM_PITCHES else probability(features, INSERTION_WEIGHTS)


def insertion_features(shapes: Sequence[Shape], n: int, pitch_px: float) -> tuple[float, ...]:
    """Of a line between two others: its size beside the usual, how crowded it stands, how much of it has its
    neighbours above and below it (the end of a line, found apart, has beside it what it belongs to), and how
    long it is."""
    one = shapes[n]
    ordinary = [other for other in shapes if not other.inserted]
    usual = float(np.median([other.letter_px for other in ordinary])) if ordinary else one.letter_px
    above = next((other for other in shapes[n - 1 :: -1] if not other.inserted), None) if n else None
    below = next((other for other in shapes[n + 1 :] if not other.inserted), None)
    gaps = [abs(other.crest - one.crest) / pitch_px for other in (above, below) if other is not None]
    return (
        one.letter_px / max(usual, 1.0),
        min(gaps, default=1.0),
        sum(gaps) if len(gaps) == 2 else 1.0,
        min(_shared(one, above), _shared(one, below)),
        min(one.box.width / pitch_px, 6.0),
    )


def struck_features(shapes: Sequence[Shape], n: int) -> tuple[float, ...]:
    """Of a line with a level stroke through it: how much of its width, how dark beside its ink, and how many
    of the other lines have one too: rules of the paper run through many."""
    one = shapes[n]
    others = [other.struck for k, other in enumerate(shapes) if k != n]
    common = float(np.mean([share > 0.2 for share in others])) if others else 0.0
    return one.struck, one.stroke_dark, common


def probability(features: Sequence[float], weights: Sequence[float]) -> float:
    """The logistic function of the features; the first weight stands alone."""
    score = weights[0] + sum(f * w for f, w in zip(features, weights[1:], strict=True))
    return 1 / (1 + math.exp(-max(min(score, 50.0), -50.0)))


def _shared(one: Shape, other: Shape | None) -> float:
    """The share of a line's width that another runs along; 1 where there is no other."""
    if other is None:
        return 1.0
    width = min(one.box.right, other.box.right) - max(one.box.left, other.box.left)
    return max(width, 0.0) / max(one.box.width, 1.0)
