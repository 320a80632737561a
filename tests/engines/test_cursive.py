"""Greedy decoding, words with places, and model files that are none of ours."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from ocr.engines.cursive import CursiveSettings, LogProbs, greedy, load_model, open_engine, words_of
from ocr.errors import DependencyError, EngineError
from ocr.geometry import Affine


def scores(path: list[int], classes: int, sure: float = 0.9) -> LogProbs:
    held = np.full((len(path), classes), (1 - sure) / (classes - 1), np.float32)
    held[np.arange(len(path)), path] = sure
    return np.log(held)


def test_greedy_reads_left_to_right() -> None:
    letters = greedy(scores([0, 1, 1, 0, 1, 2, 0, 3, 0, 2, 0], 4), "ab ", 4.0)
    assert "".join(one.text for one in letters) == "aab b"
    assert all(one.left < one.right for one in letters)
    assert [one.left for one in letters] == sorted(one.left for one in letters)
    assert letters[0].confidence == pytest.approx(0.9, abs=1e-3)


def test_spaces_at_the_ends_are_dropped() -> None:
    assert [one.text for one in greedy(scores([3, 1, 3], 4), "ab ", 4.0)] == ["a"]
    assert greedy(scores([0, 0], 4), "ab ", 4.0) == []


def test_words_have_boxes_on_the_scan() -> None:
    letters = greedy(scores([0, 1, 0, 3, 0, 2, 0], 4), "ab ", 4.0)
    one, two = words_of(letters, 48, Affine.shift(100, 50))
    assert (one.text, two.text) == ("a", "b")
    assert one.box is not None
    assert two.box is not None
    assert one.box.left >= 100
    assert one.box.right <= two.box.left
    assert one.glyphs[0].box == one.box


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(DependencyError, match="no model"):
        open_engine(CursiveSettings(model=str(tmp_path / "none.onnx")))


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(EngineError, match="damaged"):
        load_model(path)
