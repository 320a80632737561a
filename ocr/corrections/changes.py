"""A record changed in one place, every other byte left as it is: what persons do on the reviewer's page.

A change is a value; `edit` writes it into the bytes of a file and says who made it and when. The digests of
the header stay as the machine wrote them, so that a later run of the machine knows what a person touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ocr.corrections.lines import add_line, merge_lines, reorder, set_kind, split_line
from ocr.corrections.remove import remove_line, restore_line
from ocr.corrections.reread import reread_line
from ocr.corrections.session import Session
from ocr.corrections.shapes import move_baseline, redraw_outline
from ocr.corrections.spans import document, parsed
from ocr.corrections.tokens import Token, line_break
from ocr.corrections.unread import covered_places, settle
from ocr.corrections.words import accept_words, correct_line
from ocr.geometry import Point
from ocr.page import Reading, Step
from ocr.tei.names import REVIEW_THRESHOLD


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


@dataclass(frozen=True, slots=True)
class SplitLine:
    """The line ends before the token `at` (0 is the first), the rest is a line of its own. `points`: the
    line to cut along, two points; without, upright between the words."""

    line: str
    at: int
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeLines:
    """The line and the next one are one."""

    line: str
    other: str


@dataclass(frozen=True, slots=True)
class MoveBaseline:
    """The letters of the line stand on these points, two or more."""

    line: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class RedrawOutline:
    """The line is inside these points, three or more."""

    line: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class AddLine:
    """A line nobody found: in a region (or a surface without regions), after another or as the first."""

    region: str
    after: str | None
    outline: tuple[Point, ...]
    baseline: tuple[Point, ...] = ()
    kind: str = "text"
    text: str = ""


@dataclass(frozen=True, slots=True)
class RemoveLine:
    """This is no line of the text. Its zone and what was read there stay in the file."""

    line: str


@dataclass(frozen=True, slots=True)
class RestoreLine:
    """A line that was taken out is in the text again: behind another, or by the place of its zone."""

    line: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class SetKind:
    """The line is text, heading, insertion, struck, margin or number."""

    line: str
    kind: str


@dataclass(frozen=True, slots=True)
class Reorder:
    """The lines of a region are to be read in this order; each is named once."""

    region: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RereadLine:
    """An engine read the line again, and this is the text now; what stood there is kept aside. Words under
    the threshold are marked unclear."""

    line: str
    reading: Reading
    reader: Step
    threshold: float = REVIEW_THRESHOLD


Change = (
    CorrectLine
    | AcceptLine
    | AcceptWords
    | SetPageState
    | SplitLine
    | MergeLines
    | MoveBaseline
    | RedrawOutline
    | AddLine
    | RemoveLine
    | RestoreLine
    | SetKind
    | Reorder
    | RereadLine
)

_OF_PLACES = (SplitLine, MergeLines, RedrawOutline, AddLine, RemoveLine, RestoreLine)
"""Changes after which other places are covered by lines than before."""


def edit(content: bytes, change: Change | Sequence[Change], who: str, when: str) -> bytes:
    """The file with a change made, or several in turn. `who` is the name of the person, `when` a date or a
    date with time (ISO 8601).

    A change that changes nothing gives the same bytes. RecordError, and nothing is changed, when the place
    is not there.
    """
    changes = change if isinstance(change, Sequence) else (change,)
    before = content
    for first, accepted in _batches(changes):
        content = _made(content, first, accepted, who, when)
    if content is not before:
        parsed(content)  # what could not be read again is never given to anyone
    return content


def _batches(changes: Sequence[Change]) -> list[tuple[Change | None, list[AcceptLine]]]:
    """Changes that are made at once, so that the file is parsed once: any one, and the lines that are
    accepted right after a correction or by themselves, all to the same state."""
    batches: list[tuple[Change | None, list[AcceptLine]]] = []
    for change in changes:
        if not isinstance(change, AcceptLine):
            batches.append((change, []))
            continue
        first, accepted = batches[-1] if batches else (None, [])
        fits = first is None or isinstance(first, CorrectLine)
        if not batches or not fits or any(line.state != change.state for line in accepted):
            batches.append((None, [change]))
        else:
            accepted.append(change)
    return batches


def _made(content: bytes, change: Change | None, accepted: list[AcceptLine], who: str, when: str) -> bytes:
    session = Session(document(content), who, when)
    if change is not None:
        _make(session, change)
    if accepted:
        session.accept([line.line for line in accepted], accepted[0].state)
    made = session.made()
    if not isinstance(change, _OF_PLACES) or made == content:
        return made
    places = Session(document(made), who, when)  # that nobody read: they keep step with the lines
    settle(places, covered_places(session.doc))
    return places.made()


def _make(session: Session, change: Change) -> None:
    lb = partial(line_break, session.doc)
    match change:
        case CorrectLine():
            correct_line(session, lb(change.line), change.tokens)
        case AcceptWords():
            accept_words(session, change.ids, accepted=change.accepted)
        case SetPageState():
            session.page(change.state)
        case SplitLine():
            split_line(session, lb(change.line), change.at, change.points)
        case MergeLines():
            merge_lines(session, lb(change.line), lb(change.other))
        case MoveBaseline():
            move_baseline(session, lb(change.line), change.points)
        case RedrawOutline():
            redraw_outline(session, lb(change.line), change.points)
        case AddLine():
            after = None if change.after is None else lb(change.after)
            add_line(
                session, change.region, after, (change.outline, change.baseline), change.kind, change.text
            )
        case RemoveLine():
            remove_line(session, lb(change.line))
        case RestoreLine():
            restore_line(session, change.line, change.after)
        case SetKind():
            set_kind(session, lb(change.line), change.kind)
        case Reorder():
            reorder(session, change.region, change.lines)
        case RereadLine():
            reread_line(session, lb(change.line), change.reading, change.reader, change.threshold)
