"""What the machine marks of words in a line: written with its name, read back, taken back at the desk."""

from dataclasses import replace

import pytest

from ocr.corrections.changes import CorrectLine, edit
from ocr.corrections.letters import Part
from ocr.corrections.tokens import Token
from ocr.corrections.view import view
from ocr.page import MarkKind, Page, Rival, Step, Word, WordMark
from ocr.tei.parse import parse_tei
from ocr.tei.plain import to_text
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from ocr.tei.write import to_tei
from tests.corrections.edits import WHEN, WHO, L, good, words
from tests.tei.golden.pages import GOLDEN_PAGES
from tests.tei.lines import text_lines

STRUCK = WordMark(MarkKind.STRUCK, 0, 8, 0.97)


def page_with(*line: Word) -> Page:
    """A page whose first line has these words."""
    page = GOLDEN_PAGES["marks"]
    surface, *others = page.surfaces
    (region,) = surface.regions
    first, *rest = region.lines
    (reading,) = first.readings
    lines = (replace(first, readings=(replace(reading, words=line),)), *rest)
    surfaces = (replace(surface, regions=(replace(region, lines=lines),)), *others)
    return replace(page, steps=(Step("tetradi", "tetradi", "1.0"), *page.steps), surfaces=surfaces)


def raised(start: int, end: int) -> tuple[WordMark, ...]:
    return (WordMark(MarkKind.RAISED, start, end, 0.96),)


def test_a_struck_word_stands_in_a_del_of_the_machine_and_is_no_text() -> None:
    page = page_with(Word("Кризис"), Word("«кризис»", confidence=0.9, marks=(STRUCK,)), Word("был"))
    record = to_tei(page)
    assert problems_of(load(record)) == []
    assert '<w>Кризис</w> <del cert="0.97" resp="#tetradi"><pc cert="0.9">«</pc>' in record.decode()
    assert b'<respStmt xml:id="tetradi">' in record
    assert parse_tei(record).lines[0] == page.lines[0]
    assert text_lines(record)[0].text == "Кризис был"
    assert to_text(page).startswith("Кризис был\n")


@pytest.mark.parametrize(
    ("word", "written"),
    [
        (Word("2го", marks=raised(1, 3)), "<w>2{го}</w>"),
        (Word("(2го),", marks=raised(2, 4)), "<pc>(</pc><w>2{го}</w><pc>)</pc><pc>,</pc>"),
        (Word("(2го),", marks=raised(2, 6)), "<pc>(</pc><w>2{го}</w><pc>)</pc><pc>,</pc>"),
        (
            Word("2го", None, 0.4, (), (Rival("210", 0.2),), raised(1, 3)),
            '<w cert="0.4"><choice><unclear reason="ocr_low_confidence">2{го}</unclear>'
            '<unclear cert="0.2">210</unclear></choice></w>',
        ),
    ],
)
def test_raised_letters_stand_in_a_hi_of_the_machine(word: Word, written: str) -> None:
    record = to_tei(page_with(word))
    assert problems_of(load(record)) == []
    hi = '<hi rend="superscript" cert="0.96" resp="#tetradi">'
    assert written.replace("{", hi).replace("}", "</hi>") in record.decode()
    back = parse_tei(record).lines[0].readings[0].words[0]
    assert back.text == word.text
    (mark,) = back.marks
    assert word.text[mark.start : mark.end] == "го"
    assert text_lines(record)[0].text == word.text


def test_a_mark_beyond_the_word_itself_is_not_written() -> None:
    assert b"superscript" not in to_tei(page_with(Word("2го,,", marks=raised(3, 5))))


def test_what_the_machine_struck_out_a_person_takes_back_and_the_word_is_text_again() -> None:
    record = to_tei(page_with(Word("Кризис"), Word("«кризис»", marks=(STRUCK,)), Word("был")))
    old = words(record, f"{L}1")
    assert [token.marks for token in old] == [(), ("del",), ()]
    told = good(edit(record, CorrectLine(f"{L}1", (old[0], replace(old[1], marks=()), old[2])), WHO, WHEN))
    assert [token.marks for token in words(told, f"{L}1")] == [(), (), ()]
    assert text_lines(told)[0].text == "Кризис «кризис» был"
    again = good(edit(told, CorrectLine(f"{L}1", old), WHO, WHEN))
    assert text_lines(again)[0].text == "Кризис был"


def test_what_the_machine_raised_a_person_takes_back() -> None:
    record = to_tei(page_with(Word("2го", marks=raised(1, 3))))
    (token,) = view(record).lines[0].tokens
    assert token.parts == (Part("2"), Part("го", ("superscript",)))
    told = good(edit(record, CorrectLine(f"{L}1", (Token("2го"),)), WHO, WHEN))
    assert view(told).lines[0].tokens[0].parts == ()
    again = good(edit(told, CorrectLine(f"{L}1", (replace(token, id=None),)), WHO, WHEN))
    assert view(again).lines[0].tokens[0].parts == token.parts


@pytest.mark.parametrize("behind", [True, False])
def test_a_word_put_beside_a_struck_one_stands_outside_of_the_mark(*, behind: bool) -> None:
    record = to_tei(page_with(Word("«кризис»", confidence=0.9, marks=(STRUCK,))))
    line = view(record).lines[0].ident
    (struck,) = words(record, line)
    new = (struck, Token("был")) if behind else (Token("был"), struck)
    edited = good(edit(record, CorrectLine(line, new), WHO, WHEN))
    assert [(token.text, token.marks) for token in words(edited, line)] == [(t.text, t.marks) for t in new]
