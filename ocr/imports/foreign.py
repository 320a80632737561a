"""A page as a file of another program has it: values in the frame of that file, nothing made up."""

from collections import Counter
from dataclasses import dataclass, field

from lxml import etree

from ocr.formats.found_lines import ElementLine, FoundWord
from ocr.geometry import Box, Outline, Point
from ocr.page import Cell, Kind, Rival

CORRECTED = ("corrected", "verified")
"""The states of a line that a person has seen."""
OURS = "tetradi"
"""How the program of files begins that we wrote ourselves."""


@dataclass(frozen=True, slots=True)
class MarkSpan:
    """A mark on letters of a word, from one to before another: an element of `corrections.tokens.MARKS`."""

    start: int
    end: int
    mark: str
    expan: str | None = None
    confidence: float | None = None
    """Probability that the letters are so, of a machine's mark; None of a person's."""


@dataclass(frozen=True, slots=True)
class ForeignWord:
    """What stands between two spaces."""

    text: str
    box: Box | None = None
    confidence: float | None = None
    letters: tuple[float | None, ...] = ()
    """The confidence of each grapheme; empty when none is given."""
    rivals: tuple[Rival, ...] = ()
    spans: tuple[MarkSpan, ...] = ()
    is_persons: bool = False
    """A person corrected or confirmed it, whatever the state of the line."""


@dataclass(frozen=True, slots=True)
class ForeignGap:
    """Ink that was not read, between two words."""

    reason: str = "illegible"
    extent: int | None = None
    """About how many letters."""


@dataclass(frozen=True, slots=True)
class ForeignLine:
    """A line of the text."""

    items: tuple[ForeignWord | ForeignGap, ...] = ()
    outline: Outline | None = None
    baseline: tuple[Point, ...] = ()
    kind: Kind = Kind.TEXT
    kind_confidence: float | None = None
    state: str = "draft"
    confidence: float | None = None
    silence: str | None = None
    """unread or failed, of a line without words; None: it was read, blank perhaps."""
    border_confidence: float | None = None
    """How likely its outline is right, 0..1, where a program doubts it."""

    @property
    def words(self) -> tuple[ForeignWord, ...]:
        """Its words, gaps left out."""
        return tuple(item for item in self.items if isinstance(item, ForeignWord))


@dataclass(frozen=True, slots=True)
class ForeignRegion:
    """Lines that belong together."""

    lines: tuple[ForeignLine, ...]
    outline: Outline | None = None
    kind: Kind = Kind.TEXT
    cell: Cell | None = None
    """Its place in a table."""


@dataclass(frozen=True, slots=True)
class ForeignPage:
    """One page of a file, in its order of reading."""

    format: str
    regions: tuple[ForeignRegion, ...] = ()
    image: str = ""
    """The scan, as the file names it."""
    size: tuple[float, float] | None = None
    """Width and height that places are given in."""
    is_pixels: bool = True
    """Are places pixels of the scan, or of another unit, so that they must be scaled to it?"""
    sha256: str | None = None
    sheet: int = 1
    program: str = ""
    """Who made the file, with its version."""
    state: str = "draft"
    """corrected, when the file says of the whole page that a person has done it."""
    left_out: Counter[str] = field(default_factory=Counter)
    """What the file holds and a record does not, each kind with its count."""

    @property
    def lines(self) -> tuple[ForeignLine, ...]:
        """All lines in the order of reading."""
        return tuple(line for region in self.regions for line in region.lines)


def points_of(values: list[float | None]) -> tuple[Point, ...]:
    """The points of "1,2 3,4", given as x and y of each in turn; none when one of them cannot be read."""
    known = [value for value in values if value is not None]
    if len(known) != len(values) or len(known) % 2:
        return ()
    return tuple(map(Point, known[::2], known[1::2]))


def size_of(width: float | None, height: float | None) -> tuple[float, float] | None:
    """The size of a page; None where a side is not known or is no length."""
    if width is None or height is None or min(width, height) < 1:
        return None
    return width, height


def outline_of(points: tuple[Point, ...], box: Box | None) -> Outline | None:
    """The outline of three points or more; else that of the box."""
    if len(points) > 2:
        return Outline(points)
    return None if box is None else box.outline()


Pair = tuple[FoundWord, etree._Element | None]


def paired(line: ElementLine, left_out: Counter[str]) -> list[Pair]:
    """The words of the text of a line, each with the element that gives the same word its place; words that
    only the elements have are counted as left out."""
    words = [word for word, _ in line.words]
    text = line.line.text.split()
    if [word.text for word in words] == text:
        return list(line.words)
    from rapidfuzz.distance import Levenshtein

    pairs: list[Pair] = []
    lost = 0
    for step in Levenshtein.opcodes([word.text for word in words], text):
        if step.tag == "equal":
            pairs += line.words[step.src_start : step.src_end]
            continue
        lost += step.src_end - step.src_start
        pairs += ((FoundWord(word), None) for word in text[step.dest_start : step.dest_end])
    if lost:
        left_out["words that the text of their line does not have"] += lost
    return pairs
