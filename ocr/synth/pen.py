"""The pen on paper: a track drawn as ink."""

import cv2
import numpy as np
import numpy.typing as npt

from ocr.synth.hand import Track

Sheet = npt.NDArray[np.uint8]
"""Ink, height by width, 0 none to 255 full."""

_LEVELS = 4
_SHIFT = 3
"""Binary digits behind the point in what cv2 draws."""


def draw(
    sheet: Sheet,
    places: npt.NDArray[np.float32],
    widths: npt.NDArray[np.float32],
    track: Track,
    strength: float = 1.0,
) -> None:
    """Draws a track on a sheet; places (x, y down) and widths are given in the sheet's pixels."""
    thick = np.maximum(np.round(widths), 1).astype(np.int64)
    level = np.ceil(track.wet * _LEVELS).astype(np.int64)
    kind = level * 64 + np.minimum(thick, 63)
    points = np.round(places * (1 << _SHIFT)).astype(np.int32)
    fresh = np.zeros(len(points), bool)
    fresh[track.breaks[:-1]] = True
    begins = fresh.copy()
    begins[1:] |= kind[1:] != kind[:-1]
    firsts = np.flatnonzero(begins)
    # a run goes on to the first sample of the next one, unless the pen was lifted there
    lasts = np.append(firsts[1:] + ~fresh[firsts[1:]], len(points))
    runs: dict[int, list[npt.NDArray[np.int32]]] = {}
    for first, last, what in zip(firsts.tolist(), lasts.tolist(), kind[firsts].tolist(), strict=True):
        runs.setdefault(what, []).append(points[first:last])
    for what in sorted(runs):
        tone = 255 * strength * (what // 64) / _LEVELS
        cv2.polylines(sheet, runs[what], False, (tone,), what % 64, cv2.LINE_8, _SHIFT)
