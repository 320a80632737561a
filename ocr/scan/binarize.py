"""Light evened, and ink parted from paper.

Paper is estimated as what is left when everything as narrow as a stroke is taken away (dilation, then a
median), the page is divided by it, and a threshold is set on the quotient. All kernels are multiples of
the measured stroke width, so that they fit small and large scans alike.
"""

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from ocr.arrays import I64, Floats, GreyImage, Ints, MaskImage
from ocr.scan.counting import level_counts, percentile
from ocr.scan.depth import reduced
from ocr.settings import LATER, nearest_name

cv2.setNumThreads(1)  # pages are read in parallel processes; threads in each would only get in the way

DILATE_STROKES = 2.5
"""Width of the window in which ink is covered by paper, in stroke widths."""
MEDIAN_STROKES = 9.0
"""Width of the window over which the colour of paper is taken, in stroke widths."""
PAPER_SCALE_STROKES = 2.0
"""Paper is estimated on a picture reduced until strokes are this many pixels wide."""
TABLE_SHARE = 0.4
"""What reaches the border of the scan and is darker than this share of bright paper is no paper."""
BAND_SHARE = 0.2
"""A dark band is longer than this share of the longer side."""
BAND_SLENDER = 5.0
"""So many times as long as it is wide."""
BAND_TONE = 90
"""Darker than this, once the light is evened."""
LEAST_ROUGH_LEVELS = 12.0
"""What differs less from the mean around it is no stroke, before the light is evened."""
BAND_FRAME = 0.2
"""Its middle lies no further from a side than this share of the page."""
BAND_REDUCED = 4
"""Bands are looked for on a page so many times smaller: strokes fade there."""
TONE_STROKES = 2.0
"""Width of the window in which the darkness of a stroke is taken, in stroke widths."""
SOLID_STROKES = 4.0
"""What is thicker than so many strokes either way is no stroke."""
STRONG_SHARE = 0.9
"""So large a share of the ink on the page is paler than what counts as strong ink."""
DARK_SHARE = 0.5
"""Dark is what is more than this share of strong ink."""
DARK_PART = 0.1
"""A piece of ink is dark in more than this part of it."""
SHARP_SHARE = 0.5
"""An edge is sharp where it rises at least this share as steeply as the page's steep edges."""
SHARP_PART = 0.2
"""A piece of ink has sharp edges along more than this part of its outline."""
CONTRAST_NOISES = 4.0
"""Ink is darker than paper by at least so many times the noise of the paper."""
BINARIZERS = ("ours", "otsu", "sauvola")
"""What can be asked for: strokes by their own darkness; one threshold for all; one for each place."""
SAUVOLA_STROKES = 10.0
"""Width of Sauvola's window, in stroke widths."""
SAUVOLA_K = 0.34
"""Where nothing is written, Sauvola's threshold lies by this share below the mean (as in Tesseract)."""
SAUVOLA_SPREAD = 128.0
"""The standard deviation, in grey levels, at which Sauvola's threshold is the mean."""


@dataclass(frozen=True, slots=True)
class InkSettings:
    """How paper and ink are told apart."""

    least_contrast_levels: float = 18.0
    """Ink is at least so many grey levels (of 255) darker than evened paper."""
    edge_share: float = 0.42
    """The edge of a stroke lies this share of the way from paper to the stroke."""
    palest_share: float = 0.25
    """Strokes are at least this share of strong ink."""
    binarizer: str = field(default="ours", metadata=LATER)
    """How ink is parted from paper: ours, otsu or sauvola. The numbers above are of ours alone."""

    def __post_init__(self) -> None:
        if self.binarizer not in BINARIZERS:
            raise ValueError(
                f"there is no binarizer {self.binarizer!r}. {nearest_name(self.binarizer, BINARIZERS)}"
            )


def stroke_width(ink: GreyImage) -> float:
    """The mean width of strokes in pixels, 0 where there is no ink: twice the area over the perimeter.

    The perimeter comes from counting crossings along rows and columns (Cauchy-Crofton); `ink` is 0 or 255.
    """
    area = ink.size - cv2.countNonZero(ink)
    crossings = cv2.norm(ink[:, 1:], ink[:, :-1], cv2.NORM_L1) + cv2.norm(ink[1:], ink[:-1], cv2.NORM_L1)
    crossings = round(crossings / 255)
    return 2 * area / (crossings * np.pi / 4) if crossings else 0.0


def weighted_median(values: Floats | Ints, weights: Ints) -> float:
    """The value at which half of the weight is reached, from the least on; there must be some weight."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def rough_stroke_width(grey: GreyImage) -> float:
    """The width of strokes before the light is evened, in pixels: from a threshold against the local mean."""
    height, width = grey.shape
    window = max(3, min(height, width) // 8) | 1
    darker = cv2.subtract(cv2.blur(grey, (window, window)), grey)
    level, rough = cv2.threshold(darker, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    if level < LEAST_ROUGH_LEVELS:
        rough = cv2.threshold(darker, LEAST_ROUGH_LEVELS, 255, cv2.THRESH_BINARY_INV)[1]
    return stroke_width(rough.astype(np.uint8, copy=False))


def flatten_background(grey: GreyImage, written: MaskImage | None = None) -> GreyImage:
    """The page with paper near 255 everywhere: divided by its own estimated paper.

    The dark table or film around the paper becomes white, with its edge; but nothing where `written`, a map
    of the page at any size, is not 0: the shadow of a gutter is as dark, and lines begin in it.
    """
    height, width = grey.shape
    probe_scale = min(1.0, 2000 / max(height, width))
    stroke = rough_stroke_width(_resized(grey, probe_scale)) / probe_scale
    stroke = min(max(stroke, 1.0), max(height, width) / 20)
    scale = min(1.0, PAPER_SCALE_STROKES / stroke)
    small = _resized(grey, scale)
    small_stroke = stroke * scale
    dilate = _odd(DILATE_STROKES * small_stroke)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (dilate, dilate))
    paper = cv2.dilate(small, kernel)
    if min(paper.shape) > 64:  # without strokes it is smooth, and half is enough
        paper = reduced(_grey(paper), (paper.shape[1] // 2, paper.shape[0] // 2))
        small_stroke /= 2
    paper = cv2.medianBlur(paper, _odd(MEDIAN_STROKES * small_stroke))
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    evened = cv2.divide(grey, full, scale=255)
    table = _table(np.asarray(paper, np.uint8))
    if table.any() and written is not None:
        table[cv2.resize(written, table.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0] = 0
    if table.any():
        evened = cv2.max(evened, cv2.resize(table, (width, height), interpolation=cv2.INTER_NEAREST))
    return _without_bands(_grey(evened))


def _without_bands(evened: GreyImage) -> GreyImage:
    """The evened page without solid black bands along its sides: no stroke is so long and so narrow.

    What shows of the table beside a page that lies askew is a wedge, in places no wider than a stroke.
    """
    size = tuple(max(1, side // BAND_REDUCED) for side in evened.shape[::-1])
    small = reduced(evened, (size[0], size[1]))
    _, labels, stats, middles = cv2.connectedComponentsWithStats((small < BAND_TONE).astype(np.uint8))
    widths, heights = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    longer, shorter = np.maximum(widths, heights), np.minimum(widths, heights)
    aside = np.minimum(middles / size, 1 - middles / size).min(axis=1)
    bands = (longer > BAND_SHARE * max(size)) & (longer > BAND_SLENDER * shorter) & (aside < BAND_FRAME)
    bands[0] = False
    if not bands.any():
        return evened
    band = cv2.dilate(bands[labels].astype(np.uint8) * np.uint8(255), np.ones((5, 5), np.uint8))
    return _grey(cv2.max(evened, cv2.resize(band, evened.shape[::-1], interpolation=cv2.INTER_NEAREST)))


def _table(paper: GreyImage) -> GreyImage:
    """255 where there is no paper, a little beyond its edge: dark, and reaching the border of the scan."""
    dark = (paper < TABLE_SHARE * percentile(paper, 90)).astype(np.uint8)
    if not dark.any():
        return dark
    _, labels = cv2.connectedComponents(dark)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    outside = np.isin(labels, np.unique(border[border > 0]))
    reach = _odd(MEDIAN_STROKES * PAPER_SCALE_STROKES)
    table = cv2.dilate(outside.astype(np.uint8) * np.uint8(255), np.ones((reach, reach), np.uint8))
    return np.asarray(table, np.uint8)


def binarize(evened: GreyImage, settings: InkSettings) -> GreyImage:
    """0 where there is ink, 255 where there is paper, by the way that the settings name."""
    if settings.binarizer == "otsu":
        return _otsu(evened)
    if settings.binarizer == "sauvola":
        return _sauvola(evened)
    return _ours(evened, settings)


def _otsu(evened: GreyImage) -> GreyImage:
    """One threshold, that which parts the levels of the page best in two (Otsu 1979)."""
    return _grey(cv2.threshold(evened, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1])


def _sauvola(evened: GreyImage) -> GreyImage:
    """A threshold for each pixel from mean m and standard deviation s of its surroundings:
    m (1 + k (s / R - 1)) (Sauvola and Pietikäinen 2000); a page without strokes has no ink."""
    stroke = rough_stroke_width(evened)
    if not stroke:
        return np.full_like(evened, 255)
    window = (_odd(SAUVOLA_STROKES * stroke),) * 2
    mean = cv2.blur(evened.astype(np.float32), window, borderType=cv2.BORDER_REPLICATE)
    squares = cv2.sqrBoxFilter(evened, cv2.CV_32F, window, borderType=cv2.BORDER_REPLICATE)
    spread = np.sqrt(np.maximum(squares - mean * mean, 0))
    level = mean * (1 + SAUVOLA_K * (spread / SAUVOLA_SPREAD - 1))
    return np.where(evened <= level, np.uint8(0), np.uint8(255))


def _ours(evened: GreyImage, settings: InkSettings) -> GreyImage:
    """Ink as `binarize` gives it.

    Otsu's threshold, no nearer to paper than its noise, tells how wide strokes are and how dark. Then the
    edge of each stroke is set part way between paper and its own darkness, so that hairlines come whole and
    blurred strokes do not swell (in the manner of Bernsen 1986, at the scale of a stroke). Pieces stay that
    are somewhere as dark as ink and whose outline is sharp: show-through and stains are pale or soft.
    """
    strokes, level = _without_solid(evened)
    # Ink is the lesser part of a page, so middle and usual distance from it are the paper's own.
    counts = level_counts(strokes)
    paper = _level_at(counts, 0.5)
    distances = np.zeros(256, np.int64)
    np.add.at(distances, np.abs(np.arange(256) - paper), counts)
    noise = CONTRAST_NOISES * 1.4826 * _level_at(distances, 0.5)
    level = min(level, paper - max(settings.least_contrast_levels, noise))
    rough = _grey(cv2.threshold(strokes, level, 255, cv2.THRESH_BINARY)[1])
    stroke = stroke_width(rough)
    if not stroke:
        return rough
    calm = _grey(cv2.GaussianBlur(evened, (3, 3), 0))
    strong = paper - _level_at(level_counts(calm, cv2.bitwise_not(rough)), 1 - STRONG_SHARE)
    palest = max(settings.palest_share * strong, noise, settings.least_contrast_levels / 2)
    window = _odd(TONE_STROKES * stroke)
    tone = cv2.blur(cv2.erode(calm, np.ones((window, window), np.uint8)), (window, window))
    edges = np.arange(256.0)
    edges = np.where(paper - edges >= palest, paper - settings.edge_share * (paper - edges), 0)
    strokes_of_ink = _grey(cv2.compare(evened, cv2.LUT(tone, _grey(np.rint(edges))), cv2.CMP_LT))
    return _pieces(strokes_of_ink, calm, stroke, paper - DARK_SHARE * strong)


def _without_solid(evened: GreyImage) -> tuple[GreyImage, float]:
    """The page with what is far thicker than its strokes made paper: pieces of table, blots, pictures. And
    the threshold of Otsu then.

    They tell nothing of how dark and wide strokes are, and beside them pale ink would look like paper.
    """
    level, dark = cv2.threshold(evened, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    size = _odd(SOLID_STROKES * rough_stroke_width(evened))
    cores = cv2.erode(dark, np.ones((size, size), np.uint8))
    if not cv2.countNonZero(cores):
        return evened, level
    strokes = _grey(cv2.max(evened, cv2.dilate(cores, np.ones((2 * size - 1,) * 2, np.uint8))))
    return strokes, cv2.threshold(strokes, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]


def _pieces(strokes: GreyImage, calm: GreyImage, stroke: float, dark: float) -> GreyImage:
    """0 on those pieces of what was found (255) that are large, dark and sharp enough to be ink, else 255."""
    at = np.flatnonzero(strokes != 0)  # of truths they are found much sooner than of numbers
    cross = np.ones((3, 3), np.uint8)
    rim = (cv2.erode(strokes, cross).ravel()[at] == 0).nonzero()[0]
    steep = cv2.morphologyEx(calm, cv2.MORPH_GRADIENT, cross).ravel()[at[rim]]
    count, labels = cv2.connectedComponents(strokes, connectivity=8)
    pieces = labels.ravel()[at]
    del labels  # of a large scan every such picture counts
    areas = np.bincount(pieces, minlength=count)
    deep = np.bincount(pieces[calm.ravel()[at] < dark], minlength=count)
    kept = (deep > DARK_PART * areas) & (areas > stroke * stroke)
    around = pieces[rim]
    of_ink = steep[kept[around]]
    if len(of_ink):
        sharp = steep > SHARP_SHARE * percentile(of_ink, 75)
        rims = np.bincount(around, minlength=count)
        kept &= np.bincount(around[sharp], minlength=count) > SHARP_PART * rims
    ink = np.full(strokes.shape, 255, np.uint8)
    ink.ravel()[at[kept[pieces]]] = 0
    return ink


def _level_at(counts: I64, share: float) -> int:
    """The level below or at which this share of the pixels lies."""
    reached = np.cumsum(counts)
    return int(np.searchsorted(reached, reached[-1] * share))


def _grey(pixels: Any) -> GreyImage:
    return np.asarray(pixels, np.uint8)


def _resized(grey: GreyImage, scale: float) -> GreyImage:
    if scale >= 1:
        return grey
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(
        np.uint8, copy=False
    )


def _odd(size: float) -> int:
    return max(3, round(size) | 1)
