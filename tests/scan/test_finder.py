import numpy as np
import pytest

from ocr.scan.finder import ReducedScan, TextMap


def two_lines() -> TextMap:
    """A line of 60 by 6 pixels, one of 40 by 10, and a place that is not sure enough."""
    probability = np.zeros((50, 100), np.uint8)
    probability[10:16, 20:80] = 204
    probability[30:40, 10:50] = 204
    probability[44:48, 10:60] = 60
    return TextMap.of(probability)


def test_the_blobs_of_a_map_are_its_lines() -> None:
    text = two_lines()
    assert text.blobs.tolist() == [[20, 10, 60, 6, 360], [10, 30, 40, 10, 400]]
    assert text.marks.sum() == 760


def test_the_usual_line_holds_most_of_what_is_marked() -> None:
    text = two_lines()
    assert text.line_px == 10
    assert text.line_px_on(500) == pytest.approx(100)


def test_without_writing_no_line_is_tall() -> None:
    text = TextMap.of(np.zeros((50, 100), np.uint8))
    assert (text.line_px, text.line_px_on(500), len(text.blobs)) == (0, 0, 0)


def test_what_is_turned_tells_its_blobs_anew() -> None:
    scan = ReducedScan(np.zeros((50, 100, 3), np.uint8), two_lines())
    turned = scan.turned(1)
    assert turned.pixels.shape == (100, 50, 3)
    assert sorted(turned.text.blobs[:, 2:].tolist()) == [[6, 60, 360], [10, 40, 400]]
    assert turned.text.line_px == scan.text.line_px
    assert scan.turned(4) is scan
