"""A hand is learnt, and what is learnt is never worse on the lines held back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr.arrays import GreyImage

pytest.importorskip("torch", reason="the extra `train` is not installed")

from ocr.engines.cursive import SHIPPED, load_model
from ocr.errors import ComparisonError
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import Texts, read_text
from ocr.train.adapt import AdaptSettings, adapt
from ocr.train.hands import KnownLine
from ocr.train.learn import PROSE, learn_hand


def made(count: int) -> list[tuple[GreyImage, str]]:
    source = StrokeLines(Texts([read_text(PROSE)]))
    lines: Iterator[tuple[GreyImage, str]] = source.strips(11, 20)
    return [next(lines) for _ in range(count)]


def test_too_few_lines_are_refused() -> None:
    with pytest.raises(ComparisonError, match="at least 5"):
        adapt(SHIPPED, load_model(SHIPPED), made(3), StrokeLines(Texts([read_text(PROSE)])), AdaptSettings())


def test_what_is_kept_is_no_worse(tmp_path: Path) -> None:
    lines = [
        KnownLine(Path("page.xml"), f"l{n}", np.asarray(grey), text) for n, (grey, text) in enumerate(made(8))
    ]
    found = learn_hand("мой", lines, SHIPPED, tmp_path, AdaptSettings(seconds=6, rounds=2))
    assert found.adapted.held_after <= found.adapted.held_before
    assert (found.model is not None) == (found.adapted.steps > 0)
    if found.model is not None:
        assert load_model(found.model).alphabet == load_model(SHIPPED).alphabet
        assert "мой" in found.model.with_suffix(".md").read_text(encoding="utf-8")


def test_five_lines_are_enough_and_a_wrong_text_is_named(tmp_path: Path) -> None:
    lines = [
        KnownLine(Path("page.xml"), f"l{n}", np.asarray(grey), text) for n, (grey, text) in enumerate(made(6))
    ]
    wrong = replace(lines[2], text="Щщщ фффф ъъъъъъ ёёёё")
    found = learn_hand(
        "five", [*lines[:2], wrong, *lines[3:]], SHIPPED, tmp_path, AdaptSettings(seconds=3, rounds=1)
    )
    assert found.strange == (wrong,)
    assert found.lines == 5
