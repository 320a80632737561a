"""Blots: ink many times thicker than the strokes of its page, under which nobody can read.

Looked for on the scan, not on the leaf: where light is evened, what is much thicker than a stroke counts as
paper, and of a blot only its rim is left.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import F32, I32, GreyImage, Mask, MaskImage, Pixels
from ocr.geometry import Affine, Box, Outline, Point
from ocr.scan.binarize import stroke_width
from ocr.scan.counting import label_components
from ocr.scan.depth import reduced
from ocr.scan.leaf import Leaf, grey_of, pixel_matrix

WORK_LETTER_PX = 10
"""Blots are looked for on a leaf reduced until small letters are so tall."""
PAPER_LETTERS = 12.0
"""Paper is what is left when all that is darker and narrower than this is taken away, in heights of small
letters."""
THICK_STROKES = 4.0
"""A blot is thicker either way than so many strokes of its page,"""
THICK_LETTERS = 0.9
"""and than this, in heights of small letters."""
DARK_SHARE = 0.9
"""It is darker throughout than this share of the way from paper to the page's ink,"""
LEAST_DARK = 0.3
"""and takes at least this share of the light away."""
RIM_LETTERS = 0.3
"""What is as dark and so near belongs to it, in heights of small letters."""
MOST_WIDE_LETTERS, MOST_TALL_LETTERS = 20.0, 8.0
"""What is larger is a picture, a shadow, the edge of a page."""
LEAST_FULL = 0.6
"""A blot fills more than this share of its convex outline."""
GLANCE_PX = 1.5
"""For a first glance one pixel of the scan stands for so many of the reduced leaf, either way,"""
GLANCE_THICK = 0.8
"""and a disc of this share of the least thickness of blots must be dark."""
GLANCE_SHARE = 0.75
"""What comes this near to the darkness of a blot is looked at closely: pixels are noisier than means."""


@dataclass(frozen=True, slots=True)
class Blots:
    """The blots of a leaf, on its reduced picture."""

    outlines: tuple[Outline, ...]
    """In pixels of the scan."""
    marked: tuple[bool, ...]
    """Which of them the finder marks as writing, by a third or more."""
    labels: I32
    """(height, width): n + 1 on the blot with outline n, 0 elsewhere."""
    dark: Mask
    """(height, width): ink of any thickness, blots too."""
    to_scan: Affine
    """From pixels of the reduced picture to pixels of the scan."""

    def under(self, box: Box) -> tuple[float, frozenset[int]]:
        """The share of the ink in a box (scan pixels) that is blot, and the numbers of those blots."""
        height, width = self.labels.shape
        there = self.to_scan.inverse.box(box).clip(Box(0, 0, width, height))
        here = np.s_[int(there.top) : int(np.ceil(there.bottom)), int(there.left) : int(np.ceil(there.right))]
        blot = self.labels[here]
        blot_px = int(np.count_nonzero(blot))
        if not blot_px:
            return 0.0, frozenset()
        ink = int(np.count_nonzero(self.dark[here] | (blot > 0)))
        return blot_px / ink, frozenset((np.unique(blot[blot > 0]) - 1).tolist())


def blots_of(leaf: Leaf, pixels: Pixels) -> Blots | None:
    """The blots of a leaf; `pixels` are those of its scan. None where there are none, as on most leaves."""
    if leaf.text_map is None:
        return None
    height, width = leaf.grey.shape
    letter = leaf.text_map.line_px_on(height)
    ink = leaf.grey[leaf.ink == 0]
    if not letter or not len(ink):
        return None
    scale = min(WORK_LETTER_PX / letter, 1.0)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    to_scan = leaf.to_scan.after(Affine(a=width / size[0], e=height / size[1]))
    letter *= scale
    usual = 1 - float(ink.mean()) / 255
    least = max(DARK_SHARE * usual, LEAST_DARK)
    thick = max(THICK_STROKES * stroke_width(leaf.ink) * scale, THICK_LETTERS * letter)
    if not _may_hold_blots(pixels, to_scan, size, letter, (least, thick)):
        return None
    taken = _light_taken(_seen(pixels, to_scan, size), letter)
    dark = taken > least
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (round(thick),) * 2)
    solid = np.asarray(cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, disc), np.uint8)
    if not solid.any():
        return None
    rim = 2 * max(1, round(RIM_LETTERS * letter)) + 1
    solid = np.asarray(cv2.dilate(solid, np.ones((rim, rim), np.uint8)), np.uint8) & dark
    marked = cv2.resize(leaf.text_map.marks, size, interpolation=cv2.INTER_NEAREST) > 0
    components, stats = label_components(solid)
    labels = np.zeros(components.shape, np.int32)
    outlines: list[Outline] = []
    written: list[bool] = []
    for n, (left, top, wide, tall, area) in enumerate(stats.tolist()[1:], 1):
        cut = min(left, top) < 2 or left + wide > size[0] - 2 or top + tall > size[1] - 2
        if (
            cut
            or min(wide, tall) < 0.9 * thick
            or wide > MOST_WIDE_LETTERS * letter
            or tall > MOST_TALL_LETTERS * letter
        ):
            continue
        mine = components[top : top + tall, left : left + wide] == n
        hull = _hull(mine)
        if area < LEAST_FULL * max(cv2.contourArea(hull), 1.0):
            continue
        outlines.append(to_scan.outline(Outline(tuple(Point(left + x, top + y) for x, y in hull.tolist()))))
        labels[top : top + tall, left : left + wide][mine] = len(outlines)
        written.append(bool(marked[top : top + tall, left : left + wide][mine].mean() > 1 / 3))
    if not outlines:
        return None
    rounded = (Outline(tuple(Point(round(p.x), round(p.y)) for p in outline.points)) for outline in outlines)
    return Blots(tuple(rounded), tuple(written), labels, taken > 0.5 * usual, to_scan)


def _may_hold_blots(
    pixels: Pixels, to_scan: Affine, size: tuple[int, int], letter: float, blot: tuple[float, float]
) -> bool:
    """Is anything nearly as dark and thick as a blot at least is? Most leaves need no closer look.

    Told from a few pixels of the scan where the leaf (`size` when reduced) lies on it.
    """
    least, thick = blot
    coarse = max(abs(to_scan.a * to_scan.e - to_scan.b * to_scan.d) ** 0.5, 1.0)
    step = max(1, int(GLANCE_PX * coarse))
    height, width = pixels.shape[:2]
    box = to_scan.box(Box(0, 0, *size)).clip(Box(0, 0, width, height))
    part = pixels[int(box.top) : math.ceil(box.bottom) : step, int(box.left) : math.ceil(box.right) : step]
    # A pixel by itself, of glare or dust, makes no blot less.
    grey = np.asarray(cv2.medianBlur(grey_of(np.ascontiguousarray(part)), 3), np.uint8)
    disc = cv2.getStructuringElement(
        cv2.MORPH_ELLIPSE, (max(3, int(GLANCE_THICK * thick * coarse / step)),) * 2
    )
    solid = cv2.erode(_light_taken(grey, letter * coarse / step), disc)
    # What is darker reaches the border less far in: a blot beside the table comes apart from it.
    return any(_inside(np.asarray(solid > share * least, bool)) for share in (GLANCE_SHARE, 1.0))


def _inside(mask: Mask) -> bool:
    """Is there a piece that does not reach the border?"""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return len(np.unique(border[border > 0])) < count - 1


def _seen(pixels: Pixels, to_scan: Affine, size: tuple[int, int]) -> MaskImage:
    """The scan (grey) in the frame of a reduced leaf of that width and height."""
    coarse = max(abs(to_scan.a * to_scan.e - to_scan.b * to_scan.d) ** 0.5, 1.0)
    step = max(1, int(coarse / 2))  # blots are many pixels wide: half of the rows and columns tell them, too
    frame = Box(0, 0, pixels.shape[1], pixels.shape[0])
    room = 2 * step * math.ceil(coarse)
    box = to_scan.box(Box(0, 0, *size))
    box = Box(box.left - room, box.top - room, box.right + room, box.bottom + room).clip(frame)
    left, top = int(box.left) // step * step, int(box.top) // step * step
    part = pixels[top : math.ceil(box.bottom), left : math.ceil(box.right)]
    height, width = part.shape[:2]
    grey = grey_of(np.ascontiguousarray(part[::step, ::step]))
    small = reduced(grey, (max(1, round(width / coarse)), max(1, round(height / coarse))))
    from_scan = Affine(a=small.shape[1] / width, e=small.shape[0] / height).after(Affine.shift(-left, -top))
    there = pixel_matrix(from_scan.after(to_scan))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(small, there, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _light_taken(grey: GreyImage, letter: float) -> F32:
    """Which share of the light of the paper around each pixel takes away, 0..1."""
    side = round(PAPER_LETTERS * letter) | 1
    # Closed, not dilated: a white border does not shine upon grey paper beside it.
    closed = cv2.morphologyEx(cv2.medianBlur(grey, 3), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    paper = cv2.blur(closed, (round(letter) | 1,) * 2)
    return np.asarray(1 - grey / np.maximum(paper, 1).astype(np.float32), np.float32)


def _hull(mine: Mask) -> I32:
    """The convex outline (n, 2) of the pixels that are true, x before y."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    points = (np.argwhere(mine)[:, None, ::-1] + corners).reshape(-1, 2).astype(np.int32)
    return np.asarray(cv2.convexHull(np.ascontiguousarray(points)), np.int32).reshape(-1, 2)
