"""How far the lines of a page run off the horizontal, how sure that is, and the right to say nothing.

Lines make the sharpest profile when ink is summed along them (Postl 1986): ink pixels are sheared by each
angle, counted per row, and the differences of neighbouring rows squared and summed. Coarse first, then fine
around the best, then a parabola through the last three.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.page import Skew

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SkewSettings:
    """How an angle is looked for, and when it is believed."""

    widest_deg: float = 12.0
    """Angles up to this are looked for, either way."""
    coarse_deg: float = 0.5
    """Step of the first search."""
    fine_deg: float = 0.05
    """Step of the last search."""
    side_px: int = 1400
    """Longer side of the reduced page that is measured."""
    least_confidence: float = 0.35
    """Below this an angle is only recorded, not applied."""
    least_deg: float = 0.05
    """A smaller angle is not worth the blur of a turn."""


def measure(ink: Grey, settings: SkewSettings) -> Skew:
    """The angle of the text lines on a page of ink (0) and paper (255), with confidence in 0..1.

    Not applied yet: `applied` is False. A page without enough ink gives 0 degrees, confidence 0 and a reason.
    """
    points = _bottoms(ink, settings.side_px)
    if len(points[0]) < 200:
        return Skew(0.0, 0.0, applied=False, reason="too little ink to measure")
    wide, step = settings.widest_deg, settings.coarse_deg
    coarse = np.arange(-wide, wide + step / 2, step)
    scores = np.array([sharpness(points, angle) for angle in coarse])
    best = float(coarse[int(scores.argmax())])
    while step > settings.fine_deg:
        step = max(step / 3, settings.fine_deg)
        near = best + step * np.arange(-3, 4)
        fine = np.array([sharpness(points, angle) for angle in near])
        best = float(near[int(fine.argmax())])
    around = [sharpness(points, best + side * step) for side in (-1, 0, 1)]
    best += step * _peak(*around)
    floor = float(np.median(scores))
    confidence = max(0.0, 1 - floor / around[1]) if around[1] > 0 else 0.0
    if abs(best) > wide:
        return Skew(0.0, 0.0, applied=False, reason="no angle stands out")
    return Skew(best, confidence, applied=False)


def sharpness(points: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]], angle_deg: float) -> float:
    """How sharply rows stand apart when the points (x, y) are turned back by an angle."""
    xs, ys = points
    rows = ys - xs * np.float32(math.tan(math.radians(angle_deg)))
    rows -= rows.min()
    whole = rows.astype(np.int32)
    part = rows - whole
    # Shared between two rows, so that the score runs smoothly with the angle.
    profile = np.bincount(whole + 1, weights=part) + np.bincount(
        whole, weights=1 - part, minlength=whole.max() + 2
    )
    steps = np.diff(profile)
    return float(steps @ steps)


def _bottoms(ink: Grey, side_px: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Where ink ends downwards, in a reduced page: baselines are sharper than whole letters."""
    scale = min(1.0, side_px / max(ink.shape))
    small = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else ink
    mask = small < 160
    ys, xs = np.nonzero(mask[:-1] & ~mask[1:])
    return xs.astype(np.float32), ys.astype(np.float32)


def _peak(left: float, middle: float, right: float) -> float:
    """Where a parabola through three values peaks, in steps from the middle one."""
    bend = left - 2 * middle + right
    return float(np.clip(0.5 * (left - right) / bend, -1, 1)) if bend < 0 else 0.0
