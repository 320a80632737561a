"""A record as the desk shows it: every line with its id, place, state and tokens, whoever wrote the file."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote

from ocr.corrections.letters import content_of
from ocr.corrections.places import baseline_of, box_of, outline_of, surface_of
from ocr.corrections.remove import removed
from ocr.corrections.session import changes_of, line_states, page_state
from ocr.corrections.spans import Document, Element, document
from ocr.corrections.tables import cells_of
from ocr.corrections.tokens import (
    PENDING,
    LineTokens,
    Token,
    line_name,
    line_tokens,
    machine_reading,
)
from ocr.errors import RecordError
from ocr.geometry import Box, Outline, Point
from ocr.page import Cell, Kind, ScanFacts
from ocr.tei.flow import probability
from ocr.tei.names import BORDER, REVIEW_THRESHOLD, STATES, THRESHOLD, UNREAD
from ocr.tei.places import is_covered
from ocr.tei.tree import read
from ocr.text import squeeze

_MOST_READ = 3000
"""Lines kept as they were read: fifty pages."""
_LOCK = threading.Lock()
_READ: "dict[tuple[object, ...], LineView]" = {}


@dataclass(frozen=True, slots=True)
class SurfaceView:
    """A leaf on the scan."""

    ident: str
    box: Box | None
    skew_deg: float | None = None
    """How far it was turned to be read; None when it was not."""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class EarlierReading:
    """Another reading of a whole line, kept in standOff."""

    resp: str
    text: str
    cert: float | None


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the text, in the order of the file."""

    ident: str
    """The id of its zone (or of its lb): what corrections name it by."""
    n: str | None
    kind: Kind
    region: str | None
    surface: str | None
    outline: Outline | None
    baseline: tuple[Point, ...]
    confidence: float | None
    by: str | None
    """The id of whoever read it."""
    state: str
    state_by: str | None
    tokens: tuple[Token, ...]
    machine: str
    """The whole line as the machine read it."""
    silence: str | None = None
    """unread, failed or blank; None of a line with words."""
    earlier: tuple[EarlierReading, ...] = ()
    cell: Cell | None = None
    """Its place in a table; None of what is in none."""
    border: float | None = None
    """How likely its outline is right, 0..1; None where nobody doubts it."""


@dataclass(frozen=True, slots=True)
class RemovedView:
    """A line that was taken out of the text."""

    id: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class UnreadView:
    """A place that is marked as writing and that no line covers."""

    ident: str
    surface: str | None
    outline: Outline
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One entry of revisionDesc."""

    id: str
    who: str
    when: str
    status: str | None
    text: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordView:
    """The whole file."""

    name: str
    state: str
    scan: ScanFacts
    surfaces: tuple[SurfaceView, ...] = ()
    lines: tuple[LineView, ...] = ()
    removed: tuple[RemovedView, ...] = ()
    unread: tuple[UnreadView, ...] = ()
    changes: tuple[ChangeView, ...] = ()
    """What revisionDesc tells, newest first."""
    people: dict[str, str] = field(default_factory=dict)
    """Id to name of everyone who answers for something, programs too."""
    threshold: float = REVIEW_THRESHOLD


def view_of(path: Path, content: bytes | None = None) -> RecordView:
    """The view of a TEI file, or of its bytes that were read already; RecordError names the file."""
    content = read(path) if content is None else content
    try:
        return view(content)
    except RecordError as error:
        raise RecordError(f"{path}: {error}") from error


def view(source: bytes) -> RecordView:
    """The view of a TEI file; RecordError when it cannot be parsed."""
    doc = document(source)
    header = doc.root.child("teiHeader") or doc.root
    state = page_state(doc)
    title = header.find("title")
    measure = _typed(header, "measure", THRESHOLD)
    threshold = None if measure is None else probability(measure.get("quantity"))
    everything = list(doc.root.walk())
    lines = tuple(_lines(doc))
    return RecordView(
        name="" if title is None else squeeze(doc.plain(title)),
        state=state if state in STATES else STATES[0],
        scan=_scan(doc, header),
        surfaces=tuple(_surface(doc, e) for e in everything if e.name == "surface"),
        lines=lines,
        unread=tuple(_unread(doc, everything, lines)),
        removed=tuple(
            RemovedView(
                ident, squeeze(content_of(doc, app.children[0])), next(iter(app.pointers("resp")), "")
            )
            for app in removed(doc)
            for ident in app.pointers("corresp")[:1]
        ),
        changes=tuple(
            ChangeView(entry.id, entry.who, entry.when, entry.status, entry.text, tuple(entry.targets))
            for entry in changes_of(doc)
        ),
        people={
            ident: squeeze(doc.plain(name))
            for e in header.walk()
            if e.name == "respStmt" and (ident := e.get("xml:id")) and (name := e.find("name", "persName"))
        },
        threshold=REVIEW_THRESHOLD if threshold is None else threshold,
    )


def _lines(doc: Document) -> Iterator[LineView]:
    states = line_states(doc)
    earlier, cells = _earlier(doc), cells_of(doc)
    taken: set[str] = set()
    for lb in doc.lines:
        ident = line_name(doc, lb)
        if ident in taken:
            continue
        taken.add(ident)
        facs = next((i for i in lb.pointers("facs") if i in doc.by_id), None)
        zone = None if facs is None else doc.by_id[facs]
        state, by = states.get(ident, (STATES[0], ""))
        yield replace(
            _line(doc, lb, zone, ident),
            state=state if state in STATES else STATES[0],
            state_by=by or None,
            earlier=tuple(earlier.get(ident, ())),
            cell=next((cells[e] for e in lb.above() if e in cells), None) if cells else None,
        )


def _line(doc: Document, lb: Element, zone: Element | None, ident: str) -> LineView:
    """A line as it stands between its own tags; one that is spelt as before is not read again."""
    if zone is None:
        return _line_read(doc, lb, zone, ident)
    above = tuple(doc.text[e.start : e.inner] for e in lb.above())
    block = next((e for e in lb.above() if e.name in {"ab", "p", "div", "body"}), doc.root)
    following = doc.following(lb)  # its content ends there at the latest, or with what holds it
    end = block.inner_end if following is None else min(block.inner_end, following.start)
    spelt = doc.text[lb.start : end]
    key = (ident, above, spelt, doc.spelt(zone), _surface_of(zone))
    with _LOCK:
        known = _READ.get(key)
    if known is None:
        known = _line_read(doc, lb, zone, ident)
        inner = {e.get("xml:id") for e in zone.walk()}
        if all(token.id in inner or token.id is None for token in known.tokens):
            with _LOCK:
                _READ[key] = known
                while len(_READ) > _MOST_READ:
                    del _READ[next(iter(_READ))]
    return known


def _line_read(doc: Document, lb: Element, zone: Element | None, ident: str) -> LineView:
    row = line_tokens(doc, lb)
    return LineView(
        ident=ident,
        n=lb.get("n"),
        kind=next((kind for kind in Kind if kind.value == lb.get("type")), Kind.TEXT),
        region=next(iter(row.block.pointers("facs")), None),
        surface=None if zone is None else _surface_of(zone),
        outline=None if zone is None else outline_of(zone),
        baseline=() if zone is None else baseline_of(zone),
        confidence=probability(lb.get("cert")),
        by=next(iter(lb.pointers("resp")), None),
        state=STATES[0],
        state_by=None,
        tokens=row.tokens,
        machine=_machine(doc, row),
        silence=_silence(row),
        border=None if zone is None else _border(zone),
    )


def _border(zone: Element) -> float | None:
    doubt = zone.child("certainty")
    return None if doubt is None or doubt.get("match") != BORDER else probability(doubt.get("degree"))


def _machine(doc: Document, row: LineTokens) -> str:
    """The line as the machine read it: of corrections what they keep, words taken out included."""
    words: list[tuple[float, str]] = []
    kept: set[Element] = set()
    for at, place in enumerate(row.places):
        app = next((piece.app for piece in place.pieces if piece.app is not None), None)
        if place.token.machine is None or app is None:
            words.append((at, place.token.text))
        elif app not in kept:  # one word of the machine's may have become several
            kept.add(app)
            words.append((at, place.token.machine))
    for at, unit, _ in row.empty:
        rdg = machine_reading(unit) if unit.name == "app" else None
        if rdg is not None:
            words.append((at - 0.5, content_of(doc, rdg)))
    return squeeze(" ".join(text for _, text in sorted(words, key=lambda pair: pair[0])))


def _silence(row: LineTokens) -> str | None:
    if row.tokens:
        return None
    reasons = [unit.get("reason") for _, unit, _ in row.empty if unit.name == "gap"]
    return next((reason for reason in PENDING if reason in reasons), "blank")


def _unread(doc: Document, everything: list[Element], lines: tuple[LineView, ...]) -> Iterator[UnreadView]:
    """Such places, but for those that lines cover by now."""
    outlines = [line.outline for line in lines if line.outline is not None]
    gaps = {ident: e for e in everything if e.name == "gap" for ident in e.pointers("facs")}
    for zone in (e for e in everything if e.name == "zone" and e.get("type") == UNREAD):
        ident, outline = zone.get("xml:id") or "", outline_of(zone)
        if outline is None or is_covered(outline, outlines):
            continue
        gap = gaps.get(ident)
        yield UnreadView(ident, _surface_of(zone), outline, "" if gap is None else squeeze(doc.plain(gap)))


def _earlier(doc: Document) -> dict[str, list[EarlierReading]]:
    readings: dict[str, list[EarlierReading]] = {}
    for app in doc.apps_aside:
        for ident in app.pointers("corresp"):
            for rdg in (e for e in app.children if e.name == "rdg"):
                by = next(iter(rdg.pointers("resp")), "")
                reading = EarlierReading(by, squeeze(content_of(doc, rdg)), probability(rdg.get("cert")))
                readings.setdefault(ident, []).append(reading)
    return readings


def _surface_of(zone: Element) -> str | None:
    surface = surface_of(zone)
    return None if surface is None else surface.get("xml:id")


def _surface(doc: Document, element: Element) -> SurfaceView:
    skew = _typed(element, "note", "skew")
    angle = None
    if skew is not None and skew.get("subtype") == "applied":
        angle = _number(skew.find("measure"), "quantity")
    remark = _typed(element, "note", "remark")
    text = "" if remark is None else squeeze(doc.plain(remark))
    return SurfaceView(element.get("xml:id") or "", box_of(element), angle, text)


def _scan(doc: Document, header: Element) -> ScanFacts:
    scan = next((e for e in header.walk() if e.name == "bibl" and e.get("type") == "scan"), None)
    if scan is None:
        facsimile = doc.root.child("facsimile")
        graphic = None if facsimile is None else facsimile.find("graphic")
        url = "" if graphic is None else unquote((graphic.get("url") or "").partition("#")[0])
        return ScanFacts(url or None)

    def text_of_typed(tag: str, kind: str) -> str:
        element = _typed(scan, tag, kind)
        return "" if element is None else squeeze(doc.plain(element))

    width, height, dpi = (
        _number(_typed(scan, "measure", kind), "quantity") for kind in ("width", "height", "resolution")
    )
    return ScanFacts(
        file=text_of_typed("idno", "file") or None,
        sha256=text_of_typed("idno", "sha256") or None,
        sheet=int(_number(scan.find("biblScope"), "from") or 1),
        width_px=None if width is None else int(width),
        height_px=None if height is None else int(height),
        dpi=dpi,
        media_type=text_of_typed("note", "media-type"),
    )


def _typed(element: Element, name: str, kind: str) -> Element | None:
    return next((e for e in element.walk() if e.name == name and e.get("type") == kind), None)


def _number(element: Element | None, attribute: str) -> float | None:
    try:
        value = float((None if element is None else element.get(attribute)) or "")
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None
