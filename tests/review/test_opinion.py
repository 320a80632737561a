"""A second opinion raises doubt where it has other letters, and the desk's queue follows."""

import threading
from pathlib import Path

import pytest

from ocr.corrections.changes import AcceptLine, AcceptWords, Change, CorrectLine, edit
from ocr.corrections.tokens import Token, TokenRival
from ocr.corrections.view import LineView, view
from ocr.review.opinion import doubted
from ocr.review.priority import UNKNOWN
from tests.exports.records import record_of
from tests.review.desks import Set, opened, set_up

OURS = "В городѣ был большой старый дом"
LINE = "s1_r1_l1"


def _beside(theirs: str, *changes: Change) -> tuple[LineView, LineView]:
    """Our line by itself, and beside another transcription."""
    record = record_of(OURS).replace(b'cert="0.5', b'cert="0.9')
    ours = view(edit(record, changes, "А. Б.", "2026-01-02") if changes else record)
    other = edit(record, CorrectLine(LINE, tuple(map(Token, theirs.split()))), "Издание", "2026-01-01")
    return ours.lines[0], doubted(ours, view(other)).lines[0]


@pytest.mark.parametrize(
    ("theirs", "changed"),
    [
        (OURS, {}),
        ("в городе был, большой «старый» дом.", {}),
        ("В городѣ был большой новый дом", {4: ("новый",)}),
        ("В городѣ большой старый домъ", {2: ()}),
        ("В городѣ Твери был большой старый дом", {1: ()}),
        ("В городѣ был боль шой старый дом", {}),
        ("В городѣ был не так уж старый дом", {3: ()}),
    ],
)
def test_words_with_other_letters_are_doubted(theirs: str, changed: dict[int, tuple[str, ...]]) -> None:
    before, after = _beside(theirs)
    for at, (plain, token) in enumerate(zip(before.tokens, after.tokens, strict=True)):
        if at in changed:
            assert token.cert == UNKNOWN
            assert token.rivals == (*(TokenRival(text, None) for text in changed[at]), *plain.rivals)
            assert token.reading == plain.reading, "what stands there is as it was"
        else:
            assert token == plain


@pytest.mark.parametrize(
    "change",
    [
        AcceptWords((f"{LINE}_w5",)),
        AcceptLine(LINE),
        CorrectLine(LINE, tuple(map(Token, [*OURS.split()[:4], "ветхий", "дом"]))),
    ],
)
def test_what_a_person_answered_for_is_not_doubted(change: Change) -> None:
    before, after = _beside("В городѣ был большой новый дом", change)
    assert before.tokens[4] == after.tokens[4]


def test_disagreement_steers_the_queue_and_is_no_fact_of_the_record(tmp_path: Path) -> None:
    alone = set_up(tmp_path)
    page = alone.desk.notebooks()[0].pages[0]
    line = alone.desk.record(page).lines[-1]
    words = [token.text for token in line.tokens]
    changed = CorrectLine(line.ident, (*map(Token, words[:-1]), Token("иное")))
    other = tmp_path / "other" / page.path.relative_to(tmp_path.resolve() / "output")
    other.parent.mkdir(parents=True)
    other.write_bytes(edit(page.path.read_bytes(), changed, "Издание", "2026-01-01"))
    beside = opened(tmp_path, others=(tmp_path / "other",))

    assert _worth(beside, line.ident) > _worth(alone, line.ident)
    value = beside.client.get(f"/api/pages/{page.ident}").json()
    (shown,) = (each for each in value["lines"] if each["id"] == line.ident)
    assert shown["tokens"][-1]["cert"] == UNKNOWN
    assert shown["tokens"][-1]["rivals"][0] == {"text": "иное", "cert": None}
    assert _worth(opened(tmp_path), line.ident) == _worth(alone, line.ident), "nothing of it is kept"


def _worth(desk: Set, line: str) -> float:
    desk.desk.count_all(threading.Event())
    page = desk.desk.notebooks()[0].pages[0]
    return next(
        each.effort.worth
        for of, each in desk.desk.queue(1000)
        if of.ident == page.ident and each.line == line
    )
