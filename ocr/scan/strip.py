"""One line of writing as every recogniser of ours sees it: the same light, the same size of letters.

Training and reading both come through `fit_strip`; a model knows no other strips.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.scan.leaf import Grey

HEIGHT_PX = 48
SQUEEZE = 0.65
"""Width of a letter after fitting over its width before, beyond the change of height: hands are wide."""
WIDEST_PX = 4800
"""Longer strips are squeezed to this width: some twenty lines of writing side by side."""

Fitted = npt.NDArray[np.float32]
"""Shape (48, width): paper near +1, ink near -1."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A fitted strip and its way home, in pixels: x_source = x / scale_x, y_source = top + y / scale_y."""

    fitted: Fitted
    scale_x: float
    scale_y: float
    top: float


def fit_strip(grey: Grey) -> Strip:
    """The strip with even light, cut above and below to its writing, 48 px high.

    A strip without pixels is taken as one pixel of paper. Unit and frame of the way home: pixels of `grey`.
    """
    if grey.size == 0:
        grey = np.full((1, 1), 255, np.uint8)
    top, bottom = _band(grey)
    cut = grey[top:bottom]
    scale_y = HEIGHT_PX / len(cut)
    width = min(max(round(cut.shape[1] * scale_y * SQUEEZE), 8), WIDEST_PX)
    small = cv2.resize(
        cut, (width, HEIGHT_PX), interpolation=cv2.INTER_AREA if scale_y < 1 else cv2.INTER_LINEAR
    )
    return Strip(_even(small.astype(np.uint8, copy=False)), width / cut.shape[1], scale_y, float(top))


def _even(small: Grey) -> Fitted:
    """Paper near +1 whatever its tone, the darkest ink near -1."""
    paper = cv2.blur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((15, 25), np.uint8)), (41, 25))
    dark = cv2.subtract(paper, small).astype(np.float32)
    # a blank strip must stay blank: less than 20 grey levels of contrast are never stretched to full ink
    full = max(float(np.percentile(dark, 98.5)), 20.0)
    return np.asarray(1 - np.minimum(dark * (2 / full), 2.5), np.float32)


def _band(grey: Grey) -> tuple[int, int]:
    """First row and row after the last of the writing: three heights of small letters.

    The zone of small letters is where a row changes most often between paper and ink; rulings and the feet of
    the line above change seldom.
    """
    height, width = grey.shape
    rows = min(height, 64)
    small = cv2.resize(grey, (max(round(width * rows / height), 4), rows), interpolation=cv2.INTER_AREA)
    dark = cv2.subtract(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8)), small)
    full = float(np.percentile(dark, 98))
    if full < 12:
        return 0, height
    ink = dark > full * 0.45
    edges = np.count_nonzero(ink[:, 1:] & ~ink[:, :-1], axis=1).astype(np.float64)
    # the line asked for lies near the middle; what juts in from its neighbours does not
    away = (np.arange(rows) + 0.5) / rows - 0.5
    edges = np.convolve(edges, np.ones(3) / 3, "same") * np.exp(-0.5 * (away / 0.22) ** 2)
    if edges.max() < 0.5:
        return 0, height
    low_rows = np.flatnonzero(edges < edges.max() * 0.25)
    peak = int(edges.argmax())
    first = int(low_rows[low_rows < peak].max(initial=-1)) + 1
    last = int(low_rows[low_rows > peak].min(initial=rows))
    edges[:first] = edges[last:] = 0.0
    share = np.cumsum(edges) / edges.sum()
    low, high = (float(np.searchsorted(share, q)) for q in (0.15, 0.85))
    middle, core = (low + high + 1) / 2, max(high - low + 1, rows * 0.13)
    top = max(round((middle - 1.85 * core) * height / rows), 0)
    bottom = min(round((middle + 1.65 * core) * height / rows), height)
    return top, bottom
