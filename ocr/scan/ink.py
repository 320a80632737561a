"""Light evened, and ink parted from paper.

Paper is estimated as what is left when everything as narrow as a stroke is taken away (dilation, then a
median), the page is divided by it, and a threshold is set on the quotient. All kernels are multiples of
the measured stroke width, so that they fit small and large scans alike.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ocr.scan.reduce import reduced

Grey = npt.NDArray[np.uint8]

cv2.setNumThreads(1)  # pages are read in parallel processes; threads in each would only get in the way


@dataclass(frozen=True, slots=True)
class InkSettings:
    """How paper and ink are told apart."""

    dilate_strokes: float = 2.5
    """Width of the window in which ink is covered by paper, in stroke widths."""
    median_strokes: float = 9.0
    """Width of the window over which the colour of paper is taken, in stroke widths."""
    paper_scale_strokes: float = 2.0
    """Paper is estimated on a picture reduced until strokes are this many pixels wide."""
    table_share: float = 0.4
    """What reaches the border of the scan and is darker than this share of bright paper is no paper."""
    least_contrast_levels: float = 18.0
    """Ink is at least so many grey levels (of 255) darker than evened paper."""
    window_strokes: float = 30.0
    """Width of the window in which the tone of ink and of paper is taken, in stroke widths."""
    ink_share: float = 0.42
    """Ink is darker than paper by this share of the way to the ink around it."""
    dark_share: float = 0.7
    """Dark is what goes this share of the way."""
    usual_share: float = 0.7
    """Where the ink around is fainter than this share of the page's usual ink, the usual counts."""
    dark_part: float = 0.25
    """A piece of ink is dark in more than this part of it."""
    contrast_noises: float = 4.0
    """Ink is darker than paper by at least so many times the noise of the paper."""


def stroke_width(ink: Grey) -> float:
    """The mean width of strokes in pixels, 0 where there is no ink: twice the area over the perimeter.

    The perimeter comes from counting crossings along rows and columns (Cauchy-Crofton).
    """
    area = ink.size - cv2.countNonZero(ink)
    mask = cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY)[1]
    crossings = cv2.countNonZero(cv2.bitwise_xor(mask[:, 1:], mask[:, :-1]))
    crossings += cv2.countNonZero(cv2.bitwise_xor(mask[1:], mask[:-1]))
    return 2 * area / (crossings * np.pi / 4) if crossings else 0.0


def rough_stroke_width(grey: Grey) -> float:
    """The width of strokes before the light is evened, in pixels: from a threshold against the local mean."""
    height, width = grey.shape
    window = max(3, min(height, width) // 8) | 1
    darker = cv2.subtract(cv2.blur(grey, (window, window)), grey)
    level, _ = cv2.threshold(darker, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    rough = cv2.threshold(darker, max(level, 12.0), 255, cv2.THRESH_BINARY_INV)[1]
    return stroke_width(rough.astype(np.uint8, copy=False))


def even(grey: Grey, settings: InkSettings) -> Grey:
    """The page with paper near 255 everywhere: divided by its own estimated paper.

    The dark table or film around the paper becomes white, with its edge.
    """
    height, width = grey.shape
    probe_scale = min(1.0, 2000 / max(height, width))
    stroke = rough_stroke_width(_resized(grey, probe_scale)) / probe_scale
    stroke = min(max(stroke, 1.0), max(height, width) / 20)
    scale = min(1.0, settings.paper_scale_strokes / stroke)
    small = _resized(grey, scale)
    small_stroke = stroke * scale
    dilate = _odd(settings.dilate_strokes * small_stroke)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (dilate, dilate))
    paper = cv2.dilate(small, kernel)
    if min(paper.shape) > 64:  # without strokes it is smooth, and half is enough
        paper = reduced(_grey(paper), (paper.shape[1] // 2, paper.shape[0] // 2))
        small_stroke /= 2
    paper = cv2.medianBlur(paper, _odd(settings.median_strokes * small_stroke))
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    evened = cv2.divide(grey, full, scale=255)
    table = _table(np.asarray(paper, np.uint8), settings)
    if table.any():
        evened = cv2.max(evened, cv2.resize(table, (width, height), interpolation=cv2.INTER_NEAREST))
    return evened.astype(np.uint8, copy=False)


def _table(paper: Grey, settings: InkSettings) -> Grey:
    """255 where there is no paper, a little beyond its edge: dark, and reaching the border of the scan."""
    dark = (paper < settings.table_share * float(np.percentile(paper, 90))).astype(np.uint8)
    if not dark.any():
        return dark
    _, labels = cv2.connectedComponents(dark)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    outside = np.isin(labels, np.unique(border[border > 0]))
    reach = _odd(settings.median_strokes * settings.paper_scale_strokes)
    table = cv2.dilate(outside.astype(np.uint8) * np.uint8(255), np.ones((reach, reach), np.uint8))
    return np.asarray(table, np.uint8)


def part(evened: Grey, settings: InkSettings) -> Grey:
    """0 where there is ink, 255 where there is paper: Otsu's threshold, no nearer to paper than its noise."""
    level, _ = cv2.threshold(evened, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    # Ink is the lesser part of a page, so middle and usual distance from it are the paper's own.
    counts = cv2.calcHist([evened], [0], None, [256], [0, 256]).ravel().astype(np.int64)
    paper = _middle(counts)
    distances = np.zeros(256, np.int64)
    np.add.at(distances, np.abs(np.arange(256) - paper), counts)
    noise = 1.4826 * _middle(distances)
    level = min(level, paper - max(settings.least_contrast_levels, settings.contrast_noises * noise))
    rough = cv2.threshold(evened, level, 255, cv2.THRESH_BINARY)[1].astype(np.uint8, copy=False)
    return _refined(evened, rough, settings)


def _refined(evened: Grey, rough: Grey, settings: InkSettings) -> Grey:
    """Ink parted anew, part way between the ink and the paper around it; pieces without dark ink left out.

    Faint strokes come whole, since their own darkness counts (in the manner of Su, Lu and Tan 2013);
    show-through and stains go, since nowhere in them is ink as dark as the ink of the page.
    """
    stroke = stroke_width(rough)
    if not stroke:
        return rough
    height, width = evened.shape
    # Means over a wide window change slowly: a fifth of a window is resolution enough.
    window = max(3.0, settings.window_strokes * stroke)
    size = (max(1, round(5 * width / window)), max(1, round(5 * height / window)))
    size = (min(size[0], width), min(size[1], height))
    paper_mask = _grey(cv2.erode(rough, np.ones((3, 3), np.uint8)))
    ink_share = 1 - _shrunk(rough, size)
    paper_share = _shrunk(paper_mask, size)
    ink_tone = 255 - 255 * _shrunk(_grey(cv2.subtract(cv2.bitwise_not(evened), rough)), size) / np.maximum(
        ink_share, 1e-4
    )
    paper_tone = 255 * _shrunk(_grey(cv2.min(evened, paper_mask)), size) / np.maximum(paper_share, 1e-4)
    contrast = np.where(paper_share > 1e-3, paper_tone - ink_tone, 0)
    level = paper_tone - settings.ink_share * contrast
    level[(ink_share < 1e-4) | (contrast < settings.least_contrast_levels / 2)] = 0
    usual = float(np.median(contrast[ink_share > 1e-4])) if (ink_share > 1e-4).any() else 0.0
    dark = paper_tone - settings.dark_share * np.maximum(contrast, settings.usual_share * usual)
    found = cv2.compare(evened, _grown(level, (width, height)), cv2.CMP_LT)
    del paper_mask  # of a large scan every such picture counts
    at = np.flatnonzero(found != 0)  # of truths they are found much sooner than of numbers
    darkest = evened.ravel()[at] < _grown(dark, (width, height)).ravel()[at]
    count, labels = cv2.connectedComponents(found, connectivity=8)
    pieces = labels.ravel()[at]
    del labels, found
    areas = np.bincount(pieces, minlength=count)
    deep = np.bincount(pieces[darkest], minlength=count)
    kept = (deep > settings.dark_part * areas) & (areas > stroke * stroke)
    ink = np.full(evened.shape, 255, np.uint8)
    ink.ravel()[at[kept[pieces]]] = 0
    return ink


def _shrunk(mask: Grey, size: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Means over windows as shares of full brightness, float64 so that small shares keep their digits."""
    small = reduced(mask, size)
    return np.asarray(cv2.blur(small.astype(np.float64), (5, 5)), np.float64) / 255


def _grown(levels: npt.NDArray[Any], size: tuple[int, int]) -> Grey:
    rounded = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(rounded, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _middle(counts: npt.NDArray[np.int64]) -> int:
    """The median of whole numbers of which there are so many each."""
    held = np.cumsum(counts)
    return int(np.searchsorted(held, held[-1] / 2))


def _grey(pixels: Any) -> Grey:
    return np.asarray(pixels, np.uint8)


def _resized(grey: Grey, scale: float) -> Grey:
    if scale >= 1:
        return grey
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(
        np.uint8, copy=False
    )


def _odd(size: float) -> int:
    return max(3, round(size) | 1)
