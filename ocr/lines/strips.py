"""The strips that recognisers see: lines cut out of their leaf, each with its way back to the scan.

`strips_with_margin` and then `fit_strip` for the cursive net, `level_strip` for Tesseract.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import F32, Floats, GreyImage, Mask
from ocr.geometry import Affine, Box, Outline, Point, Ribbon, Way
from ocr.lines.curve import LEAST_CURL_PX, STEP_PX, curve_of
from ocr.page import Line
from ocr.scan.leaf import Leaf

Fitted = F32
"""Shape (48, width): paper near +1, ink near -1."""

HEIGHT_PX = 48
"""Height of a fitted strip."""
SQUEEZE = 0.65
"""Width of a letter after fitting over its width before, beyond the change of height: hands are wide."""
WIDEST_PX = 4800
"""Longer strips are squeezed to this width: some twenty lines of writing side by side."""

HALF_CORES = 5.0
"""So many cores of small letters are above and below the middle of a roomy strip: heads, tails and paper."""
SIDE_CORES = 1.5
"""Paper before and after the writing, in cores of small letters."""
ALIKE = (0.6, 1.6)
"""Cores between these shares of the usual one are taken for it; others are believed as far as these."""
GAP_CORES = 0.4
"""Gaps wider than this may part words."""
NEAR_CORES = 1.8
"""So far from where a recogniser puts a word's edge the ink's edge is looked for."""
PALEST = 235
"""A strip without pixels darker than this grey holds no writing."""


@dataclass(frozen=True, slots=True)
class StripCut:
    """A strip for a recogniser, and its way home."""

    grey: GreyImage
    way: Way
    dark: int
    """Pixels at least as dark as this grey are ink."""
    gaps: tuple[tuple[int, int], ...] = ()
    """Where columns of paper part writing, from left to right: first and after the last."""

    def box(self, box: Box) -> Box:
        """The box, in scan pixels, of the ink that a box on the strip means.

        A recogniser's left and right are rough: each goes to the edge of the ink at a gap near it, if there
        is one. Above and below the box ends with the ink; where there is none it stays as it is.
        """
        near = len(self.grey) / (2 * HALF_CORES) * NEAR_CORES
        starts = [gap for gap in self.gaps if abs(gap[1] - box.left) < near or gap[0] <= box.left < gap[1]]
        left = min((float(gap[1]) for gap in starts), key=lambda x: abs(x - box.left), default=box.left)
        ends = [gap for gap in self.gaps if abs(gap[0] - box.right) < near or gap[0] < box.right <= gap[1]]
        right = min((float(gap[0]) for gap in ends), key=lambda x: abs(x - box.right), default=box.right)
        if right - left < 0.3 * box.width:
            left, right = box.left, box.right
        inked = np.flatnonzero(
            (self.grey[:, max(int(left), 0) : int(np.ceil(right)) + 1] <= self.dark).any(axis=1)
        )
        if not len(inked):
            return self.way.box(box)
        # the soft edge of ink is paler than ink
        return self.way.box(Box(left - 1, float(inked[0]) - 1, right + 1, float(inked[-1]) + 2))


def strip(leaf: Leaf, line: Line, *, height_px: int | None = None) -> tuple[GreyImage, Affine]:
    """A line cut upright out of the leaf's grey, all ink outside its outline made paper, and the way home.

    The strip covers the box of the line's outline on the leaf; with `height_px` it is scaled to that height.
    """
    cut, left, top = _cut(leaf, leaf.to_scan.inverse.outline(line.outline))
    to_scan = leaf.to_scan.after(Affine.shift(left, top))
    if height_px is None or height_px == cut.shape[0]:
        return cut, to_scan
    wanted = (max(1, round(cut.shape[1] * height_px / cut.shape[0])), height_px)
    way = cv2.INTER_AREA if height_px < cut.shape[0] else cv2.INTER_CUBIC
    scaled = cv2.resize(cut, wanted, interpolation=way).astype(np.uint8, copy=False)
    return scaled, to_scan.after(Affine(a=cut.shape[1] / wanted[0], e=cut.shape[0] / height_px))


def level_strip(leaf: Leaf, line: Line, *, least_px: float = LEAST_CURL_PX) -> tuple[GreyImage, Way]:
    """The same strip; where the line is curved, cut along its baseline, so that the writing stands level.

    `least_px`: how far from level, in leaf pixels, is curved.
    """
    there = leaf.to_scan.inverse
    outline = there.outline(line.outline)
    curve = curve_of(tuple(there(p) for p in line.baseline), outline, least_px)
    return strip(leaf, line) if curve is None else _unrolled(leaf, outline, curve)


def strips_with_margin(leaf: Leaf, lines: Sequence[Line], *, level: bool = True) -> list[StripCut]:
    """Strips for a recogniser that measures them itself: level, the small letters in the middle of each, and
    paper around, so that heads and tails are never at its edge; all in proportion to the leaf's letters.

    Ink of neighbours is made paper. With `level` false curved lines are left curved.
    """
    tight = [level_strip(leaf, line) if level else strip(leaf, line) for line in lines]
    darks = [_dark(grey) for grey, _ in tight]
    zones = [_zone(grey <= dark) for (grey, _), dark in zip(tight, darks, strict=True)]
    cores = [core for _, core in zones if core]
    # One hand writes one size: the usual core of a leaf is surer than that of any one line.
    usual = float(np.median(cores)) if cores else 0.0
    roomy = []
    for (grey, way), dark, (middle, core) in zip(tight, darks, zones, strict=True):
        own = usual or len(grey) / 4
        if core and not ALIKE[0] * usual < core < ALIKE[1] * usual:  # a heading, an insertion
            own = min(max(core, ALIKE[0] * usual), ALIKE[1] * usual)
        half, side = round(HALF_CORES * own), round(SIDE_CORES * own)
        room, to_scan = _with_room(grey, way, round(middle) - half, 2 * half, side)
        roomy.append(
            StripCut(room, to_scan, dark, _gaps(room[half - round(own) : half + round(own)] <= dark, own))
        )
    return roomy


def _cut(leaf: Leaf, outline: Outline) -> tuple[GreyImage, int, int]:
    """The box of an outline (leaf pixels) with paper outside the outline, and its left and top."""
    height, width = leaf.grey.shape
    box = outline.box.clip(Box(0, 0, width, height))
    left, top = int(box.left), int(box.top)
    right, bottom = max(left + 1, int(np.ceil(box.right))), max(top + 1, int(np.ceil(box.bottom)))
    right, bottom = min(right, width), min(bottom, height)
    left, top = min(left, right - 1), min(top, bottom - 1)
    cut = leaf.grey[top:bottom, left:right]
    polygon = np.array([[round(p.x - left - 0.5), round(p.y - top - 0.5)] for p in outline.points], np.int32)
    inside = np.zeros(cut.shape, np.uint8)
    cv2.fillPoly(inside, [polygon], 255)
    return np.where(inside > 0, cut, np.uint8(255)), left, top


def _unrolled(leaf: Leaf, outline: Outline, heights: Floats) -> tuple[GreyImage, Ribbon]:
    """A strip cut along a curve whose heights are known at steps of STEP_PX from the outline's left."""
    cut, left, top = _cut(leaf, outline)
    xs = outline.box.left + STEP_PX * np.arange(len(heights))
    # even steps along the curve, not along x
    run = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(xs), np.diff(heights)))])
    along = STEP_PX * np.arange(max(2, round(run[-1] / STEP_PX) + 1))
    places = np.stack([np.interp(along, run, xs), np.interp(along, run, heights)], axis=1)
    places[-1] = places[-2] + (places[-1] - places[-2]) * 1.0
    away = np.array([p.y - np.interp(p.x, xs, heights) for p in outline.points])
    base = float(np.ceil(-away.min())) + 1
    size = (int(along[-1]), int(base + np.ceil(away.max())) + 1)
    way = Ribbon(tuple(Point(float(x), float(y)) for x, y in places), STEP_PX, base, onward=leaf.to_scan)
    columns = (np.arange(size[0]) + 0.5) / STEP_PX
    knots = np.arange(len(places))
    down = np.array(way.down)
    there = [np.interp(columns, knots, places[:, k]) for k in (0, 1)]
    lean = [np.interp(columns, knots, down[:, k]) for k in (0, 1)]
    deep = (np.arange(size[1]) + 0.5 - base)[:, None]
    from_x = (there[0] + deep * lean[0] - left - 0.5).astype(np.float32)
    from_y = (there[1] + deep * lean[1] - top - 0.5).astype(np.float32)
    level = cv2.remap(cut, from_x, from_y, cv2.INTER_CUBIC, borderValue=(255.0,))
    return level.astype(np.uint8, copy=False), way


def _dark(grey: GreyImage) -> int:
    """Grey up to which pixels are ink, however pale the pencil; -1 where nothing is written."""
    full = float(np.percentile(grey, 2))
    return int(255 - 0.45 * (255 - full)) if full <= PALEST else -1


def _zone(ink: Mask) -> tuple[float, float]:
    """Middle row and height of the core of small letters: where rows change most often from paper to ink.

    The core holds the middle seven tenths of these changes. Height 0 where there is no ink.
    """
    edges = np.count_nonzero(ink[:, 1:] & ~ink[:, :-1], axis=1).astype(np.float64)
    if not edges.any():
        return len(ink) / 2, 0.0
    rows = np.arange(len(ink) + 1.0)
    middle, core = 0.0, 0.0
    weights = np.ones(len(ink))
    for _ in range(3):  # heads, tails and what is written above weigh less, the further they are away
        share = np.concatenate([[0.0], np.cumsum(edges * weights)])
        low, high = np.interp([0.15 * share[-1], 0.85 * share[-1]], share, rows).tolist()
        middle, core = (low + high) / 2, max(high - low, 1.0)
        weights = np.exp(-0.5 * ((rows[:-1] + 0.5 - middle) / (1.5 * core)) ** 2)
    return middle, core


def _gaps(ink: Mask, core: float) -> tuple[tuple[int, int], ...]:
    """Runs of columns without ink, wide enough to part words rather than letters."""
    edges = np.flatnonzero(np.diff(ink.any(axis=0).astype(np.int8), prepend=1, append=1))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return tuple((start, end) for start, end in runs if end - start > GAP_CORES * core)


def _with_room(grey: GreyImage, way: Way, top: int, height: int, side: int) -> tuple[GreyImage, Way]:
    """So many rows from `top` on (may lie outside), with paper on both sides."""
    room = np.full((max(height, 1), grey.shape[1] + 2 * side), 255, np.uint8)
    first, last = max(top, 0), min(top + height, len(grey))
    room[first - top : last - top, side : side + grey.shape[1]] = grey[first:last]
    return room, way.after(Affine.shift(-side, top))


@dataclass(frozen=True, slots=True)
class Strip:
    """A fitted strip and its way home, in pixels: x_source = x / scale_x, y_source = top + y / scale_y."""

    fitted: Fitted
    scale_x: float
    scale_y: float
    top: float


def fit_strip(grey: GreyImage) -> Strip:
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


def _even(small: GreyImage) -> Fitted:
    """Paper near +1 whatever its tone, the darkest ink near -1."""
    paper = cv2.blur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((15, 25), np.uint8)), (41, 25))
    dark = cv2.subtract(paper, small).astype(np.float32)
    # a blank strip must stay blank: less than 20 grey levels of contrast are never stretched to full ink
    full = max(float(np.percentile(dark, 98.5)), 20.0)
    return np.asarray(1 - np.minimum(dark * (2 / full), 2.5), np.float32)


def _band(grey: GreyImage) -> tuple[int, int]:
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
