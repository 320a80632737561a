"""Log odds, kept short of certainty."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocr.arrays import SURE, log_odds


@given(st.floats(SURE, 1 - SURE))
def test_log_odds_and_the_logistic_function_are_inverse(share: float) -> None:
    assert np.isclose(1 / (1 + np.exp(-log_odds(share))), share)


def test_certainty_has_odds() -> None:
    low, middle, high = log_odds(np.array([0.0, 0.5, 1.0]))
    assert low == log_odds(SURE)
    assert middle == 0
    assert np.isclose(low, -high)
