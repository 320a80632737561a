"""Raised endings and what is stacked over a bar stand in their line, and are no lines of their own."""

import cv2
import numpy as np
import pytest

from ocr.lines import LinesSettings, find_lines
from ocr.lines.raised import raised_above
from ocr.page import Kind, Line, Source
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan
from tests import notebook, raised
from tests.raised import Sort


def lines_of(made: notebook.Notebook) -> list[Line]:
    height, width = made.pixels.shape[:2]
    scan = Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), made.pixels)
    (leaf,) = prepare(scan, LeafSettings())
    return [line for region in find_lines(leaf, LinesSettings()) for line in region.lines]


def inside(line: Line, shape: tuple[int, ...]) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.array([[round(p.x), round(p.y)] for p in line.outline.points], np.int32)], (1,))
    return mask > 0


@pytest.mark.parametrize(
    ("seed", "sort"), [(26, Sort.ENDING), (29, Sort.ENDING), (5, Sort.FRACTION), (19, Sort.UNDER)]
)
def test_what_is_raised_or_stacked_is_of_its_line(seed: int, sort: Sort) -> None:
    page = raised.page((seed, 41), sorts=(sort,), chance=0.5)
    lines = lines_of(page.made)
    assert len(lines) == len(page.made.kinds)
    assert {line.kind for line in lines} <= {Kind.TEXT, Kind.HEADING, Kind.NUMBER}
    kept = 0
    for token in page.tokens:
        mask = inside(lines[token.line - 1], page.made.owners.shape)
        kept += all((part & mask).sum() > 0.8 * part.sum() for part in (token.base, token.small))
    assert len(page.tokens) > 5
    assert kept >= 0.9 * len(page.tokens)


LETTER, PITCH = 10.0, 30.0


def asked(line_xs: range, small_xs: range) -> int | None:
    """What `raised_above` says of small writing over a line whose row is at 60; another line is at 30."""
    small, row, upper = (np.array([*xs]) for xs in (small_xs, line_xs, range(0, 200)))
    xs = np.concatenate([upper, small, row])
    ys = np.concatenate([np.full(len(upper), 30), np.full(len(small), 46), np.full(len(row), 60)])
    owner = np.where(ys == 30, 0, np.where(ys == 60, 1, -1))
    heights = np.array([[30.0] * 200, [60.0] * 200])
    return raised_above(xs, ys, owner, owner == -1, heights, LETTER, PITCH, np.zeros(2, bool))


def test_what_stands_over_a_gap_beside_a_number_is_raised() -> None:
    assert asked(range(20, 60), range(63, 85)) == 1


def test_what_stands_over_words_is_put_in() -> None:
    assert asked(range(20, 120), range(63, 85)) is None


def test_what_stands_over_a_gap_far_from_any_number_is_not_raised() -> None:
    assert asked(range(20, 60), range(100, 122)) is None


def test_what_is_longer_than_an_ending_is_a_line_or_words_put_in() -> None:
    assert asked(range(20, 60), range(63, 140)) is None
