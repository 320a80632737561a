"""A second look where marks of writing stand in no line and the leaf has no ink: at its grey, at its scan.

What is pale there is told from the paper of the same leaf: grain, and what shows through from behind.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from ocr.arrays import GreyImage, Mask, MaskImage, Pixels
from ocr.geometry import Affine, Box
from ocr.scan.counting import label_components
from ocr.scan.leaf import Leaf, grey_of, pixel_matrix

LEAST_CONTRAST = 18
"""Ink is at least so many grey levels darker than the paper around it."""
PALEST_SHARE = 0.45
"""And at least this share as much darker as the leaf's own ink."""
FAINT_SHARE = 0.3
"""What is paler, but no paler than this, may be pencil or show through: told, and not called lost."""
AROUND_LETTERS = 0.3
"""So much paper around a place is looked at with it, in heights of small letters."""
MOST_DARK = 0.6
"""Ink covers less than this share of its place; else the place is dark, and nothing stands on it."""
LETTER_WIDE = 0.7
LETTER_TALL = 1.6
"""What lies so near around a pixel, in heights of small letters, is of one letter with it."""
BEYOND_LETTERS = 0.5
"""Letters reach so far above and below their marks."""
LEAST_BARE = 0.25
"""Where more than this share of what is marked stands in no line, it is looked at again for letters."""
KNOWN_LETTERS = 0.25
"""Where the leaf has ink so near, it is told by that ink."""
PALE_TO_PAPER = 1.0
"""Pale writing is at least so many times as dark as what is seen between the words of its leaf where
nothing is marked: there, it shows through from behind as well."""
FREE_SHARE = 0.1
"""A place of paper has marks and ink on less than this share of it."""
BESIDE_TEXT_LETTERS = 6.0
"""It lies among marks that are no further from each other, in heights of small letters."""
USUAL_PAPER = 75
"""Percentile of what such places show that stands for the paper of the leaf."""
FEWEST_FREE, MOST_FREE = 4, 16
"""So many places of paper tell what it holds, and no more are looked at."""
SIDE_LETTERS = 0.5
"""It is looked at with so much on both sides: most of a letter may stand in the line."""
LONGEST_LETTERS = 3.0
"""Ink is parted from paper in stretches no longer than this: what is pale in one is not in the next."""
RULE_SHARE = 0.9
"""What goes through so much of a place is a rule."""
FAINT_INK = 64
"""Of 255: a pixel with less ink on it is the edge of a stroke."""


def bar(width: float, height: float) -> MaskImage:
    """A kernel of odd sides about so wide and tall, in pixels."""
    return np.ones((2 * round((height - 1) / 2) + 1, 2 * round((width - 1) / 2) + 1), np.uint8)


def around_each(mask: MaskImage, letter: float) -> MaskImage:
    """How many pixels of a mask (0 or 1) lie around each pixel, within about a letter.

    No more than 7 by 17 of them are looked at: the sums fit into bytes.
    """
    wide, tall = max(1, round(LETTER_WIDE * letter)) | 1, max(1, round(LETTER_TALL * letter)) | 1
    return np.asarray(
        cv2.boxFilter(mask, -1, (wide, tall), normalize=False, borderType=cv2.BORDER_CONSTANT), np.uint8
    )


@dataclass(frozen=True, slots=True)
class Sight:
    """A leaf and its scan, looked at in boxes of the reduced leaf: (left, top, right, bottom)."""

    leaf: Leaf
    pixels: Pixels
    scale: tuple[float, float]
    """Rows and columns of the leaf to one of the reduced leaf."""
    letter: float
    """Height of small letters on the reduced leaf."""

    def ink(self, box: tuple[int, int, int, int], faintest: float) -> tuple[MaskImage, float]:
        """Ink in a box (255, of its size) where the leaf has none, and how much darker it is than paper.

        What the leaf shows fainter than that is looked at on the scan.
        """
        left, top, right, bottom = box
        scale = np.array(self.scale)
        room = AROUND_LETTERS * self.letter
        ends = np.array([[top - room, left - room], [bottom + room, right + room]]) * scale
        (first, start), (last, end) = np.clip(np.rint(ends).astype(int), 0, self.leaf.grey.shape).tolist()
        known = _thick(self.leaf.ink[first:last, start:end] == 0)
        dark, contrast = _parted(self.leaf.grey[first:last, start:end], known)
        if contrast < faintest:
            on_scan = _on_scan(self.pixels, self.leaf.to_scan, (start, first), known.shape)
            dark, contrast = _parted(_evened(on_scan, self.letter * float(scale[0])), known)
        inner = np.rint(np.array([[top, left], [bottom, right]]) * scale).astype(int)
        (upper, before), (lower, after) = (inner - (first, start)).tolist()
        cut = dark[upper : max(lower, upper + 1), before : max(after, before + 1)]
        small = cv2.resize(cut, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8), contrast


def look_again(
    ink: MaskImage,
    pale: MaskImage,
    marked: MaskImage,
    bare: MaskImage,
    near: MaskImage,
    sight: Sight,
) -> None:
    """Adds to the ink of a reduced leaf (in place) what is marked where it has none: pencil, writing in dark
    corners.

    What is much paler than the leaf's ink comes into `pale`, where it is darker than what is seen on paper.
    """
    boxes = _doubtful(marked, bare, ink, sight.letter)
    if not boxes:
        return
    leaf = sight.leaf
    of_leaf = leaf.grey[::3, ::3][leaf.ink[::3, ::3] == 0]
    usual = 255 - float(of_leaf.mean()) if len(of_leaf) else 0.0
    faintest = max(LEAST_CONTRAST, FAINT_SHARE * usual)
    of_paper: float | None = None
    for box in boxes:
        small, contrast = sight.ink(box, faintest)
        if contrast < faintest:
            continue
        into = ink
        if contrast < PALEST_SHARE * usual:
            if of_paper is None:
                of_paper = _contrast_of_paper(marked, ink, sight, faintest)
            if contrast < PALE_TO_PAPER * of_paper:
                continue
            into = pale
        left, top, right, bottom = box
        here = np.s_[top:bottom, left:right]
        into[here] = np.maximum(into[here], near[here] * small)


def _contrast_of_paper(marked: MaskImage, ink: MaskImage, sight: Sight, faintest: float) -> float:
    """How dark that is which stands between the words and lines of a leaf and is not marked: grain, or what
    shows through. In grey levels; 0 where too little is free."""
    wide, tall = round(LONGEST_LETTERS * sight.letter), max(2, round(sight.letter))
    height, width = marked.shape
    rows, columns = height // tall, width // wide
    if not rows or not columns:
        return 0.0
    whole = np.s_[: rows * tall, : columns * wide]
    taken = (marked | (ink > FAINT_INK)).astype(np.float32)[whole]
    text = cv2.dilate(marked, bar(BESIDE_TEXT_LETTERS * sight.letter, BESIDE_TEXT_LETTERS * sight.letter))
    share, beside = (
        cv2.resize(mask, (columns, rows), interpolation=cv2.INTER_AREA)
        for mask in (taken, text[whole].astype(np.float32))
    )
    at = np.argwhere((share < FREE_SHARE) & (beside > 1 - FREE_SHARE))
    if len(at) < FEWEST_FREE:
        return 0.0
    chosen = at[np.linspace(0, len(at) - 1, min(len(at), MOST_FREE)).astype(int)].tolist()
    boxes = ((n * wide, m * tall, (n + 1) * wide, (m + 1) * tall) for m, n in chosen)
    return float(np.percentile([sight.ink(box, faintest)[1] for box in boxes], USUAL_PAPER))


def _doubtful(
    marked: MaskImage, bare: MaskImage, ink: MaskImage, letter: float
) -> list[tuple[int, int, int, int]]:
    """Stretches of marked rows (left, top, right, bottom) where a letter could stand in no line: so much of
    what is marked around there is bare."""
    around = round(KNOWN_LETTERS * letter) * 2 + 1
    inked = (ink > FAINT_INK).astype(np.uint8)
    known = np.asarray(cv2.dilate(inked, np.ones((around, around), np.uint8)), np.uint8)
    unknown = marked & bare & (1 - known)
    doubtful = np.zeros_like(marked)
    at = np.nonzero(unknown)
    if len(at[0]):
        doubtful[at] = around_each(unknown, letter)[at] > LEAST_BARE * around_each(marked, letter)[at]
    if not doubtful.any():
        return []
    doubtful = np.asarray(cv2.dilate(doubtful, bar(2 * SIDE_LETTERS * letter, 1)), np.uint8)
    reach = max(1, round(LONGEST_LETTERS * letter))
    beyond = round(BEYOND_LETTERS * letter)
    height = len(marked)
    labels, stats = label_components(doubtful)
    stretches = []
    for n, (left, top, wide, tall, _) in enumerate(stats.tolist()[1:], 1):
        if wide - 2 * SIDE_LETTERS * letter <= 1:
            continue
        parts = max(1, round(wide / reach))
        edges = [left + wide * part // parts for part in range(parts + 1)]
        for begin, end in pairwise(edges):
            rows = np.flatnonzero((labels[top : top + tall, begin:end] == n).any(axis=1))
            upper, lower = top + int(rows[0]), top + int(rows[-1]) + 1
            stretches.append((begin, max(upper - beyond, 0), end, min(lower + beyond, height)))
    return stretches


def _thick(ink: Mask) -> MaskImage:
    """1 on ink and close around it."""
    return np.asarray(cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)), np.uint8)


def _parted(grey: GreyImage, known: MaskImage) -> tuple[MaskImage, float]:
    """Ink (255) where nothing is known of any yet, and how much darker it is than paper, in grey levels.

    Both are parted by the threshold of Otsu (1979). No contrast where most of the place is dark. A stroke
    right across the place is a rule.
    """
    free = grey[known == 0]
    if not len(free) or int(free.max()) - int(free.min()) < LEAST_CONTRAST:
        return np.zeros_like(grey), 0.0
    level, _ = cv2.threshold(free, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    dark = (grey <= level) & (known == 0)
    through = dark | (known > 0)
    height, width = grey.shape
    dark[through.sum(axis=1) / width > RULE_SHARE] = False
    dark[:, through.sum(axis=0) / height > RULE_SHARE] = False
    share = np.count_nonzero(dark) / len(free)
    if not 0 < share < MOST_DARK:
        return np.zeros_like(grey), 0.0
    light = float(free[free > level].mean())
    contrast = (light - float(grey[dark].mean())) * 255 / max(light, 1.0)
    return np.asarray(dark * np.uint8(255)), contrast


def _evened(grey: GreyImage, letter_px: float) -> GreyImage:
    """A place with the light on it evened: writing at the edge of a shadow stands out of it."""
    square = bar(letter_px, letter_px)
    closed = cv2.morphologyEx(cv2.blur(grey, (3, 3)), cv2.MORPH_CLOSE, square)
    paper = cv2.blur(closed, square.shape[::-1]).astype(np.float32)
    return np.asarray(np.minimum(grey * (255 / np.maximum(paper, 1)), 255), np.uint8)


def _on_scan(pixels: Pixels, to_scan: Affine, corner: tuple[int, int], shape: tuple[int, ...]) -> MaskImage:
    """A part of the scan (grey) in the frame of the leaf, from a corner (x, y) on."""
    to_scan = to_scan.after(Affine.shift(int(corner[0]), int(corner[1])))
    frame = Box(0, 0, pixels.shape[1], pixels.shape[0])
    cut = to_scan.box(Box(0, 0, shape[1], shape[0])).clip(frame)
    left, top, right, bottom = (round(edge) for edge in (cut.left, cut.top, cut.right, cut.bottom))
    if min(right - left, bottom - top) < 2:
        return np.full(shape, 255, np.uint8)
    patch = grey_of(np.ascontiguousarray(pixels[top:bottom, left:right]))
    coarse = 0.4 * abs(to_scan.a * to_scan.e - to_scan.b * to_scan.d) ** 0.5
    patch_on_leaf = cv2.warpAffine(
        cv2.GaussianBlur(patch, (0, 0), max(coarse, 0.3)),
        pixel_matrix(Affine.shift(-left, -top).after(to_scan)),
        (shape[1], shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(patch_on_leaf, np.uint8)
