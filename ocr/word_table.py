"""The words of a page as a table: a row for each word, which spreadsheets and frames take as they are."""

import os
from pathlib import Path
from typing import NamedTuple

from ocr.corrections.view import RecordView, view, view_of
from ocr.geometry import Box
from ocr.page import Page
from ocr.tei.write import to_tei


class WordRow(NamedTuple):
    """One word of a page, punctuation included. Places: whole pixels of the upright scan, origin top left."""

    page: str
    """The title of the page."""
    line: str
    """The xml:id of its line."""
    place: int
    """Which word of the line it is, from 1."""
    id: str | None
    """Its xml:id; None of a word without a place of its own."""
    text: str
    """Empty where ink cannot be read."""
    confidence: float | None
    """Probability of being right, 0 to 1; None when not known."""
    left: int | None
    top: int | None
    right: int | None
    bottom: int | None
    alternatives: tuple[str, ...]
    """What else the engine thought of, likeliest first,"""
    alternative_confidences: tuple[float | None, ...]
    """and how likely each is."""
    kind: str
    """What its line is: text, heading, insertion, struck, margin, number."""
    state: str | None
    """How far a person has come with its line: draft, corrected, verified. None of a page in memory, which
    does not say."""
    by: str | None
    """Who read it, program or person, by name."""

    @property
    def box(self) -> Box | None:
        """Its place; None when it has none."""
        if self.left is None or self.top is None or self.right is None or self.bottom is None:
            return None
        return Box(self.left, self.top, self.right, self.bottom)


def words(source: Page | str | os.PathLike[str] | bytes) -> list[WordRow]:
    """The words of a page, in reading order: a `Page`, or the TEI of one (a path or its bytes).

    Of a file also what persons wrote is there, and how far they have come (`state`). Numbers are as the
    record spells them: places in whole pixels, confidences with four digits. RecordError for what is no TEI,
    TypeError for what is none of these.

        rows = ocr.words("output/notebook/page-0001.xml")
        frame = pandas.DataFrame(rows)  # or polars.DataFrame(rows)
    """
    if isinstance(source, Page):
        return [row._replace(state=None) for row in rows_of(view(to_tei(source)))]
    if isinstance(source, bytes):
        return rows_of(view(source))
    if not isinstance(source, str | os.PathLike):
        raise TypeError(
            f"A {type(source).__name__} has no words; give a Page, the path of a TEI file or its bytes."
        )
    return rows_of(view_of(Path(source)))


def rows_of(record: RecordView) -> list[WordRow]:
    """The words of a record that is read, in reading order."""
    rows = []
    for line in record.lines:
        for place, token in enumerate(line.tokens, 1):
            box, by = token.box, token.by or line.by
            sides = (box.left, box.top, box.right, box.bottom) if box else ()
            left, top, right, bottom = map(round, sides) if sides else (None,) * 4
            rows.append(
                WordRow(
                    page=record.name,
                    line=line.ident,
                    place=place,
                    id=token.id,
                    text=token.text,
                    confidence=token.cert,
                    left=left,
                    top=top,
                    right=right,
                    bottom=bottom,
                    alternatives=tuple(rival.text for rival in token.rivals),
                    alternative_confidences=tuple(rival.cert for rival in token.rivals),
                    kind=line.kind.value,
                    state=line.state,
                    by=None if by is None else record.people.get(by, by),
                )
            )
    return rows
