"""Where writing is likely: a small net marks the middles of lines on a reduced scan.

The net is PP-OCRv6's small text detector (see ocr/models/finder.md): one blob for each stretch of a line,
about as tall as small letters. It is robust where ink alone is not: stains, folds, page edges, tables.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from ocr.arrays import I32, ColourImage, GreyImage, MaskImage, Pixels
from ocr.errors import DependencyError
from ocr.models import FOLDER, Onnx, open_onnx, weights_of
from ocr.scan.binarize import weighted_median
from ocr.scan.counting import label_components
from ocr.scan.depth import reduced

SHIPPED = FOLDER / "finder.onnx"
TEXT_THRESHOLD = 77
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
    """Where writing is likely, on a reduced picture of a scan or leaf; its blobs are counted once."""

    probability: GreyImage
    """(height, width): the probability of writing, 0 to 255."""
    blobs: I32
    """(n, 5): left, top, width, height, area of each blob that marks a stretch of a line, in map pixels."""
    line_px: float
    """The usual height of the middles of lines (of small letters), in map pixels; 0 without writing."""

    @classmethod
    def of(cls, probability: GreyImage) -> "TextMap":
        """The map with these probabilities, its blobs counted."""
        blobs = label_components(_marks(probability))[1][1:]
        return cls(probability, blobs, _line_height(blobs))

    @property
    def marks(self) -> MaskImage:
        """(height, width): 1 where writing is."""
        return _marks(self.probability)

    def line_px_on(self, height_px: int) -> float:
        """`line_px` in pixels of the same picture so many pixels tall."""
        return self.line_px * height_px / len(self.probability)


@dataclass(frozen=True, slots=True)
class ReducedScan:
    """A scan made small, and where writing is on it."""

    pixels: ColourImage
    text: TextMap
    """Of the same shape."""

    def turned(self, quarters: int) -> "ReducedScan":
        """The same, turned counter-clockwise by so many quarters."""
        if not quarters % 4:
            return self
        pixels, probability = (
            np.ascontiguousarray(np.rot90(image, quarters)) for image in (self.pixels, self.text.probability)
        )
        return ReducedScan(pixels, TextMap.of(probability))


def find_text(pixels: Pixels, settings: FinderSettings) -> ReducedScan:
    """The map of writing of a scan (grey or red, green, blue). DependencyError when the net is missing."""
    first = _look(pixels, settings.side_px)
    line_px = first.text.line_px
    if not line_px or max(pixels.shape[:2]) <= settings.side_px:
        return first
    if _crowded(first.text.marks):
        return _look(pixels, settings.largest_side_px)
    if line_px < settings.least_line_px:
        wanted = settings.side_px * 1.5 * settings.least_line_px / line_px
        return _look(pixels, min(round(wanted), settings.largest_side_px))
    return first


def _marks(probability: GreyImage) -> MaskImage:
    return (probability >= TEXT_THRESHOLD).astype(np.uint8)


def _crowded(marks: MaskImage) -> bool:
    """Does writing fill so much of its field that lines may have run together?"""
    ys, xs = np.nonzero(marks)
    return bool(len(ys) > CROWDED * (np.ptp(ys) + 1) * (np.ptp(xs) + 1))


def _look(pixels: Pixels, side_px: int) -> ReducedScan:
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
    (probability,) = _net().run(x=np.stack(planes)[None])
    return ReducedScan(small, TextMap.of(np.rint(255 * probability[0, 0]).astype(np.uint8)))


def _fitting(length: float) -> int:
    return max(_STEP_PX, round(length / _STEP_PX) * _STEP_PX)


def _line_height(blobs: I32) -> float:
    """The usual thickness of blobs, each weighted by its area; 0 without blobs."""
    _, _, widths, heights, areas = blobs.T
    if not len(areas):
        return 0.0
    # A blob that leans or bends is taller than it is thick.
    thick = np.minimum(np.minimum(widths, heights), areas / np.maximum(np.maximum(widths, heights), 1) * 1.1)
    return weighted_median(thick, areas)


@cache
def _net() -> Onnx:
    """The net, loaded once in this process when a scan is first looked at."""
    if not SHIPPED.is_file():
        raise DependencyError(f"There is no {SHIPPED}; reinstall the package.")
    return open_onnx(weights_of(SHIPPED)[0], SHIPPED.name)
