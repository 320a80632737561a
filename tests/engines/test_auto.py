"""Which of two readings is believed: fakes that answer from a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from ocr.engines.auto import AutoEngine, AutoSettings
from ocr.geometry import Affine, Box, Outline, Point
from ocr.page import Line, Reading, Word
from ocr.scan.leaf import Leaf


@dataclass
class Fake:
    """Reads every line as the same words, equally sure."""

    text: str
    confidence: float
    asked: list[int] = field(default_factory=list)

    def read(self, _leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        assert timeout_s is None
        self.asked.append(len(lines))
        words = tuple(Word(word, None, self.confidence) for word in self.text.split())
        return [Reading("fake", words, self.confidence) for _ in lines]


def read(ours: Fake, theirs: Fake, count: int = 5) -> set[str]:
    engine = AutoEngine(AutoSettings(), cast(Any, ours), cast(Any, theirs))
    grey = np.full((20, 20), 255, np.uint8)
    leaf = Leaf(grey, grey, Affine(), Box(0, 0, 20, 20), None)
    box = Outline((Point(0, 0), Point(9, 0), Point(9, 9)))
    readings = engine.read(leaf, [Line(box) for _ in range(count)], timeout_s=None)
    return {" ".join(word.text for word in one.words) for one in readings}


NEW, OTHER = "и вот пишу тебе снова", "и вот пншу тебе снова"


def test_handwriting_is_ours_and_only_probed_by_tesseract() -> None:
    theirs = Fake(OTHER, 0.2)
    assert read(Fake(NEW, 0.7), theirs) == {NEW}
    assert theirs.asked == [3]


def test_print_that_tesseract_is_surer_of_is_its_own() -> None:
    assert read(Fake(OTHER, 0.8), Fake(NEW, 0.95)) == {NEW}


def test_print_that_we_are_surer_of_is_ours() -> None:
    assert read(Fake(NEW, 0.97), Fake(OTHER, 0.95)) == {NEW}


def test_a_doubtful_line_of_print_is_ours() -> None:
    assert read(Fake(NEW, 0.3), Fake(OTHER, 0.7)) == {NEW}


def test_old_spelling_is_never_asked_of_tesseract() -> None:
    theirs = Fake(OTHER, 0.99)
    old = "Въ навигацію пароходъ ходилъ по рѣкѣ"
    assert read(Fake(old, 0.5), theirs) == {old}
    assert theirs.asked == []


def test_a_leaf_without_lines_has_no_readings() -> None:
    assert read(Fake(NEW, 0.5), Fake(OTHER, 0.9), count=0) == set()


def test_side_by_side_keeps_both_readings() -> None:
    ours, theirs = Fake(NEW, 0.7), Fake(OTHER, 0.2)
    engine = replace(AutoEngine(AutoSettings(), cast(Any, ours), cast(Any, theirs)), beside=True)
    grey = np.full((20, 20), 255, np.uint8)
    leaf = Leaf(grey, grey, Affine(), Box(0, 0, 20, 20), None)
    line = Line(Outline((Point(0, 0), Point(9, 0), Point(9, 9))))
    ((reading, _, others),) = engine.recognise(leaf, [line], timeout_s=None)
    assert reading.text == NEW
    assert [other.text for other in others] == [OTHER]
    assert theirs.asked == [1]
