"""Roman numerals are written right, stand whole in their lines and keep their capitals."""

import numpy as np
import pytest
import regex

from ocr.synth.romans import phrase, roman
from ocr.synth.text import ALPHABET, Texts

PROSE = "Съезд советов открылся в два часа дня; ещё до этого народ стоял на улице и ждал известий. " * 5
WHOLE = regex.compile(r"(?<![A-Za-z])(?:C?(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?![A-Za-z])")


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1, "I"),
        (4, "IV"),
        (9, "IX"),
        (14, "XIV"),
        (18, "XVIII"),
        (40, "XL"),
        (99, "XCIX"),
        (120, "CXX"),
    ],
)
def test_numerals(number: int, written: str) -> None:
    assert roman(number) == written


def test_phrases_hold_numerals_and_keep_to_the_alphabet() -> None:
    rng = np.random.default_rng(1)
    phrases = [phrase(rng) for _ in range(500)]
    assert all(any(WHOLE.findall(words)) for words in phrases)
    assert set("".join(phrases)) <= set(ALPHABET)


@pytest.mark.parametrize("old", [0.0, 1.0])
def test_numerals_stand_whole_in_lines(old: float) -> None:
    texts, rng = Texts([PROSE], old=old, romans=1.0), np.random.default_rng(2)
    lines = [texts.line(rng, 40) for _ in range(400)]
    with_numeral = [line for line in lines if any(WHOLE.findall(line))]
    assert len(with_numeral) > 0.7 * len(lines)
    # a line of capitalised words: Глава Xiv is nobody's writing
    assert not [line for line in lines if regex.search(r"\b[XVI][xvi]+\b", line)]
