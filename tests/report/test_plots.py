"""Drawings: axes with round figures, and marks that lie within their frame."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.evaluate.bootstrap import Range
from ocr.report.markup import HtmlWording
from ocr.report.plots import Bar, confusion, forest, stages, ticks

WORDS = HtmlWording()


@given(st.floats(1e-4, 1e4))
def test_axes_have_a_few_round_figures(high: float) -> None:
    marks = ticks(high)
    assert 3 <= len(marks) <= 7
    assert marks[0] == 0
    assert marks[-1] <= high * 1.000001
    step = f"{marks[1]:.3e}"
    assert re.match(r"(1|2|2\.5|5)(\.?0*)e", step), step


@given(st.lists(st.tuples(st.floats(-0.5, 2), st.floats(0, 0.3)), min_size=1, max_size=8))
def test_every_bar_lies_within_the_drawing(rates: list[tuple[float, float]]) -> None:
    bars = [
        Bar(f"p{n}", rate, Range(rate, rate - half, rate + half), 9) for n, (rate, half) in enumerate(rates)
    ]
    drawing = forest(bars, WORDS, "plot.bypage", mean=0.1).text
    dots = [float(x) for x in re.findall(r'cx="([-\d.]+)"', drawing)]
    assert len(dots) == len(bars)
    assert all(200 <= x <= 760 for x in dots)


@pytest.mark.parametrize("counts", [(0, 0), (3, 0), (1, 2)])
def test_a_bar_is_parted_by_its_counts(counts: tuple[int, int]) -> None:
    drawing = stages([("a", counts[0]), ("b", counts[1])], WORDS).text
    wide = [float(x) for x in re.findall(r'<rect x="[^"]*" y="0" width="([^"]*)"', drawing)]
    assert len(wide) == sum(count > 0 for count in counts)
    assert sum(wide) == pytest.approx(760 if any(counts) else 0, rel=1e-3)


def test_the_most_confused_letters_have_a_row_and_what_is_left_out_a_column() -> None:
    drawing = confusion({("ѣ", "е"): 5, ("а", ""): 1, ("", "ъ"): 9}, {"ѣ": 10, "а": 4}, WORDS).text
    assert "ѣ → е: 5 / 10" in drawing
    assert "а → ∅: 1 / 4" in drawing
    assert "ъ" not in drawing  # what was added stands in no row
