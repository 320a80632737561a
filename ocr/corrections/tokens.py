"""A line of a record as the reviewer sees it, a row of tokens, and where each of them stands in the file.

A token is what stands between two spaces, punctuation included; a gap is one by itself. Its text is what a
diplomatic reading gives: of choice the first, of app the lem.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from operator import attrgetter

from ocr.corrections.letters import SILENT, Part, content_of, folded, is_persons, mark_of, parts_of, text_of
from ocr.corrections.places import box_around
from ocr.corrections.spans import Document, Element, unescape
from ocr.errors import RecordError
from ocr.geometry import Box
from ocr.tei.flow import probability
from ocr.tei.names import LETTER, LOW_CONFIDENCE, RIVAL
from ocr.text import whole_number

MARKS = ("del", "add", "supplied", "unclear", "foreign", "hi", "superscript", "abbr")
"""What a token can be marked as, outermost element first."""
KIND_MARKS = {"insertion": "add", "struck": "del", "number": "fw"}
"""The element that holds the words of a line of such a kind."""
PENDING = ("unread", "failed")
_ATOMS = frozenset({"w", "pc", "gap", "choice", "app"})
_INLINE = frozenset(
    {"add", "del", "hi", "w", "subst", "supplied", "unclear", "foreign", "seg", "fw", "restore", "app"}
    | {"lem", "rdg", "choice", "abbr", "expan", "sic", "corr", "orig", "reg", "damage", "emph", "retrace"}
)
_Path = tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Ink that cannot be read: why, and about how many letters (None when nobody can tell)."""

    reason: str
    extent: int | None = None


@dataclass(frozen=True, slots=True)
class TokenRival:
    """Another reading the machine thought of."""

    text: str
    cert: float | None


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its punctuation. `id` is that of its zone (the second token of a zone has none)."""

    text: str
    id: str | None = None
    marks: tuple[str, ...] = ()
    expan: str | None = None
    gap: Gap | None = None
    cert: float | None = None
    box: Box | None = None
    rivals: tuple[TokenRival, ...] = ()
    machine: str | None = None
    """What the machine read here, when a person corrected or confirmed it."""
    by: str | None = None
    """The id of the person who did."""
    parts: tuple[Part, ...] = ()
    """The letters by their own marks, where not all are marked alike; together they are the text."""

    @property
    def reading(self) -> tuple[object, ...]:
        """What two tokens must share to be the same reading."""
        return (self.text, tuple(sorted(self.marks)), self.expan, self.gap, self.parts)


@dataclass(eq=False, slots=True)
class TokenSpan:
    """A part of a token in the file. `unit` is the outermost element that is changed as a whole (w, pc, gap,
    choice, app), None for bare text; `path` leads from the block to what holds the unit."""

    start: int
    end: int
    text: str
    unit: Element | None
    element: Element | None
    path: tuple[Element, ...]
    within: tuple[Element, ...]
    """All elements around it, those in its unit too."""
    marks: tuple[str, ...] = ()
    expan: str | None = None

    @property
    def outer(self) -> tuple[int, int]:
        """Where the unit stands."""
        return (self.start, self.end) if self.unit is None else (self.unit.start, self.unit.end)

    @property
    def app(self) -> Element | None:
        """The correction the piece stands in."""
        return self.unit if self.unit is not None and self.unit.name == "app" else None


@dataclass(eq=False, slots=True)
class PlacedToken:
    """A token and the pieces it stands in."""

    token: Token
    pieces: list[TokenSpan]


@dataclass(eq=False, slots=True)
class LineTokens:
    """A line in the file: its lb, where its content ends, its tokens, and units without text (words taken
    out, gaps that wait for a reading), whose place is that of the token that follows."""

    lb: Element
    block: Element
    end: int
    places: list[PlacedToken] = field(default_factory=list)
    empty: list[tuple[int, Element, tuple[Element, ...]]] = field(default_factory=list)
    wrapper: Element | None = None
    """The add, del or fw that a line of such a kind stands in."""

    @property
    def tokens(self) -> tuple[Token, ...]:
        """What the reviewer sees."""
        return tuple(place.token for place in self.places)


def line_name(doc: Document, lb: Element) -> str:
    """How a line is called: the id of its zone, else its own, else lb.7 for the seventh of the file."""
    return next(iter(lb.pointers("facs")), None) or lb.get("xml:id") or f"lb.{doc.lines.index(lb) + 1}"


def line_break(doc: Document, line: str) -> Element:
    """The lb of a line; RecordError when there is none, or more than one."""
    breaks = [lb for lb in doc.lines if line in lb.pointers("facs") or lb.get("xml:id") == line]
    if not breaks and line.startswith("lb.") and (number := whole_number(line[3:])):
        breaks = doc.lines[number - 1 : number]
    if len(breaks) != 1:
        raise RecordError(
            f"The line {line} stands {'not' if not breaks else 'more than once'} in the file. "
            "Load the page again; it was changed elsewhere."
        )
    return breaks[0]


def line_tokens(doc: Document, lb: Element) -> LineTokens:
    """One line with its tokens."""
    block = next((e for e in lb.above() if e.name not in _INLINE), doc.root)
    following, end = doc.following(lb), block.inner_end
    if following is not None and following.start < end:
        end = following.start
    row = LineTokens(lb, block, end)
    walk = _Walk(doc, lb.end, end)
    walk.inside(block, (), (), None)
    groups, row.empty = walk.done()
    kind = KIND_MARKS.get(lb.get("type") or "")
    heads = {p.path[0] if p.path else None for group in groups for p in group}
    heads |= {path[0] if path else None for _, _, path in row.empty}
    head = next(iter(heads), None)
    if kind and len(heads) == 1 and head is not None and head.name == kind and _between(row, head):
        row.wrapper = head
    known: set[str] = set()
    row.places = [PlacedToken(_token(doc, group, row, known), group) for group in groups]
    return row


def _between(row: LineTokens, element: Element) -> bool:
    return row.lb.end <= element.start and element.end <= row.end


class _Walk:
    """Gathers the pieces between two places of a block, cut into groups at white space."""

    def __init__(self, doc: Document, start: int, end: int) -> None:
        self._doc, self._start, self._end = doc, start, end
        self._groups: list[list[TokenSpan]] = [[]]
        self._empty: list[tuple[int, Element, tuple[Element, ...]]] = []

    def done(self) -> tuple[list[list[TokenSpan]], list[tuple[int, Element, tuple[Element, ...]]]]:
        at, places = 0, []
        for group in self._groups:
            places.append(at)
            at += bool(group)
        empty = [(places[min(i, len(places) - 1)], unit, path) for i, unit, path in self._empty]
        return [group for group in self._groups if group], empty

    def inside(self, element: Element, path: _Path, within: _Path, unit: Element | None) -> None:
        """What stands in an element, as far as it lies between the two places."""
        first = bisect_right(element.children, self._start, key=attrgetter("end"))
        at = element.children[first - 1].end if first else element.inner
        for i in range(first, len(element.children)):
            child = element.children[i]
            if child.start >= self._end:
                break
            self._text(at, child.start, path, within, unit)
            self._visit(child, path, within, unit)
            at = child.end
        self._text(at, element.inner_end, path, within, unit)

    def _visit(self, child: Element, path: _Path, within: _Path, unit: Element | None) -> None:
        name = child.name
        if name == "lb" or name in SILENT:
            return
        if name == "space":
            self._groups.append([])
        elif name == "app":
            lem = child.child("lem")
            before = sum(map(len, self._groups))
            if lem is not None:
                self.inside(lem, path, within, unit or child)
            if sum(map(len, self._groups)) == before and unit is None:
                self._nothing(child, path)
        elif name == "gap":
            if child.get("reason") in PENDING and unit is None:
                self._nothing(child, path)
            else:
                piece = TokenSpan(child.start, child.end, "", unit or child, child, path, within)
                piece.marks = _marks_of(within)
                self._groups += [[piece], []]
        elif name in _ATOMS and child.find("lb") is None:
            letters = text_of(self._doc, child)
            piece = TokenSpan(child.start, child.end, letters, unit or child, child, path, within)
            abbr, expan = child.find("abbr"), child.find("expan")
            piece.marks = (*_marks_of(within), "abbr") if abbr is not None else _marks_of(within)
            piece.expan = None if expan is None else self._doc.plain(expan)
            self._groups[-1].append(piece)
        else:
            self.inside(child, (*path, child) if unit is None else path, (*within, child), unit)

    def _nothing(self, unit: Element, path: tuple[Element, ...]) -> None:
        # it belongs before the next token: of the group being filled when that is empty, else of the next
        self._empty.append((len(self._groups) - (not self._groups[-1]), unit, path))

    def _text(self, start: int, end: int, path: _Path, within: _Path, unit: Element | None) -> None:
        for text, begins, ends in self._doc.runs(max(start, self._start), min(end, self._end)):
            spelt = self._doc.text[begins:ends]
            if not text.strip(" \t\r\n"):
                self._groups.append([])
                continue
            words = spelt.split() if not spelt.startswith("<![CDATA[") else [spelt]
            at = begins
            for word in words:
                begin = self._doc.text.index(word, at)
                if begin > at:
                    self._groups.append([])
                at = begin + len(word)
                letters = text if spelt.startswith("<") else unescape(word)
                piece = TokenSpan(begin, at, letters, unit, None, path, within, _marks_of(within))
                self._groups[-1].append(piece)
            if at < ends:
                self._groups.append([])


def _marks_of(path: tuple[Element, ...]) -> tuple[str, ...]:
    return tuple(mark_of(e) for e in path if e.name in MARKS and is_persons(e))


def common(path: _Path, other: _Path) -> _Path:
    """The elements, from the block inwards, that two paths share."""
    return tuple(a for a, _ in takewhile(lambda pair: pair[0] is pair[1], zip(path, other, strict=False)))


def zones_of(pieces: list[TokenSpan]) -> list[str]:
    """The zones that pieces point to, each once."""
    pointers = (i for p in pieces if p.element is not None for i in p.element.pointers("facs"))
    return list(dict.fromkeys(pointers))


def _token(doc: Document, pieces: list[TokenSpan], row: LineTokens, known: set[str]) -> Token:
    main = next(
        (p for p in pieces if p.element is not None and p.element.name in {"w", "gap"}),
        next((p for p in pieces if p.element is not None and p.element.get("facs")), pieces[0]),
    )
    element = main.element
    if element is not None and element.name == "choice":
        element = element.find("w") or element
    zones = zones_of(pieces)
    own = next((z for z in zones if z not in known), None) if zones and zones[0] not in known else None
    known.update(zones)
    gap = None
    if element is not None and element.name == "gap":
        count = element.get("quantity") or element.get("extent") or ""
        gap = Gap(element.get("reason") or "illegible", whole_number(count))
    around = list(main.marks)
    if row.wrapper is not None and row.wrapper.name in around:
        around.remove(row.wrapper.name)
    parts, marks = _parts(doc, pieces, tuple(around))
    app = next((p.app for p in pieces if p.app is not None), None)
    machine = by = None
    if app is not None and (rdg := machine_reading(app)) is not None:
        machine = " ".join(content_of(doc, rdg).split())
        lem = app.children[0]
        by = next(iter(lem.pointers("resp")), None)
    return Token(
        text="".join(p.text for p in pieces),
        id=own,
        marks=tuple(m for m in MARKS if m in marks),
        expan=next((p.expan for p in pieces if p.expan is not None), None),
        gap=gap,
        cert=None if element is None else probability(element.get("cert")),
        box=box_around(doc, zones),
        rivals=tuple(_rivals(doc, pieces, main)),
        machine=machine,
        by=by,
        parts=parts,
    )


def _parts(
    doc: Document, pieces: list[TokenSpan], marks: tuple[str, ...]
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The letters of a token with the marks that stand within its word, and the marks of the whole."""
    if not any(p.element is not None and p.element.name == "w" and p.element.children for p in pieces):
        return (), marks
    if "abbr" in marks:
        return (), marks
    letters = [[Part(p.text)] if p.element is None else parts_of(doc, p.element) for p in pieces]
    return folded([part for some in letters for part in some], marks)


def machine_reading(app: Element) -> Element | None:
    """The reading that a correction keeps: app(lem, rdg) and nothing else; None for any other app."""
    names = [child.name for child in app.children]
    return app.children[1] if names == ["lem", "rdg"] else None


def _rivals(doc: Document, pieces: list[TokenSpan], main: TokenSpan) -> Iterator[TokenRival]:
    """Other readings of a word, the marks around it put back: first with one doubtful letter read otherwise,
    the likeliest first; then those in a choice of ours."""
    word, at = main.element, pieces.index(main)
    if word is None:
        return
    before, after = ("".join(p.text for p in some) for some in (pieces[:at], pieces[at + 1 :]))
    choices = [
        (probability(other.get("cert")) or 0.0, other)
        for choice in word.walk()
        if choice.name == "choice" and choice.children and choice.children[0].get("reason") == LETTER
        for other in choice.children[1:]
        if other.name == "unclear"
    ]
    for _, other in sorted(choices, key=lambda pair: -pair[0]):
        yield TokenRival(f"{before}{text_of(doc, word, other)}{after}", None)
    choice = word.child("choice")
    first, *others = [word] if choice is None else choice.children or [word]
    if first.name == "unclear" and first.get("reason") in {LOW_CONFIDENCE, RIVAL}:
        weak = "".join(doc.plain(c) for c in word.children if c.name == "pc")
        for other in others:
            yield TokenRival(f"{before}{doc.plain(other)}{weak}{after}", probability(other.get("cert")))
