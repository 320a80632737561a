"""The curve a line of writing runs along, on curled or rolled paper; None for lines straight enough."""

import cv2
import numpy as np

from ocr.arrays import Floats
from ocr.geometry import Outline, Point
from ocr.scan.leaf import LINE_PX

LEAST_CURL_PX = 0.1 * LINE_PX
"""Lines that leave the level by less (root of the mean square) are straight enough: a tenth of a letter."""
STEP_PX = 4.0
"""The curve is told at steps of so many leaf pixels."""


def curve_of(baseline: tuple[Point, ...], outline: Outline, least_px: float = LEAST_CURL_PX) -> Floats | None:
    """Heights of the line at steps of STEP_PX from the outline's left to beyond its right, smooth.

    Frame: leaf pixels. None when the line leaves the level by less than `least_px`, or nothing
    is known of its course.
    """
    if len(baseline) < 2:
        return None
    box = outline.box
    count = max(2, int(np.ceil(box.width / STEP_PX)) + 1)
    xs = box.left + STEP_PX * np.arange(count)
    known_xs = np.array([p.x for p in baseline])
    known_ys = np.array([p.y for p in baseline])
    if (np.diff(known_xs) <= 0).any():
        return None
    known_ys = _calm(known_xs, known_ys)
    reach = round(float(np.median(np.diff(known_xs))) / STEP_PX)
    # beyond its ends the line runs on as it ends
    wide = box.left + STEP_PX * np.arange(-3 * reach, count + 3 * reach)
    first = (known_ys[1] - known_ys[0]) / (known_xs[1] - known_xs[0])
    last = (known_ys[-1] - known_ys[-2]) / (known_xs[-1] - known_xs[-2])
    heights = np.interp(wide, known_xs, known_ys)
    heights += np.minimum(wide - known_xs[0], 0) * first + np.maximum(wide - known_xs[-1], 0) * last
    smooth = cv2.GaussianBlur(heights[None].astype(np.float32), (0, 0), max(0.5 * reach, 1.0))[0]
    ys = np.asarray(smooth[3 * reach : 3 * reach + len(xs)], np.float64)
    return ys if float(np.sqrt(np.mean((ys - np.median(ys)) ** 2))) > least_px else None


def _calm(xs: Floats, ys: Floats) -> Floats:
    """Heights without the chance of letters: on a cubic, where one comes as near as the heights' own jitter.

    Leaders and dashes give heights that leap from one to the next; paper does not.
    """
    if len(xs) < 5:
        return ys
    at = (xs - xs.mean()) / (np.ptp(xs) / 2)
    calm = np.polyval(np.polyfit(at, ys, 3), at)
    jitter = float(
        np.sqrt(np.mean(np.diff(ys, 2) ** 2) / 6)
    )  # of white noise, second differences are so wide
    away = float(np.sqrt(np.mean((calm - ys) ** 2)))
    return np.asarray(calm if away < max(LEAST_CURL_PX, 2 * jitter) else ys)
