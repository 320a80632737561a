from hypothesis import given
from hypothesis import strategies as st

from ocr.corrections.shapes import around, half, spell_points
from ocr.corrections.spans import Document
from ocr.geometry import Outline, Point
from tests.corrections.edits import MARKED, L

points = st.builds(Point, st.integers(-50, 50), st.integers(-50, 50))


@given(st.lists(points, min_size=3, max_size=12))
def test_an_outline_around_points_holds_them_all(row: list[Point]) -> None:
    hull = around(row)
    assert set(hull) <= set(row)
    assert around(hull) == hull
    for a, b in zip(hull, hull[1:] + hull[:1], strict=True) if len(hull) > 2 else ():
        assert all((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) >= 0 for p in row)


@given(points, points)
def test_the_halves_of_a_square_are_the_square(a: Point, b: Point) -> None:
    square = [Point(-60, -60), Point(60, -60), Point(60, 60), Point(-60, 60)]
    if a == b:
        return
    halves = [half(square, a, b, side, closed=True) for side in (1, -1)]
    areas = [Outline(tuple(part)).area if len(part) > 2 else 0.0 for part in halves]
    assert abs(sum(areas) - 120 * 120) < 1e-6


def test_points_are_brought_into_the_surface() -> None:
    zone = Document(MARKED).by_id[f"{L}1"]
    left, right = (pair.split(",") for pair in spell_points(zone, (Point(-9, 1.26), Point(1e8, 5))).split())
    assert left == ["0", "1.3"]
    assert 0 < float(right[0]) < 1e4
