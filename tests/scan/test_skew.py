import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.scan.ink import InkSettings, even, part
from ocr.scan.skew import SkewSettings, measure
from tests import drawn


def _ink(pixels: np.ndarray) -> np.ndarray:
    return part(even(pixels, InkSettings()), InkSettings())


@settings(max_examples=12, deadline=None)
@given(st.floats(-10, 10), st.booleans())
def test_the_angle_a_page_was_drawn_at_is_found(angle_deg: float, ruled: bool) -> None:
    found = measure(_ink(drawn.page(angle_deg=angle_deg, ruled=ruled).pixels), SkewSettings())
    assert found.angle_deg == pytest.approx(angle_deg, abs=0.1)
    assert found.confidence > SkewSettings().least_confidence
    assert not found.applied


def test_a_blank_page_has_no_angle() -> None:
    found = measure(np.full((800, 600), 255, np.uint8), SkewSettings())
    assert (found.angle_deg, found.confidence) == (0, 0)
    assert "too little ink" in found.reason


def test_noise_gives_no_sure_angle() -> None:
    specks = np.random.default_rng(3).random((900, 700)) < 0.02
    ink = np.where(cv2.dilate(specks.astype(np.uint8), np.ones((4, 4))), 0, 255).astype(np.uint8)
    assert measure(ink, SkewSettings()).confidence < SkewSettings().least_confidence


def test_two_leaves_that_lie_differently_are_told_apart() -> None:
    left, right = drawn.page(angle_deg=-1.0).pixels, drawn.page(angle_deg=1.0).pixels
    found = measure(_ink(np.hstack([left, right])), SkewSettings())
    assert found.angle_deg == pytest.approx(0, abs=0.1)
    assert found.confidence == 0
    assert "left half" in found.reason
