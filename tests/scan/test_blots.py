"""Blots: ink many times thicker than strokes is found with its place, and nothing else is taken for it."""

import cv2
import numpy as np
import pytest

from ocr.arrays import Pixels
from ocr.geometry import Box
from ocr.page import Source
from ocr.scan.blots import Blots, blots_of
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan
from tests import drawn, unwritten


def found(pixels: Pixels) -> Blots | None:
    height, width = pixels.shape[:2]
    scan = Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), pixels)
    (leaf,) = prepare(scan, LeafSettings())
    return blots_of(leaf, pixels)


def blotted(pixels: Pixels, place: tuple[int, int], size: tuple[int, int]) -> Pixels:
    """The page with an ellipse of ink about a place, so wide and so tall from its middle."""
    spoilt = pixels.copy()
    cv2.ellipse(spoilt, place, size, 4.0, 0.0, 360.0, (42,), -1, cv2.LINE_AA)
    return spoilt


@pytest.mark.parametrize("size", [(17, 16), (45, 24), (110, 34), (30, 60)])
@pytest.mark.parametrize("angle_deg", [0.0, 3.0])
def test_a_blot_is_found_where_it_is(size: tuple[int, int], angle_deg: float) -> None:
    page = drawn.page(angle_deg=angle_deg, ruled=True, shade=0.3).pixels
    blots = found(blotted(page, (400, 370), size))
    assert blots is not None
    (outline,) = blots.outlines
    drawn_box = Box(400 - size[0], 370 - size[1], 400 + size[0], 370 + size[1])
    assert outline.box.overlap(drawn_box) > 0.75 * max(outline.box.area, drawn_box.area)
    share, which = blots.under(Box(400 - 10, 370 - 10, 400 + 10, 370 + 10))
    assert share > 0.9
    assert which == {0}
    assert blots.under(Box(80, 700, 800, 760)) == (0.0, frozenset())


@pytest.mark.parametrize("wider_px", [0, 4, 6, 8, 10])
def test_a_thick_pen_makes_no_blots(wider_px: int) -> None:
    page = drawn.page(size_px=(950, 860), letter_px=40, pitch_px=60).pixels
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wider_px + 1, wider_px + 1))
    assert found(np.asarray(cv2.erode(page, pen), np.uint8)) is None


def test_dark_borders_pictures_stamps_and_thick_rules_are_no_blots() -> None:
    page = drawn.page(drawn.TEXT[:6], size_px=(1000, 1700)).pixels
    page[:, :40] = 25
    page[-30:] = 30
    page[640:652, 100:900] = 40
    photo = unwritten.PICTURES["landscape"](np.random.default_rng(5))
    page[700:1100, 200:800] = cv2.cvtColor(photo[:400, :600], cv2.COLOR_RGB2GRAY) // 2
    for radius, thick in ((110, 6), (98, 2), (60, 3)):
        cv2.circle(page, (500, 1350), radius, (70,), thick, cv2.LINE_AA)
    blots = found(page)
    assert blots is None or not any(blots.marked)


def test_huge_letters_and_a_blank_page_hold_no_blots() -> None:
    page = drawn.page(drawn.TEXT[:5], top_px=300)
    huge = np.asarray(drawn.page(("ВѢСТИ",), letter_px=150, top_px=60, left_px=120).pixels, np.uint8)
    pixels = np.minimum(page.pixels, huge)
    blots = found(pixels)
    assert blots is None or not any(blots.marked)
    assert found(np.full((600, 500), 225, np.uint8)) is None


@pytest.mark.parametrize("seed", range(4))
def test_the_first_glance_misses_no_blot_that_a_close_look_finds(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    page = drawn.page(angle_deg=float(rng.uniform(-3, 3)), ruled=bool(seed % 2), shade=0.3).pixels
    if seed > 1:  # a dark table beside the leaf
        page = np.asarray(
            cv2.copyMakeBorder(page, 30, 40, 50, 20, cv2.BORDER_CONSTANT, value=(30,)), np.uint8
        )
    height, width = page.shape
    for wide, tall in rng.integers(12, 40, (3, 2)).tolist():
        place = (int(rng.integers(100, width - 100)), int(rng.integers(100, height - 100)))
        page = blotted(page, place, (wide, tall))
    noisy = np.clip(page + rng.normal(0, 8, page.shape), 0, 255).astype(np.uint8)
    scan = Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), noisy)
    (leaf,) = prepare(scan, LeafSettings())
    quick = blots_of(leaf, noisy)
    monkeypatch.setattr("ocr.scan.blots._may_hold_blots", lambda *_: True)
    close = blots_of(leaf, noisy)
    assert close is not None
    assert quick is not None
    assert quick.outlines == close.outlines


@pytest.mark.parametrize("angle_deg", [0.0, 2.0])
def test_a_leaf_without_blots_is_not_looked_at_closely(
    angle_deg: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = drawn.page(angle_deg=angle_deg, shade=0.3).pixels
    scan = Scan(Source("drawn.png", "0" * 64, pixels.shape[1], pixels.shape[0], "image/png"), pixels)
    (leaf,) = prepare(scan, LeafSettings())
    looks: list[object] = []
    monkeypatch.setattr("ocr.scan.blots._seen", lambda *_: looks.append(None))
    assert blots_of(leaf, pixels) is None
    assert not looks
