"""Words corrected: what is written, that it is valid, and that the machine keeps its bytes."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.corrections.changes import (
    AcceptWords,
    CorrectLine,
    edit,
)
from ocr.corrections.letters import Part
from ocr.corrections.spans import Document
from ocr.corrections.tokens import Token, line_name
from ocr.errors import RecordError
from ocr.page import Page
from ocr.tei.write import to_tei
from tests.corrections.edits import (
    MARKED,
    WHEN,
    WHO,
    L,
    corrected,
    good,
    lines_of_tokens,
    said,
    without_header,
    words,
)
from tests.tei.edits import taken_back
from tests.tei.golden.pages import GOLDEN_PAGES
from tests.tei.lines import text_lines
from tests.tei.made_pages import pages


@given(pages(), st.data())
@settings(max_examples=40, deadline=None)
def test_what_was_typed_is_there_and_the_machine_keeps_its_bytes(page: Page, data: st.DataObject) -> None:
    content = original = to_tei(page)
    names = [line_name(doc, lb) for doc in [Document(content)] for lb in doc.lines]
    first = {name: words(content, name) for name in names}
    for name in data.draw(st.lists(st.sampled_from(names), max_size=4)) if names else []:
        new = data.draw(lines_of_tokens(words(content, name)))
        before = content
        content = edit(before, CorrectLine(name, tuple(new)), WHO, WHEN)
        assert said(words(content, name)) == said(new)
        good(content)
        for other in names:
            if other != name:
                assert said(words(content, other)) == said(words(before, other))
        # the same once more changes nothing
        assert edit(content, CorrectLine(name, words(content, name)), WHO, WHEN) == content
    assert taken_back(content) == taken_back(original)
    for name in names:
        content = edit(content, CorrectLine(name, first[name]), WHO, WHEN)
        assert said(words(content, name)) == said(first[name])


@pytest.mark.parametrize("again", [1, 2])
def test_a_corrected_word_keeps_the_reading_of_the_machine(again: int) -> None:
    content = MARKED
    for n in range(again):
        content = corrected(content, f"{L}1", 1, text=f"объявленъ{n}")
    good(content)
    machine = re.search(rb'<w facs="#s1_r1_l1_w2".*?</w>', MARKED)
    assert machine is not None
    new = f'<w facs="#s1_r1_l1_w2" cert="high">объявленъ{again - 1}</w>'.encode()
    app = b'<app><lem resp="#rev1" change="#ch2">%s</lem><rdg resp="#tesseract">%s</rdg></app>'
    assert app % (new, machine[0]) in content
    assert content.count(b"<app>") == MARKED.count(b"<app>") + 1
    token = words(content, f"{L}1")[1]
    assert (token.machine, token.by, token.id) == ("об'явлен", "rev1", "s1_r1_l1_w2")


def test_marks_around_a_word_stay_when_only_the_word_changes() -> None:
    content = good(corrected(MARKED, f"{L}1", 0, text="«Кризисы»,"))
    assert f"{_pc('«', '0.93')}<app>".encode() in content
    assert f"</app>{_pc('»', '0.93')}{_pc(',', '0.93')} ".encode() in content


def _pc(mark: str, cert: str) -> str:
    return f'<pc facs="#s1_r1_l1_w1" cert="{cert}">{mark}</pc>'


def test_a_word_put_between_two_that_were_corrected_together() -> None:
    old = words(MARKED, f"{L}3")
    assert old == ()
    both = edit(MARKED, CorrectLine(f"{L}3", (Token("два"), Token("слова"))), WHO, WHEN)
    two = words(both, f"{L}3")
    content = good(edit(both, CorrectLine(f"{L}3", (two[0], Token("новых"), two[1])), WHO, WHEN))
    assert [token.text for token in words(content, f"{L}3")] == ["два", "новых", "слова"]
    assert taken_back(content) == taken_back(MARKED)


def test_marks_on_letters_of_a_word() -> None:
    parts = (Part("«Кри"), Part("зи", ("del", "unclear")), Part("с", ("add",)), Part("»,"))
    content = good(corrected(MARKED, f"{L}1", 0, parts=parts))
    spelt = (
        f'{_pc("«", "low")}<w facs="#s1_r1_l1_w1" cert="low">Кри<del><unclear reason="illegible">зи</unclear>'
        f'</del><add place="above">с</add></w>{_pc("»", "low")}{_pc(",", "low")}</lem>'
    )
    assert spelt.encode() in content
    token = words(content, f"{L}1")[0]
    assert (token.text, token.marks, token.parts) == ("«Кризис»,", (), parts)
    assert next(line.text for line in text_lines(content)).startswith("«Крис»,")  # what is struck is no text
    # the whole word and nothing else is no part; the machine's bytes come back with the machine's word
    whole = corrected(content, f"{L}1", 0, parts=(Part("«"), Part("Кризис", ("del",)), Part("»,")))
    assert (words(whole, f"{L}1")[0].marks, words(whole, f"{L}1")[0].parts) == (("del",), ())
    plain = corrected(content, f"{L}1", 0, parts=())
    assert without_header(plain) == without_header(MARKED)


def test_a_mark_taken_off_one_of_two_words() -> None:
    page = GOLDEN_PAGES["marks"]
    content = to_tei(page).replace(
        b'<w facs="#s1_r1_l1_w2"', b'<del rend="ink"><w facs="#s1_r1_l1_w2"'
    ).replace(b'-</pc></w><lb n="2"', b'-</pc></w></del><lb n="2"')  # fmt: skip
    good(content)
    old = words(content, f"{L}1")
    assert [t.marks for t in old] == [(), ("del",), ("del",)]
    new = good(edit(content, CorrectLine(f"{L}1", (*old[:2], replace(old[2], marks=()))), WHO, WHEN))
    assert [t.marks for t in words(new, f"{L}1")] == [(), ("del",), ()]
    assert b'<lem resp="#rev1" change="#ch2"><del rend="ink"><w' in new
    inside = good(corrected(content, f"{L}1", 1, text="иное"))
    assert b'<del rend="ink"><app>' in inside


def test_an_unread_line_typed_by_hand() -> None:
    content = good(edit(MARKED, CorrectLine(f"{L}4", (Token("Новая"), Token("строка."))), WHO, WHEN))
    assert [line.text for line in text_lines(content) if line.zone == f"{L}4"] == ["Новая строка."]
    assert b'<rdg><gap reason="unread" unit="line" quantity="1"/></rdg>' in content


def test_words_confirmed_and_given_back() -> None:
    ids = ("s1_r1_l1_w1", "s1_r1_l8_w1")
    content = good(edit(MARKED, AcceptWords(ids), WHO, WHEN))
    token = words(content, f"{L}8")[0]
    assert (token.text, token.machine, token.by) == ("нет", "нет", "rev1")
    assert edit(content, AcceptWords(ids), WHO, WHEN) == content
    back = edit(content, AcceptWords(ids, accepted=False), WHO, WHEN)
    assert taken_back(back) == taken_back(MARKED)
    assert words(back, f"{L}8") == words(MARKED, f"{L}8")
    with pytest.raises(RecordError, match="s9"):
        edit(MARKED, AcceptWords(("s9",)), WHO, WHEN)
