"""Ink accounted for: what is marked as writing on a leaf and stands in no line.

Counted after everything else, and by nothing that finds lines: marks of the finder, ink, outlines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import cv2
import numpy as np
import numpy.typing as npt

from ocr.geometry import Affine, Box, Outline, Point
from ocr.page import InkAccount, Line, Surface, Unread
from ocr.scan.finder import LIKELY, line_height
from ocr.scan.leaf import Leaf, grey_of, pixel_matrix
from ocr.settings import Between

Mask = npt.NDArray[np.uint8]

NOT_IN_A_LINE = "looks like writing; no line was found here"
NOT_LETTERS = "looks like writing; reads as no letters"

WORK_LETTER_PX = 10
"""It is counted on a leaf reduced until small letters are so tall."""
ROOM_LETTERS = 0.15
"""An outline covers so much beyond its edge, in heights of small letters: the foot of a soft stroke."""
LEAST_LETTERS = 0.5
"""A place is longer than this, in heights of small letters; what is smaller is no letter but a speck."""
LEAST_CONTRAST = 18
"""Ink is at least so many grey levels darker than the paper around it."""
PALEST_SHARE = 0.4
"""And at least this share as much darker as the leaf's own ink: what is paler shows through from behind."""
AROUND_LETTERS = 0.3
"""So much paper around a place is looked at with it, in heights of small letters."""
MOST_DARK = 0.6
"""It covers less than this share of its place; else the place is dark, and nothing stands on it."""
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
    word_letters: float = 3.0
    """A single place so wide, in heights of small letters, is a word, and one word lost is enough."""
    few_places: int = 8
    """On a leaf without a line so many marks are taken for no writing, and are not called lost; more are."""


@dataclass(frozen=True, slots=True)
class Place:
    """Marked writing that stands in no line."""

    outline: Outline
    """In pixels of the scan."""
    letters: float
    """How long it is, in heights of small letters."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The account of a leaf. Counts are pixels of the scan."""

    marked_px: int
    uncovered_px: int
    places: tuple[Place, ...]
    """Top to bottom."""


def accounted(
    surface: Surface,
    leaf: Leaf,
    lines: Sequence[Line],
    pixels: npt.NDArray[np.uint8],
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

    def reason(place: Box) -> str:
        was_read = any(box.overlap(place) > 0.5 * min(box.area, place.area) for box in dropped)
        return NOT_LETTERS if was_read else NOT_IN_A_LINE

    unread = tuple(Unread(place.outline, reason(place.outline.box)) for place in coverage.places)
    partial = is_partial(coverage, settings) if kept else len(unread) > settings.few_places
    return replace(surface, unread=unread, ink=InkAccount(coverage.marked_px, coverage.uncovered_px, partial))


def is_partial(coverage: Coverage, settings: CoverageSettings) -> bool:
    """Stands so much of the writing of a leaf with lines in none that it is read only in part?"""
    return coverage.uncovered_px > settings.most_uncovered * coverage.marked_px or any(
        place.letters >= settings.word_letters for place in coverage.places
    )


def coverage_of(leaf: Leaf, outlines: Iterable[Outline], pixels: npt.NDArray[np.uint8]) -> Coverage | None:
    """What is marked as writing on a leaf, and what of it stands outside all outlines (scan pixels).

    `pixels` are those of the scan: what is marked and has no ink on the leaf any more is looked at there.
    None when nobody looked for writing.
    """
    if leaf.likely is None:
        return None
    height, width = leaf.grey.shape
    letter = line_height(leaf.likely) * height / leaf.likely.shape[0]
    if not letter:
        return Coverage(0, 0, ())
    scale = min(WORK_LETTER_PX / letter, 1.0)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    home = leaf.home.after(Affine(a=width / size[0], e=height / size[1]))
    letter *= scale
    marked = cv2.resize((leaf.likely >= LIKELY).astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    paper = leaf.ink
    for other in leaf.other_inks:
        paper = np.minimum(paper, other.ink)
    ink = np.asarray((255 - cv2.resize(paper, size, interpolation=cv2.INTER_AREA)) * marked, np.uint8)
    bare = np.asarray(cv2.subtract(marked, _covered(size, home, outlines, letter)), np.uint8)
    thick = np.ones((max(2, round(LEAST_THICK_LETTERS * letter)),) * 2, np.uint8)
    open_ = np.asarray(cv2.morphologyEx(bare, cv2.MORPH_OPEN, thick), np.uint8)
    _look_again(ink, open_, home, pixels, letter, max(LEAST_CONTRAST, PALEST_SHARE * _contrast(leaf)))
    area = abs(home.a * home.e - home.b * home.d) / 255
    return Coverage(
        round(area * float(ink.sum(dtype=np.int64))),
        round(area * float((ink * bare).sum(dtype=np.int64))),
        tuple(_places(np.asarray(ink * open_, np.uint8), open_, home, letter)),
    )


def _covered(size: tuple[int, int], home: Affine, outlines: Iterable[Outline], letter: float) -> Mask:
    """1 inside the outlines and a little beyond, on a leaf of that width and height."""
    covered = np.zeros(size[::-1], np.uint8)
    to_leaf = home.inverse
    room = 2 * max(1, round(ROOM_LETTERS * letter)) + 1
    for outline in outlines:
        points = to_leaf.outline(outline).points
        corners = np.array([[round(p.x - 0.5), round(p.y - 0.5)] for p in points], np.int32)
        cv2.fillPoly(covered, [corners], (1,))
        cv2.polylines(covered, [corners], isClosed=True, color=(1,), thickness=room)
    return covered


def _contrast(leaf: Leaf) -> float:
    """How much darker ink is than paper on a leaf whose light is evened, in grey levels; 0 without ink."""
    dark = leaf.grey[leaf.ink == 0]
    return 255 - float(dark.mean()) if len(dark) else 0.0


def _look_again(
    ink: Mask, bare: Mask, home: Affine, pixels: npt.NDArray[np.uint8], letter: float, least: float
) -> None:
    """Adds to the ink (in place) what stands on the scan where the leaf lost it: pale pencil, dark corners.

    It is at least so many grey levels darker than its paper, were that white.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bare, connectivity=8)
    for n, (left, top, width, height, area) in enumerate(stats.tolist()[1:], 1):
        here = np.s_[top : top + height, left : left + width]
        mine = (labels[here] == n).astype(np.uint8)
        held = float((ink[here] * mine).sum(dtype=np.int64)) / 255
        if max(width, height) > LEAST_LETTERS * letter and held < LEAST_INK * area:
            box = Box(left, top, left + width, top + height)
            ink[here] = np.maximum(ink[here], mine * _ink_on_scan(pixels, home, box, letter, least))


def _ink_on_scan(pixels: npt.NDArray[np.uint8], home: Affine, box: Box, letter: float, least: float) -> Mask:
    """Ink (0 to 255) in a box of the leaf as the scan itself shows it: by the threshold of Otsu (1979)."""
    across, down = round(box.width), round(box.height)
    room = AROUND_LETTERS * letter
    around = home.box(Box(box.left - room, box.top - room, box.right + room, box.bottom + room))
    cut = around.clip(Box(0, 0, pixels.shape[1], pixels.shape[0]))
    left, top, right, bottom = (round(edge) for edge in (cut.left, cut.top, cut.right, cut.bottom))
    patch = grey_of(np.ascontiguousarray(pixels[top:bottom, left:right]))
    nothing = np.zeros((down, across), np.uint8)
    if min(patch.shape) < 2:
        return nothing
    _, dark = cv2.threshold(patch, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    if not 0 < dark.mean() / 255 < MOST_DARK:
        return nothing
    light = float(patch[dark == 0].mean())
    if light - float(patch[dark > 0].mean()) < least * light / 255:
        return nothing
    coarse = 0.5 * abs(home.a * home.e - home.b * home.d) ** 0.5
    to_patch = Affine.shift(-left, -top).after(home).after(Affine.shift(box.left, box.top))
    seen = cv2.warpAffine(
        cv2.GaussianBlur(dark, (0, 0), max(coarse, 0.3)),
        pixel_matrix(to_patch),
        (across, down),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    return np.asarray(seen, np.uint8)


def _places(loose: Mask, bare: Mask, home: Affine, letter: float) -> list[Place]:
    """The places of loose ink, what stands side by side as one, without specks; top to bottom."""
    reach = max(1, round(JOIN_LETTERS * letter))
    framed = cv2.copyMakeBorder(bare, 0, 0, reach, reach, cv2.BORDER_CONSTANT, value=(0,))
    joined = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))[:, reach:-reach]
    count, labels = cv2.connectedComponents(np.ascontiguousarray(joined), connectivity=8)
    found = []
    for n in range(1, count):
        mine = labels == n
        ys, xs = np.nonzero(mine & (loose > FAINT_INK))
        if not len(xs):
            continue
        size = max(int(np.ptp(xs)), int(np.ptp(ys))) + 1
        if size <= LEAST_LETTERS * letter:
            continue
        marked = np.argwhere(mine & (bare > 0))[:, ::-1].astype(np.float32) + np.float32(0.5)
        outline = _around(marked, OUTLINE_LETTERS * letter)
        box = outline.box
        whole = Outline(tuple(Point(round(p.x), round(p.y)) for p in home.outline(outline).points))
        found.append((box.top, box.left, Place(whole, size / letter)))
    return [place for _, _, place in sorted(found, key=lambda one: one[:2])]


def _around(points: npt.NDArray[np.float32], room: float) -> Outline:
    """The convex outline of points, with room on all sides."""
    offsets = np.array([[-room, -room], [room, -room], [room, room], [-room, room]], np.float32)
    spread = cv2.convexHull(points).reshape(-1, 1, 2) + offsets[None]
    corners = cv2.convexHull(np.ascontiguousarray(spread.reshape(-1, 1, 2)))
    tidy = cv2.approxPolyDP(corners, 0.05 * room, closed=True)
    kept = (tidy if len(tidy) > 2 else corners).reshape(-1, 2)
    return Outline(tuple(Point(float(x), float(y)) for x, y in kept))
