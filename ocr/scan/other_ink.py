"""Writing in another colour of ink kept apart: a teacher's red, a reader's blue pencil.

Each dark pixel has a chroma: its optical density in red, green and blue, less what all three share, over
their mean. That does not change with how thin or faint a stroke is. On a page written in one ink all
pixels lie about one chroma; a second ink is a second peak far from it. Where both are found they come
apart as dyes do (`dyes`), so that strokes that cross stay whole in both.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.arrays import F64, ColourImage, GreyImage
from ocr.scan.colour import Unmixing, unmix_rules, usual_colour
from ocr.scan.counting import percentile

_PLANE = np.array([[1, -1, 0], [1, 1, -2]]) / np.sqrt(np.array([[2], [6]]))
"""Two axes across the grey axis of red, green, blue."""
_LUMA = np.array([0.299, 0.587, 0.114])
DARK_SHARE = 0.4
"""Pixels darker than this share of the ink are taken; the pale rims of strokes are noise of colour."""
LEAST_DENSITY = 0.05
"""Pixels whose mean optical density is less are no ink."""
SAMPLED = 4
"""One pixel of so many tells whether there are several inks; most pages have one."""
CELL = 0.1
"""Width of a cell of the histogram of chroma."""
WIDEST = 2.0
"""The histogram reaches so far from grey on each axis; what lies farther counts at its edge."""
APART = 0.5
"""Peaks that lie nearer are one ink: worn brown and fresh black differ by up to 0.3."""
REACH = 0.35
"""Pixels so near to a peak are of its ink."""
VALLEY = 0.5
"""Between two inks there is less than this share of the smaller peak."""
LEAST_LETTERS = 1.0
"""An ink covers at least so many squares as wide as a small letter: a word of five letters does."""
MOST_INKS = 3
"""More colours than these are a picture."""
RIM_PX = 3
"""Rims of strokes lie so many pixels around their core."""


@dataclass(frozen=True, slots=True)
class InkLayer:
    """What is written in one ink, on the pixels of the leaf."""

    grey: GreyImage
    """(height, width): light evened, paper near 255, the other inks gone."""
    colour: tuple[int, int, int]
    """Red, green, blue of full ink, 0..255."""
    name: str
    """What people call it: "red"."""


def part_inks(evened: GreyImage, colour: ColourImage, letter_px: float) -> tuple[InkLayer, ...]:
    """The inks of a leaf, the one with most writing first; nothing when there is only one.

    `evened` is the leaf with its light evened and its ruling gone, `colour` (height, width, 3) the same
    leaf as scanned, `letter_px` the height of small letters.
    """
    dark = np.asarray(cv2.bitwise_not(evened), np.uint8)
    tone = percentile(dark[::3, ::3], 99)
    at = np.flatnonzero(dark > np.uint8(DARK_SHARE * tone))  # of the same type they are compared much sooner
    bare = dark[::3, ::3] < 0.1 * tone
    if not len(at) or not bare.any():
        return ()
    paper = usual_colour(colour[::3, ::3], bare)
    some, _, chroma = _seen(evened, colour, at[::SAMPLED], paper)
    if not len(some):
        return ()
    peaks = _peaks(chroma, LEAST_LETTERS * letter_px**2 / SAMPLED)
    if not 1 < len(peaks) <= MOST_INKS:
        return ()
    at, density, chroma = _seen(evened, colour, at, paper)
    distances = np.linalg.norm(chroma[:, None] - peaks[None], axis=2)
    owner = np.where(distances.min(axis=1) < REACH, distances.argmin(axis=1), -1)
    densities = [np.median(density[owner == n], axis=0) for n in range(len(peaks))]
    cores = [_around(evened.shape, at[owner == n]) for n in range(len(peaks))]
    layers = []
    for n, own in enumerate(densities):
        grey = evened
        for other, theirs in enumerate(densities):
            if other == n:
                continue
            crossed = cores[other] & cores[n]
            grey = unmix_rules(grey, colour, crossed, Unmixing(own, theirs, paper, (0, 0, 0)), tone)
            grey = np.where(cores[other] > crossed, np.uint8(255), grey)
        if n:  # the first ink keeps what is too pale to tell, the others only what is surely theirs
            grey = np.where(cores[n] > 0, grey, np.uint8(255))
        red, green, blue = (round(float(v)) for v in paper * np.exp(-own))
        on_white = 255 * np.exp(-own)
        layers.append(InkLayer(grey, (red, green, blue), colour_name(on_white)))
    return tuple(layers)


def _seen(
    evened: GreyImage, colour: ColourImage, at: npt.NDArray[np.intp], paper: F64
) -> tuple[npt.NDArray[np.intp], F64, F64]:
    """Of those pixels that are ink their places, optical density (n, 3) and chroma (n, 2)."""
    pixels = colour.reshape(-1, 3)[at].astype(np.float64)
    light = (pixels @ _LUMA) / np.maximum(evened.ravel()[at] / 255, 1 / 255) / float(paper @ _LUMA)
    density = np.log(np.maximum(light[:, None] * paper, 1) / np.maximum(pixels, 1))
    dense = density.mean(axis=1) > LEAST_DENSITY  # quite black pixels show no light to tell colour by
    at, density = at[dense], density[dense]
    return at, density, (density @ _PLANE.T) / density.mean(axis=1)[:, None]


def _around(shape: tuple[int, ...], core: npt.NDArray[np.intp]) -> GreyImage:
    """1 on the cores of strokes and their rims."""
    picture = np.zeros(shape, np.uint8)
    picture.ravel()[core] = 1
    return np.asarray(cv2.dilate(picture, np.ones((2 * RIM_PX + 1,) * 2, np.uint8)), np.uint8)


def _peaks(chroma: F64, least_px: float) -> F64:
    """(n, 2): the chroma of each ink, most written first."""
    cells = round(2 * WIDEST / CELL)
    places = np.clip(((chroma + WIDEST) / CELL).astype(np.int64), 0, cells - 1)
    counts = np.bincount(places[:, 0] * cells + places[:, 1], minlength=cells * cells)
    counted = counts.reshape(cells, cells).astype(np.float64)
    smooth = np.asarray(cv2.GaussianBlur(counted, (0, 0), 1.0), np.float64)
    highest = smooth >= cv2.dilate(smooth, np.ones((5, 5), np.uint8))
    order = sorted(np.argwhere(highest & (smooth > 0)).tolist(), key=lambda cell: -smooth[tuple(cell)])
    peaks: list[F64] = []
    heights: list[float] = []
    for row, column in order:
        place: F64 = np.array([(row + 0.5) * CELL - WIDEST, (column + 0.5) * CELL - WIDEST])
        reached = int((np.linalg.norm(chroma - place, axis=1) < REACH).sum())
        if reached < least_px:
            continue
        if all(np.linalg.norm(place - peak) >= APART for peak in peaks) and all(
            _lowest(smooth, place, peak) < VALLEY * min(smooth[row, column], height)
            for peak, height in zip(peaks, heights, strict=True)
        ):
            peaks.append(place)
            heights.append(float(smooth[row, column]))
    return np.array(peaks).reshape(-1, 2)


def _lowest(smooth: F64, start: F64, end: F64) -> float:
    """The lowest place of the histogram between two chromas."""
    steps = np.linspace(start, end, 12)
    cells = np.clip(((steps + WIDEST) / CELL).astype(int), 0, len(smooth) - 1)
    return float(smooth[cells[:, 0], cells[:, 1]].min())


def colour_name(colour: F64) -> str:
    """What people call an ink of this red, green, blue (0..255, on white paper): "red", "black"."""
    pixel = np.clip(np.rint(colour), 0, 255).astype(np.uint8).reshape(1, 1, 3)
    hue, saturation, value = cv2.cvtColor(pixel, cv2.COLOR_RGB2HSV).ravel().tolist()  # hue: half degrees
    if saturation < 60:
        return "black" if value < 110 else "grey"
    bounds = ((8, "red"), (22, "brown"), (35, "yellow"), (85, "green"), (130, "blue"), (160, "violet"))
    return next((name for bound, name in bounds if hue < bound), "red")
