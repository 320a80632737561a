"""Words of a PDF stand where the record has them, and run along their baselines."""

import io

import pytest

from ocr.corrections.tokens import Token
from ocr.exports.layout import LayoutWord
from ocr.exports.pdf_file import PdfFile
from ocr.exports.pdf_text import Run, TextFonts, apart, run_of
from ocr.geometry import Box, Point


def _run(box: Box, *baseline: Point) -> Run:
    return run_of(LayoutWord(Token("слово"), "w", box, False), baseline)


def test_a_level_word_fills_its_box() -> None:
    run = _run(Box(100, 50, 300, 90), Point(0, 80), Point(1000, 80))
    assert run == Run(Point(100, 80), Point(300, 80), 30, 10)


def test_a_word_rises_with_its_line() -> None:
    run = _run(Box(100, 50, 300, 130), Point(100, 120), Point(300, 90))
    assert run.start == Point(100, 120)
    assert run.end == Point(300, 90)
    assert (run.above, run.below) == (
        40,
        10,
    )  # its first letter reaches to the lower side, its last to the upper


def test_a_slight_rise_is_left_out() -> None:
    run = _run(Box(100, 50, 300, 90), Point(100, 80), Point(300, 74))
    assert run == Run(Point(100, 77), Point(300, 77), 27, 13)


@pytest.mark.parametrize("gap_px", [-6, 0, 3, 40])
def test_words_that_stand_close_both_give_way(gap_px: int) -> None:
    boxes = [Box(100, 50, 300, 90), Box(300 + gap_px, 50, 500 + gap_px, 90)]
    first, second = (run_of(LayoutWord(Token("слово"), "w", box, False), [Point(0, 80), Point(1000, 80)])
                     for box in boxes)  # fmt: skip
    left, right = apart(first, second, 40)
    least = 0.16 * 40
    given_up = max(least - gap_px, 0) / 2
    assert right.start.x - left.end.x == pytest.approx(max(least, gap_px))
    assert (first.end.x - left.end.x, right.start.x - second.start.x) == pytest.approx((given_up, given_up))
    assert (left.start, right.end) == (first.start, second.end)


@pytest.mark.parametrize(
    ("first", "last", "start", "end", "above"),
    [
        (
            Point(20, 900),
            Point(20, 100),
            Point(20, 500),
            Point(20, 200),
            15,
        ),  # upwards: letters stand to the left
        (Point(20, 100), Point(20, 900), Point(20, 200), Point(20, 500), 5),  # downwards: to the right
    ],
)
def test_lines_that_run_up_or_down(first: Point, last: Point, start: Point, end: Point, above: float) -> None:
    run = _run(Box(5, 200, 25, 500), first, last)
    assert (run.start, run.end) == (start, end)
    assert (run.above, run.below) == (above, 20 - above)


def test_a_baseline_outside_its_word_is_moved_to_it() -> None:
    run = _run(Box(100, 50, 300, 90), Point(0, 400), Point(1000, 400))
    assert run == Run(Point(100, 90), Point(300, 90), 40, 0)


def test_letters_beyond_the_first_plane_get_codes_of_their_own() -> None:
    content = io.BytesIO()
    fonts = TextFonts(PdfFile(content))
    assert fonts.codes("я") == "044F"
    assert fonts.codes("𝟏𝟐𝟏") == "D800D801D800"
    assert fonts.codes("\ufeff") == "FFFD"
