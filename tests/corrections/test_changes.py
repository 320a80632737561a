"""A record changed in one place: what is written, that it is valid, and that nothing else moved."""

import codecs
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.corrections.changes import (
    AcceptLine,
    AcceptWords,
    AddLine,
    Change,
    CorrectLine,
    MergeLines,
    MoveBaseline,
    RedrawOutline,
    RemoveLine,
    Reorder,
    RereadLine,
    RestoreLine,
    SetKind,
    SetPageState,
    SplitLine,
    edit,
)
from ocr.corrections.letters import PARTIAL, Part, folded
from ocr.corrections.renew import renew
from ocr.corrections.session import line_states, page_state
from ocr.corrections.spans import Document
from ocr.corrections.tokens import MARKS, Gap, Token, line_break, line_name, line_tokens
from ocr.corrections.view import view
from ocr.errors import RecordError
from ocr.geometry import Box, Point
from ocr.page import Kind, Page, Reading, Rival, Step, Unread, Word
from ocr.tei.parse import parse_tei
from ocr.tei.seal import is_corrected
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from ocr.tei.write import to_tei
from tests.tei.edits import taken_back
from tests.tei.golden.pages import GOLDEN_PAGES
from tests.tei.lines import text_lines
from tests.tei.made_pages import pages
from tests.tei.made_pages import tokens as made_words

SHARED = Path(__file__).parents[2] / ".." / "shared" / "tei"
MARKED = (Path(__file__).parents[1] / "tei" / "golden" / "marks.xml").read_bytes()
L = "s1_r1_l"
WHO, WHEN = "И. Фамилия", "2026-11-22"


def words(content: bytes, line: str) -> tuple[Token, ...]:
    doc = Document(content)
    return line_tokens(doc, line_break(doc, line)).tokens


def said(tokens: tuple[Token, ...] | list[Token]) -> list[tuple[object, ...]]:
    return [token.reading for token in tokens]


def corrected(content: bytes, line: str, at: int, **parts: object) -> bytes:
    tokens = list(words(content, line))
    tokens[at] = replace(tokens[at], **parts)  # type: ignore[arg-type]
    return edit(content, CorrectLine(line, tuple(tokens)), WHO, WHEN)


def good(content: bytes) -> bytes:
    assert problems_of(load(content)) == []
    return content


marks = st.lists(st.sampled_from(MARKS), max_size=2, unique=True).map(
    lambda held: tuple(m for m in MARKS if m in held)
)
letters = st.text("абвѣі", min_size=1, max_size=4)
marked_letters = st.builds(Part, letters, st.sampled_from([(), *((mark,) for mark in PARTIAL)]))


@st.composite
def parted(draw: st.DrawFn) -> Token:
    """A word with marks on some of its letters."""
    end = Part(draw(st.sampled_from(["", ",", "».", "!"])))
    parts = [*draw(st.lists(marked_letters, min_size=2, max_size=4)), end]
    inner, whole = folded(parts, draw(marks.filter(lambda held: "abbr" not in held)))
    text = "".join(part.text for part in parts)
    return Token(text, marks=tuple(m for m in MARKS if m in whole), parts=inner)


new_tokens = st.one_of(
    parted(),
    st.builds(Token, made_words, marks=marks),
    st.builds(lambda t, e: Token(t, marks=("abbr",), expan=e), made_words, made_words),
    st.builds(lambda n: Token("", gap=Gap("illegible", n)), st.none() | st.integers(0, 30)),
)


@st.composite
def lines_of_tokens(draw: st.DrawFn, old: tuple[Token, ...]) -> list[Token]:
    """The old words with some changed, marked, taken out, put in, joined."""
    new: list[Token] = []
    for token in old:
        match draw(st.sampled_from("kkkkcmxij")):
            case "k":
                new.append(token)
            case "c":
                new.append(replace(token, text=draw(made_words), gap=None, parts=()))
            case "m" if token.gap is None:
                marked = draw(marks)
                expan = token.expan if "abbr" in marked else None
                new.append(replace(token, marks=marked, expan=expan, parts=()))
            case "i":
                new += [draw(new_tokens), token]
            case "j" if new and new[-1].gap is None and token.gap is None:
                new[-1] = replace(new[-1], text=new[-1].text + token.text, parts=())
            case _:
                pass
    return new + draw(st.lists(new_tokens, max_size=1))


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


def test_words_joined_and_parted_point_to_the_zones() -> None:
    old = words(MARKED, f"{L}1")
    one = good(
        edit(MARKED, CorrectLine(f"{L}1", (replace(old[0], text="Кризисоб'явлен"), old[2])), WHO, WHEN)
    )
    assert 'facs="#s1_r1_l1_w1 #s1_r1_l1_w2"' in one.decode()
    assert words(one, f"{L}1")[0].box == Box(0, 10, 110, 40)
    two = (replace(old[0], text="Кри"), Token("зис,"), *old[1:])
    parted = good(edit(MARKED, CorrectLine(f"{L}1", two), WHO, WHEN))
    assert parted.count(b'facs="#s1_r1_l1_w1"') == MARKED.count(b'facs="#s1_r1_l1_w1"') + 3
    assert [t.machine for t in words(parted, f"{L}1")[:2]] == ["«Кризис»,", "«Кризис»,"]


def test_abbreviations_gaps_and_marks_are_tei() -> None:
    content = corrected(MARKED, f"{L}1", 1, text="т.е.,", marks=("abbr", "hi"), expan="то есть")
    content = corrected(content, f"{L}2", 1, text="", gap=Gap("damage", 4))
    text = good(content).decode()
    abbreviation = (
        "<choice><abbr>т.е.</abbr><expan>то есть</expan></choice></w>"
        '<pc facs="#s1_r1_l1_w2" cert="high">,</pc></hi>'
    )
    assert abbreviation in text
    assert '<gap reason="damage" unit="chars" quantity="4" facs="#s1_r1_l2_w2"/>' in text
    assert words(content, f"{L}2")[1].gap == Gap("damage", 4)


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


def test_a_run_of_the_machine_keeps_the_corrections(tmp_path: Path) -> None:
    page = GOLDEN_PAGES["marks"]
    content = corrected(to_tei(page), f"{L}1", 1, text="объявлен")
    content = corrected(content, f"{L}2", 2, text="слова")
    path = tmp_path / "page.xml"
    path.write_bytes(content)
    assert is_corrected(path)
    renewed = renew(content, page, when=WHEN)
    texts = {line.zone: line.text for line in text_lines(good(renewed))}
    assert texts[f"{L}1"] == "«Кризис», объявлен рево-"
    assert texts[f"{L}2"].endswith("слова")
    assert renewed.count(b'<lem resp="#rev1"') == 2
    readings = parse_tei(renewed).surfaces[0].regions[0].lines[0].readings
    assert [(r.by, r.text) for r in readings] == [
        ("tesseract", "«Кризис», об'явлен рево-"),
        ("rev1", "«Кризис», объявлен рево-"),
    ]


def recoded(content: bytes, name: str, codec: str, bom: bytes = b"") -> bytes:
    text = content.decode().replace('encoding="UTF-8"', f'encoding="{name}"')
    return bom + text.encode(codec, "xmlcharrefreplace")


def dressed(content: bytes) -> bytes:
    """As an XML editor may leave it: other line ends, comments, quotes, order of attributes, prefix."""
    text = content.decode().replace("\n", "\r\n").replace('<ab type="text"', "<ab  n='§ 1'\ttype = 'text'")
    text = text.replace(
        '<w facs="#s1_r1_l1_w2" cert="0.4">', "<!-- тут --><w cert = '0.4' facs=\"#s1_r1_l1_w2\" >"
    )
    text = text.replace("нет</w>", "<![CDATA[нет]]></w >")
    text = re.sub(r"(</?)(?=[A-Za-z])", r"\1t:", text).replace("xmlns=", "xmlns:t=")
    return text.encode()


@pytest.mark.parametrize(
    "content",
    [
        dressed(MARKED),
        recoded(MARKED, "windows-1251", "windows-1251"),
        recoded(MARKED, "UTF-16", "utf-16-le", codecs.BOM_UTF16_LE),
        codecs.BOM_UTF8 + MARKED,
    ],
    ids=["dressed", "windows-1251", "utf-16", "bom"],
)
def test_files_of_other_editors_keep_their_dress(content: bytes) -> None:
    doc = Document(good(content))
    new = good(corrected(content, f"{L}1", 1, text="ѣсть"))
    after = Document(new)
    assert words(new, f"{L}1")[1].text == "ѣсть"
    assert (after.bom, after.encoding) == (doc.bom, doc.encoding)
    for tag in ("teiHeader", "facsimile"):
        a, b = (next(e for e in d.root.children if e.name == tag) for d in (doc, after))
        if tag == "facsimile":
            assert after.spelt(b) == doc.spelt(a)
    last = [d.text[line_break(d, f"{L}2").start :] for d in (doc, after)]
    assert last[0] == last[1]
    start = [d.text[d.text.index("pb ") : line_break(d, f"{L}1").end] for d in (doc, after)]
    assert start[0] == start[1]
    kept = [d.text[d.text.index("рево") :] for d in (doc, after)]
    assert kept[0] == kept[1]


POINTS = (Point(0, 5), Point(100, 5), Point(100, 50), Point(0, 50))
READING = Reading(
    "tesseract",
    (Word("новое", Box(0, 0, 10, 10), 0.4, rivals=(Rival("иное", 0.2),)), Word("«чтение».", None, 0.9)),
    0.7,
)
STEP = Step("psm", "Tesseract (psm 7)", "5.3", (("psm", "7"),), reads=True)
SEGMENTS: list[Change] = [
    SplitLine(f"{L}1", 1),
    SplitLine(f"{L}8", 1),
    SplitLine(f"{L}1", 0, (Point(100, 0), Point(100, 50))),
    SplitLine(f"{L}1", 3, (Point(0, 15), Point(300, 15))),
    MergeLines(f"{L}1", f"{L}2"),
    MergeLines(f"{L}4", f"{L}5"),
    MergeLines(f"{L}5", f"{L}6"),
    MoveBaseline(f"{L}4", (Point(0, 5), Point(1e6, 5))),
    MoveBaseline(f"{L}1", (Point(0, 5), Point(300, 5))),
    RedrawOutline(f"{L}1", POINTS),
    AddLine("s1_r1", None, POINTS, (), "insertion", "забытая строка"),
    AddLine("s1_r1", f"{L}1", POINTS, POINTS[:2], "text", "забытая, строка"),
    AddLine("s1_r1", f"{L}8", POINTS),
    AddLine("s2", None, POINTS, POINTS[:2]),
    *(RemoveLine(f"{L}{n}") for n in range(1, 9)),
    *(SetKind(f"{L}{n}", str(kind)) for n in (1, 3, 6, 8) for kind in Kind),
    Reorder("s1_r1", tuple(f"{L}{n}" for n in (2, 1, 3, 8, 4, 5, 6, 7))),
    Reorder("s1_r1", tuple(f"{L}{n}" for n in (3, 1, 2, 8, 4, 5, 6, 7))),
    *(RereadLine(f"{L}{n}", READING, STEP) for n in (1, 4, 5, 6, 8)),
]


def all_words(content: bytes) -> list[str]:
    doc = Document(content)
    return [t.text or "*" for lb in doc.lines for t in line_tokens(doc, lb).tokens]


@pytest.mark.parametrize("change", SEGMENTS, ids=lambda c: type(c).__name__)
def test_lines_mended(change: Change) -> None:
    content = good(edit(MARKED, change, WHO, WHEN))
    assert b"</respStmt>" in content or content == MARKED
    if isinstance(change, SplitLine | SetKind | MoveBaseline | RedrawOutline):
        assert all_words(content) == all_words(MARKED)
    if isinstance(change, Reorder):
        assert sorted(all_words(content)) == sorted(all_words(MARKED))
        numbers = [[line.n for line in text_lines(c)] for c in (content, MARKED)]
        assert numbers[0] == numbers[1]
        order = [line.zone for line in text_lines(content)]
        assert order == list(change.lines)
    if isinstance(change, MoveBaseline | RedrawOutline):
        text = [c[c.index(b"<text>") :] for c in (content, MARKED)]
        assert text[0] == text[1]
    parse_tei(content)
    renewed = good(renew(content, GOLDEN_PAGES["marks"]))
    if not isinstance(change, SetKind):
        kept = [[(line.zone, line.text) for line in text_lines(c)] for c in (content, renewed)]
        assert kept[0] == kept[1]


def without_header(content: bytes) -> bytes:
    return content[content.index(b"</teiHeader>") :]


@pytest.mark.parametrize("number", range(1, 9))
def test_a_line_taken_out_comes_back_byte_for_byte(number: int) -> None:
    line, above = f"{L}{number}", None if number == 1 else f"{L}{number - 1}"
    content = good(edit(MARKED, RemoveLine(line), WHO, WHEN))
    assert [one.zone for one in text_lines(content)] == [
        one.zone for one in text_lines(MARKED) if one.zone != line
    ]
    assert line in Document(content).by_id  # so a later run leaves it out
    for back in (RestoreLine(line, above), RestoreLine(line)):
        assert without_header(good(edit(content, back, WHO, WHEN))) == without_header(MARKED)


def test_lines_taken_out_one_after_the_other_and_all_brought_back() -> None:
    content = MARKED
    for number in (3, 1, 2, 8, 7, 6, 5, 4):
        content = good(edit(content, RemoveLine(f"{L}{number}"), WHO, WHEN))
    gone = content
    for number in (4, 5, 6, 7, 8, 2, 1, 3):
        content = good(edit(content, RestoreLine(f"{L}{number}"), WHO, WHEN))
    assert without_header(content) == without_header(MARKED)
    for number in (1, 3, 8, 2, 7, 4, 6, 5):
        gone = good(edit(gone, RestoreLine(f"{L}{number}"), WHO, WHEN))
    assert all_words(gone) == all_words(MARKED)
    with pytest.raises(RecordError, match="not taken out"):
        edit(content, RestoreLine(f"{L}1"), WHO, WHEN)


def test_a_line_that_a_person_put_in_without_words_goes_without_a_trace() -> None:
    added = edit(MARKED, AddLine("s1_r1", f"{L}1", POINTS, POINTS[:2]), WHO, WHEN)
    before = {line.zone for line in text_lines(MARKED)}
    name = next(line.zone for line in text_lines(added) if line.zone not in before)
    assert name is not None
    content = good(edit(added, [AcceptLine(name), RemoveLine(name)], WHO, WHEN))
    assert without_header(content) == without_header(MARKED)


PLACE = (Point(420, 40), Point(500, 40), Point(500, 70), Point(420, 70))
LOWER = (Point(420, 60), Point(500, 60), Point(500, 70), Point(420, 70))


@pytest.mark.parametrize("text", ["", "прочитано"])
def test_a_line_where_nobody_had_read_takes_the_gap_away_and_gives_it_back(text: str) -> None:
    assert [one.ident for one in view(MARKED).unread] == ["s2_u1"]
    content = good(edit(MARKED, AddLine("s2", None, PLACE, PLACE[2:], "text", text), WHO, WHEN))
    body = content[content.index(b"<text>") :]
    assert b"s2_u1" not in body
    assert view(content).unread == ()
    (line,) = view(content).lines[-1:]
    assert line.earlier == ()
    assert parse_tei(content).surfaces[1].unread == ()
    back = good(edit(content, RemoveLine(line.ident), WHO, WHEN))
    if not text:  # the region that the line was given stays
        stripped = re.sub(
            rb'\s*<zone xml:id="s2_r1".*?/?>(\s*</zone>)?|\s*<ab [^>]*#s2_r1.*?</ab>', b"", back
        )
        assert without_header(stripped) == without_header(MARKED)
    assert [one.ident for one in view(back).unread] == ["s2_u1"]
    if text:
        again = good(edit(back, RestoreLine(line.ident), WHO, WHEN))
        assert view(again).unread == ()
        assert b"s2_u1" not in again[again.index(b"<text>") :]
    for one in (content, back):
        renewed = good(renew(one, GOLDEN_PAGES["marks"]))
        # what a person called no line of the text is not asked about again
        assert len(view(renewed).unread) == (one is back and not text)
        assert b'type="covered"' not in renewed


def test_a_gap_stays_as_long_as_its_place_has_room_for_another_line() -> None:
    content = good(edit(MARKED, AddLine("s2", None, LOWER, (), "text", "низ"), WHO, WHEN))
    assert [one.ident for one in view(content).unread] == ["s2_u1"]
    assert b"#s2_u1" in content[content.index(b"<text>") :]
    low = view(content).lines[-1]
    upper = (Point(415, 38), Point(505, 38), Point(505, 58), Point(415, 58))
    both = good(edit(content, AddLine(low.region or "", None, upper, (), "text", "верх"), WHO, WHEN))
    assert view(both).unread == ()
    assert b"#s2_u1" not in both[both.index(b"<text>") :]
    moved = good(edit(both, RedrawOutline(low.ident, POINTS), WHO, WHEN))
    assert [one.ident for one in view(moved).unread] == ["s2_u1"]


def test_gaps_come_back_where_they_stood() -> None:
    page = GOLDEN_PAGES["marks"]
    spots = [Unread(Box(420, y, 500, y + 30).outline(), f"{y}") for y in (40, 140, 240)]
    surface = replace(page.surfaces[1], unread=tuple(spots))
    content = to_tei(replace(page, surfaces=(page.surfaces[0], surface)))
    gaps = content[content.index(b'<gap reason="unread" facs="#s2_u1"') :]
    for spot in (spots[1], spots[0], spots[2]):
        region = next((line.region for line in view(content).lines if line.surface == "s2"), "s2")
        content = good(edit(content, AddLine(region or "", None, spot.outline.points), WHO, WHEN))
    assert b"#s2_u" not in content[content.index(b"<text>") :]
    for ident in [line.ident for line in view(content).lines if line.surface == "s2"]:
        content = good(edit(content, RemoveLine(ident), WHO, WHEN))
    assert content.endswith(gaps)
    assert b'type="covered"' not in content
    assert content.count(b"<app") == MARKED.count(b"<app")


def test_a_correction_and_its_acceptance_are_written_as_one_after_the_other() -> None:
    tokens = tuple(replace(token, text="иное") for token in words(MARKED, f"{L}1"))
    for state in ("corrected", "verified"):
        accepted = [AcceptLine(f"{L}{n}", state) for n in (1, 2)]
        changes: list[Change] = [CorrectLine(f"{L}1", tokens), *accepted]
        one_by_one = MARKED
        for change in changes:
            one_by_one = edit(one_by_one, change, WHO, WHEN)
        at_once = good(edit(MARKED, changes, WHO, WHEN))
        assert without_header(at_once) == without_header(one_by_one)
        assert line_states(Document(at_once)) == line_states(Document(one_by_one))


def test_an_unread_line_joined_with_one_that_has_words() -> None:
    order = tuple(f"{L}{n}" for n in (1, 2, 3, 5, 4, 6, 7, 8))
    content = edit(MARKED, [Reorder("s1_r1", order), MergeLines(f"{L}4", f"{L}6")], WHO, WHEN)
    zone = Document(good(content)).by_id[f"{L}4"]
    assert [child.name for child in zone.children] == ["path", "zone"]
    assert [t.text for t in words(content, f"{L}4")] == ["вставка"]


@given(pages(), st.data())
@settings(max_examples=25, deadline=None)
def test_any_row_of_changes_leaves_a_valid_record(page: Page, data: st.DataObject) -> None:
    content = to_tei(page)
    for _ in range(4):
        doc = Document(content)
        names = [line_name(doc, lb) for lb in doc.lines]
        if not names:
            break
        line = data.draw(st.sampled_from(names))
        count = len(words(content, line))
        following = names.index(line) + 1
        choices: list[Change] = [
            SplitLine(line, data.draw(st.integers(0, count))),
            MergeLines(line, names[following] if following < len(names) else line),
            SetKind(line, str(data.draw(st.sampled_from(Kind)))),
            MoveBaseline(line, POINTS[:3]),
            RereadLine(line, READING, STEP),
            CorrectLine(line, tuple(data.draw(lines_of_tokens(words(content, line))))),
            AcceptLine(line, data.draw(st.sampled_from(["draft", "corrected", "verified"]))),
            AddLine(line.rpartition("_l")[0], line, POINTS, (), "text", "новая строка"),
            RemoveLine(line),
        ]
        before = all_words(content)
        change = data.draw(st.sampled_from(choices))
        try:
            content = edit(content, change, data.draw(st.sampled_from([WHO, "Вторая"])), WHEN)
        except RecordError:
            continue
        good(content)
        if isinstance(change, SplitLine | SetKind | AcceptLine):
            assert all_words(content) == before
    parse_tei(content)
    good(renew(content, page))


def test_what_is_not_there_is_told() -> None:
    wrong: list[Change] = [CorrectLine("s9", ()), MergeLines(f"{L}1", f"{L}3"), Reorder("s1_r1", (f"{L}1",))]
    for change in wrong:
        with pytest.raises(RecordError, match=r"[A-Z].*\.$"):
            edit(MARKED, change, WHO, WHEN)
    with pytest.raises(RecordError, match="name of who"):
        edit(MARKED, AcceptLine(f"{L}1"), " ", WHEN)


def test_what_is_written_is_tei(tmp_path: Path) -> None:
    jing = shutil.which("jing")
    if not (SHARED / "tei_all.rng").exists() or jing is None:
        pytest.skip("needs ../shared/tei/tei_all.rng and jing")
    marked: list[Change] = [
        CorrectLine(f"{L}1", tuple(Token(f"сло{m}.", marks=(m,), expan="слово" if m == "abbr" else None)
                                   for m in MARKS)),
        CorrectLine(f"{L}2", (Token("", gap=Gap("illegible", 3)), Token("«а»", marks=MARKS))),
        AcceptLine(f"{L}1"), AcceptWords(("s1_r1_l8_w1",)), SetPageState("corrected"),
    ]  # fmt: skip
    files = []
    for n, change in enumerate([*marked, *SEGMENTS]):
        files.append(tmp_path / f"{n}.xml")
        files[-1].write_bytes(edit(MARKED, change, WHO, WHEN))
    done = subprocess.run([jing, SHARED / "tei_all.rng", *files], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0
