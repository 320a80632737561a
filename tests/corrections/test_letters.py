from dataclasses import replace

import pytest

from ocr.corrections.changes import CorrectLine, edit
from ocr.corrections.letters import Part
from ocr.corrections.spans import Document
from ocr.corrections.tokens import line_tokens
from ocr.corrections.view import view
from ocr.tei.names import NO_TEXT
from tests.tei.lines import text_lines

RECORD = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body><ab>
<lb n="1"/><w cert="0.2">вни<choice><unclear reason="ocr_letter" cert="0.4">с</unclear><unclear
reason="ocr_letter" cert="0.3">ш</unclear><unclear reason="ocr_letter" cert="0.5">м</unclear></choice>и</w
><pc>,</pc>
</ab></body></text></TEI>"""


def test_letters_in_doubt_give_other_readings_of_the_word_likeliest_first() -> None:
    token = view(RECORD.encode()).lines[0].tokens[0]
    assert token.text == "вниси,"
    assert [rival.text for rival in token.rivals] == ["вними,", "вниши,"]


@pytest.mark.parametrize("name", sorted(NO_TEXT - {"teiHeader", "standOff"}))
def test_what_is_no_text_for_the_evaluator_is_none_for_the_desk(name: str) -> None:
    spelt = (
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body><ab><lb/><w>сло'
        f"<{name}>AAAA</{name}>во</w> <{name}>BBBB</{name}>и дело</ab></body></text></TEI>"
    ).encode()
    doc = Document(spelt)
    shown = " ".join(token.text for token in line_tokens(doc, doc.lines[0]).tokens)
    assert shown == "слово и дело"
    assert [line.text for line in text_lines(spelt)] == [shown]


HEADER = "<teiHeader><fileDesc><titleStmt><title>а</title></titleStmt></fileDesc></teiHeader>"


def with_word(word: str) -> bytes:
    return RECORD.replace("<teiHeader/>", HEADER).replace("<pc>,</pc>", f"<pc>,</pc> {word}").encode()


@pytest.mark.parametrize(
    ("rend", "mark"),
    [("superscript", "superscript"), ("sup", "superscript"), ("underline", "hi"), ("italic", "hi")],
)
def test_how_letters_of_a_word_are_written_outlasts_a_correction_of_the_word(rend: str, mark: str) -> None:
    record = with_word(f'<w>1<hi rend="{rend}">го</hi></w>')
    line = view(record).lines[0]
    token = line.tokens[1]
    assert token.parts == (Part("1"), Part("го", (mark,)))
    other = replace(token, text="2го", parts=(Part("2"), Part("го", (mark,))))
    corrected = edit(record, CorrectLine(line.ident, (line.tokens[0], other)), "Анна", "2026-01-02").decode()
    assert f'<w cert="high">2<hi rend="{rend}">го</hi></w>' in corrected
    assert view(corrected.encode()).lines[0].tokens[1].parts == other.parts


def test_raised_letters_in_an_underlined_word_are_both() -> None:
    record = with_word('<hi rend="underline"><w>1<hi rend="superscript">го</hi></w></hi>')
    line = view(record).lines[0]
    assert line.tokens[1].marks == ("hi",)
    assert line.tokens[1].parts == (Part("1"), Part("го", ("superscript",)))
    tokens = (line.tokens[0], replace(line.tokens[1], marks=("hi", "superscript"), parts=()))
    corrected = edit(record, CorrectLine(line.ident, tokens), "Анна", "2026-01-02")
    assert view(corrected).lines[0].tokens[1].marks == ("hi", "superscript")
