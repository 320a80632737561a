"""Ink accounted for: what is marked as writing on a leaf and stands in no line.

Counted after everything else, and by nothing that finds lines: marks of the finder, ink, outlines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
LEAST_INK = 0.03
"""A marked place whose ink covers less than this share of it is looked at on the scan itself."""
LEAST_THICK_LETTERS = 0.3
"""What is marked along the edge of an outline and thinner than this belongs to that line."""
FAINT_INK = 64
"""Of 255: a pixel with less ink on it is the edge of a stroke."""
JOIN_LETTERS = 2.0
"""Places side by side belong together across a gap so wide, in heights of small letters."""
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
    surface: Surface,
    leaf: Leaf,
    lines: Sequence[Line],
    pixels: Pixels,
    settings: CoverageSettings,
) -> Surface:
    """The surface with an account of its ink: what is marked as writing and stands in none of its lines.

    `lines` are all that were read, those that the surface does not keep too.
    """
    kept = {line.outline for line in surface.lines}
    coverage = coverage_of(leaf, kept, pixels)
    if coverage is None:
        return surface
    dropped = [line.outline.box for line in lines if line.outline not in kept]

    def reason(place: UnreadPlace) -> str:
        box = place.outline.box
        if any(line_box.overlap(box) > 0.5 * min(line_box.area, box.area) for line_box in dropped):
            return NOT_LETTERS
        return PALE if place.pale else NOT_IN_A_LINE

    unread = tuple(Unread(place.outline, reason(place)) for place in coverage.places)
    lost = sum(not place.pale for place in coverage.places)
    partial = is_partial(coverage, settings) if kept else lost > settings.few_places
    return replace(surface, unread=unread, ink=InkAccount(coverage.marked_px, coverage.uncovered_px, partial))


def is_partial(coverage: Coverage, settings: CoverageSettings) -> bool:
    """Stands so much of the writing of a leaf with lines in none that it is read only in part?"""
    lost = [place for place in coverage.places if not place.pale]
    much = coverage.uncovered_px > settings.most_uncovered * coverage.marked_px
    return any(much or place.letters >= settings.word_letters for place in lost)


def coverage_of(leaf: Leaf, outlines: Iterable[Outline], pixels: Pixels) -> Coverage | None:
    """What is marked as writing on a leaf, and what of it stands outside all outlines (scan pixels).

    `pixels` are those of the scan: what is marked and has no ink on the leaf any more is looked at there.
    None when nobody looked for writing.
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
    marked = cv2.resize(leaf.text_map.marks, size, interpolation=cv2.INTER_NEAREST)
    paper = leaf.ink
    for other in leaf.other_inks:
        paper = np.minimum(paper, other.ink)
    ink = np.asarray((255 - cv2.resize(paper, size, interpolation=cv2.INTER_AREA)) * marked, np.uint8)
    bare = np.asarray(cv2.subtract(marked, _covered(size, to_scan, outlines, letter)), np.uint8)
    thick = np.ones((max(2, round(LEAST_THICK_LETTERS * letter)),) * 2, np.uint8)
    open_ = np.asarray(cv2.morphologyEx(bare, cv2.MORPH_OPEN, thick), np.uint8)
    pale = np.zeros_like(ink)
    _look_again(ink, pale, open_, leaf, pixels, letter)
    area = abs(to_scan.a * to_scan.e - to_scan.b * to_scan.d) / 255
    places = _places(ink, pale, open_, to_scan, letter)
    return Coverage(
        round(area * float(ink.sum(dtype=np.int64))),
        round(area * float((ink * bare).sum(dtype=np.int64))),
        tuple(sorted(places, key=lambda place: (place.outline.box.top, place.outline.box.left))),
    )


def _covered(size: tuple[int, int], to_scan: Affine, outlines: Iterable[Outline], letter: float) -> MaskImage:
    """1 inside the outlines and a little beyond, on a leaf of that width and height."""
    covered = np.zeros(size[::-1], np.uint8)
    m = to_scan.inverse
    room = 2 * max(1, round(ROOM_LETTERS * letter)) + 1
    linear, shift = np.array([[m.a, m.d], [m.b, m.e]]), np.array([m.c - 0.5, m.f - 0.5])
    for outline in outlines:
        corners = np.rint(np.array(outline.points) @ linear + shift).astype(np.int32)
        cv2.fillPoly(covered, [corners], (1,))
        cv2.polylines(covered, [corners], isClosed=True, color=(1,), thickness=room)
    return covered


def _look_again(
    ink: MaskImage, pale: MaskImage, bare: MaskImage, leaf: Leaf, pixels: Pixels, letter: float
) -> None:
    """Adds to the ink (in place) what is marked where the leaf has none: pencil, writing in dark corners.

    What is much paler than the leaf's ink comes into `pale`.
    """
    scale = np.array(leaf.grey.shape) / bare.shape
    of_leaf = leaf.grey[::3, ::3][leaf.ink[::3, ::3] == 0]
    usual = 255 - float(of_leaf.mean()) if len(of_leaf) else 0.0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bare, connectivity=8)
    for n, (left, top, width, height, area) in enumerate(stats.tolist()[1:], 1):
        here = np.s_[top : top + height, left : left + width]
        mine = (labels[here] == n).astype(np.uint8)
        ink_px = float((ink[here] * mine).sum(dtype=np.int64)) / 255
        if max(width, height) <= LEAST_LETTERS * letter or ink_px >= LEAST_INK * area:
            continue
        room = AROUND_LETTERS * letter
        ends = np.array([[top - room, left - room], [top + height + room, left + width + room]]) * scale
        (first, start), (last, end) = np.clip(np.rint(ends).astype(int), 0, leaf.grey.shape)
        known = _thick(leaf.ink[first:last, start:end] == 0)
        dark, contrast = _parted(leaf.grey[first:last, start:end], known)
        if contrast < LEAST_CONTRAST:
            dark, contrast = _parted(_on_scan(pixels, leaf.to_scan, (start, first), known.shape), known)
        if contrast < max(LEAST_CONTRAST, FAINT_SHARE * usual):
            continue
        inner = np.rint(np.array([[top, left], [top + height, left + width]]) * scale).astype(int)
        (upper, before), (lower, after) = inner - (first, start)
        small = cv2.resize(
            dark[upper : max(lower, upper + 1), before : max(after, before + 1)],
            (width, height),
            interpolation=cv2.INTER_AREA,
        )
        into = ink if contrast >= PALEST_SHARE * usual else pale
        into[here] = np.maximum(into[here], mine * small)


def _thick(ink: Mask) -> MaskImage:
    """1 on ink and close around it."""
    return np.asarray(cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)), np.uint8)


def _parted(grey: GreyImage, known: MaskImage) -> tuple[MaskImage, float]:
    """Ink (255) where nothing is known of any yet, and how much darker it is than paper, in grey levels.

    Both are parted by the threshold of Otsu (1979). No contrast where most of the place is dark.
    """
    free = grey[known == 0]
    if not len(free):
        return np.zeros_like(grey), 0.0
    level, _ = cv2.threshold(free, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    dark = (grey <= level) & (known == 0)
    share = float(dark.sum()) / len(free)
    if not 0 < share < MOST_DARK:
        return np.zeros_like(grey), 0.0
    light = float(free[free > level].mean())
    contrast = (light - float(free[free <= level].mean())) * 255 / max(light, 1.0)
    return np.asarray(dark * np.uint8(255)), contrast


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


def _places(
    ink: MaskImage, pale: MaskImage, bare: MaskImage, to_scan: Affine, letter: float
) -> list[UnreadPlace]:
    """The places of loose ink, and those of pale, what stands side by side as one, without specks."""
    reach = max(1, round(JOIN_LETTERS * letter))
    framed = cv2.copyMakeBorder(bare, 0, 0, reach, reach, cv2.BORDER_CONSTANT, value=(0,))
    joined = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))[:, reach:-reach]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(joined), connectivity=8)
    places = []
    for n, (left, top, width, height, _) in enumerate(stats.tolist()[1:], 1):
        here = np.s_[top : top + height, left : left + width]
        mine = (labels[here] == n) & (bare[here] > 0)
        for loose in (ink, pale):
            inked = mine & (loose[here] > FAINT_INK)
            size = max(int(inked.any(axis=0).sum()), int(inked.any(axis=1).sum()))
            if size <= LEAST_LETTERS * letter:
                continue
            marked = (np.argwhere(mine)[:, ::-1] + (left, top)).astype(np.float32) + np.float32(0.5)
            points = to_scan.outline(_around(marked, OUTLINE_LETTERS * letter)).points
            outline = Outline(tuple(Point(round(p.x), round(p.y)) for p in points))
            places.append(UnreadPlace(outline, size / letter, loose is pale))
    return places


def _around(points: F32, room: float) -> Outline:
    """The convex outline of points, with room on all sides."""
    offsets = np.array([[-room, -room], [room, -room], [room, room], [-room, room]], np.float32)
    spread = cv2.convexHull(points).reshape(-1, 1, 2) + offsets[None]
    corners = cv2.convexHull(np.ascontiguousarray(spread.reshape(-1, 1, 2)))
    tidy = cv2.approxPolyDP(corners, 0.05 * room, closed=True)
    kept = (tidy if len(tidy) > 2 else corners).reshape(-1, 2)
    return Outline(tuple(Point(float(x), float(y)) for x, y in kept))
