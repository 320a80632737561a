"""Places as TEI spells them: two ways to write a box, and what cannot be read is no place."""

import pytest
from lxml import etree

from ocr.geometry import Box, Outline, Point
from ocr.tei.names import q
from ocr.tei.places import box_of, corners, is_covered, shared


def zone(**attributes: str) -> etree._Element:
    return etree.Element(q("zone"), attributes)


def test_a_box_and_points_are_read_alike() -> None:
    assert box_of(zone(ulx="1", uly="2", lrx="11", lry="22")) == Box(1, 2, 11, 22)
    assert box_of(zone(points="1,2 11,2 11,22 1,22")) == Box(1, 2, 11, 22)
    assert corners(zone(points="1,2 3.5,4")) == [Point(1, 2), Point(3.5, 4)]


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"points": ""},
        {"points": "1,2 3"},
        {"points": "a,b"},
        {"ulx": "1", "uly": "2", "lrx": "3"},
        {"points": "1,2 3,1e12"},
        {"points": "nan,2 3,4"},
    ],
)
def test_what_cannot_be_read_is_no_place(attributes: dict[str, str]) -> None:
    assert box_of(zone(**attributes)) is None


def test_of_two_boxes_the_smaller_one_counts() -> None:
    assert shared(Box(0, 0, 10, 10), Box(5, 0, 10, 5)) == 1
    assert shared(Box(0, 0, 10, 10), Box(5, 0, 15, 10)) == 0.5
    assert shared(Box(0, 0, 0, 0), Box(0, 0, 0, 0)) == 1
    assert shared(None, Box(0, 0, 1, 1)) == 0


def rows(*edges: tuple[int, int]) -> list[Outline]:
    return [Box(0, top, 100, bottom).outline() for top, bottom in edges]


def test_a_place_is_covered_where_no_line_and_no_word_has_room() -> None:
    place = Box(0, 0, 100, 60).outline()
    assert is_covered(place, rows((0, 20), (22, 40), (42, 60)))
    assert not is_covered(place, rows((0, 20), (40, 60)))  # a line has room between them
    assert not is_covered(place, [Box(0, 0, 60, 60).outline(), *rows((0, 20))])  # a word beside them
    assert not is_covered(place, [])
