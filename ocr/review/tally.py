"""How far a page is, from a quick look at its bytes: thousands of pages are listed without parsing them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ocr.corrections.view import LineView, RecordView
from ocr.page import Cell
from ocr.review.priority import Effort, WordOdds, effort
from ocr.tei.names import STATES
from ocr.tei.tables import placed

_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_REVISION = re.compile(rb"<revisionDesc\b([^>]*)>(.*?)</revisionDesc>", re.DOTALL)
_CHANGE = re.compile(rb"<change\b([^>]*)>")
_LINE = re.compile(rb"<lb\b([^>]*)>")
_WORD = re.compile(rb"<(w|pc|gap|lem|rdg|/lem|/rdg)\b([^>]*)>([^<]*)")
_RIVALS = re.compile(rb"</unclear>(?:<unclear\b[^>]*>[^<]*</unclear>)+</choice>")
_BLOCK_END = re.compile(rb"</(?:ab|p|div|body)\s*>")
_TAG = re.compile(rb"<[^>]*>")
_FACS = re.compile(rb"""\bfacs\s*=\s*["']#([^"'\s]+)""")
_N = re.compile(rb"""\bn\s*=\s*["']([^"']+)["']""")
_TABLE = re.compile(rb"<(table|row|cell|/cell|/table|lb)\b([^>]*)>")
_COVERED = re.compile(rb"""\b(rows|cols)\s*=\s*["'](\d+)["']""")
_ID = re.compile(rb"""\bxml:id\s*=\s*["']([^"'\s]+)""")
_STATUS = re.compile(rb"""\bstatus\s*=\s*["'](\w+)["']""")
_TARGET = re.compile(rb"""\btarget\s*=\s*["']([^"']*)["']""")
_CERT = re.compile(rb"""\bcert\s*=\s*["']([\d.]+)["']""")


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that nobody accepted yet."""

    line: str
    effort: Effort
    n: str
    """Its number on the page, as the text shows it."""
    cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a page is, counted."""

    state: str = STATES[0]
    lines: int = 0
    accepted: int = 0
    left: Effort = field(default_factory=Effort)
    """Of the lines not accepted."""
    best: float = 0.0
    """The worth of the line that is worth most."""


def of_view(record: RecordView) -> tuple[Tally, list[OpenLine]]:
    """The tally of a page that was parsed, and its open lines."""
    open_lines = [
        OpenLine(line.ident, effort_of(line), line.n or str(at), line.cell)
        for at, line in enumerate(record.lines, 1)
        if line.state == STATES[0]
    ]
    return _tally(record.state, len(record.lines), open_lines), open_lines


def effort_of(line: LineView) -> Effort:
    """The effort a line takes, accepted or not."""
    words = [WordOdds(len(t.text), t.cert, t.by is not None) for t in line.tokens if t.gap is None]
    gaps = sum(token.gap is not None and token.by is None for token in line.tokens)
    return effort(words, gaps + (line.silence in {"unread", "failed"}))


def _tally(state: str, lines: int, open_lines: list[OpenLine]) -> Tally:
    left = sum((line.effort for line in open_lines), Effort())
    best = max((line.effort.worth for line in open_lines), default=0.0)
    return Tally(state, lines, lines - len(open_lines), left, best)


def quick_tally(content: bytes) -> tuple[Tally, list[OpenLine]] | None:
    """The tally of a page by a look at its bytes; None when they cannot be trusted (UTF-16 and the like).

    Agrees with `of_view` on records of ours; on a foreign file it may be off until the page is opened.
    """
    if b"\0" in content[:64] or b"<TEI" not in content:
        return None
    if content.count(b"<!--"):
        content = _COMMENT.sub(b"", content)
    header, _, text = content.partition(b"</teiHeader>")
    revision = _REVISION.search(header)
    _, begun, text = text.rpartition(b"<text")
    pieces = _LINE.split(text if begun else b"")
    idents = [_named(_FACS, attributes) for attributes in pieces[1::2]]
    state, accepted = STATES[0], frozenset[str]()
    if revision is not None:
        status = _STATUS.search(revision[1])
        state = status[1].decode() if status and status[1].decode() in STATES else STATES[0]
        breaks = {
            _named(_ID, attributes): ident for attributes, ident in zip(pieces[1::2], idents, strict=True)
        }
        accepted = frozenset(_accepted(revision[2], breaks))
    known = [
        (ident, content, _named(_N, attributes), cell)
        for ident, attributes, content, cell in zip(
            idents, pieces[1::2], pieces[2::2], _cells(text if begun else b""), strict=True
        )
        if ident is not None
    ]
    open_lines = [
        OpenLine(ident, _quick_effort(content), n or str(at), cell)
        for at, (ident, content, n, cell) in enumerate(known, 1)
        if ident not in accepted
    ]
    return _tally(state, len(known), open_lines), open_lines


def _cells(text: bytes) -> list[Cell | None]:
    """For each lb the innermost cell of a table that it stands in."""
    tables: list[list[list[dict[str, str]]]] = []
    within: list[tuple[list[list[dict[str, str]]], list[dict[str, str]]]] = []
    """The tables that are open: the rows of each, and its cell that is open, if one is."""
    lines: list[dict[str, str] | None] = []
    for tag, attributes in _TABLE.findall(text):
        if tag == b"lb":
            lines.append(next((cell[-1] for _, cell in reversed(within) if cell), None))
        elif tag == b"table":
            tables.append([])
            within.append((tables[-1], []))
        elif tag == b"/table":
            del within[-1:]
        elif within:
            rows, around = within[-1]
            around.clear()
            if tag == b"row":
                rows.append([])
            elif tag == b"cell" and rows:
                rows[-1].append(
                    {name.decode(): value.decode() for name, value in _COVERED.findall(attributes)}
                )
                if not attributes.endswith(b"/"):
                    around.append(rows[-1][-1])
    places = {id(cell): place for n, table in enumerate(tables, 1) for cell, place in placed(n, table)}
    return [None if cell is None else places[id(cell)] for cell in lines]


def _named(what: re.Pattern[bytes], attributes: bytes) -> str | None:
    match = what.search(attributes)
    return None if match is None else match[1].decode(errors="replace")


def _accepted(changes: bytes, breaks: dict[str | None, str | None]) -> Iterator[str]:
    """The lines whose newest state is not draft; `breaks` tells of the id of an lb which line it begins."""
    met: set[str] = set()
    for change in _CHANGE.finditer(changes):
        status, target = _STATUS.search(change[1]), _TARGET.search(change[1])
        if status is None or target is None or status[1].decode() not in STATES:
            continue
        for pointer in target[1].decode(errors="replace").split():
            ident = breaks.get(pointer.removeprefix("#")) or pointer.removeprefix("#")
            if ident not in met and status[1] != STATES[0].encode():
                yield ident
            met.add(ident)


def _quick_effort(content: bytes) -> Effort:
    tokens: list[WordOdds] = []
    silences, settled, aside, inner_end, place = 0, False, False, 0, None
    ended = _BLOCK_END.search(content)  # what follows stands in no line
    for match in _WORD.finditer(content, 0, ended.start() if ended else len(content)):
        tag, attributes = match[1], match[2]
        if tag in {b"lem", b"/lem"}:
            settled = tag == b"lem"
        elif tag in {b"rdg", b"/rdg"}:
            aside = tag == b"rdg"
        elif aside or match.start() < inner_end:  # within a w: its hyphen
            continue
        elif tag == b"gap":
            silences += not settled
        else:
            end = inner_end = content.find(b"</" + tag, match.start(3))
            spelt = _RIVALS.sub(b"", content[match.start(3) : end if end >= 0 else None])
            letters = len(_TAG.sub(b"", spelt).decode(errors="replace"))
            cert, before, place = _CERT.search(attributes), place, _named(_FACS, attributes)
            sure = float(cert[1]) if cert else None
            # marks belong to the word beside them
            if tokens and (place == before if place else tag == b"pc"):
                whole, letters = sure if tag == b"w" else tokens[-1].confidence, letters + tokens[-1].letters
                tokens[-1] = replace(tokens[-1], letters=letters, confidence=whole)
            else:
                tokens.append(WordOdds(letters, sure, settled))
    return effort(tokens, silences)
