"""Pieces of ink: whatever else is on a leaf and however thick the pen, marked writing is never silent."""

import cv2
import numpy as np
import pytest

from ocr.arrays import Pixels
from ocr.lines import LinesSettings, find_lines
from ocr.page import Kind, Source
from ocr.scan.components import connected_components
from ocr.scan.leaf import Leaf, LeafSettings, prepare
from ocr.scan.load import Scan
from tests import drawn, unwritten, written


def leaf_of(pixels: Pixels) -> Leaf:
    height, width = pixels.shape[:2]
    (leaf,) = prepare(Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), pixels), LeafSettings())
    return leaf


def in_felt_pen(page: Pixels, wider_px: int) -> Pixels:
    """The page written with a pen so much wider."""
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wider_px + 1, wider_px + 1))
    return np.asarray(cv2.erode(page, pen), np.uint8)


@pytest.mark.parametrize("wider_px", [0, 4, 6, 8, 10])
def test_every_line_in_a_thick_pen_is_found_and_none_is_struck(wider_px: int) -> None:
    page = drawn.page(size_px=(950, 860), letter_px=40, pitch_px=60).pixels
    leaf = leaf_of(in_felt_pen(page, wider_px))
    lines = [line for region in find_lines(leaf, LinesSettings()) for line in region.lines]
    assert len(lines) == len(drawn.TEXT)
    assert all(line.kind is not Kind.STRUCK for line in lines)


@pytest.mark.parametrize(("sort", "wider_px"), [("letter", 8), ("letter", 12), ("dense", 8), ("dense", 12)])
def test_a_joined_hand_in_a_thick_pen_is_found(sort: str, wider_px: int) -> None:
    page = written.page((3, 1), sort)
    leaf = leaf_of(in_felt_pen(page.pixels, wider_px))
    lines = [line for region in find_lines(leaf, LinesSettings()) for line in region.lines]
    assert len(lines) >= 0.9 * len(page.kinds)
    assert all(line.kind is not Kind.STRUCK for line in lines)


@pytest.mark.parametrize("picture", ["noise", "bricks", "landscape"])
def test_writing_beside_a_dark_picture_is_found(picture: str) -> None:
    page = drawn.page(drawn.TEXT[:6], size_px=(900, 1400)).pixels
    photo = unwritten.PICTURES[picture](np.random.default_rng(5))
    page[600:] = cv2.cvtColor(photo[:800, :900], cv2.COLOR_RGB2GRAY) // 2
    leaf = leaf_of(page)
    lines = [line for region in find_lines(leaf, LinesSettings()) for line in region.lines]
    assert len(lines) >= 6


@pytest.mark.parametrize("share", [0.1, 0.35, 0.6, 0.9])
def test_however_much_ink_a_leaf_holds_what_is_marked_makes_pieces(share: float) -> None:
    """The ink of the lines alone counts: a leaf may be black all around them."""
    leaf = leaf_of(drawn.page(drawn.TEXT[:2]).pixels)
    assert leaf.text_map is not None
    black = np.ones(leaf.ink.shape, np.uint8)
    black[: -round(share * len(black))] = 0
    near = cv2.resize(leaf.text_map.marks, leaf.ink.shape[::-1])
    black[cv2.dilate(near, np.ones((41, 41), np.uint8)) > 0] = 0
    ink = np.where(black > 0, np.uint8(0), leaf.ink)
    pieces = connected_components(Leaf(leaf.grey, ink, leaf.to_scan, leaf.box, text_map=leaf.text_map))
    assert pieces is not None
    assert pieces.kept.any()


def test_a_leaf_that_is_one_line_and_no_more_has_pieces() -> None:
    page = drawn.page(drawn.TEXT[:1], size_px=(900, 80), top_px=18).pixels
    assert connected_components(leaf_of(page)) is not None


@pytest.mark.parametrize("squared", [False, True], ids=["ruled", "squared"])
@pytest.mark.parametrize("dye", [(1.0, 1.0, 1.0), (1.4, 1.1, 0.5)], ids=["grey", "blue"])
@pytest.mark.parametrize("tones", [2, 4, 6, 9, 13, 20])
def test_faint_rules_through_the_middle_of_letters_strike_nothing(
    tones: int, dye: tuple[float, float, float], squared: bool
) -> None:
    page = np.dstack([drawn.page(noise_levels=0).pixels.astype(np.float64)] * 3)
    rules = np.zeros(page.shape[:2])
    for place in range(102, len(rules), 68):
        rules[place : place + 2] = 1
    if squared:
        for place in range(40, page.shape[1], 68):
            rules[:, place : place + 2] = 1
    page -= tones * rules[:, :, None] * np.array(dye) * page / 228
    page += np.random.default_rng(3).normal(0, 1.5, page.shape)
    leaf = leaf_of(np.clip(np.rint(page), 0, 255).astype(np.uint8))
    assert (leaf.ruling is not None) or tones < 9
    pieces = connected_components(leaf)
    assert pieces is not None
    assert not pieces.levels.any()
    lines = [line for region in find_lines(leaf, LinesSettings()) for line in region.lines]
    assert [line.kind for line in lines] == [Kind.TEXT] * len(drawn.TEXT)
