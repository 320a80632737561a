"""How a notebook lies under the lens: all of it on the scan, its places known."""

import numpy as np
import pytest

from ocr.synth.camera import Look, lie_down


@pytest.mark.parametrize("look", [Look.SCAN, Look.PHOTO])
@pytest.mark.parametrize("seed", range(6))
def test_the_notebook_lies_on_the_scan_in_its_own_size(look: Look, seed: int) -> None:
    width, height = 900.0, 1200.0
    lie = lie_down(np.random.default_rng(seed), look, (width, height), None, 150)
    corners = lie(np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32))
    tall, wide = lie.shape
    assert corners.min() >= -1
    assert corners[:, 0].max() <= wide + 1
    assert corners[:, 1].max() <= tall + 1
    assert lie.scale == pytest.approx(1, abs=0.08)


def test_lines_sink_into_the_gutter_of_a_spread() -> None:
    dice = np.random.default_rng(1)
    lie = lie_down(dice, Look.SCAN, (1000.0, 700.0), 500.0, 150)
    fold, beside = lie(np.array([[500, 300], [700, 300]], np.float32))
    flat = np.array([[500, 300, 1], [700, 300, 1]]) @ lie.matrix.T
    level = flat[:, 1] / flat[:, 2]
    assert fold[1] - level[0] > beside[1] - level[1]
