"""The text of a page as a reader wants it: its lines in order, words under a threshold left out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from ocr.corrections.tokens import Gap, Token
from ocr.corrections.view import LineView, RecordView
from ocr.settings import Between
from ocr.tei.flow import Ink


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


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """A line as it is shown to a reader."""

    line: LineView
    tokens: tuple[Token, ...]
    """Its words; those under the threshold are gaps, with the reason "uncertain"."""
    begins_paragraph: bool


UNCERTAIN = "uncertain"
"""Why a word under the threshold is not shown."""


def reading_lines(record: RecordView, settings: ExportSettings) -> Iterator[ReadingLine]:
    """The lines of a page that have text, in reading order."""
    region: str | None = None
    begun = False
    for line in record.lines:
        tokens = tuple(_shown(token, settings) for token in line.tokens)
        if tokens:
            yield ReadingLine(line, tokens, not begun or line.region != region)
            begun, region = True, line.region


def _shown(token: Token, settings: ExportSettings) -> Token:
    """The token, or a gap for it: what a person corrected or confirmed is always shown."""
    if token.gap or token.by or token.cert is None or token.cert >= settings.threshold:
        return token
    return replace(token, text="", gap=Gap(UNCERTAIN), rivals=(), parts=())
