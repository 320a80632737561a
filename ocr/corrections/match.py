"""Which line of an old record is which line of a new reading, and what becomes of each."""

from dataclasses import dataclass, field

from lxml import etree

from ocr.corrections.merge_line import merged_line
from ocr.errors import RecordError
from ocr.geometry import Box
from ocr.tei.names import XML_ID, is_element, pointers, q
from ocr.tei.places import shared

SAME_PLACE = 0.5
"""Lines are the same when one covers at least this share of the other."""
POINTERS = ("facs", "corresp", "target")


@dataclass(eq=False, slots=True)
class OldLine:
    """A line of the old record; `place` is where it belongs among the new lines of its surface."""

    ab: etree._Element
    piece: list[etree._Element]
    zone: etree._Element | None
    state: str
    box: Box | None = None
    place: int = -1


@dataclass(eq=False, slots=True)
class NewLine:
    """A line of the new reading, its zone, and the ab it will stand in."""

    piece: list[etree._Element]
    zone: etree._Element
    ab: etree._Element
    box: Box | None
    dropped: bool = False
    rivals: list[OldLine] = field(default_factory=list)


def decide(
    olds: list[OldLine],
    news: list[NewLine],
    gone: list[Box | None],
    zones: dict[str, etree._Element],
    new_zones: dict[str, etree._Element],
) -> None:
    """Settles what becomes of each line: new lines dropped where an old one stays or a person took one out
    (`gone`), marked lines merged with the one new line in their place, clean lines kept if nothing replaces
    them, and where among the new lines the old ones belong."""
    for new in news:
        best = max(olds, key=lambda o: shared(o.box, new.box), default=None)
        if any(shared(box, new.box) >= SAME_PLACE for box in gone):
            new.dropped = True
        elif best is not None and shared(best.box, new.box) >= SAME_PLACE:
            stays = [o for o in olds if o.state != "clean" and shared(o.box, new.box) >= SAME_PLACE]
            new.rivals, new.dropped = stays, bool(stays)
    for old in olds:
        rivals = [n for n in news if old in n.rivals]
        if old.state == "marked" and len(rivals) == 1 and len(rivals[0].rivals) == 1:
            new = rivals[0]
            line = merged_line(old.piece, new.piece, zones, new_zones, new.zone)
            if line is not None:
                new.piece, new.dropped, old.state = line, False, "clean"
    for old in olds:
        same = [n for n in news if shared(old.box, n.box) >= SAME_PLACE]
        if old.state == "clean" and same and all(n.dropped for n in same):
            old.state = "kept"  # nothing new stands in its place
    place = -1
    for old in olds:
        best_at = max(range(len(news)), key=lambda i: shared(old.box, news[i].box), default=-1)
        if best_at >= 0 and shared(old.box, news[best_at].box) >= SAME_PLACE:
            # lines that stay keep the order a person may have given them
            place = best_at if old.state == "clean" else max(place, best_at)
        old.place = place


def free_ids(old: etree._Element, zone: etree._Element, pointing: list[etree._Element]) -> None:
    """Gives a zone and those in it ids that the old record does not use, and mends the pointers to them."""
    taken = {e.get(XML_ID) for e in old.iter() if is_element(e)}
    renamed: dict[str, str] = {}
    for element in zone.iter(q("zone"), q("surface")):
        name = element.get(XML_ID)
        if name is None:
            continue
        fresh, count = name, 1
        while fresh in taken:
            count += 1
            fresh = f"{name}.{count}"
        taken.add(fresh)
        element.set(XML_ID, fresh)
        renamed[name] = fresh
    for node in pointing:
        for element in node.iter():
            for attribute in POINTERS if is_element(element) else ():
                held = element.get(attribute)
                if held:
                    parts = (f"#{renamed.get(p[1:], p[1:])}" if p[0] == "#" else p for p in held.split())
                    element.set(attribute, " ".join(parts))


def check_places(root: etree._Element) -> None:
    """RecordError when lines of the text have lost their places: each would stand there twice."""
    zones = {e.get(XML_ID) for e in root.iter(q("zone"))}
    lines = [lb for text in root.iterchildren(q("text")) for lb in text.iter(q("lb"))]
    has_facsimile = root.find(q("facsimile")) is not None
    lost = [
        lb for lb in lines if not has_facsimile or (lb.get("facs") and not set(pointers(lb, "facs")) & zones)
    ]
    if lost:
        raise RecordError(
            f"{len(lost)} of {len(lines)} lines have lost their places (the facsimile, or zones of it, were "
            "taken out), so nothing tells which line is which, and this file is left as it is. Keep it under "
            "another name, and read the page anew without it."
        )
