"""Rules that no pixel shows are told by their rows; what is no rule is not, and ink stays as it was."""

import numpy as np
import pytest

from ocr.arrays import Pixels
from ocr.page import RuleKind
from ocr.scan.ruling import RulingSettings, remove_ruling
from tests import drawn

LETTER_PX = 20
PITCH_PX = 68


def ruled(contrast: float, *, lean_deg: float = 0.0, dotted: bool = False, squared: bool = False) -> Pixels:
    """Writing on noisy paper near white, with rules so many levels darker through its letters."""
    page = drawn.page(noise_levels=0).pixels.astype(np.float32) * 255 / 240
    rows, columns = np.mgrid[0 : page.shape[0], 0 : page.shape[1]]
    along = rows - np.tan(np.radians(lean_deg)) * columns - 100
    on = (along % PITCH_PX < 2) & (~dotted | (columns % 8 < 5))
    if squared:
        on |= columns % PITCH_PX < 2
    page -= np.where(on & (page > 200), contrast, 0)
    page += np.random.default_rng(3).normal(0, 1.5, page.shape)
    return np.clip(np.rint(page + 10), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("contrast", [3, 5, 8])
@pytest.mark.parametrize("lean_deg", [0.0, 0.7, -2.0])
@pytest.mark.parametrize("dotted", [False, True])
def test_faint_rules_are_told_with_their_pitch_and_angle(
    contrast: int, lean_deg: float, dotted: bool
) -> None:
    told = remove_ruling(ruled(contrast, lean_deg=lean_deg, dotted=dotted), LETTER_PX, RulingSettings())[1]
    assert told is not None
    assert told.kind is RuleKind.RULED
    assert told.pitch_px == pytest.approx(PITCH_PX, abs=0.5)
    assert told.angle_deg == pytest.approx(lean_deg, abs=0.15)


def test_faint_squares_are_squares() -> None:
    told = remove_ruling(ruled(5, squared=True), LETTER_PX, RulingSettings())[1]
    assert told is not None
    assert told.kind is RuleKind.SQUARED


def test_faint_rules_go_and_ink_stays() -> None:
    page = ruled(6)
    clean = remove_ruling(page, LETTER_PX, RulingSettings())[0]
    assert (clean[page < 220] == page[page < 220]).all()
    row = slice(100 + 7 * PITCH_PX, 102 + 7 * PITCH_PX)
    paper = page[row] > 235
    assert page[row][paper].mean() < 251
    assert (clean[row][paper] == 255).mean() > 0.75  # all but the rims of ink


def test_paper_without_rules_has_no_faint_ones() -> None:
    for seed, noise in ((1, 0.0), (2, 2.0), (3, 5.0)):
        page = drawn.page(noise_levels=noise, shade=0.0).pixels.astype(np.float32) + 20
        page += np.random.default_rng(seed).normal(0, noise, page.shape)
        plain = np.clip(np.rint(page), 0, 255).astype(np.uint8)
        assert remove_ruling(plain, LETTER_PX, RulingSettings())[1] is None
