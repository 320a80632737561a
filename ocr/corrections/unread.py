"""Places that nobody had read, in step with the lines that persons draw: where lines cover one, its gap waits
in standOff as app[@type='covered'], byte for byte, and comes back when they leave. Its zone stays.
"""

from ocr.corrections.places import outline_of, surface_of
from ocr.corrections.reread import keep_reading_aside
from ocr.corrections.session import Session
from ocr.corrections.spans import SPACE, Document, Element, TextEdits, attribute
from ocr.tei.names import COVERED, UNREAD
from ocr.tei.places import is_covered


def covered_places(doc: Document) -> frozenset[str]:
    """The ids of the places that the lines of the text cover."""
    places = [zone for zone in doc.by_id.values() if zone.name == "zone" and zone.get("type") == UNREAD]
    if not places:
        return frozenset()
    drawn = (doc.by_id.get(ident) for lb in doc.lines for ident in lb.pointers("facs"))
    lines = [line for zone in drawn if zone is not None and (line := outline_of(zone)) is not None]
    return frozenset(
        zone.get("xml:id") or ""
        for zone in places
        if (place := outline_of(zone)) is not None and is_covered(place, lines)
    )


def settle(session: Session, before: frozenset[str]) -> None:
    """Puts aside the gaps of places that lines have come to cover, and brings back those of places they left.
    `before`: what was covered before the change."""
    doc = session.doc
    now = covered_places(doc)
    put = [gap for gap in place_gaps(doc) if set(gap.pointers("facs")) & (now - before)]
    back = [
        app
        for app in doc.apps_aside
        if app.get("type") == COVERED and app.children and {*app.pointers("corresp")[:1]} & (before - now)
    ]
    for gap in put:
        session.put(gap.start, doc.end_of_space(gap.end), "")
    for app in back:
        _bring_back(session, app)
    if put:
        p = doc.root.prefix
        spelt = (
            f'<{p}app type="{COVERED}" corresp="#{attribute(gap.pointers("facs")[0])}">'
            f"<{p}rdg>{doc.spelt(gap)}</{p}rdg></{p}app>"
            for gap in put
        )
        keep_reading_aside(session, p, "".join(spelt))
    remove_from_aside(session, back)


def remove_from_aside(edits: TextEdits, apps: list[Element], *, emptied: bool = True) -> None:
    """Takes apps out of standOff; a listApp or standOff that holds nothing else goes, too, if it may."""
    doc = edits.doc
    going = list(dict.fromkeys(apps))
    for element in going:  # which grows
        holder = element.parent
        if emptied and holder is not None and holder.name in {"listApp", "standOff"} and holder not in going:
            going += [holder] if all(child in going for child in holder.children) else []
    for element in (e for e in going if e.parent not in going):
        end = element.end
        if element.name == "standOff" and doc.text.startswith(doc.newline, end):
            end += len(doc.newline)
        edits.put(element.start, end, "")


def _bring_back(edits: TextEdits, app: Element) -> None:
    """Puts a gap where its zone stands among those of its surface: before the next, or last in the div."""
    doc = edits.doc
    spelt = doc.inside(app.children[0])
    zone = doc.by_id[app.pointers("corresp")[0]]
    surface = surface_of(zone)
    name = "" if surface is None else surface.get("xml:id") or ""
    div = next((pb.parent for pb in doc.pointing(name, "pb") if pb.parent is not None), None)
    if div is None:
        return
    for gap in place_gaps(doc):
        following = doc.by_id.get(next(iter(gap.pointers("facs")), ""))
        if gap.parent is div and following is not None and following.start > zone.start:
            edits.put(gap.start, gap.start, f"{spelt}{doc.newline}")
            return
    if doc.text[div.inner_end - 1] in SPACE:
        edits.put(div.inner_end, div.inner_end, f"{spelt}{doc.newline}")
    else:
        edits.put_inside(div, spelt, apart=False)


def place_gaps(doc: Document) -> list[Element]:
    """The gaps that stand for places in no line."""
    gaps = (e for e in doc.root.walk() if e.name == "gap" and e.get("reason") == UNREAD and e.get("facs"))
    return [gap for gap in gaps if gap.parent is not None and gap.parent.name == "div"]
