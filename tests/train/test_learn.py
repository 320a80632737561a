"""What more lines would bring: never without the letters it rests on, and how far they can tell."""

import pytest

pytest.importorskip("torch", reason="torch is not installed")

from ocr.train.learn import MORE, with_more

FEW = ((1, 20), (0, 30), (1, 29))
"""Three lines of 79 letters together."""


def test_from_few_letters_little_can_be_told() -> None:
    few = with_more(40, ((2, 20), (0, 30), (2, 29)), FEW)
    many = with_more(40, ((2, 20), (0, 30), (2, 29)) * 40, FEW * 40)
    assert few is not None
    assert many is not None
    assert few.rate == pytest.approx(many.rate)
    assert few.low <= few.rate <= few.high
    assert few.high - few.low > 3 * (many.high - many.low)


def test_errors_fall_as_a_power_of_the_lines() -> None:
    told = with_more(MORE, ((4, 100),) * 9, ((2, 100),) * 9)
    assert told is not None
    assert told.rate == pytest.approx(0.01)  # twice the lines, half the errors


def test_what_does_not_fall_foretells_nothing() -> None:
    assert with_more(40, None, FEW) is None
    assert with_more(40, FEW, FEW) is None
    assert with_more(40, FEW, ((0, 20), (0, 30), (0, 29))) is None
