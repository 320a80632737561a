"""Double pages parted, single ones left whole, table cut away, sides turned up, ways home kept."""

import cv2
import numpy as np
import pytest

from ocr.geometry import Affine, Box, Point
from ocr.lines import LinesSettings, find_lines
from ocr.page import Source
from ocr.scan.leaf import NO_TEXT, LeafSettings, pixel_matrix, prepare
from ocr.scan.load import Scan
from tests import notebook


def scan_of(pixels: np.ndarray) -> Scan:
    height, width = pixels.shape[:2]
    return Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), pixels)


def test_a_spread_is_two_leaves_from_left_to_right() -> None:
    page = notebook.spread(np.random.default_rng([5, 1]))
    left, right = prepare(scan_of(page.pixels), LeafSettings())
    assert left.box.right == pytest.approx(right.box.left, abs=0.02 * page.pixels.shape[1])
    assert left.box.centre.x < right.box.centre.x


def test_a_page_in_two_columns_is_one_leaf() -> None:
    page = notebook.page(np.random.default_rng(4), columns=2, size_px=(1500, 1100), extras=False)
    assert len(prepare(scan_of(page.pixels), LeafSettings())) == 1


def test_the_rules_of_a_ledger_are_no_gutter() -> None:
    page = notebook.page(
        np.random.default_rng(6), columns=2, size_px=(1700, 1200), extras=False
    ).pixels.copy()
    for x in (120, 850, 1450):
        page[:, x : x + 2] = (60, 60, 70)
    assert len(prepare(scan_of(page), LeafSettings())) == 1


def test_coloured_margins_do_not_hide_a_gutter() -> None:
    sides = [
        notebook.page(np.random.default_rng(n), paper="margin", size_px=(900, 1250), angle_deg=0.0).pixels
        for n in (7, 8)
    ]
    page = np.hstack(sides).astype(np.float32)
    page *= (1 - 0.25 * np.exp(-np.abs(np.arange(1800) - 900) / 20))[None, :, None]
    assert len(prepare(scan_of(page.astype(np.uint8)), LeafSettings())) == 2


def test_what_is_parted_reduced_and_turned_comes_home_within_a_pixel() -> None:
    page = notebook.spread(np.random.default_rng([9, 1]))
    for leaf in prepare(scan_of(page.pixels), LeafSettings()):
        ys, xs = np.nonzero(leaf.ink == 0)
        inked = 0
        for x, y in zip(xs[::211].tolist(), ys[::211].tolist(), strict=True):
            place = leaf.to_scan(Point(x + 0.5, y + 0.5))
            row, column = int(place.y), int(place.x)
            inked += bool(page.owners[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2].any())
        assert inked >= 0.93 * len(xs[::211])


@pytest.mark.parametrize("tone", [0, 130, 255])
def test_where_nothing_is_written_it_is_said(tone: int) -> None:
    (leaf,) = prepare(scan_of(np.full((700, 500, 3), tone, np.uint8)), LeafSettings())
    assert leaf.remark == NO_TEXT
    assert find_lines(leaf, LinesSettings()) == ()


@pytest.mark.parametrize("angle_deg", [-8, -5, -2, 2, 5, 8])
def test_a_spread_laid_askew_is_parted_all_the_same(angle_deg: int) -> None:
    page = notebook.spread(np.random.default_rng([5, 6])).pixels
    height, width = page.shape[:2]
    there = Affine.turn(-angle_deg, Point(width / 2, height / 2))
    bounds = there.box(Box(0, 0, width, height))
    there = Affine.shift(-bounds.left, -bounds.top).after(there)
    size = (round(bounds.width), round(bounds.height))
    askew = cv2.warpAffine(page, pixel_matrix(there), size, borderValue=(235.0, 232.0, 225.0))
    leaves = prepare(scan_of(np.asarray(askew, np.uint8)), LeafSettings())
    assert len(leaves) == 2
    turns = [leaf.skew.angle_deg for leaf in leaves if leaf.skew and leaf.skew.applied]
    # its leaves lie by some 0.5 and 1.1 degrees when it lies straight
    assert turns == pytest.approx([angle_deg + 0.5, angle_deg + 1.1], abs=0.4)
    gutter = there(Point(width / 2, height / 2))
    ends = [leaves[0].to_scan(Point(leaves[0].grey.shape[1], leaves[0].grey.shape[0] / 2)),
            leaves[1].to_scan(Point(0, leaves[1].grey.shape[0] / 2))]  # fmt: skip
    assert all(abs(end.x - gutter.x) < 0.08 * width for end in ends)
