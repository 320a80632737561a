"""The text of pages as a reader wants it: lines in order, paragraphs, words under a threshold left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated

from ocr.corrections.tokens import KIND_MARKS, Gap, Token
from ocr.corrections.view import LineView, RecordView
from ocr.exports.insertions import hosts_of, left_to_right, position
from ocr.exports.pages import ExportPage, Group
from ocr.exports.paragraphs import ParagraphFinder
from ocr.settings import Between
from ocr.tei.flow import Ink
from ocr.tei.names import STATES, XML_ID, pointers, q


class Layers(StrEnum):
    """How much of the machine's an edition in TEI keeps."""

    TEXT = "text"
    """The text, doubtful words as unclear."""
    CERT = "cert"
    """And each word with its place and probability."""
    ALL = "all"
    """And what else was thought of, and what was corrected."""


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """How records are written."""

    ink: Ink = Ink.ALL
    """Which inks stand in texts for readers: all, or what the main writer wrote."""
    threshold: Annotated[float, Between(0.0, 1.0)] = 0.0
    """Words that a machine read with a confidence under this stand as […] in texts for readers."""
    modern: bool = False
    """Texts for readers in new spelling; the edition in TEI gives both."""
    images: str = ""
    """The address that pictures are named by in IIIF and PAGE, before their file names; empty: relative."""
    layers: Layers = Layers.TEXT
    """How much of the machine's the edition in TEI keeps."""
    binarizer: str = "ours"
    """How ink is parted from paper in clean pictures: one of `BINARIZERS` (ocr/scan/binarize.py)."""


@dataclass(frozen=True, slots=True)
class ReadingWord:
    """A word as it is shown to a reader, and the line that it was read on."""

    token: Token
    line: LineView

    @property
    def marks(self) -> tuple[str, ...]:
        """Those of the whole word, and what its line is."""
        of_line = KIND_MARKS.get(self.line.kind.value, "")
        return tuple(dict.fromkeys([*([of_line] if of_line in {"add", "del"} else []), *self.token.marks]))


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """A line as it is shown to a reader."""

    line: LineView
    tokens: tuple[Token, ...]
    """Its own words; those under the threshold are gaps, with the reason "uncertain"."""
    begins_paragraph: bool
    goes_on: bool = False
    """Its first word is the rest of the last word of the line of text before, which ends in a hyphen."""
    inserted: tuple[tuple[int, "ReadingLine"], ...] = ()
    """Insertions above it, each with the number of words of its own that stand before it; left to right."""

    @property
    def words(self) -> tuple[ReadingWord, ...]:
        """Its words with those put in above it in their places."""
        words = [ReadingWord(token, self.line) for token in self.tokens]
        for at, insertion in reversed(self.inserted):
            words[at:at] = insertion.words
        return tuple(words)

    @property
    def parts(self) -> "tuple[ReadingLine, ...]":
        """The line and the insertions above it."""
        return (self, *(insertion for _, insertion in self.inserted))


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """The lines of a page that have text, in reading order."""

    page: ExportPage
    lines: tuple[ReadingLine, ...]


UNCERTAIN = "uncertain"
"""Why a word under the threshold is not shown."""


@dataclass
class ShownWords:
    """What became of the words of a text: counted first, divided last."""

    words: int = 0
    left_out: int = 0
    """Under the threshold."""
    doubtful: int = 0
    """Shown, and under the record's own threshold of doubt."""
    unknown: int = 0
    """Shown, of the machine, without a confidence."""
    _expected_errors: float = field(default=0.0, repr=False)

    @property
    def share_left_out(self) -> float | None:
        """Of all words; None of none."""
        return self.left_out / self.words if self.words else None

    @property
    def expected_error(self) -> float | None:
        """The share of the words shown that is wrong, as their confidences have it: the mean of 1 - cert; a
        word that a person read or confirmed counts 0. None when no word says how sure it is."""
        known = self.words - self.left_out - self.unknown
        return self._expected_errors / known if known else None

    def add_page(self, of_page: "ReadingPage") -> None:
        """Counts the words of a page as they are shown."""
        page, people = of_page.page, people_of(of_page.page)
        for word in (word for each in of_page.lines for word in each.words):
            self._add(word.token, word.line, people, page.view.threshold)

    def _add(self, token: Token, line: LineView, people: frozenset[str], doubtful_under: float) -> None:
        """Gaps of the record itself are no words."""
        if token.gap is not None and token.gap.reason != UNCERTAIN:
            return
        self.words += 1
        if token.gap is not None:
            self.left_out += 1
        elif not is_persons(token, line, people):
            if token.cert is None:
                self.unknown += 1
            else:
                self._expected_errors += 1 - token.cert
                self.doubtful += token.cert < doubtful_under


def is_persons(token: Token, line: LineView, people: frozenset[str]) -> bool:
    """Did a person read, correct or confirm the word? `people` are the ids of persons."""
    return token.by is not None or line.state != STATES[0] or line.by in people


def is_doubtful(token: Token, line: LineView, record: RecordView) -> bool:
    """Is it a word of the machine's, under the record's threshold, that no person confirmed?"""
    is_machines = token.by is None and line.state == STATES[0]
    return is_machines and token.cert is not None and token.cert < record.threshold


def people_of(page: ExportPage) -> frozenset[str]:
    """The ids of the persons that answer for something in a record; programs are none."""
    return frozenset(
        ident
        for statement in page.tree.iter(q("respStmt"))
        if (ident := statement.get(XML_ID)) and statement.find(f"{q('name')}[@type='software']") is None
    )


def reading_pages(group: Group, settings: ExportSettings) -> Iterator[ReadingPage]:
    """The pages of a group, one after another; paragraphs and words run on from page to page, and insertions
    stand within the lines they were put in above."""
    finder = ParagraphFinder()
    for page in group.pages():
        yield ReadingPage(page, tuple(_lines(page, settings, finder, in_place=True)))


def reading_lines(page: ExportPage, settings: ExportSettings) -> Iterator[ReadingLine]:
    """The lines of a page that have text, in reading order; insertions are lines of their own."""
    return _lines(page, settings, ParagraphFinder(), in_place=False)


def _lines(
    page: ExportPage, settings: ExportSettings, finder: ParagraphFinder, *, in_place: bool
) -> Iterator[ReadingLine]:
    people = people_of(page)
    minor = _minor_regions(page) if settings.ink == Ink.MAIN else frozenset()
    shown = [line for line in page.view.lines if line.tokens and line.region not in minor]
    hosts = hosts_of(shown) if in_place else {}
    above: dict[str, list[LineView]] = {}
    for line in shown:
        if line.ident in hosts:
            above.setdefault(hosts[line.ident], []).append(line)
    lines = [line for line in shown if line.ident not in hosts]
    for line, (begins, goes_on) in zip(lines, finder.begins(lines), strict=True):
        inserted = [
            (
                position(line, each, goes_on=goes_on),
                ReadingLine(each, _tokens(each, people, settings), begins_paragraph=False),
            )
            for each in left_to_right(above.get(line.ident, ()))
        ]
        yield ReadingLine(line, _tokens(line, people, settings), begins, goes_on, tuple(inserted))


def _minor_regions(page: ExportPage) -> frozenset[str]:
    """The regions of another ink than the main writer's."""
    hands = {note.get(XML_ID, "") for note in page.tree.iter(q("handNote")) if note.get("scope") == "minor"}
    return frozenset(
        region
        for block in page.tree.iter(q("ab"))
        if not hands.isdisjoint(pointers(block, "hand"))
        for region in pointers(block, "facs")
    )


def _tokens(line: LineView, people: frozenset[str], settings: ExportSettings) -> tuple[Token, ...]:
    """Its tokens, gaps for those under the threshold; a person's are always shown."""
    return tuple(
        replace(token, text="", gap=Gap(UNCERTAIN), rivals=(), parts=())
        if not is_persons(token, line, people)
        and token.gap is None
        and token.cert is not None
        and token.cert < settings.threshold
        else token
        for token in line.tokens
    )
