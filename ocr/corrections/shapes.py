"""Where lines stand, changed in a record: baselines moved, outlines redrawn, zones put in."""

from collections.abc import Sequence

from ocr.corrections.places import EDGES, box_of, surface_of
from ocr.corrections.session import Session
from ocr.corrections.spans import Document, Element
from ocr.errors import RecordError
from ocr.geometry import Point
from ocr.tei.names import number

WORK = "places of lines corrected"


def zone_of(doc: Document, lb: Element) -> Element:
    """The zone a line points to; RecordError when it has none."""
    for name in lb.pointers("facs"):
        zone = doc.by_id.get(name)
        if zone is not None and zone.name == "zone":
            return zone
    raise RecordError(
        "This line has no place on the scan. Add it anew with an outline, then delete this one."
    )


def spell_points(place: Element, points: Sequence[Point]) -> str:
    """Points as TEI spells them, each brought into the surface of a zone. RecordError when one is no
    place."""
    surface = surface_of(place)
    frame = None if surface is None else box_of(surface)
    spelt = []
    for x, y in points:
        if not (abs(x) < 1e9 and abs(y) < 1e9):
            raise RecordError("A place on the scan must be given in numbers. Draw it again.")
        if frame is not None:
            x, y = min(max(x, frame.left), frame.right), min(max(y, frame.top), frame.bottom)  # noqa: PLW2901
        spelt.append(f"{number(x)},{number(y)}")
    return " ".join(spelt)


def move_baseline(session: Session, lb: Element, points: Sequence[Point]) -> None:
    """Draws the baseline of a line anew. RecordError for fewer than two points."""
    if len(points) < 2:
        raise RecordError("A baseline needs two points or more. Draw it again.")
    zone = zone_of(session.doc, lb)
    path, spelt = zone.child("path"), spell_points(zone, points)
    if path is None:
        session.put_inside(zone, baseline(zone, points, session.by(WORK)), first=True)
    elif path.get("points") != spelt:
        session.sign(path, WORK, spelt)


def baseline(zone: Element, points: Sequence[Point], by: str) -> str:
    """A path as it is written; nothing of fewer than two points."""
    return (
        f'<{zone.prefix}path type="baseline" points="{spell_points(zone, points)}" {by}/>'
        if len(points) > 1
        else ""
    )


def redraw_outline(session: Session, lb: Element, points: Sequence[Point]) -> None:
    """Draws the outline of a line anew. RecordError for fewer than three points."""
    if len(points) < 3:
        raise RecordError("An outline needs three points or more. Draw it again.")
    set_outline(session, zone_of(session.doc, lb), points)


def set_outline(session: Session, zone: Element, points: Sequence[Point]) -> None:
    """Gives a zone its outline, of which there is no doubt any more."""
    spelt = spell_points(zone, points)
    if zone.get("points") != spelt:
        for edge in EDGES:
            session.set(zone, edge, None)
        session.sign(zone, WORK, spelt)
        doubt = zone.child("certainty")
        if doubt is not None:  # it was of the machine's outline
            session.take_out(doubt)


def beyond(a: Point, b: Point, p: Point) -> float:
    """The cross product (b - a) x (p - a): its sign tells on which side of the line from a to b p lies."""
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)


def half(points: Sequence[Point], a: Point, b: Point, side: int, *, closed: bool) -> list[Point]:
    """The part of an outline (closed) or baseline on one side (the sign of `beyond`) of the line through a
    and b. Sutherland and Hodgman 1974."""

    def away(p: Point) -> float:
        return side * beyond(a, b, p)

    kept: list[Point] = []
    before = points[-1] if closed and points else None
    for p in points:
        if before is not None and (away(before) < 0) is not (away(p) < 0):
            share = away(before) / (away(before) - away(p))
            kept.append(Point(before.x + share * (p.x - before.x), before.y + share * (p.y - before.y)))
        if away(p) >= 0:
            kept.append(p)
        before = p
    return kept


def around(points: Sequence[Point]) -> list[Point]:
    """The convex outline around points, clockwise on the screen. Andrew's monotone chain, 1979."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered

    def chain(row: Sequence[Point]) -> list[Point]:
        kept: list[Point] = []
        for p in row:
            while len(kept) > 1 and beyond(kept[-2], kept[-1], p) <= 0:
                kept.pop()
            kept.append(p)
        return kept[:-1]

    return [*chain(ordered), *chain(ordered[::-1])]
