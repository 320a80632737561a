from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.geometry import Affine, Box, Point
from ocr.page import Source
from ocr.scan.finder import FinderSettings, ReducedScan, TextMap, find_text
from ocr.scan.leaf import LeafSettings, pixel_matrix, prepare, turn
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
    turned, to_scan = turn(page, angle_deg)
    ys, xs = np.nonzero(turned < 128)
    back = to_scan(Point(float(xs.mean()) + 0.5, float(ys.mean()) + 0.5))
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
        a, b = leaf.to_scan.inverse(left), leaf.to_scan.inverse(right)
        assert abs(a.y - b.y) < 0.003 * (b.x - a.x)
    # Ink of the leaf, brought home, lies on ink of the scan.
    ys, xs = np.nonzero(leaf.ink == 0)
    homes = [
        leaf.to_scan(Point(float(x) + 0.5, float(y) + 0.5)) for x, y in zip(xs[::97], ys[::97], strict=True)
    ]
    dark = cv2.erode(page.pixels, np.ones((3, 3), np.uint8))
    assert all(dark[int(p.y), int(p.x)] < 170 for p in homes)


def test_a_straight_page_is_left_as_it_is() -> None:
    (leaf,) = prepare(scan_of(drawn.page().pixels), LeafSettings())
    assert leaf.skew is not None
    assert not leaf.skew.applied
    assert leaf.skew.reason == "straight enough"
    assert leaf.to_scan == Affine()


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
    assert one.to_scan == other.to_scan


RULES = {"grey": (196, 196, 196), "blue": (150, 175, 225), "none": None}


def on_paper(
    pixels: np.ndarray,
    colour: tuple[int, int, int] | None,
    *,
    squared: bool,
    pitch_px: int = 60,
    thick_px: int = 2,
) -> np.ndarray:
    """The page in colour, on ruled or squared paper."""
    rules = np.full((*pixels.shape, 3), 255, np.uint8)
    for place in range(40, max(pixels.shape), pitch_px) if colour else ():
        rules[place : place + thick_px] = colour
        if squared:
            upright = rules[:, place : place + thick_px]
            upright[:] = np.minimum(upright, np.array(colour, np.uint8))
    return np.asarray(cv2.multiply(rules, np.dstack([pixels] * 3), scale=1 / 255), np.uint8)


def askew(pixels: np.ndarray, angle_deg: float) -> np.ndarray:
    """The page whole, on larger paper, its lines running down to the right by so much."""
    blank, to_scan = turn(pixels[..., 0], -angle_deg)
    paper = np.median(pixels.reshape(-1, 3), axis=0).tolist()
    matrix = pixel_matrix(to_scan.inverse)
    return np.asarray(cv2.warpAffine(pixels, matrix, blank.shape[::-1], borderValue=paper), np.uint8)


@pytest.mark.parametrize("angle_deg", [-8, -4, -2, 1, 3, 6])
@pytest.mark.parametrize("squared", [False, True], ids=["ruled", "squared"])
@pytest.mark.parametrize("rules", RULES)
def test_a_leaning_page_keeps_its_ink_and_loses_its_rules(
    angle_deg: float, squared: bool, rules: str
) -> None:
    page = on_paper(drawn.page(noise_levels=1).pixels, RULES[rules], squared=squared)
    (straight,) = prepare(scan_of(drawn.page(noise_levels=1).pixels), LeafSettings())
    (leaf,) = prepare(scan_of(askew(page, angle_deg)), LeafSettings())
    assert leaf.skew is not None
    assert leaf.skew.applied
    written, there = (
        np.count_nonzero(leaf.ink == 0) * abs(home.a * home.e - home.b * home.d)
        for leaf, home in ((straight, straight.to_scan), (leaf, leaf.to_scan))
    )
    assert 0.93 < there / written < 1.1


def test_black_bands_of_the_table_beside_a_page_askew_cost_no_pale_ink() -> None:
    page = drawn.page(noise_levels=1).pixels
    page = np.where(page < 150, page + np.uint8(110), page)
    (bare,) = prepare(scan_of(page), LeafSettings())
    page[60:, 10:34] = 12
    page[-44:-20, 10:-10] = 12
    (leaf,) = prepare(scan_of(page), LeafSettings())
    text = (slice(60, 900), slice(80, -10))
    assert np.count_nonzero(leaf.ink[text] == 0) > 0.95 * np.count_nonzero(bare.ink[text] == 0)


@pytest.mark.parametrize("colour", [(95, 115, 190), (120, 120, 130)], ids=["blue", "grey"])
def test_dark_squares_leave_as_little_behind_at_every_angle(colour: tuple[int, int, int]) -> None:
    page = on_paper(drawn.page(noise_levels=1).pixels, colour, squared=True)
    counts = []
    for angle_deg in (-4, 2, 5):
        (leaf,) = prepare(scan_of(askew(page, angle_deg)), LeafSettings())
        counts.append(np.count_nonzero(leaf.ink == 0))
    assert max(counts) < 1.02 * min(counts)


@pytest.mark.parametrize("tone", [90, 150])
@pytest.mark.parametrize("angle_deg", [-8.5, 7])
def test_a_page_on_close_dark_squares_is_laid_straight_by_where_its_writing_is(
    angle_deg: float, tone: int
) -> None:
    page = drawn.page(noise_levels=1).pixels
    squares = on_paper(page, (tone, tone, tone), squared=True, pitch_px=40, thick_px=3)
    (leaf,) = prepare(scan_of(askew(squares, angle_deg)), LeafSettings())
    assert leaf.skew is not None
    assert leaf.skew.applied
    assert leaf.skew.angle_deg == pytest.approx(angle_deg, abs=0.1)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("wide_px", [180, 260])
def test_letters_that_stand_in_the_shadow_of_a_gutter_stay(side: str, wide_px: int) -> None:
    pixels = drawn.page(left_px=60, size_px=(820, 1000), noise_levels=1).pixels
    light = np.clip(np.arange(pixels.shape[1]) / wide_px, 0.2, 1.0) ** 3
    shaded = (pixels * (light if side == "left" else light[::-1])).astype(np.uint8)
    shadow = np.s_[:, :wide_px] if side == "left" else np.s_[:, -wide_px:]
    (bare,), (dark,) = (prepare(scan_of(picture), LeafSettings()) for picture in (pixels, shaded))
    near = cv2.dilate(
        (dark.ink == 0).astype(np.uint8), np.ones((9, 9), np.uint8)
    )  # it may be turned a little
    assert near[shadow][bare.ink[shadow] == 0].mean() > 0.85


def test_writing_that_is_seen_at_one_angle_alone_stays_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    page = drawn.page(columns=2, size_px=(1800, 1000), angle_deg=-2.0)
    marked = [
        leaf.text_map.marks.sum() for leaf in prepare(scan_of(page.pixels), LeafSettings()) if leaf.text_map
    ]
    looks = []

    def blind_again(pixels: np.ndarray, settings: FinderSettings) -> ReducedScan:
        look = find_text(pixels, settings)
        looks.append(look)
        if len(looks) < 2:
            return look
        probability = look.text.probability.copy()
        probability[:, : probability.shape[1] // 2] = 0
        return replace(look, text=TextMap.of(probability))

    monkeypatch.setattr("ocr.scan.leaf.find_text", blind_again)
    leaves = prepare(scan_of(page.pixels), LeafSettings())
    assert len(looks) == 2
    assert sum(leaf.text_map.marks.sum() for leaf in leaves if leaf.text_map) > 0.8 * sum(marked)
