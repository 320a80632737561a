import cv2
import numpy as np
import pytest

from ocr.scan.binarize import (
    BINARIZERS,
    InkSettings,
    binarize,
    flatten_background,
    rough_stroke_width,
    stroke_width,
)
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
    plain, shaded = (
        flatten_background(drawn.page(shade=shade, noise_levels=1).pixels) for shade in (0.0, 0.6)
    )
    paper = shaded[:, -60:]
    assert np.median(paper) > 245
    both, either = (binarize(plain, SETTINGS) == 0, binarize(shaded, SETTINGS) == 0)
    assert (both & either).sum() > 0.93 * (both | either).sum()


@pytest.mark.parametrize("level", [0, 128, 255])
def test_one_colour_is_no_ink(level: int) -> None:
    page = np.full((300, 200), level, np.uint8)
    assert (binarize(flatten_background(page), SETTINGS) == 255).all()


def test_paper_with_its_grain_is_no_ink() -> None:
    grain = np.random.default_rng(5).normal(210, 4, (600, 400)).clip(0, 255).astype(np.uint8)
    assert (binarize(flatten_background(grain), SETTINGS) == 0).mean() < 1e-3


def test_the_table_around_the_paper_is_no_ink() -> None:
    page = drawn.page().pixels
    framed = np.full((page.shape[0] + 300, page.shape[1] + 300), 30, np.uint8)
    framed[150:-150, 150:-150] = page
    ink = binarize(flatten_background(framed), SETTINGS)
    assert (ink[:150] == 255).all()
    assert (ink[:, :150] == 255).all()
    inside = ink[150:-150, 150:-150] == 0
    alone = binarize(flatten_background(page), SETTINGS) == 0
    assert (inside & alone).sum() > 0.95 * alone.sum()


def _strokes(tone: int, width: int, blur: float = 0.0) -> np.ndarray:
    """A leaf of evened paper with slanted strokes of that tone."""
    leaf = np.full((500, 700), 255, np.uint8)
    for left in range(40, 640, 50):
        cv2.line(leaf, (left, 60), (left - 20, 440), (tone,), width, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(leaf, (0, 0), blur) if blur else leaf)


def test_hairlines_that_join_dark_strokes_come_whole() -> None:
    leaf = _strokes(40, 5)
    hair = np.full_like(leaf, 255)
    for top in (120, 260, 400):
        cv2.line(hair, (20, top), (640, top - 30), (140,), 2, cv2.LINE_AA)
    ink = binarize(np.minimum(leaf, hair), SETTINGS)
    assert (ink[hair < 200] == 0).mean() > 0.9


def test_the_width_of_a_blurred_stroke_is_not_its_blur() -> None:
    sharp, soft = (binarize(_strokes(40, 7, blur), SETTINGS) for blur in (0.0, 2.0))
    assert stroke_width(soft) == pytest.approx(stroke_width(sharp), rel=0.15)


def test_show_through_beside_strokes_is_no_ink() -> None:
    front = _strokes(40, 5)
    verso = np.roll(_strokes(60, 5, blur=2.5), 25, axis=1)
    paler = (255 - (255 - verso.astype(int)) * 0.6).astype(np.uint8)
    ink = binarize(np.minimum(front, paler), SETTINGS)
    assert ((ink == 0) & (front == 255)).sum() < 0.05 * (front < 128).sum()


def test_solid_black_beside_a_page_does_not_cost_its_pale_ink() -> None:
    """Pieces of table, wherever they lie and however large, say nothing of how dark strokes are."""
    pale = np.asarray(255 - (255 - drawn.page(noise_levels=0).pixels.astype(int)) * 0.35, np.uint8)
    alone = binarize(pale, InkSettings()) == 0
    for where in (np.s_[10:60, 200:420], np.s_[900:990, 10:60], np.s_[0:1000, 0:40]):
        marred = pale.copy()
        marred[where] = 8
        written = alone.copy()
        written[where] = False
        assert (binarize(marred, InkSettings()) == 0)[written].mean() > 0.95


@pytest.mark.parametrize("binarizer", BINARIZERS)
def test_every_binarizer_parts_writing_from_paper(binarizer: str) -> None:
    page = drawn.page(shade=0.4)
    ink = binarize(flatten_background(page.pixels), InkSettings(binarizer=binarizer)) == 0
    inside = np.zeros_like(ink)
    for place in page.outlines:
        box = place.box
        inside[int(box.top) : int(box.bottom) + 1, int(box.left) : int(box.right) + 1] = True
    assert ink[inside].mean() > 0.1
    assert ink[~inside].mean() < 1e-3


def test_sauvola_is_the_formula_pixel_by_pixel() -> None:
    leaf = _strokes(90, 5, 1.0)[:160, :160].copy()
    ink = binarize(leaf, InkSettings(binarizer="sauvola"))
    half = int(round(10 * rough_stroke_width(leaf)) | 1) // 2
    padded = np.pad(leaf.astype(np.float64), half, mode="edge")
    for y, x in ((5, 5), (80, 60), (100, 38), (100, 40), (100, 36), (159, 159)):
        around = padded[y : y + 2 * half + 1, x : x + 2 * half + 1]
        level = around.mean() * (1 + 0.34 * (around.std() / 128 - 1))
        assert (ink[y, x] == 0) == (leaf[y, x] <= level)
    assert (ink == 0).any()


def test_a_binarizer_that_there_is_not_is_told() -> None:
    with pytest.raises(ValueError, match="Did you mean 'sauvola'"):
        InkSettings(binarizer="savola")
