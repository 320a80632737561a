"""What is known of a scan once it is read: frozen values, in pixels of the upright scan.

Three silences are different things, here and in TEI: a line without readings is not read yet; a reading
without words is read and blank; a reading with a failure is failed, and says why.
Unknown is None; zero is a measurement.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ocr.geometry import Box, Outline, Point


class Kind(StrEnum):
    """What a region or a line is."""

    TEXT = "text"
    HEADING = "heading"
    INSERTION = "insertion"
    STRUCK = "struck"
    MARGIN = "margin"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Rival:
    """Another letter or word the engine thought of, with its probability in 0..1."""

    text: str
    confidence: float


_PARTS = 10_000  # probabilities are kept with four digits


def beside(own: float | None, rivals: Sequence[Rival]) -> tuple[Rival, ...]:
    """The rivals of a letter or word, likeliest first, as one distribution with the reading that is the text.

    Together they are at most what `own` (its probability) leaves of 1; none is likelier than it, because what
    the whole line speaks for is the text. With four digits, rounded down; a rival left with nothing is
    left out. Its own result it gives back unchanged.
    """
    most = _PARTS if own is None else round(own * _PARTS)
    left = _PARTS if own is None else _PARTS - most
    parts = [max(int(rival.confidence * _PARTS + 1e-6), 0) for rival in rivals]
    total = sum(parts)
    if total > left:
        parts = [part * left // total for part in parts]
    shares = [Rival(rival.text, min(part, most) / _PARTS) for rival, part in zip(rivals, parts, strict=True)]
    return tuple(sorted((rival for rival in shares if rival.confidence), key=lambda rival: -rival.confidence))


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter (a grapheme) of a word."""

    text: str
    confidence: float | None = None
    box: Box | None = None
    rivals: tuple[Rival, ...] = ()


class MarkKind(StrEnum):
    """What letters of a word are beside being letters."""

    STRUCK = "struck"
    RAISED = "raised"
    """Small, above the row: the ending of 2го."""


@dataclass(frozen=True, slots=True)
class WordMark:
    """What letters of a word are, from one to before another, and the probability that they are, 0..1."""

    kind: MarkKind
    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between two spaces, punctuation included. Confidence: probability of being right, 0..1."""

    text: str
    box: Box | None = None
    confidence: float | None = None
    glyphs: tuple[Glyph, ...] = ()
    rivals: tuple[Rival, ...] = ()
    marks: tuple[WordMark, ...] = ()
    """What the machine marks, at most one of a kind: the whole word struck out, or letters raised."""

    def mark(self, kind: MarkKind) -> WordMark | None:
        """Its mark of that kind."""
        return next((mark for mark in self.marks if mark.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader (an engine or a person, named by its id in the record) makes of a line."""

    by: str
    words: tuple[Word, ...] = ()
    confidence: float | None = None
    failure: str | None = None

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of writing: where it is, what it is, and what its readers made of it, most trusted last."""

    outline: Outline
    baseline: tuple[Point, ...] = ()
    kind: Kind = Kind.TEXT
    readings: tuple[Reading, ...] = ()
    kind_confidence: float | None = None
    """Probability that it is what `kind` says, 0..1; None where the machine tells none."""
    border_confidence: float | None = None
    """Probability that its outline holds all letters of the line and no others, 0..1; told only where that is
    in doubt."""

    @property
    def reading(self) -> Reading | None:
        """The most trusted reading; None when the line is not read yet."""
        return self.readings[-1] if self.readings else None

    @property
    def text(self) -> str:
        """The text of the most trusted reading, empty when there is none."""
        return self.reading.text if self.reading else ""


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who wrote on the page beside its main writer, told by another colour of ink."""

    ident: str
    """How regions name it, as "ink-red"."""
    medium: str
    """What it is written with, in words: "red ink"."""
    colour: tuple[int, int, int] | None = None
    """Red, green, blue of the ink, 0..255."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a region stands in a table: rows and columns count from 0."""

    table: int
    """Which table of its page; 1 is the first."""
    row: int
    column: int
    rows: int = 1
    """How many it covers."""
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Region:
    """Lines that belong together, in reading order."""

    outline: Outline
    lines: tuple[Line, ...]
    kind: Kind = Kind.TEXT
    hand: str | None = None
    """The ident of the other hand that wrote it; None for the page's main writer."""
    cell: Cell | None = None
    """Its place in a table; None of what is in none."""


@dataclass(frozen=True, slots=True)
class Skew:
    """How far text lines run down to the right, in degrees counter-clockwise; whether it was turned back."""

    angle_deg: float
    confidence: float
    applied: bool
    reason: str = ""


class RuleKind(StrEnum):
    """What is printed on the paper to write on: level rules, a grid, or upright margin rules alone."""

    RULED = "ruled"
    SQUARED = "squared"
    MARGIN = "margin"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The printed rules of a leaf, in pixels of the upright scan, as they lay before any turn."""

    kind: RuleKind
    angle_deg: float
    """How far rules run down to the right, as `Skew.angle_deg`; of a squared leaf its level rules."""
    confidence: float
    """How sure the angle is, 0..1."""
    pitch_px: float | None = None
    """From one level rule to the next; None when there are margin rules alone, or no even distance."""
    colour: tuple[int, int, int] | None = None
    """Red, green, blue of the rules, 0..255; None when the scan has no colour."""
    margins: int = 0
    """How many upright rules stand apart from a grid."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A place that is marked as writing and that no line covers."""

    outline: Outline
    reason: str
    """Why it is not in a line, in words."""


@dataclass(frozen=True, slots=True)
class InkAccount:
    """The ink of a leaf that is marked as writing, and what of it stands in no line: pixels of the scan."""

    marked_px: int
    uncovered_px: int
    partial: bool = False
    """So much stands in no line that the leaf is read only in part."""


@dataclass(frozen=True, slots=True)
class Surface:
    """One leaf of the scan. `remark` says in words what a reader of an empty surface wants to know."""

    box: Box
    regions: tuple[Region, ...] = ()
    skew: Skew | None = None
    remark: str = ""
    ruling: Ruling | None = None
    unread: tuple[Unread, ...] = ()
    """What is marked as writing and stands in no line, top to bottom."""
    ink: InkAccount | None = None
    """None when nobody counted."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in reading order."""
        return tuple(line for region in self.regions for line in region.lines)


@dataclass(frozen=True, slots=True)
class Source:
    """The scan file as it was found. Width and height are of the upright picture (EXIF honoured)."""

    file: str
    sha256: str
    width_px: int
    height_px: int
    media_type: str
    sheet: int = 1
    sheets: int = 1
    dpi: float | None = None
    exif_orientation: int = 1
    embedded: str = ""
    """Which picture inside a PDF these pixels are, unchanged; empty of a drawn page, and of other files."""
    damage: str = ""
    """What is wrong inside the file, though it could be decoded; empty when nothing is known to be."""


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """What any file of text says of its scan, as far as it does: the fields are those of `Source`."""

    file: str | None = None
    sha256: str | None = None
    sheet: int = 1
    width_px: int | None = None
    height_px: int | None = None
    dpi: float | None = None
    media_type: str = ""


WITHHELD, MOST_WITHHELD = "withheld", 8.0
"""A setting of a reader that has learnt a hand, and would be too sure of it: so much the log-odds of its
words to be right were brought down. Only with it given back are its doubts and another's of like measure."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done, by which program in which version, with which settings."""

    ident: str
    label: str
    version: str
    settings: tuple[tuple[str, str], ...] = ()
    reads: bool = False
    """True for a program that made readings: `Reading.by` names its ident."""

    @property
    def withheld(self) -> float:
        """The log-odds that it withholds (see WITHHELD); 0 where it does not tell."""
        try:
            return min(max(float(dict(self.settings)[WITHHELD]), 0.0), MOST_WITHHELD)
        except (KeyError, ValueError):
            return 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """The whole record of one scan, as written to and read from TEI."""

    name: str
    source: Source
    surfaces: tuple[Surface, ...]
    steps: tuple[Step, ...] = ()
    fingerprint: str = ""
    notes: tuple[str, ...] = field(default=())
    hands: tuple[Hand, ...] = ()
    """Those who wrote beside the main writer."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines of all surfaces in reading order."""
        return tuple(line for surface in self.surfaces for line in surface.lines)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """All places of all surfaces that are marked as writing and stand in no line."""
        return tuple(place for surface in self.surfaces for place in surface.unread)

    @property
    def doubt(self) -> float | None:
        """The share of its letters that are expected to be wrong, if those of one word err alike, its readers
        trusting themselves as far as before they learnt its hand (see WITHHELD); None when no word tells a
        confidence."""
        odds = {step.ident: math.exp(step.withheld) for step in self.steps if step.reads}
        known = [
            (len(word.text), word.confidence, odds.get(reading.by, 1.0))
            for reading in (line.reading for line in self.lines)
            if reading
            for word in reading.words
            if word.confidence is not None and word.text
        ]
        wrong = sum(
            letters * (1 - (chance * more / (chance * more + 1 - chance)) ** (1 / letters))
            for letters, chance, more in known
        )
        return wrong / sum(letters for letters, _, _ in known) if known else None

    @property
    def partial(self) -> bool:
        """Is a leaf of it read only in part, or was its picture damaged?"""
        return bool(self.source.damage) or any(
            surface.ink is not None and surface.ink.partial for surface in self.surfaces
        )

    @property
    def ink_uncovered(self) -> float | None:
        """The share of the ink marked as writing that stands in no line; None when nothing is marked, or
        nobody counted."""
        counts = [surface.ink for surface in self.surfaces if surface.ink is not None]
        marked = sum(count.marked_px for count in counts)
        return sum(count.uncovered_px for count in counts) / marked if marked else None
