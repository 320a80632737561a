import io

import numpy as np
import pytest
from PIL import Image

from ocr.arrays import Pixels
from ocr.geometry import Box
from ocr.scan.strips_for_people import cut


@pytest.fixture
def scan() -> Pixels:
    """Left half red, right half blue."""
    pixels = np.zeros((100, 400, 3), np.uint8)
    pixels[:, :200, 0] = pixels[:, 200:, 2] = 255
    return pixels


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg), formats=["JPEG"])


def test_pieces_have_their_place_size_and_colour(scan: Pixels) -> None:
    left, right, wide = map(
        opened,
        cut(scan, [Box(10, 10, 110, 40), Box(250, 0, 290, 99), Box(0, 0, 400, 50)], width_px=200),
    )
    assert (left.size, right.size, wide.size) == ((100, 30), (40, 99), (200, 25))
    assert np.abs(np.array(left).mean((0, 1)) - (255, 0, 0)).max() < 4
    assert np.abs(np.array(right).mean((0, 1)) - (0, 0, 255)).max() < 4


@pytest.mark.parametrize(
    "box", [Box(-50, -9, 30, 9), Box(390, 90, 900, 900), Box(900, 900, 950, 950), Box(5, 5, 5, 5)]
)
def test_a_box_over_the_edge_gives_what_is_there(scan: Pixels, box: Box) -> None:
    (jpeg,) = cut(scan, [box])
    assert min(opened(jpeg).size) >= 1
