"""A record is small without saying less, and what earlier versions wrote at more length is read as ever."""

from dataclasses import replace

from ocr.corrections.renew import renew
from ocr.corrections.tokens import Token
from ocr.corrections.view import view
from ocr.geometry import Box
from ocr.page import Glyph, Line, Page, Reading, Region, Rival, Surface, Word
from ocr.tei.parse import parse_tei
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from ocr.tei.write import to_tei
from tests.tei.golden.pages import GOLDEN_PAGES

BOX = Box(0, 0, 90, 30)
PLAIN, DOUBT = 'reason="ocr_rival"', 'reason="ocr_letter"'


def page(*words: Word) -> Page:
    line = Line(BOX.outline(), readings=(Reading("tesseract", words, 0.5),))
    return replace(GOLDEN_PAGES["marks"], surfaces=(Surface(BOX, (Region(BOX.outline(), (line,)),)),))


def letters(text: str, doubtful: int, *rivals: Rival) -> tuple[Glyph, ...]:
    return tuple(
        Glyph(one, 0.5, None, rivals) if at == doubtful else Glyph(one, 0.9) for at, one in enumerate(text)
    )


WORD = Word("Способный,", BOX, 0.45, letters("Способный,", 0, Rival("с", 0.4)), (Rival("способный,", 0.3),))
OTHER = Word("дома", BOX, 0.7, letters("дома", 3, Rival("у", 0.4)), (Rival("домъ", 0.2), Rival("дом", 0.1)))


def text_of(content: bytes) -> str:
    return content[content.index(b"<text>") :].decode()


def test_a_reason_and_a_probability_are_told_once() -> None:
    text = text_of(to_tei(page(WORD, OTHER)))
    assert '<w facs="#s1_r1_l1_w1" cert="0.45"><choice><unclear reason="ocr_low_confidence"><unclear' in text
    assert '</unclear><unclear cert="0.3">способный</unclear></choice></w>' in text
    assert f'cert="0.7"><choice><unclear {PLAIN}>дом<choice><unclear {DOUBT} cert="0.5">а</unclear>' in text
    assert text.count(PLAIN) == 1


def test_other_readings_of_a_letter_are_told_where_those_of_the_word_do_not() -> None:
    text = text_of(to_tei(page(WORD, OTHER)))
    assert f'<unclear {DOUBT} cert="0.5">С</unclear>пособный</unclear>' in text
    assert '<unclear cert="0.4">у</unclear></choice>' in text
    back = [word for line in parse_tei(to_tei(page(WORD, OTHER))).lines for word in line.reading.words]  # type: ignore[union-attr]
    assert back[0].glyphs[0].confidence == 0.5
    assert back[1].glyphs[3].rivals == (Rival("у", 0.4),)
    assert [word.rivals for word in back] == [WORD.rivals, OTHER.rivals]


def at_length(content: bytes) -> bytes:
    """A record as it was written before: reason and probability with every reading."""
    root = load(content)
    for word in root.iter("{*}w"):
        for choice in word.iter("{*}choice"):
            first = choice[0]
            reason = first.get("reason", "")
            if reason != "ocr_letter":
                first.set("cert", word.get("cert", ""))
            for other in list(choice)[1:]:
                other.set("reason", "ocr_letter" if reason == "ocr_letter" else "ocr_rival")
    from ocr.tei.write import serialize

    return serialize(root)


def tokens(content: bytes) -> list[tuple[Token, ...]]:
    return [line.tokens for line in view(content).lines]


def test_what_was_written_at_more_length_is_read_alike() -> None:
    new = to_tei(page(WORD, OTHER))
    old = at_length(new)
    assert len(old) > len(new)
    assert problems_of(load(old)) == problems_of(load(new)) == []
    assert parse_tei(old) == parse_tei(new)
    assert tokens(old) == tokens(new)
    assert tokens(renew(old, page(WORD, OTHER))) == tokens(new)
