"""Lines put into a record and divided in it: their lb, their words, their zones."""

from collections.abc import Collection, Sequence
from string import ascii_lowercase

from ocr.corrections.markup import in_kind, spell_token
from ocr.corrections.places import baseline_of, points_of
from ocr.corrections.session import Session
from ocr.corrections.shapes import (
    around,
    baseline,
    half,
    put_inside,
    set_outline,
    spell_points,
    zone_of,
)
from ocr.corrections.spans import Document, Element, TextEdits, attribute
from ocr.corrections.tokens import LineTokens, PlacedToken, Token, line_name, line_tokens, zones_of
from ocr.errors import RecordError
from ocr.geometry import Point
from ocr.page import Kind
from ocr.tei.names import PICTURE
from ocr.tei.words import clean

WORK = "lines put in, divided or joined"


def add_line(
    doc: Document,
    edits: TextEdits,
    session: Session,
    region: str,
    after: Element | None,
    places: tuple[Sequence[Point], Sequence[Point]],
    kind: str,
    text: str,
) -> None:
    """Puts a line into a region, behind another or as its first. `places`: outline and baseline.
    RecordError when the region is not there, or outline or baseline have too few points."""
    check_kind(kind)
    outline, base = places
    if len(outline) < 3 or len(base) == 1:
        raise RecordError("A line needs an outline of three points or more, and a baseline of two or none.")
    holder = doc.by_id.get(region)
    if holder is None or holder.name not in {"zone", "surface"}:
        raise RecordError(f"The region {region} is not in the file. Load the page again.")
    who, change = session.person(), session.change(WORK)
    p = holder.prefix
    new_region = ""
    if holder.name == "surface":
        new_region = doc.free_id(f"{region}_r")
    name = f"{new_region}_l1" if new_region else doc.free_id(f"{region}_l")
    zone = _zone(doc, holder, name, outline, base, who, change)
    lb = _lb(p, _number(doc, after), name, kind, who, change)
    words = " ".join(spell_token(Token(word), p, ()) for word in clean(text).split())
    line = lb + (in_kind(words, kind, p) if words else f'<{p}gap reason="unread" unit="line" quantity="1"/>')
    if new_region:
        points = spell_points(doc, holder, around(outline))
        by = f'resp="#{attribute(who)}" change="#{attribute(change)}"'
        opened = f'<{p}zone xml:id="{new_region}" type="region" points="{points}" {by}>'
        put_inside(doc, edits, holder, f"{opened}{zone}</{p}zone>")
        _put_region(
            doc, edits, holder, f'<{p}ab type="text" facs="#{new_region}" change="#{change}">{line}</{p}ab>'
        )
        return
    _put_zone(doc, edits, holder, after, zone)
    _put_line(doc, edits, region, after, line)


def check_kind(kind: str) -> None:
    """RecordError when that is no kind of line."""
    if kind not in {str(known) for known in Kind}:
        raise RecordError(f"A line cannot be {kind!r}; it is one of: {', '.join(Kind)}.")


def _zone(
    doc: Document,
    place: Element,
    name: str,
    outline: Sequence[Point],
    base: Sequence[Point],
    who: str,
    change: str,
    inside: str = "",
) -> str:
    p = place.prefix
    points = spell_points(doc, place, outline)
    by = f'resp="#{attribute(who)}" change="#{attribute(change)}"'
    path = baseline(p, spell_points(doc, place, base), who, change) if len(base) > 1 else ""
    opened = f'<{p}zone xml:id="{attribute(name)}" type="line" points="{points}" {by}'
    return f"{opened}>{path}{inside}</{p}zone>" if path or inside else f"{opened}/>"


def _lb(p: str, n: str, zone: str, kind: str, who: str | None, change: str) -> str:
    type_ = "" if kind == Kind.TEXT else f' type="{kind}"'
    attributes = f'n="{attribute(n)}" facs="#{attribute(zone)}"{type_}'
    resp = f' resp="#{attribute(who)}"' if who else ""
    return f'<{p}lb {attributes}{resp} change="#{attribute(change)}"/>'


def _number(doc: Document, after: Element | None) -> str:
    """The number of the line before, with the first letter that is free."""
    return free_number("0" if after is None else after.get("n") or "0", {lb.get("n") for lb in doc.lines})


def free_number(n: str, taken: Collection[str | None]) -> str:
    """A number for a line: this one, or with the first ending, a letter, that is not taken."""
    endings = ("", *ascii_lowercase, *(f"-{i}" for i in range(1, len(taken) + 2)))
    return next(number for end in endings if (number := f"{n}{end}") not in taken)


def _put_zone(doc: Document, edits: TextEdits, region: Element, after: Element | None, zone: str) -> None:
    before = None if after is None else zone_of(doc, after)
    if before is not None and before.parent is region:
        edits.put(before.end, before.end, f"{doc.indent(before)}{zone}")
        return
    first = next((c for c in region.children if c.name == "zone" and c.get("type") != PICTURE), None)
    if first is None:
        put_inside(doc, edits, region, zone)
    else:
        edits.put(first.start, first.start, f"{zone}{doc.indent(first)}")


def _put_line(doc: Document, edits: TextEdits, region: str, after: Element | None, line: str) -> None:
    if after is not None:
        row = line_tokens(doc, after)
        at = top_level(doc, row)
        edits.put(at, at, f"{doc.newline}{line}")
        _part(doc, edits, row, at)
        return
    ab = block_of(doc, region)
    first = next((lb for lb in doc.lines if lb.parent is ab), None)
    if first is not None:
        edits.put(first.start, first.start, f"{line}{doc.newline}")
    else:
        put_inside(doc, edits, ab, line, apart=False)


def _part(doc: Document, edits: TextEdits, row: LineTokens, at: int) -> None:
    """A line behind `row` comes between it and the next: no word goes on there, and a new line begins."""
    following = doc.lines.index(row.lb) + 1
    if following < len(doc.lines) and doc.lines[following].start <= row.block.inner_end:
        lb = doc.lines[following]
        if lb.get("break") == "no":
            edits.set(lb, "break", "yes")
        if lb.start == at:
            edits.put(at, at, doc.newline)


def top_level(doc: Document, row: LineTokens) -> int:
    """Where the content of a line ends, without the white space after it; RecordError when the line or the
    next one begins inside a mark."""
    next_lb = doc.lines.index(row.lb) + 1
    ends_at_lb = next_lb < len(doc.lines) and doc.lines[next_lb].start == row.end
    if row.lb.parent is not row.block or (ends_at_lb and doc.lines[next_lb].parent is not row.block):
        raise RecordError("This line begins or ends inside a mark. Change its bounds in an XML editor.")
    return max(row.lb.end, doc.end_of_text(row.end))


def block_of(doc: Document, region: str) -> Element:
    """The ab that holds the text of a region. RecordError when there is none."""
    for element in doc.root.walk():
        if element.name == "ab" and region in element.pointers("facs"):
            return element
    raise RecordError(f"The region {region} has no text in the file. Add the line in another region.")


def _put_region(doc: Document, edits: TextEdits, surface: Element, ab: str) -> None:
    """Puts an ab at the end of the div of a surface."""
    name = surface.get("xml:id") or ""
    for element in doc.root.walk():
        if element.name == "pb" and name in element.pointers("facs") and element.parent is not None:
            parent = element.parent
            last = parent.children[-1]
            edits.put(last.end, last.end, f"{doc.newline}{ab}")
            return
    raise RecordError(f"No pb of the text leads to the surface {name}. Add one in an XML editor.")


def split_line(
    doc: Document, edits: TextEdits, session: Session, lb: Element, at: int, cut: Sequence[Point]
) -> None:
    """Divides a line before a token. `cut`: the first and last point of the line to cut along; without it,
    upright between the two words. Of the parts, a half without words is not read yet. RecordError when
    there is nothing to cut, or the cut does not go through the line."""
    row, zone = line_tokens(doc, lb), zone_of(doc, lb)
    top_level(doc, row)
    places = row.places
    if not 0 <= at <= len(places) or (at in (0, len(places)) and len(cut) < 2):
        raise RecordError("A line is divided between two of its words, or along a line that you draw.")
    a, b = (cut[0], cut[-1]) if len(cut) > 1 else _upright(zone, places, at)
    side = _side(doc, places, at, a, b)
    outlines = [half(points_of(zone), a, b, s, closed=True) for s in (side, -side)]
    bases = [half(baseline_of(zone), a, b, s, closed=False) for s in (side, -side)]
    if any(len(outline) < 3 for outline in outlines):
        raise RecordError("The cut does not go through the line. Draw it across the line.")
    who, change = session.person(), session.change(WORK)
    region = next((e for e in zone.above() if e.name in {"zone", "surface"}), zone)
    name = doc.free_id(f"{region.get('xml:id') or 'line'}_l")
    moved = _moving(doc, zone, places, at)
    inside = "".join(doc.spelt(word) for word in moved)
    new = _zone(doc, zone, name, outlines[1], bases[1], who, change, inside)
    for word in moved:
        edits.put(word.start - len(doc.indent(word)), word.end, "")
    set_outline(doc, edits, session, zone, outlines[0])
    path = zone.child("path")
    if path is not None:
        if len(bases[0]) > 1:
            edits.set(path, "points", spell_points(doc, zone, bases[0]))
        else:
            edits.put(path.start - len(doc.indent(path)), path.end, "")
    edits.put(zone.end, zone.end, f"{doc.indent(zone)}{new}")
    reader = next(iter(lb.pointers("resp")), None)  # whose words they are has not changed
    new_lb = _lb(lb.prefix, _number(doc, lb), name, lb.get("type") or "text", reader, change)
    _put_break(doc, edits, row, at, new_lb)


def _upright(zone: Element, places: Sequence[PlacedToken], at: int) -> tuple[Point, Point]:
    outline = points_of(zone)
    top, bottom = min(p.y for p in outline) - 1, max(p.y for p in outline) + 1
    left, right = min(p.x for p in outline), max(p.x for p in outline)
    before, after = places[at - 1].token.box, places[at].token.box
    if before is not None and after is not None and before != after:
        x = (before.right + after.left) / 2
    else:  # letters are about equally wide
        letters = [len(place.token.text) + 1 for place in places]
        x = left + (right - left) * sum(letters[:at]) / sum(letters)
    return Point(x, top), Point(x, bottom)


def _side(doc: Document, places: Sequence[PlacedToken], at: int, a: Point, b: Point) -> int:
    """On which side of the cut the first part stands: where its words are; else left, or above."""
    votes = 0.0
    for i, place in enumerate(places):
        box = place.token.box
        if box is not None:
            x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
            away = (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)
            votes += (1 if i < at else -1) * (away > 0) - (1 if i < at else -1) * (away < 0)
    if votes:
        return 1 if votes > 0 else -1
    if abs(b.x - a.x) > abs(b.y - a.y):
        return -1 if b.x > a.x else 1
    return 1 if b.y > a.y else -1


def _moving(doc: Document, zone: Element, places: Sequence[PlacedToken], at: int) -> list[Element]:
    stay = {z for place in places[:at] for z in zones_of(place.pieces)}
    go = [z for place in places[at:] for z in zones_of(place.pieces) if z not in stay]
    zones_of_words = (doc.by_id.get(z) for z in dict.fromkeys(go))
    return [e for e in zones_of_words if e is not None and e.parent is zone]


def _put_break(doc: Document, edits: TextEdits, row: LineTokens, at: int, lb: str) -> None:
    places, p = row.places, row.lb.prefix
    unread = f'<{p}gap reason="unread" unit="line" quantity="1"/>'
    if at == 0:
        edits.put(row.lb.end, row.lb.end, f"{unread}{doc.newline}{lb}")
        return
    if at == len(places):
        end = top_level(doc, row)
        edits.put(end, end, f"{doc.newline}{lb}{unread}")
        _part(doc, edits, row, end)
        return
    before, after = places[at - 1].pieces[-1], places[at].pieces[0]
    if before.app is not None and before.app is after.app:
        raise RecordError(
            "This line cannot be divided inside a correction of several words. Give the words back to the "
            "machine's reading (restore the line), divide it, and correct both parts."
        )
    depth = sum(1 for x, y in zip(before.path, after.path, strict=False) if x is y)
    shared = after.path[:depth]
    place = after.path[depth].start if len(after.path) > depth else after.outer[0]
    start = doc.end_of_text(place)
    closed = "".join(f"</{e.prefix}{e.name}>" for e in reversed(shared))
    opened = "".join(_again(doc, e) for e in shared)
    edits.put(start, place, f"{closed}{doc.newline}{lb}{opened}")


def _again(doc: Document, element: Element) -> str:
    """The start tag of an element once more, without its id."""
    ident = element.attributes.get("xml:id")
    tag = doc.text[element.start : element.inner]
    return tag if ident is None else tag[: ident[1] - element.start] + tag[ident[2] - element.start :]


def merge_lines(doc: Document, edits: TextEdits, session: Session, first: Element, second: Element) -> None:
    """Joins two lines that follow each other: the words of the second stand behind those of the first.
    RecordError when they do not follow each other."""
    a, b = line_tokens(doc, first), line_tokens(doc, second)
    if doc.lines.index(second) != doc.lines.index(first) + 1 or a.block is not b.block:
        raise RecordError("Only a line and the next one of its region can be joined. Reorder them first.")
    top_level(doc, a)
    zones = zone_of(doc, first), zone_of(doc, second)
    session.change(WORK)
    start = doc.end_of_text(second.start)
    words = bool(a.places) and bool(b.places)
    edits.put(start, second.end, " " if words and second.get("break") != "no" else "")
    if a.places or b.places:
        for _, unit, _ in [*a.empty, *b.empty]:
            if unit.name == "gap" and unit.get("reason") == "unread":
                edits.put(unit.start, unit.end, "")
    if zones[0] is not zones[1]:
        _join_zones(doc, edits, session, *zones)
        old, new = line_name(doc, second), line_name(doc, first)
        session.forget(old)
        _repoint(doc, edits, old, new)


def _join_zones(doc: Document, edits: TextEdits, session: Session, zone: Element, other: Element) -> None:
    set_outline(doc, edits, session, zone, around([*points_of(zone), *points_of(other)]))
    bases = baseline_of(zone), baseline_of(other)
    base = max(bases, key=lambda points: abs(points[-1].x - points[0].x) if points else -1.0)
    if all(bases):
        left, right = sorted(bases, key=lambda points: points[0].x)
        if right[0].x >= left[-1].x - 1:
            base = (*left, *right)
    path = zone.child("path")
    fresh = ""
    if path is not None:
        edits.set(path, "points", spell_points(doc, zone, base))
    elif base:
        who, change = session.person(), session.change(WORK)
        fresh = baseline(zone.prefix, spell_points(doc, zone, base), who, change)
    words = [child for child in other.children if child.name == "zone"]
    moved = "".join(f"{doc.indent(word)}{doc.spelt(word)}" for word in words)
    if zone.children:
        if fresh:
            put_inside(doc, edits, zone, fresh, first=True)
        last = zone.children[-1]
        edits.put(last.end, last.end, moved)
    elif fresh or moved:
        put_inside(doc, edits, zone, fresh + moved if fresh else moved.lstrip())
    edits.put(other.start - len(doc.indent(other)), other.end, "")


def _repoint(doc: Document, edits: TextEdits, old: str, new: str) -> None:
    """What led to a line that is no more leads to the one it is part of; changes are told apart (Session)."""
    for element in doc.root.walk():
        if element.name in {"change", "lb"}:
            continue
        for name in ("corresp", "target", "facs"):
            pointers = (element.get(name) or "").split()
            if f"#{old}" in pointers:
                kept = [f"#{new}" if pointer == f"#{old}" else pointer for pointer in pointers]
                edits.set(element, name, " ".join(dict.fromkeys(kept)))
