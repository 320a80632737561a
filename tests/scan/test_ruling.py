"""Ruling goes, strokes stay."""

import numpy as np
import pytest

from ocr.scan.ruling import RulingSettings, unruled
from tests import drawn


@pytest.mark.parametrize("upright", [False, True])
def test_rules_go_and_ink_stays(upright: bool) -> None:
    plain = drawn.page(noise_levels=0).pixels
    evened = np.asarray(np.minimum(plain.astype(int) * 255 // 228, 255), np.uint8)
    ruled = evened.copy()
    for place in range(40, 860, 60):
        part = ruled[:, place : place + 2] if upright else ruled[place : place + 2]
        np.minimum(part, 205, out=part)
    clean, found = unruled(ruled, 20, RulingSettings())
    assert found is not None
    assert (found.upright_share > found.level_share) is upright
    assert ((clean < 250) & (evened == 255)).mean() < 0.1 * ((ruled < 250) & (evened == 255)).mean()
    ink = evened < 128
    assert (clean[ink] < 160).mean() > 0.995


def test_a_page_without_rules_is_left_as_it_is() -> None:
    grey = drawn.page().pixels
    clean, found = unruled(grey, 20, RulingSettings())
    assert found is None
    assert clean is grey
