"""Records written as PAGE or ALTO and imported again are the same, but for what docs/import.md names."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.corrections.changes import AcceptLine, AcceptWords, Change, CorrectLine, SetPageState, edit
from ocr.corrections.letters import Part
from ocr.corrections.tokens import Gap, Token
from ocr.corrections.view import LineView, RecordView, view
from ocr.errors import RecordError
from ocr.geometry import Box, Point
from ocr.page import Kind, Page
from ocr.tei.write import to_tei
from ocr.text import squeeze
from tests.exports.records import record_of
from tests.imports.roundtrip import PERSON, exported, imported, there_and_back
from tests.tei.made_pages import pages

FORMS = ("page", "alto")


def _near(points: tuple[Point, ...], others: tuple[Point, ...]) -> bool:
    return len(points) == len(others) and all(
        abs(a.x - b.x) <= 1 and abs(a.y - b.y) <= 1 for a, b in zip(points, others, strict=True)
    )


def _box_near(box: Box | None, other: Box | None) -> bool:
    if box is None or other is None:
        return box is other
    return _near(box.corners, other.corners)


def _words(line: LineView) -> list[Token]:
    """The tokens with a text, parted where a foreign format parts them."""
    return [replace(token, text=part) for token in line.tokens for part in squeeze(token.text).split()]


def _check(before: RecordView, after: RecordView, form: str) -> None:
    assert [[token.text for token in _words(line)] for line in after.lines] == [
        [token.text for token in _words(line)] for line in before.lines
    ]
    for old, new in zip(before.lines, after.lines, strict=True):
        assert new.kind is old.kind
        assert new.state == old.state
        assert old.outline is not None
        assert new.outline is not None
        assert _near(new.outline.points, old.outline.points)
        assert _near(new.baseline, old.baseline)
        if form == "page":
            assert new.confidence == old.confidence or old.silence in {"unread", "failed"}
            gaps = [token.gap for token in old.tokens if token.gap]
            assert [token.gap for token in new.tokens if token.gap] == gaps
            assert new.silence == old.silence or gaps
        texts = [token.text for token in _words(old)]
        if len(set(texts)) < len(texts) and not all(token.id for token in new.tokens):
            continue  # of equal words without places nothing tells which of them is marked
        for token, other in zip(_words(new), _words(old), strict=True):
            marked = other.marks or any(part.marks for part in other.parts)
            if other.id or not marked:  # how sure a mark is is told by the place of its word
                assert token.cert == other.cert
            assert {rival.text for rival in token.rivals} <= {squeeze(rival.text) for rival in other.rivals}
            if form == "page" and old.kind is not Kind.STRUCK:  # which says that all is struck
                assert token.marks == other.marks
            if other.id and form == "page":  # ALTO does not tell which words share a place
                assert _box_near(token.box, other.box)


@pytest.mark.parametrize("form", FORMS)
@given(page=pages())
@settings(max_examples=25, deadline=None)
def test_any_page_comes_back(form: str, page: Page) -> None:
    before, after, _ = there_and_back(to_tei(page), form)
    _check(before, after, form)


WORDS = ("Старый", "конь,", "«борозды»", "не", "портит.", "2го")
token_marks = st.sampled_from(
    [(), (), (), ("del",), ("add",), ("unclear",), ("foreign",), ("supplied",), ("hi",)]
)


@st.composite
def corrected_tokens(draw: st.DrawFn, line: LineView) -> tuple[Token, ...]:
    """The line as a person leaves it: words changed, marked, put in, gaps."""
    tokens: list[Token] = []
    for token, letter in zip(line.tokens, "абвгдежз", strict=False):  # no word comes twice in a line
        match draw(st.integers(0, 5)):
            case 0:
                tokens.append(Token(letter + draw(st.sampled_from(WORDS)), token.id, draw(token_marks)))
            case 1:
                tokens.append(replace(token, marks=draw(token_marks)))
            case 2:
                tokens += [token, Token("", gap=Gap("blot", draw(st.none() | st.integers(1, 9))))]
            case 3 if len(token.text) > 2 and token.text.isalpha():
                parts = (Part(token.text[:1]), Part(token.text[1:], ("superscript",)))
                tokens.append(replace(token, parts=parts))
            case 4:
                tokens += [token, Token(letter + draw(st.sampled_from(WORDS)))]
            case _:
                tokens.append(token)
    return tuple(tokens)


@st.composite
def corrected_records(draw: st.DrawFn) -> bytes:
    kinds = [draw(st.sampled_from(Kind)) for _ in range(3)]
    record = record_of("Старый конь борозды\nне портит", "изъ книгъ г. М. 2го", kinds=kinds)
    changes: list[Change] = []
    for line in view(record).lines:
        if draw(st.booleans()):
            changes.append(CorrectLine(line.ident, draw(corrected_tokens(line))))
        match draw(st.integers(0, 3)):
            case 0:
                changes.append(AcceptLine(line.ident))
            case 1:
                changes.append(AcceptLine(line.ident, "verified"))
            case 2:
                changes.append(AcceptWords(tuple(t.id for t in line.tokens[:1] if t.id and not t.gap)))
    changes = [change for change in changes if not (isinstance(change, AcceptWords) and not change.ids)]
    if draw(st.booleans()):
        changes.append(SetPageState("corrected"))
    try:
        return edit(record, changes, "Reviewer", "2026-11-20") if changes else record
    except RecordError:  # the word that was to be confirmed was replaced
        return record


@pytest.mark.parametrize("form", FORMS)
@given(record=corrected_records())
@settings(max_examples=25, deadline=None)
def test_any_corrected_record_comes_back(form: str, record: bytes) -> None:
    before, after, _ = there_and_back(record, form)
    assert after.state == before.state
    _check(before, after, form)
    for old, new in zip(before.lines, after.lines, strict=True):
        if form == "page":
            assert [t.parts for t in new.tokens] == [t.parts for t in old.tokens]
            assert [t.expan for t in new.tokens] == [t.expan for t in old.tokens]


@pytest.mark.parametrize("form", FORMS)
def test_corrected_lines_are_the_persons_and_others_the_programs(form: str) -> None:
    record = record_of("Старый конь\nне портит")
    record = edit(record, [AcceptLine("s1_r1_l1")], "Reviewer", "2026-11-20")
    _, after, _ = there_and_back(record, form)
    first, second = after.lines
    assert (after.people[first.by or ""], first.state) == (PERSON, "corrected")
    assert (after.people[second.by or ""].partition(" ")[0], second.state) == ("tetradi", "draft")


def test_a_second_trip_changes_nothing_more() -> None:
    record = record_of("Старый конь\nне портит")
    once, _ = imported(exported(record, "page"))
    twice, _ = imported(exported(once, "page"))
    first, second = view(once), view(twice)
    assert [line.tokens for line in first.lines] == [line.tokens for line in second.lines]
