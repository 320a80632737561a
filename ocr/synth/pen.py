"""The pen on paper: a track drawn as ink."""

import cv2
import numpy as np
import numpy.typing as npt

from ocr.arrays import F32
from ocr.synth.hand import Track

Sheet = npt.NDArray[np.uint8]
"""Ink, height by width, 0 none to 255 full."""

_LEVELS = 4
_SHIFT = 3
"""Binary digits behind the point in what cv2 draws."""


Runs = tuple[tuple[int, int, tuple[tuple[int, int], ...]], ...]
"""A track cut into runs of one width and wetness: width, level, and first sample and end of each run."""


def runs_of(widths: F32, track: Track) -> Runs:
    """The runs of a track whose widths are given in the sheet's pixels; they serve wherever it is drawn."""
    thick = np.maximum(np.round(widths), 1).astype(np.int64)
    level = np.ceil(track.wet * _LEVELS).astype(np.int64)
    kind = level * 64 + np.minimum(thick, 63)
    fresh = np.zeros(len(kind), bool)
    fresh[track.breaks[:-1]] = True
    begins = fresh.copy()
    begins[1:] |= kind[1:] != kind[:-1]
    firsts = np.flatnonzero(begins)
    # a run goes on to the first sample of the next one, unless the pen was lifted there
    lasts = np.append(firsts[1:] + ~fresh[firsts[1:]], len(kind))
    spans: dict[int, list[tuple[int, int]]] = {}
    for first, last, what in zip(firsts.tolist(), lasts.tolist(), kind[firsts].tolist(), strict=True):
        spans.setdefault(what, []).append((first, last))
    return tuple((what % 64, what // 64, tuple(spans[what])) for what in sorted(spans))


def draw(
    sheet: Sheet,
    places: F32,
    widths: F32,
    track: Track,
    strength: float = 1.0,
) -> None:
    """Draws a track on a sheet; places (x, y down) and widths are given in the sheet's pixels."""
    draw_runs(sheet, places, runs_of(widths, track), strength)


def draw_runs(sheet: Sheet, places: F32, runs: Runs, strength: float = 1.0) -> None:
    """The same with its runs known."""
    points = np.round(places * (1 << _SHIFT)).astype(np.int32)
    for thick, level, spans in runs:
        lines = [points[first:last] for first, last in spans]
        cv2.polylines(sheet, lines, False, (255 * strength * level / _LEVELS,), thick, cv2.LINE_8, _SHIFT)
