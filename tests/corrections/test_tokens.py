import pytest

from ocr.corrections.spans import Document
from ocr.corrections.tokens import Gap, TokenRival, line_break, line_name, line_tokens
from ocr.errors import RecordError
from tests.corrections.edits import MARKED, L


def _tokens(content: str) -> Document:
    tei = 'xmlns="http://www.tei-c.org/ns/1.0"'
    return Document(f"<TEI {tei}><text><body><ab><lb/>{content}<lb/>дальше</ab></body></text></TEI>")


def test_a_token_stands_between_spaces() -> None:
    doc = _tokens('<w>слово</w><pc>,</pc> <del>не<add>т</add></del> <gap reason="illegible" quantity="3"/>')
    word, struck, gap = line_tokens(doc, doc.lines[0]).tokens
    assert word.text == "слово,"
    assert (struck.text, struck.marks) == ("нет", ("del",))
    assert gap.gap == Gap("illegible", 3)


def test_rivals_stand_with_the_marks_around_the_word() -> None:
    doc = _tokens(
        '<pc>«</pc><w><choice><unclear reason="ocr_rival" cert="0.5">дом</unclear>'
        '<unclear cert="0.3">том</unclear></choice></w><pc>»</pc>'
    )
    (token,) = line_tokens(doc, doc.lines[0]).tokens
    assert token.text == "«дом»"
    assert token.rivals == (TokenRival("«том»", 0.3),)


def test_lines_have_names_and_a_name_that_is_nobodys_is_told() -> None:
    doc = Document(MARKED)
    assert [line_break(doc, line_name(doc, lb)) for lb in doc.lines] == doc.lines
    assert line_break(_tokens(""), "lb.2").name == "lb"
    with pytest.raises(RecordError, match="stands not in the file"):
        line_break(doc, f"{L}99")
