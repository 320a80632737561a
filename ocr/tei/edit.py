"""A record changed in one place, every other byte left as it is: what persons do on the reviewer's page.

A change is a value; `edit` writes it into the bytes of a file and says who made it and when. The digests of
the header stay as the machine wrote them, so that a later run of the machine knows what a person touched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from ocr.errors import RecordError
from ocr.tei.edit_header import Sitting
from ocr.tei.edit_words import accept_words, correct_line
from ocr.tei.spans import Cuts, Document
from ocr.tei.tokens import Token, line_break


@dataclass(frozen=True, slots=True)
class CorrectLine:
    """What stands on the line is this. A token that says what stood there keeps its bytes."""

    line: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class AcceptLine:
    """The line is as good as the state says: corrected, verified, or draft again."""

    line: str
    state: str = "corrected"


@dataclass(frozen=True, slots=True)
class AcceptWords:
    """These words (ids of their zones) are as the machine read them; `accepted` false takes that back."""

    ids: tuple[str, ...]
    accepted: bool = True


@dataclass(frozen=True, slots=True)
class SetPageState:
    """The page is as good as the state says: draft, corrected or verified."""

    state: str


Change = CorrectLine | AcceptLine | AcceptWords | SetPageState


def edit(content: bytes, change: Change | Sequence[Change], who: str, when: str) -> bytes:
    """The file with a change made, or several in turn. `who` is the name of the person, `when` a date or a
    date with time (ISO 8601).

    A change that changes nothing gives the same bytes. RecordError, and nothing is changed, when the place
    is not there.
    """
    changes = change if isinstance(change, Sequence) else (change,)
    for _, same in groupby(enumerate(changes), _batch):
        content = _made(content, [one for _, one in same], who, when)
    return content


def _batch(numbered: tuple[int, Change]) -> object:
    """Lines accepted one after the other are told at once; everything else by itself."""
    number, change = numbered
    return change.state if isinstance(change, AcceptLine) else number


def _made(content: bytes, changes: list[Change], who: str, when: str) -> bytes:
    doc, cuts = Document(content), Cuts()
    sitting = Sitting(doc, cuts, who, when)
    first = changes[0]
    match first:
        case CorrectLine():
            correct_line(doc, cuts, sitting, line_break(doc, first.line), first.tokens)
        case AcceptLine():
            lines = [change.line for change in changes if isinstance(change, AcceptLine)]
            sitting.accept(_zoned(doc, lines), first.state)
        case AcceptWords():
            accept_words(doc, cuts, sitting, first.ids, accepted=first.accepted)
        case SetPageState():
            sitting.page(first.state)
    sitting.finish()
    return doc.encoded(cuts.applied(doc.text)) if cuts else content


def _zoned(doc: Document, lines: Iterable[str]) -> list[str]:
    """The ids of lines that a change can point to."""
    for line in lines:
        line_break(doc, line)
        if line not in doc.by_id:
            raise RecordError(
                f"The line {line} has no id to point to. Give its lb an xml:id in an XML editor."
            )
    return list(lines)
