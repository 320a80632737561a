"""Where writing is likely: a small net marks the middles of lines on a reduced scan.

The net is PP-OCRv6's small text detector (see ocr/models/finder.md): one blob for each stretch of a line,
about as tall as small letters. It is robust where ink alone is not: stains, folds, page edges, tables.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from ocr.arrays import GreyImage, Pixels
from ocr.errors import DependencyError
from ocr.models import FOLDER, Session, open_onnx
from ocr.scan.depth import reduced

SHIPPED = FOLDER / "finder.onnx"
LIKELY = 77
"""Writing is where the map is at least so bright: a probability of 0.3, the net's own habit."""
CROWDED = 0.42
"""Lines with room between them, closely written ones too, fill less of the field than this share."""
_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as the net was trained
_STEP_PX = 32  # sides the net can halve five times


@dataclass(frozen=True, slots=True)
class FinderSettings:
    """How closely a scan is looked at for writing."""

    side_px: int = 736
    """Longer side of the reduced scan."""
    least_line_px: float = 4.6
    """Lines whose middles come out lower are looked at again, larger."""
    largest_side_px: int = 1472
    """Longer side of the second look, at most."""


@dataclass(frozen=True, slots=True)
class TextMap:
    """A reduced scan and where writing is on it."""

    small: GreyImage
    """(height, width, 3): red, green, blue of the reduced scan."""
    likely: GreyImage
    """(height, width): probability of writing, 0 to 255."""
    line_px: float
    """The usual height of the middles of lines, in pixels of the map; 0 when nothing is written."""

    def turned(self, quarters: int) -> "TextMap":
        """The same, turned counter-clockwise by so many quarters."""
        if not quarters % 4:
            return self
        small, likely = (np.ascontiguousarray(np.rot90(one, quarters)) for one in (self.small, self.likely))
        return TextMap(small, likely, self.line_px)


def find_text(pixels: Pixels, settings: FinderSettings) -> TextMap:
    """The map of writing of a scan (grey or red, green, blue). DependencyError when the net is missing."""
    found = _look(pixels, settings.side_px)
    if not found.line_px or max(pixels.shape[:2]) <= settings.side_px:
        return found
    if _crowded(found.likely):
        return _look(pixels, settings.largest_side_px)
    if found.line_px < settings.least_line_px:
        wanted = settings.side_px * 1.5 * settings.least_line_px / found.line_px
        return _look(pixels, min(round(wanted), settings.largest_side_px))
    return found


def _crowded(likely: GreyImage) -> bool:
    """Does writing fill so much of its field that lines may have run together?"""
    ys, xs = np.nonzero(likely >= LIKELY)
    return bool(len(ys) > CROWDED * (np.ptp(ys) + 1) * (np.ptp(xs) + 1))


def _look(pixels: Pixels, side_px: int) -> TextMap:
    height, width = pixels.shape[:2]
    scale = min(1.0, side_px / max(height, width))
    size = (_fitting(width * scale), _fitting(height * scale))
    small = reduced(pixels, size)
    if small.ndim == 2:
        small = np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2RGB), np.uint8)
    # The net was trained on blue, green, red.
    planes = [
        (small[..., 2 - n].astype(np.float32) * np.float32(1 / 255) - np.float32(_MEAN[n]))
        / np.float32(_SPREAD[n])
        for n in range(3)
    ]
    (found,) = _net().run(None, {"x": np.stack(planes)[None]})
    likely = np.rint(255 * found[0, 0]).astype(np.uint8)
    return TextMap(small, likely, line_height(likely))


def _fitting(length: float) -> int:
    return max(_STEP_PX, round(length / _STEP_PX) * _STEP_PX)


def line_height(likely: GreyImage) -> float:
    """The usual thickness of blobs, each weighted by its area; 0 without blobs."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((likely >= LIKELY).astype(np.uint8), connectivity=8)
    _, _, widths, heights, areas = stats[1:].T
    if not len(areas):
        return 0.0
    # A blob that leans or bends is taller than it is thick.
    thick = np.minimum(np.minimum(widths, heights), areas / np.maximum(np.maximum(widths, heights), 1) * 1.1)
    order = np.argsort(thick, kind="stable")
    held = np.cumsum(areas[order])
    return float(thick[order][np.searchsorted(held, held[-1] / 2)])


@cache
def _net() -> Session:
    """The net, loaded once in this process when a scan is first looked at."""
    if not SHIPPED.is_file():
        raise DependencyError(f"There is no {SHIPPED}; reinstall the package.")
    return open_onnx(SHIPPED.read_bytes(), SHIPPED.name)
