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
