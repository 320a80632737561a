"""The lines of a record as values for the reviewer's page, and their tokens as JSON values and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ocr.errors import RecordError
from ocr.geometry import Box
from ocr.tei.edit_header import line_states
from ocr.tei.flow import probability
from ocr.tei.spans import Document, Element
from ocr.tei.tokens import MARKS, PENDING, Gap, Token, box_around, line_name, machine_reading, row_of

_LONGEST = 1000
"""Letters in one token; no word is so long, and a body of junk need not be kept."""


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line: where it is (pixels of the upright scan), what stands on it, who says so."""

    id: str
    n: str | None
    kind: str
    order: int
    """The place of the line in the file, from 1."""
    surface: str | None
    region: str | None
    box: Box | None
    outline: tuple[tuple[float, float], ...]
    baseline: tuple[tuple[float, float], ...]
    cert: float | None
    resp: str | None
    state: str
    by: str | None
    tokens: tuple[Token, ...]
    machine: str
    """What the machine read on the whole line."""
    silence: str | None
    """Why there are no words: unread, failed or blank; None when there are some."""
    failure: str | None
    history: int
    """How many corrections the line holds in the file."""


def line_rows(doc: Document) -> tuple[LineRow, ...]:
    """All lines of a record, in the order of the file."""
    states = line_states(doc)
    return tuple(_line_row(doc, lb, order, states) for order, lb in enumerate(doc.lines, 1))


def line_row(doc: Document, line: str) -> LineRow:
    """One of them."""
    from ocr.tei.tokens import line_break

    lb = line_break(doc, line)
    return _line_row(doc, lb, doc.lines.index(lb) + 1, line_states(doc))


def _line_row(doc: Document, lb: Element, order: int, states: Mapping[str, tuple[str, str]]) -> LineRow:
    row, name = row_of(doc, lb), line_name(doc, lb)
    zone = doc.by_id.get(name)
    if zone is not None and zone.name != "zone":
        zone = None
    above = [] if zone is None else list(zone.above())
    path = None if zone is None else next((c for c in zone.children if c.name == "path"), None)
    state, by = states.get(name, ("draft", ""))
    waiting = [unit for _, unit, _ in row.empty if unit.name == "gap"]
    silence = failure = None
    if not row.tokens:
        silence = "blank" if not waiting else waiting[0].get("reason")
    if any(unit.get("reason") == "failed" for unit in waiting):
        failure = " ".join(" ".join(doc.plain(unit) for unit in waiting).split())
    apps = {id(p.app): p.app for place in row.places for p in place.pieces if p.app is not None}
    apps |= {id(unit): unit for _, unit, _ in row.empty if unit.name == "app"}
    return LineRow(
        id=name,
        n=lb.get("n"),
        kind=lb.get("type") or "text",
        order=order,
        surface=next((e.get("xml:id") for e in above if e.name == "surface"), None),
        region=next((e.get("xml:id") for e in above if e.name == "zone"), None),
        box=None if zone is None else box_around(doc, [name]),
        outline=() if zone is None else points_of(zone),
        baseline=() if path is None else points_of(path),
        cert=probability(lb.get("cert")),
        resp=next(iter(lb.pointers("resp")), None),
        state=state,
        by=by or None,
        tokens=row.tokens,
        machine=machine_line(doc, lb),
        silence=silence,
        failure=failure,
        history=sum(machine_reading(app) is not None for app in apps.values()),
    )


def machine_line(doc: Document, lb: Element) -> str:
    """What the machine read on a line: where persons corrected it, the reading they kept."""
    row = row_of(doc, lb)
    said: list[tuple[int, str]] = []
    seen: set[int] = set()
    for place in row.places:
        app = next((p.app for p in place.pieces if p.app is not None), None)
        if app is None or place.token.machine is None:
            said.append((place.pieces[0].start, place.token.text))
        elif app.start not in seen:
            seen.add(app.start)
            around = "".join(p.text for p in place.pieces if p.app is None)
            text = place.token.machine
            if around:  # marks outside the correction: they stand before or after it
                first = place.pieces[0].app is None
                inside = [i for i, p in enumerate(place.pieces) if p.app is not None]
                head = "".join(p.text for p in place.pieces[: inside[0]]) if first else ""
                text = head + text + "".join(p.text for p in place.pieces[inside[-1] + 1 :])
            said.append((app.start, text))
    for _, unit, _ in row.empty:
        rdg = machine_reading(unit) if unit.name == "app" else None
        if rdg is not None:
            said.append((unit.start, doc.plain(rdg)))
    return " ".join(" ".join(text for _, text in sorted(said)).split())


def points_of(element: Element) -> tuple[tuple[float, float], ...]:
    """The points of a zone or path (four corners for a box); none when they cannot be read."""
    held = element.get("points")
    try:
        if held is not None:
            pairs = (pair.split(",") for pair in held.split())
            return tuple((float(x), float(y)) for x, y in pairs)
        left, top, right, bottom = (float(element.get(e) or "") for e in ("ulx", "uly", "lrx", "lry"))
    except ValueError:
        return ()
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def line_as_json(line: LineRow) -> dict[str, Any]:
    """The line in the form the browser takes."""
    return {
        "id": line.id,
        "n": line.n,
        "kind": line.kind,
        "order": line.order,
        "surface": line.surface,
        "region": line.region,
        "box": _edges(line.box),
        "outline": [list(point) for point in line.outline],
        "baseline": [list(point) for point in line.baseline],
        "cert": line.cert,
        "resp": line.resp,
        "state": line.state,
        "by": line.by,
        "tokens": [token_as_json(token) for token in line.tokens],
        "machine": line.machine,
        "silence": line.silence,
        "failure": line.failure,
        "history": line.history,
    }


def token_as_json(token: Token) -> dict[str, Any]:
    """The token in the form the browser takes."""
    gap = token.gap
    return {
        "id": token.id,
        "text": token.text,
        "marks": list(token.marks),
        "expan": token.expan,
        "gap": None if gap is None else {"reason": gap.reason, "extent": gap.extent},
        "cert": token.cert,
        "box": _edges(token.box),
        "rivals": [{"text": rival.text, "cert": rival.cert} for rival in token.rivals],
        "machine": token.machine,
        "by": token.by,
    }


def _edges(box: Box | None) -> list[float] | None:
    return None if box is None else [box.left, box.top, box.right, box.bottom]


def tokens_from_json(held: object) -> tuple[Token, ...]:
    """Tokens as the browser sends them (text, id, marks, expan, gap; the rest is not taken from there)."""
    if not isinstance(held, Sequence) or isinstance(held, str):
        raise RecordError("The tokens of a line must be a list. Load the page again.")
    return tuple(_token_from(one) for one in held)


def _token_from(held: object) -> Token:
    if not isinstance(held, Mapping):
        raise RecordError("A token must be an object with a text. Load the page again.")
    text, name, expan = (held.get(key) for key in ("text", "id", "expan"))
    marks, gap = held.get("marks") or [], held.get("gap")
    good = (
        isinstance(text, str | None)
        and isinstance(name, str | None)
        and isinstance(expan, str | None)
        and isinstance(marks, list)
        and all(isinstance(mark, str) and mark in MARKS for mark in marks)
        and len(text or "") <= _LONGEST
        and len(expan or "") <= _LONGEST
    )
    if not good:
        raise RecordError(
            f"A token needs a text of at most {_LONGEST} letters and marks out of {', '.join(MARKS)}."
        )
    return Token(text or "", name, tuple(marks), expan or None, None if gap is None else _gap_from(gap))


def _gap_from(held: object) -> Gap:
    reason = held.get("reason", "illegible") if isinstance(held, Mapping) else None
    extent = held.get("extent") if isinstance(held, Mapping) else None
    right = isinstance(extent, int) and not isinstance(extent, bool) and 0 <= extent <= _LONGEST
    if not isinstance(reason, str) or not reason.strip() or reason in PENDING or len(reason) > 80:
        raise RecordError("A gap needs a reason, such as illegible, damage or faded.")
    if extent is not None and not right:
        raise RecordError("The extent of a gap is a whole number of letters, or nothing.")
    return Gap("_".join(reason.split()), extent)
