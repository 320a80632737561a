import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.geometry import Affine, Box, Outline, Point, Ribbon

places = st.builds(Point, st.floats(-5000, 5000), st.floats(-5000, 5000))
angles = st.floats(-180, 180)
maps = st.builds(
    lambda angle_deg, about, factor, shift: (
        Affine.shift(*shift).after(Affine.scale(factor)).after(Affine.turn(angle_deg, about))
    ),
    angles,
    places,
    st.floats(0.05, 20),
    places,
)
boxes = st.builds(lambda one, other: Box.around([one, other]), places, places)


def near(one: Point, other: Point) -> bool:
    return math.dist(one, other) < 1e-4


@given(maps, places)
def test_there_and_back(affine: Affine, point: Point) -> None:
    assert near(affine.inverse(affine(point)), point)


@given(maps, maps, places)
def test_after_is_first_one_then_the_other(second: Affine, first: Affine, point: Point) -> None:
    assert math.dist(second.after(first)(point), second(first(point))) < 1e-3


@given(angles, places, places)
def test_turning_keeps_distance_and_centre(angle_deg: float, about: Point, point: Point) -> None:
    turn = Affine.turn(angle_deg, about)
    assert near(turn(about), about)
    assert math.isclose(math.dist(turn(point), about), math.dist(point, about), abs_tol=1e-6)


def test_a_positive_turn_is_counter_clockwise_on_the_screen() -> None:
    assert near(Affine.turn(90, Point(0, 0))(Point(1, 0)), Point(0, -1))


def test_a_flat_map_has_no_way_back() -> None:
    with pytest.raises(ValueError, match="no way back"):
        _ = Affine.scale(0).inverse


@given(boxes, boxes)
def test_a_clipped_box_lies_in_both(box: Box, frame: Box) -> None:
    inside = box.clip(frame)
    assert math.isclose(inside.area, box.overlap(frame), abs_tol=1e-6)
    assert frame.left <= inside.left <= inside.right <= frame.right
    assert frame.top <= inside.top <= inside.bottom <= frame.bottom


@given(boxes)
def test_a_box_and_its_outline(box: Box) -> None:
    assert box.outline().box == box
    assert math.isclose(box.outline().area, box.area, rel_tol=1e-6, abs_tol=1e-3)
    assert box.overlap(box) == box.area


def test_a_mapped_box_holds_its_mapped_corners() -> None:
    turned = Affine.turn(45, Point(0, 0)).box(Box(-1, -1, 1, 1))
    assert near(Point(turned.right, turned.bottom), Point(math.sqrt(2), math.sqrt(2)))


def test_what_an_outline_holds() -> None:
    roof = Outline((Point(0, 0), Point(10, 0), Point(5, 10)))
    assert roof.holds(Point(5, 5))
    assert not roof.holds(Point(1, 9))
    assert roof.area == 50
    assert Outline(roof.points[::-1]).area == 50


def test_what_is_no_box_and_no_outline() -> None:
    with pytest.raises(ValueError, match="cannot end before"):
        Box(1, 0, 0, 1)
    with pytest.raises(ValueError, match="three points"):
        Outline((Point(0, 0), Point(1, 1)))
    with pytest.raises(ValueError, match="no box"):
        Box.around([])


@st.composite
def ribbons(draw: st.DrawFn) -> Ribbon:
    step = draw(st.floats(1, 20))
    heights = draw(st.lists(st.floats(-0.4, 0.4), min_size=1, max_size=30))
    curve = [draw(places)]
    for slope in heights:
        curve.append(Point(curve[-1].x + step * math.cos(slope), curve[-1].y + step * math.sin(slope)))
    return Ribbon(tuple(curve), step, draw(st.floats(0, 60)), onward=draw(maps))


@given(angles, places, st.floats(0.5, 20), st.integers(2, 9), places)
def test_a_straight_ribbon_is_a_turn(
    angle_deg: float, start: Point, step: float, count: int, point: Point
) -> None:
    straight = Affine.shift(*start).after(Affine.turn(angle_deg, Point(0, 0)))
    curve = tuple(straight(Point(n * step, 0)) for n in range(count))
    assert math.dist(Ribbon(curve, step, 7.0)(point), straight(Point(point.x, point.y - 7.0))) < 1e-2


@given(ribbons(), places)
def test_a_ribbon_after_a_map_does_the_map_first(ribbon: Ribbon, point: Point) -> None:
    shift = Affine.shift(-12, 30)
    assert math.dist(ribbon.after(shift)(point), ribbon(shift(point))) < 1e-3


@given(ribbons(), st.floats(0, 300), st.floats(0, 60), st.floats(0, 200), st.floats(0, 40))
def test_a_ribbons_box_holds_what_lies_in_the_box(
    ribbon: Ribbon, left: float, top: float, width: float, height: float
) -> None:
    around = ribbon.box(Box(left, top, left + width, top + height))
    size = max(around.width, around.height, 1.0)
    for across in (0, 0.3, 0.5, 1):
        for down in (0, 0.5, 1):
            x, y = ribbon(Point(left + across * width, top + down * height))
            assert around.left - 0.1 * size <= x <= around.right + 0.1 * size
            assert around.top - 0.1 * size <= y <= around.bottom + 0.1 * size


def test_a_ribbon_cannot_stand_still() -> None:
    with pytest.raises(ValueError, match="two points"):
        Ribbon((Point(0, 0),), 4, 0)
    with pytest.raises(ValueError, match="stand still"):
        Ribbon((Point(0, 0), Point(0, 0)), 4, 0)
