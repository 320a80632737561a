"""A page on its side is turned upright, with its way home."""

import numpy as np
import pytest

from ocr.geometry import Point
from ocr.lines import LinesSettings, find_lines
from ocr.page import Source
from ocr.scan.leaf import LeafSettings, prepare, quarter_turn
from ocr.scan.load import Scan
from tests import drawn


def scan_of(pixels: np.ndarray) -> Scan:
    height, width = pixels.shape[:2]
    return Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), pixels)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_quarter_turn_leads_home(quarters: int) -> None:
    pixels = np.zeros((40, 60), np.uint8)
    pixels[7, 13] = 255
    y, x = (int(v[0]) for v in np.nonzero(np.rot90(pixels, quarters)))
    assert quarter_turn(quarters, 60, 40)(Point(x + 0.5, y + 0.5)) == Point(13.5, 7.5)


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_page_on_its_side_is_read_along_its_lines(quarters: int) -> None:
    page = drawn.page()
    turned = np.ascontiguousarray(np.rot90(page.pixels, quarters))
    (leaf,) = prepare(scan_of(turned), LeafSettings())
    assert leaf.skew is not None
    assert abs(leaf.skew.angle_deg) == pytest.approx(90, abs=1)
    lines = [line for region in find_lines(leaf, LinesSettings()) for line in region.lines]
    assert len(lines) == len(page.texts)
    assert all(line.outline.box.height > line.outline.box.width for line in lines)
    frame = turned.shape
    assert all(0 <= p.x <= frame[1] and 0 <= p.y <= frame[0] for one in lines for p in one.outline.points)
