"""Ink accounted for: whatever is marked as writing stands in a line, or is told with its place."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.arrays import Pixels
from ocr.geometry import Outline, Point
from ocr.lines import LinesSettings, find_lines
from ocr.page import Line, Source
from ocr.scan.coverage import Coverage, CoverageSettings, coverage_of, is_partial
from ocr.scan.finder import TextMap
from ocr.scan.leaf import Leaf, LeafSettings, prepare
from ocr.scan.load import Scan
from tests import drawn, written


@cache
def page(kind: str, seed: int) -> tuple[Pixels, Leaf, tuple[Line, ...]]:
    """A drawn page, its leaf and the lines that are found on it."""
    if kind == "print":
        pixels = drawn.page(ruled=bool(seed % 2), angle_deg=float(seed % 5) - 2).pixels
    else:
        pixels = written.page((seed,), kind).pixels
    scan = Scan(Source("a.png", "0" * 64, pixels.shape[1], pixels.shape[0], "image/png"), pixels)
    leaf = prepare(scan, LeafSettings())[0]
    return pixels, leaf, tuple(line for region in find_lines(leaf, LinesSettings()) for line in region.lines)


def account(pixels: Pixels, leaf: Leaf, lines: tuple[Line, ...]) -> Coverage:
    coverage = coverage_of(leaf, [line.outline for line in lines], pixels)
    assert coverage is not None
    return coverage


@given(st.sampled_from(("print", "school", "letter", "draft", "dense")), st.integers(0, 3), st.data())
@settings(max_examples=20, deadline=None)
def test_a_line_that_is_not_found_is_told_with_its_place(kind: str, seed: int, data: st.DataObject) -> None:
    pixels, leaf, lines = page(kind, seed)
    whole = account(pixels, leaf, lines)
    lost = data.draw(st.sampled_from(range(len(lines))))
    rest = tuple(line for n, line in enumerate(lines) if n != lost)
    less = account(pixels, leaf, rest)
    assert less.uncovered_px >= whole.uncovered_px
    alone = account(_only(pixels, lines[lost]), _only_leaf(leaf, lines[lost]), ())
    if alone.marked_px < 30:  # nothing of that line is marked: its ink is no business of the account
        return
    box = lines[lost].outline.box
    assert any(place.outline.box.overlap(box) > 0 for place in less.places)
    if box.width > 3 * box.height:
        assert is_partial(less, CoverageSettings())


def _only(pixels: Pixels, line: Line) -> Pixels:
    """A scan that is paper but in the box of a line."""
    box = line.outline.box
    here = np.s_[max(int(box.top), 0) : int(box.bottom), max(int(box.left), 0) : int(box.right)]
    kept = np.full_like(pixels, np.median(pixels))
    kept[here] = pixels[here]
    return kept


def _only_leaf(leaf: Leaf, line: Line) -> Leaf:
    """A leaf that is paper but in the box of a line."""
    box = leaf.to_scan.inverse.box(line.outline.box)
    here = np.s_[max(int(box.top), 0) : int(box.bottom), max(int(box.left), 0) : int(box.right)]
    ink, grey = np.full_like(leaf.ink, 255), np.full_like(leaf.grey, 255)
    ink[here], grey[here] = leaf.ink[here], leaf.grey[here]
    return replace(leaf, ink=ink, grey=grey, other_inks=())


@pytest.mark.parametrize("kind", ["print", "school", "letter"])
def test_a_page_whose_lines_are_found_is_whole(kind: str) -> None:
    coverage = account(*page(kind, 1))
    assert coverage.marked_px > 0
    assert not is_partial(coverage, CoverageSettings())


def test_without_lines_all_marked_ink_is_uncovered() -> None:
    pixels, leaf, _ = page("print", 0)
    coverage = account(pixels, leaf, ())
    assert coverage.uncovered_px == coverage.marked_px > 0
    assert len(coverage.places) == len(drawn.TEXT)
    assert [place.outline.box.top for place in coverage.places] == sorted(
        place.outline.box.top for place in coverage.places
    )


def test_marked_writing_that_the_leaf_lost_is_looked_at_on_the_scan() -> None:
    pixels, leaf, lines = page("print", 1)
    blank = np.full_like(leaf.ink, 255)
    coverage = account(pixels, replace(leaf, ink=blank, grey=blank), lines[1:])
    assert any(place.outline.box.overlap(lines[0].outline.box) > 0 for place in coverage.places)


@pytest.mark.parametrize("share", [0.3, 0.4])
def test_a_letter_that_an_outline_dips_past_is_told(share: float) -> None:
    """Its marks stand in the line but for a strip along the edge; most of its ink does not."""
    pixels, leaf, lines = page("print", 1)
    there = leaf.to_scan.inverse
    box = there.outline(lines[0].outline).box
    letter = leaf.text_map.line_px_on(len(leaf.grey)) if leaf.text_map else 0.0
    rows = np.flatnonzero(
        (leaf.ink[int(box.top) : int(box.bottom), int(box.left) :][:, : int(1.6 * letter)] == 0).any(1)
    )
    cut = box.top + rows[0] + share * (rows[-1] + 1 - rows[0]) - 0.15 * letter
    past = box.left + 1.6 * letter
    dips = Outline(
        (
            Point(box.left, box.top),
            Point(box.right, box.top),
            Point(box.right, box.bottom),
            Point(past, box.bottom),
            Point(past, cut),
            Point(box.left, cut),
        )
    )
    outlines = [leaf.to_scan.outline(dips), *(line.outline for line in lines[1:])]
    coverage = coverage_of(leaf, outlines, pixels)
    assert coverage is not None
    (place,) = coverage.places
    assert place.outline.holds(leaf.to_scan(Point(box.left + 0.8 * letter, box.top + float(rows[-1]) - 2)))
    assert place.letters < 2


def test_marks_without_ink_are_no_writing() -> None:
    pixels, leaf, _ = page("print", 1)
    blank = np.full_like(leaf.ink, 255)
    coverage = account(np.full_like(pixels, 220), replace(leaf, ink=blank, grey=blank), ())
    assert (coverage.marked_px, coverage.places) == (0, ())


def test_nobody_looked_is_not_zero() -> None:
    pixels, leaf, _ = page("print", 1)
    assert coverage_of(replace(leaf, text_map=None), (), pixels) is None
    assert coverage_of(
        replace(leaf, text_map=TextMap.of(np.zeros((40, 40), np.uint8))), (), pixels
    ) == Coverage(0, 0, ())


def test_a_line_under_a_word_is_no_letter() -> None:
    """Ruled by hand below the outline, doubled and leaning a little; the words above it are read."""
    pixels, leaf, lines = page("print", 1)
    whole = account(pixels, leaf, lines)
    letter = leaf.text_map.line_px_on(len(leaf.grey)) if leaf.text_map else 0.0
    box = leaf.to_scan.inverse.outline(lines[-1].outline).box
    ink = leaf.ink.copy()
    begin, end = (round(box.left), round(box.bottom + 0.5 * letter)), round(box.left + 8 * letter)
    for n in range(2):
        down = round(0.8 * n * letter)
        cv2.line(
            ink, (begin[0], begin[1] + down), (end, begin[1] + down + 3), (0,), max(1, round(0.2 * letter))
        )
    assert leaf.text_map is not None
    everywhere = replace(leaf.text_map, probability=np.full_like(leaf.text_map.probability, 255))
    underlined = replace(leaf, ink=ink, text_map=everywhere)
    coverage = account(pixels, underlined, lines)
    assert coverage.uncovered_px > whole.uncovered_px
    assert coverage.places == whole.places == ()


def test_pale_writing_is_told_where_the_paper_beside_words_is_clean_and_not_where_all_of_it_shows_such() -> (
    None
):
    pixels, leaf, lines = page("print", 1)
    there = leaf.to_scan.inverse
    box = there.outline(lines[2].outline).box
    pitch = round(there.outline(lines[1].outline).box.bottom - there.outline(lines[0].outline).box.bottom)
    row = np.s_[int(box.top) - 2 : int(box.bottom) + 3, :]

    def paler(share: float) -> Pixels:
        return np.asarray(255 - share * (255 - leaf.grey.astype(np.float32)), np.uint8)

    ink, pencil = leaf.ink.copy(), leaf.grey.copy()
    ink[row] = 255
    pencil[row] = paler(0.36)[row]
    behind = paler(0.43)[:, ::-1]
    behind = np.minimum(np.roll(behind, pitch // 2, axis=0), np.roll(behind, pitch * 5 // 6, axis=0))
    behind[row] = 255
    rest = [line.outline for n, line in enumerate(lines) if n != 2]
    places = []
    for grey in (pencil, np.minimum(pencil, behind)):
        coverage = coverage_of(replace(leaf, ink=ink, grey=grey), rest, np.full_like(pixels, 255))
        assert coverage is not None
        places.append([place for place in coverage.places if place.pale])
    assert any(place.outline.box.overlap(lines[2].outline.box) > 0 for place in places[0])
    assert sum(place.letters for place in places[1]) < 0.2 * sum(place.letters for place in places[0])
