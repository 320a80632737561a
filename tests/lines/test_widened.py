"""Lines are widened to letters in their row that stand in no line, and to nothing else."""

import numpy as np

from ocr.geometry import Box, Point
from ocr.lines import LinesSettings, find_lines, strip, widened
from ocr.page import Line, Region
from ocr.scan.coverage import UnreadPlace
from ocr.scan.leaf import Leaf
from tests import drawn
from tests.lines.leaves import leaf_of


def page() -> tuple[Leaf, tuple[Region, ...]]:
    leaf = leaf_of(drawn.page().pixels)
    return leaf, find_lines(leaf, LinesSettings())


def lines_of(regions: tuple[Region, ...]) -> tuple[Line, ...]:
    return tuple(line for region in regions for line in region.lines)


def at(left: float, foot: float, *, pale: bool = False, wide: float = 20) -> UnreadPlace:
    """A place with a letter that stands on a foot."""
    return UnreadPlace(Box(left - 9, foot - 29, left + wide + 9, foot + 9).outline(), wide / 24, pale)


def test_a_letter_before_its_line_is_taken_into_it() -> None:
    leaf, regions = page()
    third = lines_of(regions)[2]
    left, foot = third.outline.box.left - 24, third.baseline[0].y
    wide = widened(leaf, regions, [at(left, foot)])
    grown = lines_of(wide)[2]
    assert grown.outline.holds(Point(left + 2, foot - 10))
    assert grown.outline.box.right == third.outline.box.right
    assert grown.baseline[0].x < left + 12
    assert [line for n, line in enumerate(lines_of(wide)) if n != 2] == [
        line for n, line in enumerate(lines_of(regions)) if n != 2
    ]
    assert wide[0].outline.box.left <= grown.outline.box.left
    assert strip(leaf, grown)[0].shape[1] > strip(leaf, third)[0].shape[1] + 15


def test_a_line_that_dips_past_a_letter_holds_it_after() -> None:
    leaf, regions = page()
    line = lines_of(regions)[1]
    box, foot = line.outline.box, line.baseline[0].y
    wide = lines_of(widened(leaf, regions, [at(box.centre.x, foot)]))[1]
    there = leaf.to_scan.inverse
    for x in np.linspace(box.left + 1, box.right - 1, 200):
        for y in np.linspace(box.top, box.bottom, 40):
            assert wide.outline.holds(Point(x, y)) or not line.outline.holds(Point(x, y))
    assert wide.outline.holds(Point(box.centre.x + 10, foot - 10))
    assert there.outline(wide.outline).box.left == there.outline(line.outline).box.left


def test_what_stands_between_lines_or_far_from_them_is_no_letter_of_theirs() -> None:
    leaf, regions = page()
    first, second = lines_of(regions)[:2]
    between = (first.baseline[0].y + second.baseline[0].y) / 2 - 4
    far = first.outline.box.right + 100
    assert widened(leaf, regions, [at(200, between), at(far, first.baseline[-1].y)]) == regions


def test_pale_ink_beside_a_line_is_left_alone() -> None:
    leaf, regions = page()
    line = lines_of(regions)[0]
    beside = at(line.outline.box.left - 24, line.baseline[0].y, pale=True)
    assert widened(leaf, regions, [beside]) == regions


def test_without_places_nothing_is_changed() -> None:
    leaf, regions = page()
    assert widened(leaf, regions, []) is regions
