import numpy as np
import pytest

from ocr.scan.ink import InkSettings, even, part, stroke_width
from tests import drawn

SETTINGS = InkSettings()


@pytest.mark.parametrize("width", [3, 6, 12])
def test_the_width_of_strokes_is_measured(width: int) -> None:
    ink = np.full((400, 400), 255, np.uint8)
    for top in range(20, 380, 60):
        ink[top : top + width, 20:380] = 0
    # Crossings assume strokes of every direction; level ones alone come out 4 / pi too wide.
    assert stroke_width(ink) == pytest.approx(width * 4 / np.pi, rel=0.06)
    assert stroke_width(np.full((50, 50), 255, np.uint8)) == 0


def test_shade_is_evened_and_ink_stays_as_it_was() -> None:
    plain, shaded = (even(drawn.page(shade=shade, noise_levels=1).pixels, SETTINGS) for shade in (0.0, 0.6))
    paper = shaded[:, -60:]
    assert np.median(paper) > 245
    both, either = (part(plain, SETTINGS) == 0, part(shaded, SETTINGS) == 0)
    assert (both & either).sum() > 0.93 * (both | either).sum()


@pytest.mark.parametrize("level", [0, 128, 255])
def test_one_colour_is_no_ink(level: int) -> None:
    page = np.full((300, 200), level, np.uint8)
    assert (part(even(page, SETTINGS), SETTINGS) == 255).all()


def test_paper_with_its_grain_is_no_ink() -> None:
    grain = np.random.default_rng(5).normal(210, 4, (600, 400)).clip(0, 255).astype(np.uint8)
    assert (part(even(grain, SETTINGS), SETTINGS) == 0).mean() < 1e-3


def test_the_table_around_the_paper_is_no_ink() -> None:
    page = drawn.page().pixels
    framed = np.full((page.shape[0] + 300, page.shape[1] + 300), 30, np.uint8)
    framed[150:-150, 150:-150] = page
    ink = part(even(framed, SETTINGS), SETTINGS)
    assert (ink[:150] == 255).all()
    assert (ink[:, :150] == 255).all()
    inside = ink[150:-150, 150:-150] == 0
    alone = part(even(page, SETTINGS), SETTINGS) == 0
    assert (inside & alone).sum() > 0.95 * alone.sum()
