import json
from typing import Any

import pytest

from ocr.corrections.changes import AcceptLine, AddLine, Change, CorrectLine, Reorder, RereadLine, SplitLine
from ocr.corrections.letters import Part
from ocr.corrections.tokens import Gap, Token
from ocr.geometry import Box, Point
from ocr.page import Reading, Rival, Step, Word
from ocr.review.values import (
    Base,
    Conflict,
    Edit,
    Entry,
    Settled,
    UnfitError,
    entry_json,
    entry_of,
    plain,
    read,
)

STEP = Step("cursive", "Cursive recogniser", "1", (("beam", "8"),), reads=True)
WORDS = (Word("слово", Box(1, 2, 30.5, 40), 0.75, (), (Rival("слава", 0.2),)), Word(""))
CHANGES: tuple[Change, ...] = (
    CorrectLine("l1", (Token("сло", "w1", ("del",), "слово", None), Token("", gap=Gap("illegible", 3)))),
    CorrectLine("l2", (Token("аб", parts=(Part("а", ("hi",)), Part("б"))),)),
    AcceptLine("l1", "verified"),
    SplitLine("l1", 1, (Point(1.0, 2.5), Point(3.0, 4.0))),
    AddLine("r1", None, (Point(0.0, 0.0), Point(9.0, 0.0), Point(9.0, 9.0))),
    Reorder("r1", ("l2", "l1")),
    RereadLine("l1", Reading("cursive", WORDS, 0.5), STEP, 0.6),
)
ENTRIES: tuple[Entry, ...] = (
    Base("ab" * 32, b"<TEI/>\n"),
    Edit("ab", "cd", "А. Б.", "2026-11-22", CHANGES),
    Conflict("А. Б.", "2026-11-22", "Another program.", CHANGES[0], (Token("иное"),)),
    Settled("А. Б.", "2026-11-22", (0, 3)),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_a_change_is_read_as_it_was_written(change: Change) -> None:
    value = json.loads(json.dumps(plain(change)))
    assert value["change"] == type(change).__name__
    assert read(value, Change, "changes[0]") == change


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: type(entry).__name__)
def test_an_entry_is_read_as_it_was_written(entry: Entry) -> None:
    assert entry_of(entry_json(entry)) == entry


def test_what_old_journals_say_of_words_and_readings_is_left_out() -> None:
    """They hold what the record said of a word, and parts of a reading that are no more."""
    value: dict[str, Any] = json.loads(entry_json(ENTRIES[1]))
    corrected, reread = value["changes"][0], value["changes"][-1]
    corrected["tokens"][0] |= {
        "cert": 0.4,
        "box": [1, 2, 3, 4],
        "rivals": [{"text": "x", "odd": 1}],
        "by": "r",
    }
    reread["reading"] |= {"another": [1]}
    assert entry_of(json.dumps(value).encode()) == ENTRIES[1]
    with pytest.raises(UnfitError, match="has no 'another'"):
        read({"change": "RereadLine", **reread}, Change, "changes[0]")


def test_what_is_sent_is_bounded_and_what_is_kept_is_not() -> None:
    tokens = tuple(Token("а") for _ in range(6000))
    value = plain(CorrectLine("l1", tokens))
    with pytest.raises(UnfitError, match="5000 things"):
        read(value, Change, "changes[0]")
    assert read(value, Change, "changes[0]", sent=False) == CorrectLine("l1", tokens)


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"{}",
        b'{"entry":"bse"}',
        b'{"entry":"base","sha":"a","content":"!"}',
        b'{"entry":"edit"}',
        b"{",
    ],
)
def test_what_is_no_entry_is_refused(line: bytes) -> None:
    with pytest.raises((UnfitError, ValueError)):
        entry_of(line)
