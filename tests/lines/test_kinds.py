"""What is called struck out or put in above is so for sure; else it is text in its place."""

import pytest

from ocr.geometry import Box
from ocr.lines.kinds import Shape, insertion_features, kinds_of, struck_features, struck_probability
from ocr.lines.settings import LinesSettings
from ocr.page import Kind

PITCH = 60.0


def line(n: float, left: float = 100, right: float = 900, **told: float) -> Shape:
    struck, dark, letter = told.get("struck", 0.0), told.get("dark", 1.0), told.get("letter", 24.0)
    middle = PITCH * (n + 1)
    box = Box(left, middle - 20, right, middle + 20)
    return Shape(box, middle, letter, struck, bool(told.get("inserted", 0)), stroke_dark=dark)


def kinds(*shapes: Shape) -> list[Kind]:
    return [kind for kind, _ in kinds_of(list(shapes), Kind.TEXT, PITCH, LinesSettings())]


def test_faint_rules_through_many_lines_strike_none_out() -> None:
    ruled = [line(n, struck=0.9, dark=0.35) for n in range(10)]
    assert set(kinds(*ruled)) == {Kind.TEXT}
    one = [line(n, struck=0.9 if n == 4 else 0.0, dark=0.3) for n in range(10)]
    assert set(kinds(*one)) == {Kind.TEXT}


def test_a_dark_stroke_through_one_whole_line_strikes_it_out() -> None:
    marked = kinds_of(
        [line(n, struck=1.0 if n == 4 else 0.0, dark=1.1) for n in range(10)],
        Kind.TEXT,
        PITCH,
        LinesSettings(),
    )
    assert [kind for kind, _ in marked].count(Kind.STRUCK) == 1
    assert marked[4][1] is not None
    assert marked[4][1] >= LinesSettings().least_sure


def test_small_words_between_two_lines_are_put_in_above_the_lower_one() -> None:
    small = line(3.45, 300, 420, letter=14.0, inserted=1)
    shapes = [*(line(n) for n in range(4)), small, *(line(n) for n in range(4, 9))]
    assert kinds(*shapes)[4] is Kind.INSERTION


def test_where_there_is_room_for_a_line_a_line_is_no_insertion() -> None:
    middle = line(4, 100, 880, inserted=1)
    shapes = [*(line(n) for n in range(4)), middle, *(line(n) for n in range(5, 9))]
    assert Kind.INSERTION not in kinds(*shapes)


def test_the_end_of_a_line_is_not_put_in_above_another() -> None:
    short, end = line(3, 100, 640), line(3.3, 650, 900, letter=22.0, inserted=1)
    shapes = [*(line(n) for n in range(3)), short, end, *(line(n) for n in range(4, 9))]
    assert Kind.INSERTION not in kinds(*shapes)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_lines_have_features_too(count: int) -> None:
    shapes = [line(n, struck=0.9) for n in range(count)]
    for n in range(count):
        assert len(insertion_features(shapes, n, PITCH)) == 5
        share, dark, common = struck_features(shapes, n)
        assert share == 0.9
        assert dark == 1.0
        assert common == (1.0 if count > 1 else 0.0)


@pytest.mark.parametrize("share", [0.6, 1.0])
def test_what_is_paler_than_half_its_ink_strikes_nothing_out(share: float) -> None:
    shapes = [line(n, struck=share if n == 4 else 0.0, dark=0.49) for n in range(10)]
    assert struck_probability(shapes, 4) == 0.0
    assert set(kinds(*shapes)) == {Kind.TEXT}
