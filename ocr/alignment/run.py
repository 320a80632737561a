"""A transcription laid onto the records of a notebook, and written into them as the text of its edition."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ocr.alignment.laying import LaidLine, ReadLeaf, lay
from ocr.alignment.letters import Letters, letters_of
from ocr.alignment.placing import Index, Stretch
from ocr.corrections.changes import AcceptLine, Change, CorrectLine, edit
from ocr.corrections.reread import put_aside
from ocr.corrections.session import Session
from ocr.corrections.spans import attribute, document
from ocr.corrections.tokens import Token
from ocr.corrections.view import LineView, RecordView, view_of
from ocr.errors import ComparisonError
from ocr.page import Kind
from ocr.tei.names import cert
from ocr.tei.tree import read

_LEAST_PLACED = 0.2
"""Of the leaves with text so many must be found in a transcription that is one of these pages."""
_LETTERS_OF_A_LEAF = 40
"""A leaf with fewer proves nothing."""
_ROOM = 3.0
"""A leaf that is found nowhere may stand between its neighbours: at most so many times its letters."""


@dataclass(frozen=True, slots=True)
class AlignedLine:
    """What became of a line."""

    record: Path
    line: str
    read: str
    """As the record had it."""
    laid: LaidLine
    is_persons: bool
    """A person had corrected or accepted it already, and it stays as that left it."""


@dataclass(frozen=True, slots=True)
class AlignedRecord:
    """What became of a record; `content` is None when no line of it was given anything."""

    record: Path
    lines: tuple[AlignedLine, ...]
    before: bytes
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Leaf:
    record: Path
    lines: tuple[LineView, ...]
    letters: Letters


def align(text: str, records: Sequence[Path], by: str, when: str) -> Iterator[AlignedRecord]:
    """Each record with the lines of it that the text was laid onto; nothing is written to disk.

    Lines that are like enough get the words of the text as those of `by` (the edition), dated `when`, and
    are corrected with that; lines that a person has seen stay. ComparisonError when the text is no
    transcription of these pages; RecordError when a record cannot be read.
    """
    contents = {record: read(record) for record in records}
    views = [(record, view_of(record, content)) for record, content in contents.items()]
    leaves = [leaf for record, shown in views for leaf in _leaves(record, shown)]
    letters = letters_of(text)
    stretches = _placed(leaves, Index(letters.codes), len(letters.codes))
    placed = [(leaf, stretch) for leaf, stretch in zip(leaves, stretches, strict=True) if stretch is not None]
    answers = lay([ReadLeaf([*map(_text, leaf.lines)], at.start, at.end) for leaf, at in placed], letters)
    laid = {
        (leaf.record, line.ident): each
        for (leaf, _), answer in zip(placed, answers, strict=True)
        for line, each in zip(leaf.lines, answer, strict=True)
    }
    for record, shown in views:
        lines = tuple(
            AlignedLine(
                record,
                line.ident,
                _text(line),
                laid.get((record, line.ident), LaidLine("", 0.0, False)),
                line.state != "draft" or any(token.by for token in line.tokens),
            )
            for line in shown.lines
            if _text(line)
        )
        before = contents[record]
        yield AlignedRecord(record, lines, before, _written(before, shown, lines, by, when))


def _leaves(record: Path, shown: RecordView) -> Iterator[_Leaf]:
    """The lines with text of each leaf, but struck ones, which no edition has."""
    by_surface: dict[str | None, list[LineView]] = {}
    for line in shown.lines:
        if line.kind is not Kind.STRUCK and _text(line):
            by_surface.setdefault(line.surface, []).append(line)
    for lines in by_surface.values():
        yield _Leaf(record, tuple(lines), letters_of(" ".join(map(_text, lines))))


def _text(line: LineView) -> str:
    return " ".join(token.text for token in line.tokens if token.text)


def _placed(leaves: Sequence[_Leaf], index: Index, length: int) -> list[Stretch | None]:
    """The stretch of each leaf. What is found nowhere by itself is looked for between its neighbours."""
    stretches = [index.place(leaf.letters.codes) for leaf in leaves]
    proving = [
        stretch is not None
        for leaf, stretch in zip(leaves, stretches, strict=True)
        if len(leaf.letters.codes) >= _LETTERS_OF_A_LEAF
    ]
    if not proving or sum(proving) < _LEAST_PLACED * len(proving):
        raise ComparisonError(
            f"This is no transcription of these pages: of {len(proving)} leaves with text {sum(proving)} "
            "were found in it. Give that of this notebook, or read the pages with another engine."
        )
    for at, (leaf, stretch) in enumerate(zip(leaves, list(stretches), strict=True)):
        before = next((s.end for s in stretches[max(at - 1, 0) : at] if s is not None), 0)
        behind = next((s.start for s in stretches[at + 1 : at + 2] if s is not None), length)
        if stretch is None and 0 < behind - before <= _ROOM * len(leaf.letters.codes):
            stretches[at] = Stretch(before, behind, 0.0)
    return stretches


def _written(
    before: bytes, shown: RecordView, lines: Sequence[AlignedLine], by: str, when: str
) -> bytes | None:
    """The record with the lines that are like enough; None when there is none."""
    views = {line.ident: line for line in shown.lines}
    given = [line for line in lines if line.laid.accepted and not line.is_persons]
    changes: list[Change] = []
    for line in given:
        tokens = _tokens(views[line.line], line.laid.text.split())
        changes += [CorrectLine(line.line, tokens), AcceptLine(line.line)]
    return _with_likeness(edit(before, changes, by, when), given, by, when) if changes else None


def _with_likeness(content: bytes, lines: Sequence[AlignedLine], by: str, when: str) -> bytes:
    """The record with how like each line is to the words that it was given, in standOff."""
    session = Session(document(content), by, when)
    p, targets = session.doc.root.prefix, {f"#{line.line}" for line in lines}
    for element in session.doc.root.walk():
        if element.name == "certainty" and element.get("target") in targets:
            session.take_out(element)
    spelt = (
        f'<{p}certainty target="#{attribute(line.line)}" locus="location" '
        f'degree="{cert(line.laid.likeness)}" resp="#{attribute(session.person())}"/>'
        for line in lines
    )
    put_aside(session, p, "".join(spelt))
    return session.made()


def _tokens(line: LineView, words: Sequence[str]) -> tuple[Token, ...]:
    """The words at the places of those that they stand for."""
    old = line.tokens
    new: list[Token] = []
    for step in Levenshtein.opcodes([token.text for token in old], words):
        sources = old[step.src_start : step.src_end]
        targets = words[step.dest_start : step.dest_end]
        if step.tag == "equal":
            new += sources
            continue
        idents = [token.id for token in sources] + [None] * len(targets)
        new += (Token(word, ident) for word, ident in zip(targets, idents, strict=False))
    return tuple(new)
