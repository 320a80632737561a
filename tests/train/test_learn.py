"""What more lines would bring: never without the letters it rests on, and how far they can tell."""

import pytest

pytest.importorskip("torch", reason="torch is not installed")

from ocr.evaluate.rates import EditCounts
from ocr.train.adapt import LineCounts
from ocr.train.learn import MORE, with_more


def lines(*counts: tuple[int, int]) -> LineCounts:
    """Lines of so many errors in so many letters."""
    return tuple(EditCounts(letters - errors, errors) for errors, letters in counts)


FEW = lines((1, 20), (0, 30), (1, 29))
"""Three lines of 79 letters together."""


def test_from_few_letters_little_can_be_told() -> None:
    few = with_more(40, lines((2, 20), (0, 30), (2, 29)), FEW)
    many = with_more(40, lines((2, 20), (0, 30), (2, 29)) * 40, FEW * 40)
    assert few is not None
    assert many is not None
    assert few.rate == pytest.approx(many.rate)
    assert few.low <= few.rate <= few.high
    assert few.high - few.low > 3 * (many.high - many.low)


def test_errors_fall_as_a_power_of_the_lines() -> None:
    forecast = with_more(MORE, lines((4, 100)) * 9, lines((2, 100)) * 9)
    assert forecast is not None
    assert forecast.rate == pytest.approx(0.01)  # twice the lines, half the errors


def test_what_does_not_fall_foretells_nothing() -> None:
    assert with_more(40, None, FEW) is None
    assert with_more(40, FEW, FEW) is None
    assert with_more(40, FEW, lines((0, 20), (0, 30), (0, 29))) is None
