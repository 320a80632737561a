"""Ink accounted for: what is marked as writing on a leaf and stands in no line.

Counted by nothing that finds lines, from marks of the finder, ink and outlines: once when lines are found, so
that they are widened to letters of theirs (`lines/widened.py`), and again when all is read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import cv2
import numpy as np

from ocr.arrays import F32, MaskImage, Pixels
from ocr.geometry import Affine, Outline, Point
from ocr.page import InkAccount, Line, Surface, Unread
from ocr.scan.counting import label_components
from ocr.scan.leaf import Leaf
from ocr.scan.second_look import BEYOND_LETTERS, FAINT_INK, Sight, around_each, bar, look_again
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
LEAST_PALE_LETTERS = 0.55
"""The same of pale ink: specks of what shows through are more, and a pencilled digit is not much longer."""
LOWEST_LETTERS = 0.25
"""And it is taller than this: the rest of a rule or of a stroke under words is not."""
MOST_COVERED = 0.75
"""A letter stands in a line when more of its ink than this does: more than half, because what is of one
letter is known roughly."""
LEAST_MARKED = 0.4
"""A letter is marked as writing when more of its ink than this is; less than half for the same reason."""
BESIDE_LETTERS = 0.2
"""Letters reach so far beyond their marks on the left and right."""
STROKE_LETTERS = 1.5
STROKE_THICK_LETTERS = 0.4
"""A level stroke longer than the one and no thicker than the other, in heights of small letters, is of no
letter."""
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
        cv2.dilate(marked, bar(2 * BESIDE_LETTERS * letter, 2 * BEYOND_LETTERS * letter)), np.uint8
    )
    paper = _reduced(leaf.ink, size)
    for other in leaf.other_inks:
        paper = np.minimum(paper, _reduced(other.ink, size))
    ink = np.asarray(cv2.bitwise_not(paper) * near, np.uint8)
    bare = np.asarray(1 - _covered(size, to_scan, outlines, letter), np.uint8)
    pale = np.zeros_like(ink)
    sight = Sight(leaf, pixels, (height / size[1], width / size[0]), letter)
    look_again(ink, pale, marked, bare, near, sight)
    area = abs(to_scan.a * to_scan.e - to_scan.b * to_scan.d) / 255
    places = _places(*_lost_letters(ink, ink, marked, bare, letter), to_scan, letter, pale=False)
    if pale.any():
        lost, sure = _lost_letters(pale, np.maximum(ink, pale), marked, bare, letter)
        places += _places(lost, sure, to_scan, letter, pale=True)
    ink *= marked
    return Coverage(
        round(area * cv2.sumElems(ink)[0]),
        round(area * cv2.sumElems(ink * bare)[0]),
        tuple(sorted(places, key=lambda place: (place.outline.box.top, place.outline.box.left))),
    )


def _reduced(picture: MaskImage, size: tuple[int, int]) -> MaskImage:
    """A picture at a smaller (width, height): halved first, which is quicker, as long as it stays larger."""
    while picture.shape[1] >= 2 * size[0] and picture.shape[0] >= 2 * size[1]:
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        even = picture[: 2 * height, : 2 * width]
        picture = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


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
    return np.asarray(cv2.dilate(covered, bar(room, room)), np.uint8)


def _lost_letters(
    loose: MaskImage, ink: MaskImage, marked: MaskImage, bare: MaskImage, letter: float
) -> tuple[MaskImage, MaskImage]:
    """1 on loose ink outside all outlines that is part of a letter lost: of all ink around it enough is
    marked, and too little stands in a line. And the same when level strokes are taken away, which by
    themselves are no letters."""
    free = np.asarray((loose > FAINT_INK) & (bare > 0), np.uint8)
    inked = (ink > FAINT_INK).astype(np.uint8)
    lost = _of_letters(free, inked, marked, bare, letter)
    strokes = _level_strokes(inked, letter) & bare if lost.any() else lost
    if not strokes.any():
        return lost, lost
    return lost, _of_letters(free & ~strokes, inked & ~strokes, marked, bare, letter)


def _of_letters(
    free: MaskImage, inked: MaskImage, marked: MaskImage, bare: MaskImage, letter: float
) -> MaskImage:
    """1 on the free ink that is part of a letter lost; all are masks of 0 and 1."""
    lost = np.zeros_like(inked)
    at = np.nonzero(free)
    if len(at[0]):
        total, outside, written = (
            around_each(mask, letter)[at].astype(np.float32) for mask in (inked, inked & bare, inked & marked)
        )
        lost[at] = (outside > (1 - MOST_COVERED) * total) & (written > LEAST_MARKED * total)
    return lost


def _level_strokes(inked: MaskImage, letter: float) -> MaskImage:
    """1 along level strokes longer and thinner than those of letters: a rule of the sheet, a line under a
    word, a dash."""
    # A stroke that leans leaves its row: ink is thickened before it is looked at.
    level = cv2.morphologyEx(
        cv2.dilate(inked, np.ones((3, 1), np.uint8)),
        cv2.MORPH_OPEN,
        np.ones((1, max(3, round(STROKE_LETTERS * letter))), np.uint8),
    )
    upright = np.ones((round(STROKE_THICK_LETTERS * letter) + 1, 1), np.uint8)
    thick = np.asarray(cv2.morphologyEx(inked, cv2.MORPH_OPEN, upright), np.uint8)
    return np.asarray(level, np.uint8) & (1 - thick)


def _places(
    lost: MaskImage, sure: MaskImage, to_scan: Affine, letter: float, *, pale: bool
) -> list[UnreadPlace]:
    """The places of lost letters, what stands side by side as one, without specks; so large as what of them
    is `sure` to be of letters."""
    if not sure.any():
        return []
    reach = max(1, round(JOIN_LETTERS * letter))
    near = max(1, round(JOIN_DOWN_LETTERS * letter))
    framed = cv2.copyMakeBorder(lost, near, near, reach, reach, cv2.BORDER_CONSTANT, value=(0,))
    joined = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, bar(1, near))
    joined = cv2.morphologyEx(joined, cv2.MORPH_CLOSE, bar(reach, 1))[near:-near, reach:-reach]
    labels, stats = label_components(np.asarray(joined, np.uint8))
    places = []
    for n, (left, top, width, height, _) in enumerate(stats.tolist()[1:], 1):
        here = np.s_[top : top + height, left : left + width]
        mine = (labels[here] == n) & (lost[here] > 0)
        of_letters = mine & (sure[here] > 0)
        wide, tall = int(of_letters.any(axis=0).sum()), int(of_letters.any(axis=1).sum())
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
