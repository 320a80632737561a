"""Doubt of borders: what is told apart, and what is left alone."""

from dataclasses import replace

import numpy as np

from ocr.geometry import Box
from ocr.lines import LinesSettings, find_lines, with_border_doubt
from ocr.lines.borders import DOUBTFUL, border_features
from ocr.page import Line, Region
from ocr.scan.leaf import Leaf
from tests import drawn
from tests.lines.leaves import leaf_of


def page() -> tuple[Leaf, tuple[Region, ...]]:
    leaf = leaf_of(drawn.page().pixels)
    return leaf, find_lines(leaf, LinesSettings())


def with_line(regions: tuple[Region, ...], at: int, line: Line) -> tuple[Region, ...]:
    lines = regions[0].lines
    return (replace(regions[0], lines=(*lines[:at], line, *lines[at + 1 :])), *regions[1:])


def test_straight_lines_are_not_doubted() -> None:
    leaf, regions = page()
    assert with_border_doubt(leaf, regions) is regions


def test_an_outline_over_two_lines_is_doubted_and_so_is_that_of_the_line_it_takes() -> None:
    leaf, regions = page()
    third, fourth = regions[0].lines[2:4]
    both = Box.around((*third.outline.points, *fourth.outline.points)).outline()
    told = with_border_doubt(leaf, with_line(regions, 2, replace(third, outline=both)))
    doubted = [n for n, line in enumerate(told[0].lines) if line.border_confidence is not None]
    assert 2 in doubted
    assert set(doubted) <= {2, 3}
    assert all(0 <= (told[0].lines[n].border_confidence or 0.0) < DOUBTFUL for n in doubted)


def test_an_outline_that_misses_letters_of_its_row_is_less_sure() -> None:
    leaf, regions = page()
    line = regions[0].lines[2]
    box = line.outline.box
    short = replace(line, outline=replace(box, right=box.left + 0.7 * box.width).outline())
    whole = border_features(leaf, regions[0].lines)[2]
    cut = border_features(leaf, with_line(regions, 2, short)[0].lines)[2]
    assert cut[1] > whole[1] + 0.5


def test_where_nobody_looked_for_writing_nothing_is_doubted() -> None:
    leaf, regions = page()
    assert with_border_doubt(replace(leaf, text_map=None), regions) is regions
    assert with_border_doubt(leaf_of(np.full((400, 300, 3), 255, np.uint8)), ()) == ()
