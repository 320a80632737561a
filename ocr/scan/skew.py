"""How far the lines of a page run off the horizontal, how sure that is, and the right to say nothing.

Lines make the sharpest profile when ink is summed along them (Postl 1986): ink pixels are sheared by each
angle, counted per row, and the differences of neighbouring rows squared and summed. Coarse first, then fine
around the best, then a parabola through the last three.
"""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np

from ocr.arrays import F32, GreyImage
from ocr.page import Skew
from ocr.scan.binarize import weighted_median
from ocr.scan.counting import label_components

COARSE_DEG = 0.5
"""Step of the first search."""
FINE_DEG = 0.05
"""Step of the last search."""
SIDE_PX = 1400
"""Longer side of the reduced page that is measured."""
HALVES_DIFFER_DEG = 0.3
"""Halves of a wide scan that differ by more are leaves that lie differently."""
LEAST_FEET = 200
"""Fewer ends of strokes than this tell nothing."""
AGREE_DEG = 0.6
"""Lines and ruling that differ by less say the same."""


@dataclass(frozen=True, slots=True)
class SkewSettings:
    """How an angle is looked for, and when it is believed."""

    widest_deg: float = 12.0
    """Angles up to this are looked for, either way."""
    least_confidence: float = 0.35
    """Below this an angle is only recorded, not applied."""
    sure_lines: float = 0.6
    """Lines of writing this sure are believed against the ruling of the paper: not all hands keep to it."""
    least_rules: float = 0.6
    """Ruling less sure than this is not listened to."""
    least_deg: float = 0.05
    """A smaller angle is not worth the blur of a turn."""


CURLED = "the paper is curled: lines run down on one side and up on the other, the ruling between them"


class RuleAngle(NamedTuple):
    """The level rules of the paper: how far they run down to the right, and how sure that is, 0..1."""

    angle_deg: float
    confidence: float


def measure_skew(ink: GreyImage, settings: SkewSettings, rules: RuleAngle | None = None) -> Skew:
    """The angle of the text lines on a page of ink (0) and paper (255), with confidence in 0..1.

    Lines that agree with the ruling of the paper are surer for it; where lines are few, short or unsure, the
    ruling is believed, if lines stand no less sharp at its angle than as they are.
    Not applied yet: `applied` is False. A page without enough ink gives 0 degrees, confidence 0 and a reason.
    """
    feet = _letter_feet(ink)
    if rules is not None and rules.confidence < settings.least_rules:
        rules = None
    if len(feet.xs) < LEAST_FEET:
        few = Skew(0.0, 0.0, applied=False, reason="too little ink to measure")
        return _by_rules(few, feet, rules, settings)
    angle, confidence = _search(feet, settings)
    if ink.shape[1] > ink.shape[0]:
        halves = [_search(half, settings) for half in _halves(feet) if len(half.xs) >= LEAST_FEET]
        sure = [half for half in halves if half[1] >= settings.least_confidence]
        if len(sure) == 2 and abs(sure[0][0] - sure[1][0]) > HALVES_DIFFER_DEG:
            return _between(sure[0], sure[1])
    if abs(angle) > settings.widest_deg:
        far = Skew(0.0, 0.0, applied=False, reason="no angle within reach stands out")
        return _by_rules(far, feet, rules, settings)
    lines = Skew(angle, confidence, applied=False)
    if rules is not None and _curled(feet, rules, settings):
        return Skew(rules.angle_deg, rules.confidence, applied=False, reason=CURLED)
    return _by_rules(lines, feet, rules, settings)


def _curled(feet: "_Feet", rules: RuleAngle, settings: SkewSettings) -> bool:
    """Do lines run off the ruling one way left, and the other way right? Hands seldom do, paper does."""
    halves = [_search(half, settings) for half in _halves(feet) if len(half.xs) >= LEAST_FEET]
    sure = [angle - rules.angle_deg for angle, confidence in halves if confidence >= settings.sure_lines]
    return len(sure) == 2 and sure[0] * sure[1] < 0 and min(map(abs, sure)) > AGREE_DEG


def _by_rules(lines: Skew, feet: "_Feet", rules: RuleAngle | None, settings: SkewSettings) -> Skew:
    """What lines of writing and the ruling of the paper say together."""
    if rules is None or abs(rules.angle_deg) > settings.widest_deg:
        return lines
    if lines.confidence > 0 and abs(lines.angle_deg - rules.angle_deg) < AGREE_DEG:
        return replace(lines, confidence=1 - (1 - lines.confidence) * (1 - rules.confidence))
    where = f"the ruling lies at {rules.angle_deg:.2f} degrees"
    if lines.confidence >= settings.sure_lines:
        return replace(lines, reason=f"{where}, the lines do not")
    if len(feet.xs) and _sharpness(feet, rules.angle_deg) < _sharpness(feet, 0.0):
        return replace(lines, reason=f"{where}, and lines stand less sharp there")
    return Skew(rules.angle_deg, rules.confidence, applied=False, reason=where)


def _between(left: tuple[float, float], right: tuple[float, float]) -> Skew:
    """The middle of the angles of two leaves that lie differently; sure only if the turn serves both."""
    middle, apart = (left[0] + right[0]) / 2, abs(left[0] - right[0])
    reason = f"left half {left[0]:.2f} degrees, right half {right[0]:.2f}"
    helps = apart / 2 < min(abs(left[0]), abs(right[0]))
    return Skew(middle, min(left[1], right[1]) if helps else 0.0, applied=False, reason=reason)


def _search(feet: "_Feet", settings: SkewSettings) -> tuple[float, float]:
    """The angle under which rows stand apart most sharply, and how far it stands out of all angles (0..1)."""
    wide, step = settings.widest_deg, COARSE_DEG
    coarse = np.arange(-wide, wide + step / 2, step)
    scores = np.array([_sharpness(feet, angle) for angle in coarse])
    best = float(coarse[int(scores.argmax())])
    while step > FINE_DEG:
        step = max(step / 3, FINE_DEG)
        near = best + step * np.arange(-3, 4)
        fine = np.array([_sharpness(feet, angle) for angle in near])
        best = float(near[int(fine.argmax())])
    left, middle, right = (_sharpness(feet, best + side * step) for side in (-1, 0, 1))
    bend = left - 2 * middle + right
    if bend < 0:
        best += step * float(np.clip(0.5 * (left - right) / bend, -1, 1))
    floor = float(np.median(scores))
    return best, max(0.0, 1 - floor / middle) if middle > 0 else 0.0


class _Feet(NamedTuple):
    """Where letters end downwards (baselines are sharper than whole letters), in a reduced page."""

    xs: F32
    ys: F32
    letter_px: float


def _letter_feet(ink: GreyImage) -> _Feet:
    """The feet of what may be letters: no page edges, no specks; of everything, if that leaves hardly any."""
    scale = min(1.0, SIDE_PX / max(ink.shape))
    small = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else ink
    mask = (small < 160).astype(np.uint8)
    labels, stats = label_components(mask)
    _, _, widths, heights, areas = stats.T
    letters = (heights > 3) & (heights < mask.shape[0] / 10) & (widths < mask.shape[1] / 3)
    letters[0] = False
    if len(stats) < 2 or areas[letters].sum() < 0.1 * areas[1:].sum():
        letters[1:] = True
    letter = weighted_median(heights[letters], areas[letters]) if letters.any() else 1.0
    ys, xs = np.nonzero(mask[:-1] > mask[1:])
    own = letters[labels[ys, xs]]
    ys, xs = ys[own], xs[own]
    # Where a foot ends within its pixel shows in how dark that pixel and the next came out of the reduction;
    # what is left of whole numbers (they make angles next to 0 look too good) is spread evenly, and the
    # same way each time, by the golden ratio.
    ends = ys + (510 - small[ys, xs].astype(np.float32) - small[ys + 1, xs]) / 255
    spread = np.mod(np.arange(len(ys)) * 0.6180339887, 1.0)
    return _Feet(xs.astype(np.float32), (ends + spread).astype(np.float32), letter)


def _sharpness(feet: _Feet, angle_deg: float) -> float:
    """How sharply rows stand apart when the page is sheared back by an angle."""
    rows = feet.ys - feet.xs * np.float32(math.tan(math.radians(angle_deg)))
    rows -= rows.min()
    profile = np.bincount(rows.astype(np.int32)).astype(np.float64)
    # No sharper than hands write: a blur of a tenth of a letter keeps single strokes from deciding.
    sigma = max(1.0, 0.1 * feet.letter_px)
    profile = cv2.GaussianBlur(profile[None, :], (0, 0), sigmaX=sigma, borderType=cv2.BORDER_CONSTANT)[0]
    steps = np.diff(profile)
    return float(steps @ steps)


def _halves(feet: _Feet) -> tuple[_Feet, _Feet]:
    """Feet left and right of the emptiest upright strip in the middle third."""
    columns = np.bincount(feet.xs.astype(np.int64)).astype(np.float64)
    width = len(columns)
    near = cv2.blur(columns[None, :], (max(3, width // 40), 1))[0][width // 3 : 2 * width // 3 + 1]
    cut = width // 3 + float(np.median(np.flatnonzero(near <= near.min() + 1e-9)))
    left = feet.xs < cut
    return (
        _Feet(feet.xs[left], feet.ys[left], feet.letter_px),
        _Feet(feet.xs[~left], feet.ys[~left], feet.letter_px),
    )
