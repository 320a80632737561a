import pytest
from lxml import etree

from ocr.formats.outside import box_around, children, number, numbers, tag
from ocr.geometry import Box


@pytest.mark.parametrize("text", [None, "", "x", "nan", "inf", "1e12"])
def test_nonsense_is_no_number(text: str | None) -> None:
    assert number(text) is None


def test_points_are_read_in_either_spelling() -> None:
    assert numbers("1,2 3,4") == numbers("1 2 3 4") == [1.0, 2.0, 3.0, 4.0]
    assert box_around(numbers("5,2 3,9")) == Box(3, 2, 5, 9)
    assert box_around(numbers("5,2")) is None
    assert box_around(numbers("5,2 3,x")) is None


def test_elements_go_by_their_names_in_any_namespace() -> None:
    root = etree.fromstring('<a xmlns="urn:x"><b/><!-- b --><b xmlns="urn:y"/><c/></a>')
    assert [tag(node) for node in root] == ["b", "", "b", "c"]
    assert len(list(children(root, "b"))) == 2
