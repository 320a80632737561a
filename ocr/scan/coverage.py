"""Ink accounted for: what is marked as writing on a leaf and stands in no line.

Counted by nothing that finds lines, from marks of the finder, ink and outlines: once when lines are found, so
that they are widened to letters of theirs (`lines/widened.py`), and again when all is read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated

import cv2
import numpy as np

from ocr.arrays import F32, GreyImage, Mask, MaskImage, Pixels
from ocr.geometry import Affine, Box, Outline, Point
from ocr.page import InkAccount, Line, Surface, Unread
from ocr.scan.leaf import Leaf, grey_of, pixel_matrix
from ocr.settings import Between

NOT_IN_A_LINE = "looks like writing; no line was found here"
NOT_LETTERS = "looks like writing; reads as no letters"
PALE = "looks like writing, much paler than the other: pencil, or it shows through from behind"

WORK_LETTER_PX = 10
"""It is counted on a leaf reduced until small letters are so tall."""
ROOM_LETTERS = 0.15
"""An outline covers so much beyond its edge, in heights of small letters: the foot of a soft stroke."""
LEAST_LETTERS = 0.35
"""A place is longer than this, in heights of small letters; what is smaller is no letter but a speck."""
LEAST_PALE_LETTERS = 1.0
"""The same of pale ink: specks of what shows through are many."""
LOWEST_LETTERS = 0.25
"""And it is taller than this: the rest of a rule or of a stroke under words is not."""
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
MOST_COVERED = 0.75
"""A letter stands in a line when more of its ink than this does: more than half, because what is of one
letter is known roughly."""
LEAST_MARKED = 0.4
"""A letter is marked as writing when more of its ink than this is; less than half for the same reason."""
BEYOND_LETTERS = 0.5
BESIDE_LETTERS = 0.2
"""Letters reach so far beyond their marks, above and below, left and right."""
LEAST_BARE = 0.25
"""Where more than this share of what is marked stands in no line, it is looked at again for letters."""
SIDE_LETTERS = 0.5
"""It is looked at with so much on both sides: most of a letter may stand in the line."""
LONGEST_LETTERS = 3.0
"""Ink is parted from paper in stretches no longer than this: what is pale in one is not in the next."""
RULE_SHARE = 0.9
"""What goes through so much of a place is a rule."""
FAINT_INK = 64
"""Of 255: a pixel with less ink on it is the edge of a stroke."""
JOIN_LETTERS = 2.0
JOIN_DOWN_LETTERS = 0.3
"""Places side by side, or one over the other, belong together across a gap so wide, in heights of small
letters."""
OUTLINE_LETTERS = 0.4
"""The outline of a place reaches so far around what is marked: heads and feet of its letters."""


@dataclass(frozen=True, slots=True)
class CoverageSettings:
    """When a leaf is called read only in part."""

    most_uncovered: Annotated[float, Between(0, 1)] = 0.02
    """At most this share of the ink marked as writing may stand in no line: a word on a page of 50 lines'
    worth is less, and half a line is more."""
    word_letters: float = 2.5
    """A single place with ink over such a length, in heights of small letters, is a word, and is enough."""
    few_places: int = 8
    """On a leaf without a line so many marks are taken for no writing, and are not called lost; more are."""


@dataclass(frozen=True, slots=True)
class UnreadPlace:
    """Marked writing that stands in no line."""

    outline: Outline
    """In pixels of the scan."""
    letters: float
    """How much of its length holds ink, in heights of small letters."""
    pale: bool = False
    """Its ink is much paler than that of the leaf; it is not in the counts."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The account of a leaf. Counts are pixels of the scan."""

    marked_px: int
    uncovered_px: int
    places: tuple[UnreadPlace, ...]
    """Top to bottom."""


def with_coverage(
    surface: Surface, coverage: Coverage | None, lines: Sequence[Line], settings: CoverageSettings
) -> Surface:
    """The surface with an account of its ink: what is marked as writing and stands in none of its lines.

    `lines` are all that were read, those that the surface does not keep too.
    """
    if coverage is None:
        return surface
    kept = {line.outline for line in surface.lines}
    dropped = [line.outline.box for line in lines if line.outline not in kept]

    def reason(place: UnreadPlace) -> str:
        box = place.outline.box
        if any(line_box.overlap(box) > 0.5 * min(line_box.area, box.area) for line_box in dropped):
            return NOT_LETTERS
        return PALE if place.pale else NOT_IN_A_LINE

    unread = tuple(Unread(place.outline, reason(place)) for place in coverage.places if _is_told(place))
    lost = sum(not place.pale for place in coverage.places)
    partial = is_partial(coverage, settings) if kept else lost > settings.few_places
    return replace(surface, unread=unread, ink=InkAccount(coverage.marked_px, coverage.uncovered_px, partial))


def _is_told(place: UnreadPlace) -> bool:
    """Is a place large enough for a gap? Specks of what shows through are many."""
    return place.letters > (LEAST_PALE_LETTERS if place.pale else LEAST_LETTERS)


def is_partial(coverage: Coverage, settings: CoverageSettings) -> bool:
    """Stands so much of the writing of a leaf with lines in none that it is read only in part?"""
    lost = [place for place in coverage.places if not place.pale]
    much = coverage.uncovered_px > settings.most_uncovered * coverage.marked_px
    return any(much or place.letters >= settings.word_letters for place in lost)


def coverage_of(leaf: Leaf, outlines: Iterable[Outline], pixels: Pixels) -> Coverage | None:
    """What is marked as writing on a leaf, and what of it stands outside all outlines (scan pixels).

    Counted by letters of ink, not by what is marked: marks end above the feet of letters, and a line that
    covers half of them may miss the letter. `pixels` are those of the scan: where marks stand in no line and
    the leaf has no ink, it is looked at there. None when nobody looked for writing.
    """
    if leaf.text_map is None:
        return None
    height, width = leaf.grey.shape
    letter = leaf.text_map.line_px_on(height)
    if not letter:
        return Coverage(0, 0, ())
    scale = min(WORK_LETTER_PX / letter, 1.0)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    to_scan = leaf.to_scan.after(Affine(a=width / size[0], e=height / size[1]))
    letter *= scale
    marked = np.asarray(cv2.resize(leaf.text_map.marks, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    near = np.asarray(
        cv2.dilate(marked, _bar(2 * BESIDE_LETTERS * letter, 2 * BEYOND_LETTERS * letter)), np.uint8
    )
    paper = leaf.ink
    for other in leaf.other_inks:
        paper = np.minimum(paper, other.ink)
    ink = np.asarray((255 - cv2.resize(paper, size, interpolation=cv2.INTER_AREA)) * near, np.uint8)
    bare = np.asarray(1 - _covered(size, to_scan, outlines, letter), np.uint8)
    pale = np.zeros_like(ink)
    _look_again(ink, pale, marked, bare, near, leaf, pixels, letter)
    area = abs(to_scan.a * to_scan.e - to_scan.b * to_scan.d) / 255
    places = _places(_lost_letters(ink, ink, marked, bare, letter), to_scan, letter, pale=False)
    if pale.any():
        lost = _lost_letters(pale, np.maximum(ink, pale), marked, bare, letter)
        places += _places(lost, to_scan, letter, pale=True)
    ink *= marked
    return Coverage(
        round(area * float(ink.sum(dtype=np.int64))),
        round(area * float((ink * bare).sum(dtype=np.int64))),
        tuple(sorted(places, key=lambda place: (place.outline.box.top, place.outline.box.left))),
    )


def _covered(size: tuple[int, int], to_scan: Affine, outlines: Iterable[Outline], letter: float) -> MaskImage:
    """1 inside the outlines and a little beyond, on a leaf of that width and height."""
    covered = np.zeros(size[::-1], np.uint8)
    m = to_scan.inverse
    linear, shift = np.array([[m.a, m.d], [m.b, m.e]]), np.array([m.c - 0.5, m.f - 0.5])
    for outline in outlines:
        corners = np.rint(np.array(outline.points) @ linear + shift).astype(np.int32)
        cv2.fillPoly(covered, [corners], (1,))
    # A polygon takes the pixels of its edge, half of each beyond it; a thick edge would come out thicker.
    room = 2 * max(0.0, ROOM_LETTERS * letter - 0.5) + 1
    return np.asarray(cv2.dilate(covered, _bar(room, room)), np.uint8)


def _bar(width: float, height: float) -> MaskImage:
    return np.ones((2 * round((height - 1) / 2) + 1, 2 * round((width - 1) / 2) + 1), np.uint8)


def _around_each(mask: MaskImage, letter: float) -> F32:
    """How much of a mask lies around each pixel, within about a letter."""
    wide, tall = max(1, round(LETTER_WIDE * letter)) | 1, max(1, round(LETTER_TALL * letter)) | 1
    return np.asarray(
        cv2.boxFilter(mask, cv2.CV_32F, (wide, tall), normalize=False, borderType=cv2.BORDER_CONSTANT),
        np.float32,
    )


def _lost_letters(
    loose: MaskImage, ink: MaskImage, marked: MaskImage, bare: MaskImage, letter: float
) -> MaskImage:
    """1 on loose ink outside all outlines that is part of a letter lost: of all ink around it enough is
    marked, and too little stands in a line."""
    inked = (ink > FAINT_INK).astype(np.uint8)
    total = np.maximum(_around_each(inked, letter), 1)
    outside = _around_each(inked * bare, letter) > (1 - MOST_COVERED) * total
    written = _around_each(inked * marked, letter) > LEAST_MARKED * total
    return np.asarray((loose > FAINT_INK) & (bare > 0) & outside & written, np.uint8)


def _look_again(
    ink: MaskImage,
    pale: MaskImage,
    marked: MaskImage,
    bare: MaskImage,
    near: MaskImage,
    leaf: Leaf,
    pixels: Pixels,
    letter: float,
) -> None:
    """Adds to the ink (in place) what is marked where the leaf has none: pencil, writing in dark corners.

    What is much paler than the leaf's ink comes into `pale`.
    """
    scale = np.array(leaf.grey.shape) / bare.shape
    of_leaf = leaf.grey[::3, ::3][leaf.ink[::3, ::3] == 0]
    usual = 255 - float(of_leaf.mean()) if len(of_leaf) else 0.0
    faintest = max(LEAST_CONTRAST, FAINT_SHARE * usual)
    for left, top, right, bottom in _doubtful(marked, bare, letter):
        here = np.s_[top:bottom, left:right]
        room = AROUND_LETTERS * letter
        ends = np.array([[top - room, left - room], [bottom + room, right + room]]) * scale
        (first, start), (last, end) = np.clip(np.rint(ends).astype(int), 0, leaf.grey.shape)
        known = _thick(leaf.ink[first:last, start:end] == 0)
        dark, contrast = _parted(leaf.grey[first:last, start:end], known)
        if contrast < faintest:
            scan = _evened(
                _on_scan(pixels, leaf.to_scan, (start, first), known.shape), letter * float(scale[0])
            )
            dark, contrast = _parted(scan, known)
        if contrast < faintest:
            continue
        inner = np.rint(np.array([[top, left], [bottom, right]]) * scale).astype(int)
        (upper, before), (lower, after) = inner - (first, start)
        small = cv2.resize(
            dark[upper : max(lower, upper + 1), before : max(after, before + 1)],
            (right - left, bottom - top),
            interpolation=cv2.INTER_AREA,
        )
        into = ink if contrast >= PALEST_SHARE * usual else pale
        into[here] = np.maximum(into[here], near[here] * small)


def _doubtful(marked: MaskImage, bare: MaskImage, letter: float) -> list[tuple[int, int, int, int]]:
    """Stretches of marked rows (left, top, right, bottom) where a letter could stand in no line: so much of
    what is marked around there is bare."""
    outside = _around_each(marked * bare, letter) > LEAST_BARE * np.maximum(_around_each(marked, letter), 1)
    doubtful = np.asarray(outside & (marked > 0), np.uint8)
    doubtful = np.asarray(cv2.dilate(doubtful, _bar(2 * SIDE_LETTERS * letter, 1)), np.uint8)
    reach = max(1, round(LONGEST_LETTERS * letter))
    beyond = round(BEYOND_LETTERS * letter)
    height = len(marked)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(doubtful, connectivity=8)
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
    dark[through.mean(axis=1) > RULE_SHARE] = False
    dark[:, through.mean(axis=0) > RULE_SHARE] = False
    share = np.count_nonzero(dark) / len(free)
    if not 0 < share < MOST_DARK:
        return np.zeros_like(grey), 0.0
    light = float(free[free > level].mean())
    contrast = (light - float(grey[dark].mean())) * 255 / max(light, 1.0)
    return np.asarray(dark * np.uint8(255)), contrast


def _evened(grey: GreyImage, letter_px: float) -> GreyImage:
    """A place with the light on it evened: writing at the edge of a shadow stands out of it."""
    bar = _bar(letter_px, letter_px)
    closed = cv2.morphologyEx(cv2.blur(grey, (3, 3)), cv2.MORPH_CLOSE, bar)
    paper = cv2.blur(closed, bar.shape[::-1]).astype(np.float32)
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


def _places(lost: MaskImage, to_scan: Affine, letter: float, *, pale: bool) -> list[UnreadPlace]:
    """The places of lost letters, what stands side by side as one, without specks."""
    if not lost.any():
        return []
    reach = max(1, round(JOIN_LETTERS * letter))
    near = max(1, round(JOIN_DOWN_LETTERS * letter))
    framed = cv2.copyMakeBorder(lost, near, near, reach, reach, cv2.BORDER_CONSTANT, value=(0,))
    joined = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, _bar(1, near))
    joined = cv2.morphologyEx(joined, cv2.MORPH_CLOSE, _bar(reach, 1))[near:-near, reach:-reach]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(joined), connectivity=8)
    places = []
    for n, (left, top, width, height, _) in enumerate(stats.tolist()[1:], 1):
        here = np.s_[top : top + height, left : left + width]
        mine = (labels[here] == n) & (lost[here] > 0)
        wide, tall = int(mine.any(axis=0).sum()), int(mine.any(axis=1).sum())
        if max(wide, tall) <= LEAST_LETTERS * letter or tall <= LOWEST_LETTERS * letter:
            continue
        inked = (np.argwhere(mine)[:, ::-1] + (left, top)).astype(np.float32) + np.float32(0.5)
        points = to_scan.outline(_around(inked, OUTLINE_LETTERS * letter)).points
        outline = Outline(tuple(Point(round(p.x), round(p.y)) for p in points))
        places.append(UnreadPlace(outline, max(wide, tall) / letter, pale))
    return places


def _around(points: F32, room: float) -> Outline:
    """The convex outline of points, with room on all sides."""
    offsets = np.array([[-room, -room], [room, -room], [room, room], [-room, room]], np.float32)
    spread = cv2.convexHull(points).reshape(-1, 1, 2) + offsets[None]
    corners = cv2.convexHull(np.ascontiguousarray(spread.reshape(-1, 1, 2)))
    tidy = cv2.approxPolyDP(corners, 0.05 * room, closed=True)
    kept = (tidy if len(tidy) > 2 else corners).reshape(-1, 2)
    return Outline(tuple(Point(float(x), float(y)) for x, y in kept))
