"""A second ink is parted from the first by its colour alone; one ink, however worn, stays one."""

import numpy as np
import pytest

from ocr.arrays import F64, Pixels
from ocr.scan.binarize import InkSettings, binarize, flatten_background
from ocr.scan.leaf import grey_of
from ocr.scan.other_ink import colour_name, part_inks
from tests import drawn

Colour = tuple[int, int, int]

PAPER = (232, 224, 205)
BLUE, BLACK, VIOLET, BROWN = (45, 50, 120), (40, 38, 40), (95, 40, 130), (95, 70, 50)
RED, GREEN, BLUE_PENCIL = (200, 35, 45), (30, 120, 60), (60, 90, 190)
LETTER_PX = 20


def amounts(*, texts: tuple[str, ...] = drawn.TEXT, left_px: int = 80, top_px: int = 80) -> F64:
    """(height, width): how much ink there is, 0..1."""
    pixels = drawn.page(texts, left_px=left_px, top_px=top_px, noise_levels=0).pixels
    return 1 - np.minimum(pixels / 228, 1.0)


def page(*inks: tuple[F64, Colour], seed: int = 1) -> Pixels:
    """Inks on paper; where they cross, densities add up."""
    paper = np.array(PAPER, float)
    density = sum(amount[..., None] * np.log(paper / np.maximum(ink, 1)) for amount, ink in inks)
    noise = np.random.default_rng(seed).normal(0, 2, (*inks[0][0].shape, 3))
    return np.asarray(np.clip(paper * np.exp(-density) + noise, 0, 255), np.uint8)


MAIN = amounts()
MARKS = amounts(texts=("Оценка", "четыре"), left_px=420, top_px=115)


def evened(colour: Pixels) -> Pixels:
    return flatten_background(grey_of(colour))


@pytest.mark.parametrize("other", [RED, GREEN], ids=["red", "green"])
@pytest.mark.parametrize("main", [BLUE, BLACK, VIOLET], ids=["blue", "black", "violet"])
def test_a_second_ink_comes_apart_and_strokes_that_cross_stay_in_the_first(
    main: Colour, other: Colour
) -> None:
    colour = page((MAIN, main), (MARKS, other))
    first, second = part_inks(evened(colour), colour, LETTER_PX)
    strokes, marks = MAIN > 0.7, (MARKS > 0.7) & (MAIN < 0.05)
    first_ink, second_ink = (binarize(layer.grey, InkSettings()) == 0 for layer in (first, second))
    assert first_ink[strokes].mean() > 0.93
    assert second_ink[marks].mean() > 0.93
    assert first_ink[marks].mean() < 0.02
    assert second_ink[strokes & (MARKS < 0.05)].mean() < 0.02


@pytest.mark.parametrize("main", [BLUE, BLACK, VIOLET, BROWN], ids=["blue", "black", "violet", "brown"])
@pytest.mark.parametrize("worn", [1.0, 0.5], ids=["fresh", "faded"])
def test_one_ink_is_one_ink(main: Colour, worn: float) -> None:
    fading = np.linspace(1.0, worn, MAIN.shape[1])[None, :]
    colour = page((MAIN * fading, main))
    assert part_inks(evened(colour), colour, LETTER_PX) == ()


def test_brown_that_darkens_to_black_is_one_ink() -> None:
    mixed = np.linspace(0.0, 1.0, MAIN.shape[0])[:, None]
    colour = page((MAIN * mixed, BLACK), (MAIN * (1 - mixed), BROWN))
    assert part_inks(evened(colour), colour, LETTER_PX) == ()


def test_a_speck_of_colour_is_no_ink() -> None:
    speck = np.zeros_like(MAIN)
    speck[900:904, 700:712] = 1
    colour = page((MAIN, BLUE), (speck, RED))
    assert part_inks(evened(colour), colour, LETTER_PX) == ()


def test_a_grey_scan_saved_in_colour_has_one_ink() -> None:
    grey = np.repeat(drawn.page().pixels[..., None], 3, axis=2)
    assert part_inks(evened(grey), grey, LETTER_PX) == ()


@pytest.mark.parametrize("blank", [np.full((300, 400, 3), 255, np.uint8), np.zeros((300, 400, 3), np.uint8)])
def test_nothing_written_has_no_ink(blank: Pixels) -> None:
    assert part_inks(evened(blank), blank, LETTER_PX) == ()


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        (RED, "red"),
        (GREEN, "green"),
        (BLUE, "blue"),
        (BLUE_PENCIL, "blue"),
        (VIOLET, "violet"),
        (BLACK, "black"),
        (BROWN, "brown"),
    ],
)
def test_inks_have_the_names_people_call_them(colour: Colour, name: str) -> None:
    assert colour_name(np.array(colour, float)) == name


def test_black_around_the_paper_is_no_ink() -> None:
    colour = page((MAIN, BLUE))
    colour[:60], colour[:, -40:] = 0, 0
    light = evened(colour)
    light[:60], light[:, -40:] = 0, 0
    assert part_inks(light, colour, LETTER_PX) == ()
