import pytest

from ocr.corrections.places import baseline_of, box_around, box_of, outline_of, points_of, surface_of
from ocr.corrections.spans import Document
from ocr.geometry import Box, Point


def _document(zone: str) -> Document:
    tei = 'xmlns="http://www.tei-c.org/ns/1.0"'
    return Document(f"<TEI {tei}><facsimile><surface xml:id='s1'>{zone}</surface></facsimile></TEI>")


def test_a_box_is_its_corners_and_a_baseline_its_points() -> None:
    doc = _document(
        '<zone xml:id="a" ulx="1" uly="2" lrx="5" lry="4"/>'
        '<zone xml:id="b" points="0,0 9,0 9,7"><path points="0,6 9,6"/></zone>'
    )
    a, b = doc.by_id["a"], doc.by_id["b"]
    assert points_of(a) == Box(1, 2, 5, 4).corners
    assert baseline_of(a) == ()
    assert baseline_of(b) == (Point(0, 6), Point(9, 6))
    assert box_around(doc, ["a", "b", "c"]) == Box(0, 0, 9, 7)
    assert surface_of(b) is doc.by_id["s1"]


@pytest.mark.parametrize(
    "zone",
    [
        '<zone xml:id="a"/>',
        '<zone xml:id="a" points="1,2 x,4 5,6"/>',
        '<zone xml:id="a" points="1,2 3 5,6"/>',
        '<zone xml:id="a" points="0,0 1e7,0 0,9"/>',
        '<zone xml:id="a" ulx="5" uly="2" lrx="1" lry="4"/>',
    ],
)
def test_what_cannot_be_read_is_no_place(zone: str) -> None:
    element = _document(zone).by_id["a"]
    assert (points_of(element), box_of(element), outline_of(element)) == ((), None, None)
