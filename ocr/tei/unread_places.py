"""Places that look like writing and stand in no line: a zone of the surface, a gap where its text ends."""

from collections.abc import Iterator, Sequence

from lxml import etree

from ocr.geometry import Outline
from ocr.page import Unread
from ocr.tei.names import COVERED, UNREAD, XML_ID, local, pointers, q
from ocr.tei.places import is_covered, outline_of
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


def zones_of(surface: etree._Element) -> list[etree._Element]:
    """The zones of such places on a surface."""
    return [zone for zone in surface.findall(q("zone")) if zone.get("type") == UNREAD]


def gaps_of(root: etree._Element, zone: etree._Element) -> list[etree._Element]:
    """The gaps that tell of the place of a zone."""
    gaps = (gap for gap in root.iter(q("gap")) if is_unread_place(gap))
    return [gap for gap in gaps if zone.get(XML_ID) in set(pointers(gap, "facs"))]


def take_out(root: etree._Element, surface: etree._Element) -> None:
    """Takes all such places of a surface out of a record, and the gaps that wait in standOff."""
    for zone in zones_of(surface):
        waiting = [
            app
            for app in root.iterfind(f"{q('standOff')}//{q('app')}")
            if app.get("type") == COVERED and zone.get(XML_ID) in set(pointers(app, "corresp"))
        ]
        for element in [*gaps_of(root, zone), *waiting, zone]:
            held: etree._Element | None = element
            while held is not None:
                parent = held.getparent()
                if parent is not None:
                    parent.remove(held)
                emptied = parent is not None and local(parent) in {"listApp", "standOff"} and not len(parent)
                held = parent if emptied else None


def open_places(
    root: etree._Element, surface: etree._Element, lines: Sequence[Outline]
) -> Iterator[tuple[etree._Element, list[etree._Element]]]:
    """Zone and gaps of those places that no lines cover."""
    for zone in zones_of(surface):
        place = outline_of(zone)
        if place is None or not is_covered(place, lines):
            yield zone, gaps_of(root, zone)
