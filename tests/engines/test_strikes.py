"""A word is struck out by a long, even stroke through its letters, and by nothing else."""

import cv2
import numpy as np
import pytest

from ocr.arrays import GreyImage
from ocr.engines.strikes import strike_probability, stroke_through
from ocr.geometry import Affine
from ocr.lines.strips import StripCut

CORE = 20
MIDDLE = 5 * CORE
SURE = 0.95


def word(letters: int = 8, *, joined_at: int | None = None) -> GreyImage:
    """Upright strokes two and two, as и and н have them, as tall as small letters; one in three goes on above
    or below; joined at so many pixels below their middle."""
    grey = np.full((10 * CORE, (2 * letters + 4) * CORE), 255, np.uint8)
    for n in range(2 * letters):
        x, top, foot = 2 * CORE + n * CORE, MIDDLE - CORE // 2, MIDDLE + CORE // 2
        top, foot = top - CORE * (n % 6 == 1), foot + CORE * (n % 6 == 4)
        cv2.line(grey, (x, top), (x + 4, foot), (40,), 3)
        if joined_at is not None and n % 2 == 0:
            cv2.line(grey, (x, MIDDLE + joined_at), (x + CORE, MIDDLE + joined_at), (40,), 3)
    return grey


def across(grey: GreyImage, below: int, *, dark: int = 40, rise: int = 0) -> GreyImage:
    """The word with a stroke from end to end, so far below the middle."""
    struck = grey.copy()
    first, last = (CORE, MIDDLE + below + rise), (grey.shape[1] - CORE, MIDDLE + below - rise)
    cv2.line(struck, first, last, (dark,), 4)
    return np.minimum(struck, grey)


def thick(grey: GreyImage, pen: int) -> GreyImage:
    """The word in a pen thicker by so many pixels."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pen + 1, pen + 1))
    return np.asarray(cv2.erode(grey, kernel), np.uint8)


def probability(grey: GreyImage) -> float:
    cut = StripCut(grey, Affine(), 160)
    return strike_probability(cut, 0.0, float(grey.shape[1]))


@pytest.mark.parametrize(("below", "rise"), [(0, 0), (3, 0), (-3, 0), (0, 5), (0, -5)])
def test_a_stroke_through_the_middle_strikes_out(below: int, rise: int) -> None:
    assert probability(across(word(), below, rise=rise)) >= SURE


@pytest.mark.parametrize(
    "grey",
    [
        word(),
        word(joined_at=CORE // 2),
        word(joined_at=0),
        across(word(), round(1.1 * CORE)),
        across(word(), 0, dark=140),
        across(word(letters=1), 0),
        thick(word(joined_at=0), 12),
        thick(word(joined_at=CORE // 2), 12),
        np.full((10 * CORE, 20 * CORE), 255, np.uint8),
    ],
    ids=[
        "as it is",
        "joined at the feet",
        "bars of letters",
        "underlined",
        "a pale rule",
        "narrow",
        "letters that close up",
        "feet that close up",
        "blank",
    ],
)
def test_what_strikes_nothing_out_is_no_strike(grey: GreyImage) -> None:
    assert probability(grey) < SURE


def test_the_stroke_is_measured_in_heights_of_small_letters() -> None:
    stroke = stroke_through(StripCut(across(word(), 0), Affine(), 160), 0.0, 20.0 * CORE)
    assert stroke is not None
    assert stroke.run == 1.0
    assert stroke.offset < 0.1
    assert stroke.width == pytest.approx(18, abs=0.5)
    assert 0.1 < stroke.thick < 0.35
    assert stroke.dark == pytest.approx(1.0, abs=0.1)
