"""A curved line is made level, and its marks come home."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.arrays import GreyImage
from ocr.geometry import Point, Ribbon
from ocr.lines import level_strip, strips_with_margin
from tests.lines.curves import curved


def blobs(grey: GreyImage) -> list[Point]:
    """The middles of dark blobs that are whole."""
    dark = (grey < 128).astype(np.uint8)
    count, _, stats, middles = cv2.connectedComponentsWithStats(dark)
    return [
        Point(float(middles[n][0]) + 0.5, float(middles[n][1]) + 0.5)
        for n in range(1, count)
        if stats[n][4] > 10
    ]


@settings(max_examples=30, deadline=None)
@given(st.floats(-40, 40), st.floats(0.4, 2.5))
def test_every_mark_of_a_strip_comes_home(rise: float, waves: float) -> None:
    leaf, line, marks = curved(rise, waves, dots=True)
    for grey, way in (level_strip(leaf, line), *((c.grey, c.way) for c in strips_with_margin(leaf, [line]))):
        found = [way(p) for p in blobs(grey)]
        assert len(found) >= len(marks) - 2
        for place in found:  # a leaf pixel is one and a half scan pixels here
            assert min(math.dist(place, mark) for mark in marks) < 1.0


@pytest.mark.parametrize(("rise", "waves"), [(40.0, 1.0), (-30.0, 1.6), (25.0, 2.0)])
def test_a_curved_line_is_made_level(rise: float, waves: float) -> None:
    leaf, line, _ = curved(rise, waves)
    grey, way = level_strip(leaf, line)
    assert isinstance(way, Ribbon)
    rows = np.flatnonzero((grey < 128).any(axis=1))
    assert rows[-1] - rows[0] < 26  # bars are 17 px high, the wave is 50 px and more
    assert (grey < 128).sum() == pytest.approx((leaf.grey < 128).sum(), rel=0.12)
