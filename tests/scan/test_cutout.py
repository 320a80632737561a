"""Black around a line that was cut out becomes paper; writing stays."""

import numpy as np
import pytest

from ocr.arrays import GreyImage
from ocr.scan.cutout import on_paper

PAPER, INK = 200, 60


def cut_out(slope: float = 0.0, width: int = 400) -> GreyImage:
    """Upright strokes along a line that rises by `slope`, black above and below a band around it."""
    grey = np.zeros((120, width), np.uint8)
    for x in range(width):
        middle = round(60 + slope * (x - width / 2))
        grey[middle - 25 : middle + 25, x] = PAPER
        if x % 20 < 4 and x > 5:
            grey[middle - 10 : middle + 10, x] = INK
    return grey


def test_black_becomes_paper_and_ink_stays() -> None:
    grey = cut_out()
    clean = on_paper(grey)
    assert clean.min() >= INK
    assert np.abs(clean[grey == 0].astype(int) - PAPER).max() <= 3
    assert np.array_equal(clean[50:70], grey[50:70])


@pytest.mark.parametrize("slope", [-0.08, 0.05])
def test_a_rising_line_is_level_after(slope: float) -> None:
    clean = on_paper(cut_out(slope))
    ink = clean < (PAPER + INK) // 2
    rows = np.arange(len(ink))
    left, right = (
        (ink[:, part] * rows[:, None]).sum() / ink[:, part].sum() for part in (np.s_[40:160], np.s_[240:360])
    )
    assert abs(left - right) < 2


def test_without_black_nothing_changes() -> None:
    grey = np.full((50, 200), PAPER, np.uint8)
    grey[20:30, ::9] = 5  # ink as dark as black, far from the edge
    grey[0, 40:44] = 5  # a tail that runs off the picture
    assert on_paper(grey) is grey
    dark = np.zeros((40, 80), np.uint8)
    assert on_paper(dark) is dark


def test_paper_that_changes_its_tone_is_followed() -> None:
    grey = cut_out()
    tone = np.linspace(-60, 50, grey.shape[1])[None]
    shaded = np.where(grey > 0, grey + tone, 0).round().astype(np.uint8)
    clean = on_paper(shaded)
    off = clean.astype(float) - (PAPER + tone)
    assert np.abs(off[grey == 0]).max() < 25
