"""What a hand does to letters: the baseline and the height of small letters are known after."""

import numpy as np
import pytest

from ocr.synth.bend import bend, smooth, thicken


@pytest.mark.parametrize("seed", range(20))
def test_the_baseline_is_known_after(seed: int) -> None:
    ink = np.zeros((120, 600), np.float32)
    ink[60:80, 40:560] = 1  # small letters from row 60 to the baseline at 80
    bent, base, x_px = bend(np.random.default_rng(seed), ink, 80, 20)
    assert 12 <= x_px <= 24
    rows = np.flatnonzero(bent.max(axis=1) > 0.5)
    assert len(rows)
    assert abs((rows[0] + rows[-1]) / 2 - (base - x_px / 2)) < x_px
    assert bent.min() >= 0
    assert bent.max() <= 1


@pytest.mark.parametrize("seed", range(12))
def test_strokes_never_vanish(seed: int) -> None:
    ink = np.zeros((40, 200), np.float32)
    ink[18:21, 20:180] = 1
    drawn = thicken(np.random.default_rng(seed), ink)
    assert (drawn[18:21, 40:160].max(axis=0) > 0.3).all()


def test_a_smooth_curve_has_its_length() -> None:
    assert all(
        len(smooth(np.random.default_rng(1), length, 30, 1.0)) == max(length, 1) for length in (0, 1, 7, 400)
    )
