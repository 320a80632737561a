"""A text as a profile sees it, each letter and word knowing its line."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ocr.evaluate.rates import Letters, Words
from ocr.evaluate.side import side_of
from ocr.text import PROFILES, READING, STRICT, Profile
from tests.evaluate.test_lines import ANY_TEXTS


@given(ANY_TEXTS, st.sampled_from(PROFILES), st.sampled_from(Letters), st.sampled_from(Words))
def test_every_unit_stands_on_a_line_and_lines_follow_each_other(
    text: str, profile: Profile, letters: Letters, words: Words
) -> None:
    side = side_of(text, profile, letters, words)
    assert side.text == profile.apply(text)
    assert "".join(side.letters) == side.text
    assert len(side.lines) == text.count("\n") + 1
    for units, places in ((side.letters, side.letter_line), (side.words, side.word_line)):
        assert len(units) == len(places)
        assert (places[1:] >= places[:-1]).all()
        assert ((places >= 0) & (places < len(side.lines))).all()


@pytest.mark.parametrize(
    ("profile", "letter_line", "word_line"),
    [(STRICT, [0] * 5 + [1] * 8, [0, 1, 1]), (READING, [0] * 3 + [1] * 8, [0, 1])],
)
def test_a_word_that_is_joined_belongs_to_the_line_it_begins_on(
    profile: Profile, letter_line: list[int], word_line: list[int]
) -> None:
    side = side_of("пар-\nтии были", profile, Letters.GRAPHEMES, Words.SPACE)
    assert side.letter_line.tolist() == letter_line
    assert side.word_line.tolist() == word_line


def test_sides_that_a_profile_does_not_change_are_made_once() -> None:
    known: dict[tuple[str, str], object] = {}
    first, second = (
        side_of("раз два", profile, Letters.GRAPHEMES, Words.SPACE, known)  # type: ignore[arg-type]
        for profile in PROFILES[:2]
    )
    assert first is second
