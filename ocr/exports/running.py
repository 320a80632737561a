"""A notebook as running text: words joined over line ends and leaves, with where pages and lines begin."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from ocr.corrections.letters import Part
from ocr.corrections.tokens import Gap, Token
from ocr.corrections.view import LineView
from ocr.exports.modern import modern
from ocr.exports.pages import ExportPage, Group
from ocr.exports.reading import (
    ExportSettings,
    ReadingLine,
    ShownWords,
    is_doubtful,
    reading_pages,
)
from ocr.exports.tables import blocks_of, grid_of
from ocr.page import Cell, Kind


@dataclass(frozen=True, slots=True)
class PageBegins:
    """From here on it is this page."""

    page: ExportPage
    number: int
    """1 is the first of the notebook."""
    folios: tuple[str, ...] = ()
    """The numbers that stand on its leaves."""

    @property
    def name(self) -> str:
        """What it is called by, as its scan is."""
        return self.page.name


@dataclass(frozen=True, slots=True)
class LineBegins:
    """From here on it is this line; `number` counts the lines of text of its page."""

    line: LineView
    number: int


@dataclass(frozen=True, slots=True)
class ParagraphBegins:
    """A new paragraph; what follows is of this kind: text, heading, or a note in the margin."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A word, a space before it unless it begins a paragraph; or a gap."""

    parts: tuple[Part, ...]
    """Its letters by their marks; those of the whole word stand on each. None of a gap."""
    original: str
    """As it is spelt on the page; the hyphen of a line end is gone."""
    doubtful: bool
    """The machine's, under the record's threshold."""
    gap: Gap | None = None
    expan: str | None = None

    @property
    def text(self) -> str:
        """Its letters, struck ones included."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table as a whole: its cells row by row, each with its place and words."""

    rows: tuple[tuple[tuple[Cell, tuple[ShownWord, ...]], ...], ...]


Event: TypeAlias = PageBegins | LineBegins | ParagraphBegins | ShownWord | ShownTable


@dataclass(slots=True)
class _Open:
    """A word that may go on in the next line."""

    token: Token
    doubtful: bool
    marks: tuple[str, ...]
    after: list[Event]
    """What comes between its halves, and is to be told after it."""


def running_text(group: Group, settings: ExportSettings, counts: ShownWords) -> Iterator[Event]:
    """What a reader meets, one after another; `counts` is filled on the way. Notes in the margin come as
    paragraphs at the end of their page, or where the paragraph ends that runs on from it."""
    waiting: _Open | None = None
    notes: list[Event] = []
    for number, of_page in enumerate(reading_pages(group, settings), 1):
        page = of_page.page
        counts.add_page(of_page)
        folios = tuple(
            folio
            for each in of_page.lines
            if each.line.kind is Kind.NUMBER
            and (folio := " ".join(token.text for token in each.tokens if token.text))
        )
        events: list[Event] = [PageBegins(page, number, folios)]
        count = 0
        for is_table, block in blocks_of(of_page.lines):
            if is_table:
                if waiting is not None:
                    yield from _closed(waiting, settings)
                    waiting = None
                yield from (*notes, *events, _table(block, page, settings))
                notes, events, count = [], [], count + len(block)
                continue
            for each in block:
                if each.line.kind is Kind.NUMBER:
                    continue
                if each.line.kind is Kind.MARGIN:
                    notes += [ParagraphBegins(Kind.MARGIN), *_words(each, page, settings)]
                    continue
                count += each.line.kind is not Kind.INSERTION
                if each.begins_paragraph:
                    if waiting is not None:
                        yield from _closed(waiting, settings)
                        waiting = None
                    yield from notes
                    notes.clear()
                    kind = Kind.HEADING if each.line.kind is Kind.HEADING else Kind.TEXT
                    events.insert(0, ParagraphBegins(kind))
                if each.line.kind is not Kind.INSERTION:
                    events.append(LineBegins(each.line, count))
                words = list(each.words)
                if each.goes_on and waiting is not None:
                    waiting.after += events
                    rest = words.pop(0)
                    waiting = replace(
                        waiting,
                        token=_joined(waiting.token, rest.token),
                        doubtful=waiting.doubtful or is_doubtful(rest.token, rest.line, page.view),
                    )
                    if not words:
                        events = []
                        continue
                    yield from _closed(waiting, settings)
                    waiting = None
                else:
                    if waiting is not None:
                        yield from _closed(waiting, settings)
                        waiting = None
                    yield from events
                events = []
                last = words.pop()
                for word in words:
                    yield _shown(
                        word.token, word.marks, is_doubtful(word.token, word.line, page.view), settings
                    )
                waiting = _Open(last.token, is_doubtful(last.token, last.line, page.view), last.marks, [])
        if events:  # a page without text of its own
            if waiting is not None:
                waiting.after += events
            else:
                yield from events
    if waiting is not None:
        yield from _closed(waiting, settings)
    yield from notes


def _table(lines: list[ReadingLine], page: ExportPage, settings: ExportSettings) -> ShownTable:
    return ShownTable(
        tuple(
            tuple(
                (cell, tuple(word for each in own for word in _words(each, page, settings)))
                for cell, own in row
            )
            for row in grid_of(lines)
        )
    )


def _words(each: ReadingLine, page: ExportPage, settings: ExportSettings) -> Iterator[ShownWord]:
    for word in each.words:
        yield _shown(word.token, word.marks, is_doubtful(word.token, word.line, page.view), settings)


def _closed(waiting: _Open, settings: ExportSettings) -> Iterator[Event]:
    yield _shown(waiting.token, waiting.marks, waiting.doubtful, settings)
    yield from waiting.after


def _joined(first: Token, second: Token) -> Token:
    """The halves of a word without the hyphen."""
    if first.gap is not None or second.gap is not None:
        return replace(first, text="", gap=first.gap or second.gap, parts=())
    shared = tuple(mark for mark in first.marks if mark in second.marks)
    halves = [
        replace(part, marks=(*(mark for mark in token.marks if mark not in shared), *part.marks))
        for token in (first, second)
        for part in _parts(token)
    ]
    at = len(_parts(first)) - 1
    halves[at] = replace(halves[at], text=halves[at].text[:-1])
    parts = tuple(part for part in halves if part.text)
    is_marked = any(part.marks for part in parts)
    text = "".join(part.text for part in parts)
    return replace(first, text=text, parts=parts if is_marked else (), marks=shared)


def _parts(token: Token) -> tuple[Part, ...]:
    return token.parts or (Part(token.text),)


def _shown(token: Token, marks: tuple[str, ...], doubtful: bool, settings: ExportSettings) -> ShownWord:
    if token.gap is not None:
        return ShownWord((), "", doubtful=False, gap=token.gap)
    text = modern(token.text) if settings.modern else token.text
    parts = tuple(
        Part(part.text, tuple(dict.fromkeys([*marks, *part.marks])))
        for part in _spread(text, _parts(token))
        if part.text
    )
    return ShownWord(parts, token.text, doubtful, expan=token.expan)


def _spread(text: str, parts: tuple[Part, ...]) -> Iterator[Part]:
    """The parts of a word whose letters are new ones: as many each, what is left to the last."""
    at = 0
    for n, part in enumerate(parts, 1):
        end = len(text) if n == len(parts) else min(at + len(part.text), len(text))
        yield replace(part, text=text[at:end])
        at = end
