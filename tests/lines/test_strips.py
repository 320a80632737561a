"""Strips of straight and of curved lines, and their ways home; fitted, they come out alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.arrays import GreyImage
from ocr.geometry import Affine, Box
from ocr.lines import level_strip, strip, strips_with_margin
from ocr.lines.strips import HEIGHT_PX, WIDEST_PX, fit_strip
from ocr.page import Line
from ocr.scan.leaf import Leaf
from tests.lines.curves import curved


@pytest.mark.parametrize("rise", [0.0, 1.5, -2.0])
def test_a_straight_line_is_cut_as_ever(rise: float) -> None:
    leaf, line, _ = curved(rise, 1.0)
    grey, way = level_strip(leaf, line)
    plain, to_scan = strip(leaf, line)
    assert grey.tobytes() == plain.tobytes()
    assert way == to_scan


def test_a_line_without_a_baseline_is_cut_as_ever() -> None:
    leaf, line, _ = curved(30, 1.0)
    bare = Line(line.outline)
    assert isinstance(level_strip(leaf, bare)[1], Affine)
    assert len(strips_with_margin(leaf, [bare])) == 1


def test_roomy_strips_are_alike_and_keep_all_ink() -> None:
    leaf, line, _ = curved(0, 1.0)
    blank = Line(Box(100, 100, 300, 130).outline())
    first, second, third = strips_with_margin(leaf, [line, line, blank])
    assert first.grey.shape[0] == third.grey.shape[0]
    assert first.grey.tobytes() == second.grey.tobytes()
    assert (first.grey < 128).sum() == (leaf.grey < 128).sum()
    rows = np.flatnonzero((first.grey < 128).any(axis=1))
    assert rows.mean() == pytest.approx(len(first.grey) / 2, abs=2)
    assert strips_with_margin(leaf, []) == []


def test_a_box_holds_its_ink_and_ends_at_gaps() -> None:
    leaf, line, _ = curved(0, 1.0)
    grey = leaf.grey.copy()
    grey[:, 300:340] = 255  # two words
    cut = strips_with_margin(Leaf(grey, grey, leaf.to_scan, leaf.box), [line])[0]
    left = leaf.to_scan.inverse.box(cut.box(Box(20, 0, 312, len(cut.grey))))
    ys, xs = np.nonzero(grey[:, :300] < 128)
    assert left.left <= xs.min()
    assert xs.max() < left.right < xs.max() + 5
    assert left.top <= ys.min()
    assert ys.max() < left.bottom < ys.max() + 6


def bars(
    height: int, top: int, bottom: int, *, paper: int = 240, ink: int = 20, width: int = 400
) -> GreyImage:
    """Upright bars, as of a row of и, between two rows."""
    grey = np.full((height, width), paper, np.uint8)
    for x in range(20, width - 20, 12):
        grey[top:bottom, x : x + 4] = ink
    return grey


@given(st.integers(1, 120), st.integers(1, 700), st.integers(0, 255))
def test_any_strip_is_fitted(height: int, width: int, tone: int) -> None:
    found = fit_strip(np.full((height, width), tone, np.uint8))
    assert found.fitted.shape[0] == HEIGHT_PX
    assert 8 <= found.fitted.shape[1] <= WIDEST_PX
    assert np.isfinite(found.fitted).all()
    assert found.fitted.min() > 0.5  # nothing is written there


def test_nothing_is_paper() -> None:
    assert fit_strip(np.zeros((0, 0), np.uint8)).fitted.min() > 0.5


@pytest.mark.parametrize(("paper", "ink"), [(240, 20), (120, 60), (250, 190)])
def test_light_is_the_same(paper: int, ink: int) -> None:
    found = fit_strip(bars(60, 20, 40, paper=paper, ink=ink)).fitted
    assert found.max() == pytest.approx(1, abs=0.1)
    assert found.min() == pytest.approx(-1, abs=0.4)


def test_loose_strips_are_cut_to_their_writing() -> None:
    found = fit_strip(bars(200, 80, 110))
    dark = np.flatnonzero((found.fitted < 0).any(axis=1))
    assert 12 <= dark[-1] - dark[0] <= 22
    assert found.top + dark[0] / found.scale_y == pytest.approx(80, abs=4)


def test_a_wide_strip_is_squeezed() -> None:
    assert fit_strip(bars(48, 16, 32, width=20_000)).fitted.shape[1] == WIDEST_PX


def test_neighbours_do_not_draw_the_cut_away() -> None:
    grey = bars(200, 90, 115, width=800)
    grey[:, 300:] = 240  # a short line
    grey[185:200] = bars(200, 185, 200, width=800)[185:200]  # heads of a full line below
    found = fit_strip(grey)
    assert found.top > 30
    assert found.top + HEIGHT_PX / found.scale_y < 180
