"""Who and when, told in the header."""

import pytest

from ocr.corrections.changes import (
    AcceptLine,
    SetPageState,
    edit,
)
from ocr.corrections.session import line_states, page_state
from ocr.corrections.spans import Document
from ocr.errors import RecordError
from tests.corrections.edits import MARKED, WHEN, WHO, L, corrected, good


def test_the_header_tells_who_and_when_once_for_a_sitting() -> None:
    content = corrected(MARKED, f"{L}1", 1, text="а")
    content = corrected(content, f"{L}2", 0, text="б")
    content = edit(content, [AcceptLine(f"{L}1"), AcceptLine(f"{L}2")], WHO, f"{WHEN}T12:00:00+03:00")
    header = good(content).decode().partition("</teiHeader>")[0]
    assert header.count("<change") == 2
    assert header.count("<respStmt") == 2
    told = (
        '<change xml:id="ch2" when="2026-11-22" who="#rev1" status="corrected" '
        'target="#s1_r1_l1_lb #s1_r1_l2_lb">'
        "words corrected; lines corrected</change>"
    )
    assert told in header
    assert header.index("ch2") < header.index("ch1")
    other = corrected(content, f"{L}1", 1, text="в" if WHO else "")
    assert other.count(b"<change") == 2
    second = edit(content, AcceptLine(f"{L}1", "verified"), "Вторая", WHEN)
    assert good(second).count(b"<respStmt") == 3
    states = line_states(Document(second))
    assert (states[f"{L}1"], states[f"{L}2"]) == (("verified", "rev2"), ("corrected", "rev1"))
    back = edit(second, AcceptLine(f"{L}1", "draft"), "Вторая", WHEN)
    assert line_states(Document(good(back)))[f"{L}1"] == ("draft", "rev2")
    later = edit(second, AcceptLine(f"{L}1", "corrected"), WHO, "2026-11-23")
    assert line_states(Document(good(later)))[f"{L}1"] == ("corrected", "rev1")
    assert later.count(b"<change") == 4


def test_the_state_of_a_page() -> None:
    content = good(edit(MARKED, SetPageState("verified"), WHO, WHEN))
    assert page_state(Document(content)) == "verified"
    assert edit(content, SetPageState("verified"), WHO, WHEN) == content
    with pytest.raises(RecordError, match="draft, corrected, verified"):
        edit(content, SetPageState("done"), WHO, WHEN)
