"""A page of another program as our record: the text its reader's or a person's, persons' marks on top."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ocr import __version__
from ocr.corrections.changes import AcceptLine, AcceptWords, Change, CorrectLine, SetPageState, edit
from ocr.corrections.letters import PARTIAL, Part, folded
from ocr.corrections.tokens import MARKS, Gap, Token
from ocr.corrections.view import LineView, view
from ocr.geometry import Box, Point
from ocr.imports.foreign import CORRECTED, OURS, ForeignGap, ForeignLine, ForeignPage, ForeignWord, MarkSpan
from ocr.page import (
    Glyph,
    Kind,
    Line,
    MarkKind,
    Page,
    Reading,
    Region,
    Source,
    Step,
    Surface,
    Word,
    WordMark,
)
from ocr.tei.names import name_token
from ocr.tei.words import clean
from ocr.tei.write import to_tei
from ocr.text import graphemes, nfc

_MACHINE_MARKS = {"del": MarkKind.STRUCK, "superscript": MarkKind.RAISED}
_LOWER_EDGE_PX = 1.0
"""A baseline of ours that lies so near to the lower edge of the line was made up for want of another."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a record comes from, and whose it is."""

    person: str
    """Who made the text that counts as corrected: a person, an edition."""
    file: str
    digest: str
    """sha256 of the file."""
    fingerprint: str
    when: str


def record_of(page: ForeignPage, source: Source, of: Provenance) -> bytes:
    """The TEI of a page whose places are in the frame of its scan (`fitting.fitted`).

    Lines that a person has seen are of `of.person` and accepted; the others are of the program that made the
    file. RecordError when it cannot be written.
    """
    program = page.program or f"an unnamed program ({page.format})"
    reader = Step(name_token(program), program, "unknown", (), reads=True)
    settings = (("import.format", page.format), ("import.file", of.file), ("import.sha256", of.digest))
    own = Step("tetradi", "tetradi", __version__, settings)
    regions = []
    for region in page.regions:
        assert region.outline is not None  # it is fitted
        lines = tuple(_line(line, page, reader.ident, of.person) for line in region.lines)
        regions.append(Region(region.outline, lines, region.kind, cell=region.cell))
    surface = Surface(Box(0, 0, source.width_px, source.height_px), tuple(regions))
    content = to_tei(
        Page(source.file, source, (surface,), (own, reader), of.fingerprint), when=of.when or None
    )
    changes = list(_changes(content, page))
    return edit(content, changes, of.person, of.when) if changes else content


def _line(line: ForeignLine, page: ForeignPage, program: str, person: str) -> Line:
    assert line.outline is not None  # it is fitted
    baseline = line.baseline
    if page.program.startswith(OURS) and _is_lower_edge(baseline, line.outline.box):
        baseline = ()
    readings: tuple[Reading, ...] = ()
    if line.silence != "unread" or line.items:
        by = person if line.state in CORRECTED else program
        words = tuple(_word(item, line) for item in line.items if not _is_persons_gap(item))
        failure = "" if line.silence == "failed" and not words else None
        readings = (Reading(by, words, line.confidence, failure),)
    doubts = line.kind_confidence, line.border_confidence
    return Line(line.outline, baseline, line.kind, readings, *doubts)


def _is_lower_edge(baseline: Sequence[Point], box: Box) -> bool:
    ends = (Point(box.left, box.bottom), Point(box.right, box.bottom))
    return len(baseline) == 2 and all(
        abs(a.x - b.x) <= _LOWER_EDGE_PX and abs(a.y - b.y) <= _LOWER_EDGE_PX
        for a, b in zip(baseline, ends, strict=True)
    )


def _is_persons_gap(item: ForeignWord | ForeignGap) -> bool:
    """Does a gap say more than the machine's "illegible", so that it is put in as a person's?"""
    return isinstance(item, ForeignGap) and item != ForeignGap()


def _word(item: ForeignWord | ForeignGap, line: ForeignLine) -> Word:
    if isinstance(item, ForeignGap):
        return Word("")
    glyphs = tuple(map(Glyph, graphemes(item.text), item.letters)) if item.letters else ()
    marks = {
        kind: WordMark(kind, span.start, span.end, span.confidence)
        for span in item.spans
        if span.confidence is not None and (kind := _machines(span, item.text)) is not None
    }
    if line.kind is Kind.STRUCK:  # its words are struck out together
        marks.pop(MarkKind.STRUCK, None)
    return Word(item.text, item.box, item.confidence, glyphs, item.rivals, tuple(marks.values()))


def _machines(span: MarkSpan, text: str) -> MarkKind | None:
    """The kind of a machine's mark; None of one that only persons set, or on letters no machine marks."""
    kind = _MACHINE_MARKS.get(span.mark)
    if span.confidence is None or kind is None or clean(text) != text:
        return None
    is_whole = span.start == 0 and span.end == len(text)
    return kind if kind is MarkKind.RAISED or is_whole else None


def _changes(content: bytes, page: ForeignPage) -> Iterator[Change]:
    """What persons did on top of the text: marks and gaps, words and lines they accepted."""
    views = view(content).lines
    accepted: dict[str, list[str]] = {}
    words: list[str] = []
    for line, shown in zip(page.lines, views, strict=True):
        tokens = _tokens(line, shown, page)
        if tokens is not None:
            yield CorrectLine(shown.ident, tokens)
        if line.state in CORRECTED:
            accepted.setdefault(line.state, []).append(shown.ident)
        else:
            changed = tokens or shown.tokens
            items = [item for item in line.items if not _is_persons_gap(item)]
            for item, token, new in zip(items, shown.tokens, _kept(changed, line), strict=False):
                if isinstance(item, ForeignWord) and item.is_persons and new.reading == token.reading:
                    if token.id is None:
                        page.left_out["words that a person confirmed, without a place"] += 1
                    else:
                        words.append(token.id)
    if words:
        yield AcceptWords(tuple(words))
    for state, idents in accepted.items():
        yield from (AcceptLine(ident, state) for ident in idents)
    if page.state in CORRECTED:
        yield SetPageState(page.state)


def _kept(tokens: Sequence[Token], line: ForeignLine) -> list[Token]:
    """The tokens without those for gaps of persons."""
    wanted = [_is_persons_gap(item) for item in line.items]
    if len(tokens) != len(wanted):
        return list(tokens)
    return [token for token, is_gap in zip(tokens, wanted, strict=True) if not is_gap]


def _tokens(line: ForeignLine, shown: LineView, page: ForeignPage) -> tuple[Token, ...] | None:
    """The tokens of a line with its marks and gaps; None when the machine's text says it all."""
    kept = [item for item in line.items if not _is_persons_gap(item)]
    if len(kept) != len(shown.tokens):
        if any(_spans(item, line) for item in line.items) or len(kept) < len(line.items):
            page.left_out["lines whose marks and gaps could not be placed"] += 1
        return None
    tokens = iter(shown.tokens)
    new = []
    for item in line.items:
        if isinstance(item, ForeignGap) and _is_persons_gap(item):
            new.append(Token("", gap=Gap(item.reason, item.extent)))
        else:
            token = next(tokens)
            marked = _marked(token, item, line) if isinstance(item, ForeignWord) else token
            if marked != token and isinstance(item, ForeignWord) and item.confidence is not None:
                page.left_out["confidence of a word that a person marked"] += 1
            new.append(marked)
    return tuple(new) if tuple(new) != shown.tokens else None


def _spans(item: ForeignWord | ForeignGap, line: ForeignLine) -> list[MarkSpan]:
    """The marks that are put in as a person's."""
    if isinstance(item, ForeignGap):
        return []
    struck = line.kind is Kind.STRUCK
    return [
        span
        for span in item.spans
        if _machines(span, item.text) is None and not (struck and span.mark == "del")
    ]


def _marked(token: Token, item: ForeignWord, line: ForeignLine) -> Token:
    """The token with the marks of a word on top of those that it has."""
    spans = _spans(item, line)
    if not spans or not token.text:
        return token
    letters: list[set[str]] = []
    for part in token.parts or (Part(token.text),):
        letters += ({*part.marks} for _ in part.text)
    whole = set(token.marks)
    expan = token.expan
    for span in spans:
        start, end = (len(nfc(item.text[:at])) for at in (span.start, span.end))
        if span.mark in PARTIAL and (start, end) != (0, len(token.text)):
            for marks in letters[start:end]:
                marks.add(span.mark)
        else:
            whole.add(span.mark)
            expan = span.expan or expan
    parts, partial = folded(
        [
            Part(letter, tuple(mark for mark in PARTIAL if mark in marks))
            for letter, marks in zip(token.text, letters, strict=True)
        ],
        tuple(mark for mark in PARTIAL if mark in whole),
    )
    if "abbr" in whole:  # an abbreviation is marked as a whole
        parts = ()
    marks = {*whole, *partial}
    return replace(token, marks=tuple(mark for mark in MARKS if mark in marks), parts=parts, expan=expan)
