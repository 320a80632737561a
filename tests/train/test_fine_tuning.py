"""A hand is learnt, what is learnt is never worse on the lines held back, and what more lines would bring."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr.arrays import GreyImage

pytest.importorskip("torch", reason="the extra `train` is not installed")

from ocr.engines.cursive import SHIPPED, load_model
from ocr.errors import ComparisonError
from ocr.evaluate.rates import EditCounts
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import PROSE, Texts, read_text
from ocr.synth.vary import Variety
from ocr.train.fine_tuning import (
    MORE,
    FineTuneSettings,
    LineCounts,
    batches,
    fine_tune,
    rate_of,
    with_more,
)
from ocr.train.hands import KnownLine


def made(count: int) -> list[KnownLine]:
    strips: Iterator[tuple[GreyImage, str]] = StrokeLines(Texts([read_text(PROSE)])).strips(11, 20)
    return [KnownLine(Path("page.xml"), f"l{n}", *next(strips)) for n in range(count)]


def test_too_few_lines_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ComparisonError, match="at least 5"):
        fine_tune("few", made(3), SHIPPED, tmp_path, FineTuneSettings())


def test_what_is_kept_is_no_worse(tmp_path: Path) -> None:
    learnt = fine_tune("мой", made(8), SHIPPED, tmp_path, FineTuneSettings(seconds=6, rounds=2))
    assert rate_of(learnt.after) <= rate_of(learnt.before)
    assert (learnt.model is not None) == (learnt.steps > 0)
    if learnt.model is not None:
        assert load_model(learnt.model).alphabet == load_model(SHIPPED).alphabet
        assert "мой" in learnt.model.with_suffix(".md").read_text(encoding="utf-8")


def test_five_lines_are_enough_and_a_wrong_text_is_named(tmp_path: Path) -> None:
    lines = made(6)
    wrong = replace(lines[2], text="Щщщ фффф ъъъъъъ ёёёё")
    learnt = fine_tune(
        "five", [*lines[:2], wrong, *lines[3:]], SHIPPED, tmp_path, FineTuneSettings(seconds=3, rounds=1)
    )
    assert learnt.suspect == (wrong,)
    assert learnt.lines == 5


def test_a_line_given_twice_with_two_texts_loses_the_wrong_one_alone(tmp_path: Path) -> None:
    lines = made(6)
    wrong = replace(lines[2], grey=lines[2].grey.copy(), text="Щщщ фффф ъъъъъъ ёёёё")
    learnt = fine_tune("twice", [*lines, wrong], SHIPPED, tmp_path, FineTuneSettings(seconds=3, rounds=1))
    assert learnt.suspect == (wrong,)
    assert learnt.lines == 6


def test_no_line_is_learnt_padded_to_the_width_of_another() -> None:
    alphabet = load_model(SHIPPED).alphabet
    lesson = [(np.ones((48, width), np.float32), "аб") for width in (64, 320, 640)]
    settings = FineTuneSettings(lines=3, others=2, variety=Variety(often=0.0))
    parts = next(batches(lesson, alphabet, settings))
    assert len(parts) == 5
    assert sorted(part.strips.shape for part in parts[:3]) == [(1, 1, 48, width) for width in (64, 320, 640)]
    assert all(0 <= part.strips.shape[3] - 4 * part.frames[0] < 32 + 4 for part in parts)


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
    assert with_more(40, FEW, FEW) is None
    assert with_more(40, FEW, lines((0, 20), (0, 30), (0, 29))) is None
