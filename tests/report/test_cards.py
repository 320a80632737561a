"""Cards of lines: letters opposite each other, and what each error is about."""

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from ocr.evaluate.lines import by_line
from ocr.evaluate.rates import Letters, letters_of
from ocr.report.cards import Card, ErrorKind, LinePicture, aligned_pairs, card, kinds_of
from ocr.report.markup import HtmlWording
from ocr.text import PROFILES
from tests.evaluate.test_lines import ANY_TEXTS


@given(ANY_TEXTS, ANY_TEXTS, st.sampled_from(Letters))
@example("а\nа", "а", Letters.GRAPHEMES)
@example("аб\nв г", "аб", Letters.GRAPHEMES)
def test_letters_face_each_other_as_they_were_counted(truth: str, found: str, letters: Letters) -> None:
    for line in by_line(truth, found, PROFILES, letters).lines:
        pairs = list(aligned_pairs(line, letters))
        assert [pair for pair in pairs if pair[0] != pair[1]] == list(line.wrong)
        # the space of a line end is the line's, though its text does not show it
        told = [one for one, _ in pairs if one]
        shown = letters_of(line.truth, letters)
        assert [one for one in told if one != " "] == [one for one in shown if one != " "]


@pytest.mark.parametrize(
    ("truth", "found", "kind"),
    [
        ("Д", "д", ErrorKind.CASE),
        (" ", "", ErrorKind.SPACE),
        ("", ",", ErrorKind.PUNCTUATION),
        ("ѣ", "е", ErrorKind.OLD),
        ("", "ъ", ErrorKind.OLD),
        ("а", "", ErrorKind.LEFT_OUT),
        ("", "а", ErrorKind.ADDED),
        ("а", "о", ErrorKind.MISREAD),
    ],
)
def test_an_error_is_of_one_kind(truth: str, found: str, kind: ErrorKind) -> None:
    assert dict(kinds_of([(truth, found), ("а", "а")])) == {kind: 1}


def test_a_card_shows_a_guessed_picture_as_that() -> None:
    (line,) = by_line("вечеръ", "вечер", PROFILES).lines
    pairs = list(aligned_pairs(line))
    sure, guessed = (
        card(Card("p", 0, line, pairs, picture=LinePicture(b"\xff", is_guess)), HtmlWording()).text
        for is_guess in (False, True)
    )
    assert "line.guessed" not in sure
    assert "line.guessed" in guessed
    assert 'data-kind="old"' in sure
    assert '<span class="d"><b>ъ</b><i>∅</i></span>' in sure
