import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocr.scan.binarize import InkSettings, binarize, flatten_background
from ocr.scan.skew import RuleAngle, SkewSettings, measure_skew
from tests import drawn


def _ink(pixels: np.ndarray) -> np.ndarray:
    return binarize(flatten_background(pixels), InkSettings())


@settings(max_examples=12, deadline=None)
@given(st.floats(-10, 10), st.booleans())
@example(-0.12109375, False)
def test_the_angle_a_page_was_drawn_at_is_found(angle_deg: float, ruled: bool) -> None:
    found = measure_skew(_ink(drawn.page(angle_deg=angle_deg, ruled=ruled).pixels), SkewSettings())
    if abs(angle_deg) > 0.15:
        assert found.angle_deg == pytest.approx(angle_deg, abs=0.05)
    else:  # whole pixels draw what is less than two of them over the page to none, never beyond
        assert min(0.0, angle_deg) - 0.05 < found.angle_deg < max(0.0, angle_deg) + 0.05
    assert found.confidence > SkewSettings().least_confidence
    assert not found.applied


def test_a_blank_page_has_no_angle() -> None:
    found = measure_skew(np.full((800, 600), 255, np.uint8), SkewSettings())
    assert (found.angle_deg, found.confidence) == (0, 0)
    assert "too little ink" in found.reason


def test_noise_gives_no_sure_angle() -> None:
    specks = np.random.default_rng(3).random((900, 700)) < 0.02
    ink = np.where(cv2.dilate(specks.astype(np.uint8), np.ones((4, 4))), 0, 255).astype(np.uint8)
    assert measure_skew(ink, SkewSettings()).confidence < SkewSettings().least_confidence


def test_two_leaves_that_lie_differently_are_told_apart() -> None:
    left, right = drawn.page(angle_deg=-1.0).pixels, drawn.page(angle_deg=1.0).pixels
    found = measure_skew(_ink(np.hstack([left, right])), SkewSettings())
    assert found.angle_deg == pytest.approx(0, abs=0.1)
    assert found.confidence == 0
    assert "left half" in found.reason


def test_ruling_that_agrees_makes_lines_surer() -> None:
    ink = _ink(drawn.page(angle_deg=2).pixels)
    alone, both = measure_skew(ink, SkewSettings()), measure_skew(ink, SkewSettings(), RuleAngle(2.1, 0.8))
    assert both.angle_deg == alone.angle_deg
    assert both.confidence > alone.confidence


def test_sure_lines_are_believed_against_the_ruling_and_it_is_said() -> None:
    ink = _ink(drawn.page(angle_deg=2).pixels)
    found = measure_skew(ink, SkewSettings(), RuleAngle(-3.0, 1.0))
    assert found.angle_deg == pytest.approx(2, abs=0.1)
    assert "ruling" in found.reason


def test_ruling_speaks_where_lines_cannot() -> None:
    blank = np.full((800, 600), 255, np.uint8)
    found = measure_skew(blank, SkewSettings(), RuleAngle(-3.0, 0.9))
    assert (found.angle_deg, found.confidence) == (-3.0, 0.9)
    assert measure_skew(blank, SkewSettings(), RuleAngle(-3.0, 0.3)).confidence == 0


@settings(max_examples=10, deadline=None)
@given(st.floats(-8, 8), st.floats(-11, 11), st.floats(0, 1))
def test_no_ruling_makes_sure_lines_worse(angle_deg: float, rules_deg: float, sure: float) -> None:
    found = measure_skew(
        _ink(drawn.page(angle_deg=angle_deg).pixels), SkewSettings(), RuleAngle(rules_deg, sure)
    )
    assert found.angle_deg == pytest.approx(angle_deg, abs=0.1)


def test_on_curled_paper_the_ruling_is_believed_and_it_is_said() -> None:
    left, right = (_ink(drawn.page(angle_deg=angle).pixels) for angle in (2.0, -2.0))
    height, width = left.shape[0], left.shape[1] // 2
    curled = np.vstack(
        [np.hstack([left[:, :width], right[:, :width]]), np.full((width, 2 * width), 255, np.uint8)]
    )
    assert height + width > 2 * width, "no wide scan"
    found = measure_skew(curled, SkewSettings(), RuleAngle(0.1, 0.9))
    assert (found.angle_deg, found.confidence) == (0.1, 0.9)
    assert "curled" in found.reason
