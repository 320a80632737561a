"""Lines put into a record, divided, joined, ordered and called what they are: their lb, words and zones."""

from collections.abc import Collection, Sequence
from string import ascii_lowercase

from ocr.corrections.markup import KIND_TAGS, in_kind, spell_token
from ocr.corrections.places import baseline_of, points_of
from ocr.corrections.session import Session
from ocr.corrections.shapes import (
    around,
    baseline,
    beyond,
    half,
    set_outline,
    spell_points,
    zone_of,
)
from ocr.corrections.spans import Document, Element, TextEdits, attribute
from ocr.corrections.tokens import LineTokens, PlacedToken, Token, common, line_name, line_tokens, zones_of
from ocr.errors import RecordError
from ocr.geometry import Point
from ocr.page import Kind
from ocr.tei.names import PICTURE
from ocr.tei.words import clean

WORK = "lines put in, divided or joined"
Points = Sequence[Point]


def add_line(
    session: Session, region: str, after: Element | None, places: tuple[Points, Points], kind: str, text: str
) -> None:
    """Puts a line into a region, behind another or as its first. `places`: outline and baseline.
    RecordError when the region is not there, or outline or baseline have too few points."""
    doc = session.doc
    check_kind(kind)
    if len(places[0]) < 3 or len(places[1]) == 1:
        raise RecordError("A line needs an outline of three points or more, and a baseline of two or none.")
    holder = doc.by_id.get(region)
    if holder is None or holder.name not in {"zone", "surface"}:
        raise RecordError(f"The region {region} is not in the file. Load the page again.")
    by, p = session.by(WORK), holder.prefix
    new_region = doc.free_id(f"{region}_r") if holder.name == "surface" else ""
    name = f"{new_region}_l1" if new_region else doc.free_id(f"{region}_l")
    zone = _zone(holder, name, places, by)
    lb = _lb(p, _number(doc, after), name, kind, by)
    words = " ".join(spell_token(Token(word), p, ()) for word in clean(text).split())
    line = lb + (in_kind(words, kind, p) if words else f'<{p}gap reason="unread" unit="line" quantity="1"/>')
    if new_region:
        points = spell_points(holder, around(places[0]))
        opened = f'<{p}zone xml:id="{new_region}" type="region" points="{points}" {by}>'
        session.put_inside(holder, f"{opened}{zone}</{p}zone>")
        div = next((pb.parent for pb in doc.pointing(region, "pb") if pb.parent is not None), None)
        if div is None:
            raise RecordError(f"No pb of the text leads to the surface {region}. Add one in an XML editor.")
        ab = f'<{p}ab type="text" facs="#{new_region}" change="#{session.change(WORK)}">{line}</{p}ab>'
        session.put(div.children[-1].end, div.children[-1].end, f"{doc.newline}{ab}")
    else:
        _put_zone(session, holder, after, zone)
        _put_line(session, region, after, line)


def check_kind(kind: str) -> None:
    """RecordError when that is no kind of line."""
    if kind not in {str(known) for known in Kind}:
        raise RecordError(f"A line cannot be {kind!r}; it is one of: {', '.join(Kind)}.")


def _zone(place: Element, name: str, places: tuple[Points, Points], by: str, inside: str = "") -> str:
    p, inside = place.prefix, baseline(place, places[1], by) + inside
    points = spell_points(place, places[0])
    opened = f'<{p}zone xml:id="{attribute(name)}" type="line" points="{points}" {by}'
    return f"{opened}>{inside}</{p}zone>" if inside else f"{opened}/>"


def _lb(p: str, n: str, zone: str, kind: str, by: str) -> str:
    type_ = "" if kind == Kind.TEXT else f' type="{kind}"'
    return f'<{p}lb n="{attribute(n)}" facs="#{attribute(zone)}"{type_} {by}/>'


def _number(doc: Document, after: Element | None) -> str:
    """The number of the line before, with the first letter that is free."""
    return free_number("0" if after is None else after.get("n") or "0", {lb.get("n") for lb in doc.lines})


def free_number(n: str, taken: Collection[str | None]) -> str:
    """A number for a line: this one, or with the first ending, a letter, that is not taken."""
    endings = ("", *ascii_lowercase, *(f"-{i}" for i in range(1, len(taken) + 2)))
    return next(number for end in endings if (number := f"{n}{end}") not in taken)


def _put_zone(edits: TextEdits, region: Element, after: Element | None, zone: str) -> None:
    doc = edits.doc
    before = None if after is None else zone_of(doc, after)
    if before is not None and before.parent is region:
        edits.put(before.end, before.end, f"{doc.indent(before)}{zone}")
        return
    first = next((c for c in region.children if c.name == "zone" and c.get("type") != PICTURE), None)
    if first is None:
        edits.put_inside(region, zone)
    else:
        edits.put(first.start, first.start, f"{zone}{doc.indent(first)}")


def _put_line(edits: TextEdits, region: str, after: Element | None, line: str) -> None:
    doc = edits.doc
    if after is not None:
        row = line_tokens(doc, after)
        at = top_level(doc, row)
        edits.put(at, at, f"{doc.newline}{line}")
        _part(edits, row, at)
        return
    ab = block_of(doc, region)
    first = next((lb for lb in doc.lines if lb.parent is ab), None)
    if first is not None:
        edits.put(first.start, first.start, f"{line}{doc.newline}")
    else:
        edits.put_inside(ab, line, apart=False)


def _part(edits: TextEdits, row: LineTokens, at: int) -> None:
    """A line behind `row` comes between it and the next: no word goes on there, and a new line begins."""
    lb = edits.doc.following(row.lb)
    if lb is not None and lb.start <= row.block.inner_end:
        if lb.get("break") == "no":
            edits.set(lb, "break", "yes")
        if lb.start == at:
            edits.put(at, at, edits.doc.newline)


def top_level(doc: Document, row: LineTokens) -> int:
    """Where the content of a line ends, without the white space after it; RecordError when the line or the
    next one begins inside a mark."""
    lb = doc.following(row.lb)
    ends_inside = lb is not None and lb.start == row.end and lb.parent is not row.block
    if row.lb.parent is not row.block or ends_inside:
        raise RecordError("This line begins or ends inside a mark. Change its bounds in an XML editor.")
    return max(row.lb.end, doc.end_of_text(row.end))


def block_of(doc: Document, region: str) -> Element:
    """The ab that holds the text of a region. RecordError when there is none."""
    block = next(doc.pointing(region, "ab"), None)
    if block is None:
        raise RecordError(f"The region {region} has no text in the file. Add the line in another region.")
    return block


def split_line(session: Session, lb: Element, at: int, cut: Sequence[Point]) -> None:
    """Divides a line before a token. `cut`: the first and last point of the line to cut along; without it,
    upright between the two words. Of the parts, a half without words is not read yet. RecordError when
    there is nothing to cut, or the cut does not go through the line."""
    doc = session.doc
    row, zone = line_tokens(doc, lb), zone_of(doc, lb)
    top_level(doc, row)
    places = row.places
    if not 0 <= at <= len(places) or (at in (0, len(places)) and len(cut) < 2):
        raise RecordError("A line is divided between two of its words, or along a line that you draw.")
    a, b = (cut[0], cut[-1]) if len(cut) > 1 else _upright(zone, places, at)
    side = _side(places, at, a, b)
    outlines = [half(points_of(zone), a, b, s, closed=True) for s in (side, -side)]
    bases = [half(baseline_of(zone), a, b, s, closed=False) for s in (side, -side)]
    if any(len(outline) < 3 for outline in outlines):
        raise RecordError("The cut does not go through the line. Draw it across the line.")
    by = session.by(WORK)
    region = next((e for e in zone.above() if e.name in {"zone", "surface"}), zone)
    name = doc.free_id(f"{region.get('xml:id') or 'line'}_l")
    moved = _moving(doc, zone, places, at)
    inside = "".join(doc.spelt(word) for word in moved)
    new = _zone(zone, name, (outlines[1], bases[1]), by, inside)
    for word in moved:
        session.take_out(word)
    set_outline(session, zone, outlines[0])
    path = zone.child("path")
    if path is not None:
        if len(bases[0]) > 1:
            session.set(path, "points", spell_points(zone, bases[0]))
        else:
            session.take_out(path)
    session.put(zone.end, zone.end, f"{doc.indent(zone)}{new}")
    reader = "".join(f'resp="#{attribute(who)}" ' for who in lb.pointers("resp")[:1])  # as before
    change = f'{reader}change="#{attribute(session.change(WORK))}"'
    _put_break(session, row, at, _lb(lb.prefix, _number(doc, lb), name, lb.get("type") or "text", change))


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


def _side(places: Sequence[PlacedToken], at: int, a: Point, b: Point) -> int:
    """On which side of the cut the first part stands: where its words are; else left, or above."""
    votes = 0
    for i, box in enumerate(place.token.box for place in places):
        away = 0.0 if box is None else beyond(a, b, box.centre)
        votes += ((away > 0) - (away < 0)) * (1 if i < at else -1)
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


def _put_break(edits: TextEdits, row: LineTokens, at: int, lb: str) -> None:
    doc = edits.doc
    places, p = row.places, row.lb.prefix
    unread = f'<{p}gap reason="unread" unit="line" quantity="1"/>'
    if at == 0:
        edits.put(row.lb.end, row.lb.end, f"{unread}{doc.newline}{lb}")
        return
    if at == len(places):
        end = top_level(doc, row)
        edits.put(end, end, f"{doc.newline}{lb}{unread}")
        _part(edits, row, end)
        return
    before, after = places[at - 1].pieces[-1], places[at].pieces[0]
    if before.app is not None and before.app is after.app:
        raise RecordError(
            "This line cannot be divided inside a correction of several words. Give the words back to the "
            "machine's reading (restore the line), divide it, and correct both parts."
        )
    shared = common(before.path, after.path)
    place = after.path[len(shared)].start if len(after.path) > len(shared) else after.outer[0]
    start = doc.end_of_text(place)
    closed = "".join(f"</{e.prefix}{e.name}>" for e in reversed(shared))
    opened = "".join(_again(doc, e) for e in shared)
    edits.put(start, place, f"{closed}{doc.newline}{lb}{opened}")


def _again(doc: Document, element: Element) -> str:
    """The start tag of an element once more, without its id."""
    ident = element.attributes.get("xml:id")
    tag = doc.text[element.start : element.inner]
    return tag if ident is None else tag[: ident[1] - element.start] + tag[ident[2] - element.start :]


def merge_lines(session: Session, first: Element, second: Element) -> None:
    """Joins two lines that follow each other: the words of the second stand behind those of the first.
    RecordError when they do not follow each other."""
    doc = session.doc
    a, b = line_tokens(doc, first), line_tokens(doc, second)
    if doc.following(first) is not second or a.block is not b.block:
        raise RecordError("Only a line and the next one of its region can be joined. Reorder them first.")
    top_level(doc, a)
    zones = zone_of(doc, first), zone_of(doc, second)
    session.change(WORK)
    start = doc.end_of_text(second.start)
    words = bool(a.places) and bool(b.places)
    session.put(start, second.end, " " if words and second.get("break") != "no" else "")
    if a.places or b.places:
        for _, unit, _ in [*a.empty, *b.empty]:
            if unit.name == "gap" and unit.get("reason") == "unread":
                session.put(unit.start, unit.end, "")
    if zones[0] is not zones[1]:
        _join_zones(session, *zones)
        old, new = line_name(doc, second), line_name(doc, first)
        session.forget(old)
        _repoint(session, old, new)


def _join_zones(session: Session, zone: Element, other: Element) -> None:
    doc = session.doc
    set_outline(session, zone, around([*points_of(zone), *points_of(other)]))
    bases = baseline_of(zone), baseline_of(other)
    base = max(bases, key=lambda points: abs(points[-1].x - points[0].x) if points else -1.0)
    if all(bases):
        left, right = sorted(bases, key=lambda points: points[0].x)
        if right[0].x >= left[-1].x - 1:
            base = (*left, *right)
    path = zone.child("path")
    fresh = baseline(zone, base, session.by(WORK)) if path is None else ""
    if path is not None:
        session.set(path, "points", spell_points(zone, base))
    words = [child for child in other.children if child.name == "zone"]
    moved = "".join(f"{doc.indent(word)}{doc.spelt(word)}" for word in words)
    if zone.children:
        if fresh:
            session.put_inside(zone, fresh, first=True)
        last = zone.children[-1]
        session.put(last.end, last.end, moved)
    elif fresh or moved:
        session.put_inside(zone, fresh + moved if fresh else moved.lstrip())
    session.take_out(other)


def _repoint(edits: TextEdits, old: str, new: str) -> None:
    """What led to a line that is no more leads to the one it is part of; changes are told apart (Session)."""
    for element in (e for e in edits.doc.root.walk() if e.name not in {"change", "lb"}):
        for name in ("corresp", "target", "facs"):
            pointers = (element.get(name) or "").split()
            if f"#{old}" in pointers:
                kept = [f"#{new}" if pointer == f"#{old}" else pointer for pointer in pointers]
                edits.set(element, name, " ".join(dict.fromkeys(kept)))


def set_kind(session: Session, lb: Element, kind: str) -> None:
    """Makes a line an insertion, a margin note, and so on: @type of lb, and the element around its words.
    RecordError for an unknown kind, or words in a mark over several lines."""
    check_kind(kind)
    row, p = line_tokens(session.doc, lb), lb.prefix
    if (lb.get("type") or Kind.TEXT) == kind:
        return
    session.set(lb, "type", None if kind == Kind.TEXT else kind)
    session.set(lb, "change", f"#{session.change('kinds of lines corrected')}")
    tag, wrapper = KIND_TAGS.get(kind), row.wrapper
    if wrapper is not None:
        session.put(wrapper.start, wrapper.inner, f"<{p}{tag}>" if tag else "")
        session.put(wrapper.inner_end, wrapper.end, f"</{p}{tag.split()[0]}>" if tag else "")
        return
    if not tag or not row.places:
        return
    pieces = [piece for place in row.places for piece in place.pieces]
    spans = [(p.path[0].start, p.path[0].end) if p.path else p.outer for p in pieces]
    low, high = min(start for start, _ in spans), max(end for _, end in spans)
    if not (lb.end <= low and high <= row.end):
        raise RecordError("The words of this line stand in a mark over several lines. Use an XML editor.")
    session.put(low, low, f"<{p}{tag}>")
    session.put(high, high, f"</{p}{tag.split()[0]}>")


def reorder(session: Session, region: str, names: Sequence[str]) -> None:
    """Puts the lines of a region into another order. The first place keeps its number, the second its, ...
    RecordError when not each line is named once."""
    doc = session.doc
    rows = [line_tokens(doc, lb) for lb in doc.lines if lb.parent is not None]
    rows = [row for row in rows if region in row.block.pointers("facs")]
    present = [line_name(doc, row.lb) for row in rows]
    if sorted(present) != sorted(names) or not rows:
        raise RecordError("The new order must name each line of the region once. Load the page again.")
    if present == list(names):
        return
    if len({id(row.block) for row in rows}) > 1:
        raise RecordError(
            "The lines of this region stand in several ab. Change their order in an XML editor."
        )
    ends = [top_level(doc, row) for row in rows]
    numbers = [row.lb.get("n") for row in rows]
    order = [present.index(name) for name in names]
    change = session.change("order of lines corrected")
    parts = []
    for place, old in enumerate(order):
        follows = place > 0 and order[place - 1] == old - 1
        # a line told to have been moved is not the machine's any more, so a later run leaves it there
        moved_by = f"#{change}" if place != old else rows[old].lb.get("change")
        text, goes_on = _moved(doc, rows[old].lb, ends[old], numbers[place], moved_by, follows=follows)
        if place:
            between = doc.text[ends[place - 1] : rows[place].lb.start]
            parts.append("" if goes_on else between or doc.newline)
        parts.append(text)
    session.put(rows[0].lb.start, ends[-1], "".join(parts))


def _moved(
    doc: Document, lb: Element, end: int, n: str | None, change: str | None, *, follows: bool
) -> tuple[str, bool]:
    """A line with its new number and the change that moved it, and whether a word of the line before goes
    on in it."""
    own = TextEdits(doc)
    own.set(lb, "n", n or lb.get("n"))
    own.set(lb, "change", change)
    goes_on = lb.get("break") == "no"
    if goes_on and not follows:
        own.set(lb, "break", "yes")
    return own.applied(end)[lb.start :], goes_on and follows
