"""What paper and camera do to a strip: it stays a strip, light, with its writing darker than the paper."""

import numpy as np
import pytest

from ocr.synth.degrade import degrade


@pytest.mark.parametrize("seed", range(25))
def test_writing_stays_darker_than_its_paper(seed: int) -> None:
    ink = np.zeros((140, 500), np.float32)
    ink[60:80, 60:440:8] = ink[60:80, 61:440:8] = ink[60:80, 62:440:8] = 1
    grey = degrade(np.random.default_rng(seed), ink, 80, 20)
    assert grey.dtype == np.uint8
    assert 20 <= grey.shape[0] <= 140
    assert 300 <= grey.shape[1] <= 500
    low, high = np.percentile(grey, (3, 70))
    assert low < high - 8
