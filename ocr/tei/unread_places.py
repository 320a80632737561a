"""Places that look like writing and stand in no line: a zone of the surface, a gap where its text ends."""

from collections.abc import Sequence

from lxml import etree

from ocr.page import Unread
from ocr.tei.names import UNREAD, local, q
from ocr.tei.words import clean


def is_unread_place(gap: etree._Element) -> bool:
    """Does a gap tell of such a place? In the text it stands in no line either."""
    parent = gap.getparent()
    beside = parent is not None and local(parent) == "div"
    return beside and gap.get("reason") == UNREAD and gap.get("facs") is not None


def unread_id(surface: str, place: int) -> str:
    """The xml:id of the zone of such a place: s1_u1."""
    return f"{surface}_u{place}"


def put_unread_gaps(div: etree._Element, places: Sequence[Unread], surface: str) -> None:
    """Writes a gap for each place at the end of the text of its surface (an xml:id)."""
    for n, place in enumerate(places, 1):
        gap = etree.SubElement(div, q("gap"), reason=UNREAD, facs=f"#{unread_id(surface, n)}")
        gap.tail = "\n"
        if clean(place.reason):
            etree.SubElement(gap, q("desc")).text = clean(place.reason)
