"""Raised endings are told by where their ink stands; marks that are not sure are dropped."""

import numpy as np
import pytest

from ocr.engines.decoding import DecodedLetter, DecodedLine, DecodedWord
from ocr.engines.word_marks import raised_letters, sure_marks, with_marks
from ocr.geometry import Affine
from ocr.lines.strips import StripCut
from ocr.page import MarkKind, Reading, Word, WordMark

CORE = 20
MIDDLE = 5 * CORE


def strip(feet: tuple[float, ...], *, tall: float = 1.0) -> tuple[StripCut, tuple[DecodedLetter, ...]]:
    """Letters side by side, each of ink that ends so far below the middle, in heights of small letters."""
    grey = np.full((10 * CORE, CORE * (len(feet) + 2)), 255, np.uint8)
    letters = []
    for n, foot in enumerate(feet, 1):
        last = round(MIDDLE + foot * CORE)
        grey[last - round(tall * CORE) : last, n * CORE + 3 : (n + 1) * CORE - 3] = 40
        letters.append(DecodedLetter("а", 0.9, float(n * CORE), float((n + 1) * CORE)))
    return StripCut(grey, Affine(), 160), tuple(letters)


def marked(text: str, feet: tuple[float, ...]) -> tuple[WordMark, ...]:
    cut, letters = strip(feet)
    writing = DecodedLine(letters, (DecodedWord(0, len(text), 0.9),))
    (word,) = with_marks([Word(text)], cut, writing)
    return word.marks


@pytest.mark.parametrize(
    ("text", "feet", "ending"),
    [
        ("2го", (0.5, -0.7, -0.7), (1, 3)),
        ("25ма,", (0.5, 0.5, -0.6, -0.6, 0.5), (2, 4)),
        ("2й", (0.5, -1.0), (1, 2)),
    ],
)
def test_letters_above_their_row_after_a_number_are_raised(
    text: str, feet: tuple[float, ...], ending: tuple[int, int]
) -> None:
    (mark,) = marked(text, feet)
    assert (mark.kind, (mark.start, mark.end)) == (MarkKind.RAISED, ending)
    assert mark.confidence > 0.9


@pytest.mark.parametrize(
    ("text", "feet"),
    [
        ("2го", (0.5, 0.5, 0.5)),
        ("2го", (0.5, -0.7, 0.5)),
        ("дом", (0.5, 0.5, 0.2)),
        ("а", (-0.7,)),
        ("2“", (0.5, -1.0)),
        ("125", (0.5, -0.7, -0.7)),
    ],
)
def test_letters_on_their_row_and_signs_and_digits_are_not(text: str, feet: tuple[float, ...]) -> None:
    assert marked(text, feet) == ()


def test_columns_without_ink_end_the_search() -> None:
    cut, letters = strip((0.5, -0.7))
    nowhere = DecodedLetter("о", 0.9, 3.0 * CORE, 3.5 * CORE)
    assert raised_letters("2го", cut, (*letters, nowhere)) is None


def test_marks_that_are_not_sure_are_dropped_and_the_words_stay() -> None:
    marks = (WordMark(MarkKind.STRUCK, 0, 3, 0.94), WordMark(MarkKind.RAISED, 1, 3, 0.96))
    reading = Reading("cursive", (Word("2го", marks=marks), Word("дом")), 0.9)
    kept = sure_marks(reading, 0.95)
    assert kept.text == reading.text
    assert kept.words[0].marks == marks[1:]
    assert sure_marks(kept, 0.97).words[0].marks == ()
