import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.geometry import Affine, Box, Point
from ocr.page import Source
from ocr.scan.leaf import LeafSettings, prepare, turn
from ocr.scan.load import Scan
from tests import drawn


def scan_of(pixels: np.ndarray) -> Scan:
    height, width = pixels.shape[:2]
    return Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), pixels)


@settings(max_examples=25, deadline=None)
@given(st.floats(-12, 12), st.integers(20, 279), st.integers(20, 379))
def test_what_is_turned_comes_home_within_a_pixel(angle_deg: float, x: int, y: int) -> None:
    page = np.full((400, 300), 255, np.uint8)
    cv2.circle(page, (x, y), 3, (0,), -1)
    turned, home = turn(page, angle_deg)
    ys, xs = np.nonzero(turned < 128)
    back = home(Point(float(xs.mean()) + 0.5, float(ys.mean()) + 0.5))
    assert abs(back.x - (x + 0.5)) < 0.5
    assert abs(back.y - (y + 0.5)) < 0.5


@pytest.mark.parametrize("angle_deg", [-7.3, 0.9, 4.0])
def test_a_crooked_page_is_turned_straight_and_keeps_its_way_home(angle_deg: float) -> None:
    page = drawn.page(angle_deg=angle_deg)
    (leaf,) = prepare(scan_of(page.pixels), LeafSettings())
    assert leaf.skew is not None
    assert leaf.skew.applied
    assert leaf.skew.angle_deg == pytest.approx(angle_deg, abs=0.1)
    assert leaf.grey.shape == leaf.ink.shape
    assert leaf.box == Box(0, 0, *page.pixels.shape[::-1])
    for left, right in page.baselines:
        a, b = leaf.home.inverse(left), leaf.home.inverse(right)
        assert abs(a.y - b.y) < 0.003 * (b.x - a.x)
    # Ink of the leaf, brought home, lies on ink of the scan.
    ys, xs = np.nonzero(leaf.ink == 0)
    homes = [
        leaf.home(Point(float(x) + 0.5, float(y) + 0.5)) for x, y in zip(xs[::97], ys[::97], strict=True)
    ]
    dark = cv2.erode(page.pixels, np.ones((3, 3), np.uint8))
    assert all(dark[int(p.y), int(p.x)] < 170 for p in homes)


def test_a_straight_page_is_left_as_it_is() -> None:
    (leaf,) = prepare(scan_of(drawn.page().pixels), LeafSettings())
    assert leaf.skew is not None
    assert not leaf.skew.applied
    assert leaf.skew.reason == "straight enough"
    assert leaf.home == Affine()


def test_nothing_is_turned_without_a_sure_angle() -> None:
    (leaf,) = prepare(scan_of(np.full((500, 400), 230, np.uint8)), LeafSettings())
    assert leaf.skew is not None
    assert not leaf.skew.applied
    assert leaf.skew.reason


def test_colour_and_grey_give_the_same_leaf() -> None:
    grey = drawn.page().pixels
    (one,) = prepare(scan_of(grey), LeafSettings())
    (other,) = prepare(scan_of(np.dstack([grey] * 3)), LeafSettings())
    assert (one.ink == other.ink).all()


def test_the_same_scan_twice_is_the_same_leaf() -> None:
    scan = scan_of(drawn.page(angle_deg=3).pixels)
    (one,), (other,) = prepare(scan, LeafSettings()), prepare(scan, LeafSettings())
    assert one.grey.tobytes() == other.grey.tobytes()
    assert one.ink.tobytes() == other.ink.tobytes()
    assert one.home == other.home
