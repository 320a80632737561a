"""Batches are the same for a seed and a place."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")
from ocr.train.samples import DataPlace, batches  # noqa: E402
from tests.train.bars import BATCHING, Bars  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def test_chunks_are_the_same_for_a_place() -> None:
    feed = batches(Bars, BATCHING, "ab", DataPlace())
    first = [next(feed) for _ in range(5)]
    again, _ = next(batches(Bars, BATCHING, "ab", first[3][1]))
    assert np.array_equal(again.strips, first[4][0].strips)
    assert np.array_equal(again.classes, first[4][0].classes)
