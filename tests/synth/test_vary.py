"""Strips changed for training keep their height, their range and their writing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocr.lines.strips import HEIGHT_PX, Fitted
from ocr.synth.vary import Variety, varied

ALWAYS = Variety(often=1.0)


def drawn(width: int) -> Fitted:
    strip = np.ones((HEIGHT_PX, width), np.float32)
    for left in range(3, max(width - 3, 4), 8):
        strip[16:32, left : left + 3] = -1.0
    return strip


@given(st.integers(1, 900), st.integers(0, 2**32))
def test_a_changed_strip_is_still_a_strip(width: int, seed: int) -> None:
    before = drawn(width)
    after = varied(before, np.random.default_rng(seed), ALWAYS)
    assert after.dtype == np.float32
    assert after.shape[0] == HEIGHT_PX
    assert max(8, width * 0.65) <= after.shape[1] <= max(8, width * 1.35)
    assert np.isfinite(after).all()
    assert after.min() >= -1.5
    assert after.max() <= 1.2
    assert np.array_equal(before, drawn(width))


def test_the_same_seed_gives_the_same_strip() -> None:
    one, two, other = (varied(drawn(400), np.random.default_rng(seed), ALWAYS) for seed in (4, 4, 5))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_most_of_the_ink_stays() -> None:
    before = drawn(600)
    for seed in range(60):
        after = varied(before, np.random.default_rng(seed), ALWAYS)
        assert (after < 0.3).mean() > 0.3 * (before < 0.3).mean()


def test_nothing_changes_when_nothing_is_asked() -> None:
    assert np.array_equal(varied(drawn(300), np.random.default_rng(1), Variety(often=0.0)), drawn(300))
