import pytest

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
