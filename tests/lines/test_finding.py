from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.geometry import Point
from ocr.lines import LinesSettings, find_lines, strip
from ocr.page import Kind
from ocr.scan.components import connected_components
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import load_sheet
from tests import drawn, written
from tests.lines.leaves import found, leaf_of, with_text
from tests.unwritten import PICTURES

REAL = Path(__file__).parents[2] / "../shared/real"


@pytest.mark.parametrize("angle_deg", [0.0, -6.0, 3.5])
@pytest.mark.parametrize("ruled", [False, True])
def test_every_line_is_found_in_order_with_its_ink_and_baseline(angle_deg: float, ruled: bool) -> None:
    page = drawn.page(angle_deg=angle_deg, ruled=ruled)
    (region,) = found(page.pixels)
    assert len(region.lines) == len(page.texts)
    for line, outline, (left, right) in zip(region.lines, page.outlines, page.baselines, strict=True):
        middle = Point((left.x + right.x) / 2, (left.y + right.y) / 2)
        assert line.outline.holds(Point(middle.x, middle.y - 8))
        assert line.outline.box.overlap(outline.box) > 0.8 * outline.box.area
        near = min(line.baseline, key=lambda p: abs(p.x - middle.x))
        slope = (right.y - left.y) / (right.x - left.x)
        assert near.y == pytest.approx(middle.y + slope * (near.x - middle.x), abs=5)
        assert line.kind is Kind.TEXT
        assert line.reading is None


@pytest.mark.parametrize("letter_px", [14, 34, 90])
def test_small_and_large_writing(letter_px: int) -> None:
    page = drawn.page(
        drawn.TEXT[:6], letter_px=letter_px, pitch_px=2 * letter_px, size_px=(24 * letter_px, 22 * letter_px)
    )
    assert [len(region.lines) for region in found(page.pixels)] == [6]


def test_a_single_line_is_a_line() -> None:
    page = drawn.page(drawn.TEXT[:1], size_px=(900, 300))
    assert [len(region.lines) for region in found(page.pixels)] == [1]


@pytest.mark.parametrize("room_px", [0, 3, 10, 30])
@pytest.mark.parametrize("kind", ["school", "letter", "print"])
def test_a_picture_of_one_line_holds_a_line(kind: str, room_px: int) -> None:
    if kind == "print":
        page = drawn.page(noise_levels=1)
        pixels, boxes = page.pixels, [outline.box for outline in page.outlines]
    else:
        pixels = written.page((2,), kind).pixels
        (region, *_) = found(pixels)
        boxes = [line.outline.box for line in region.lines if line.kind is Kind.TEXT]
    for box in boxes[2:8:2]:
        rows = slice(max(int(box.top) - room_px, 0), int(box.bottom) + 1 + room_px)
        columns = slice(max(int(box.left) - room_px, 0), int(box.right) + 1 + room_px)
        lines = [
            line for region in found(np.ascontiguousarray(pixels[rows, columns])) for line in region.lines
        ]
        covered = np.zeros(columns.stop - columns.start, bool)  # a line that slants comes in pieces
        for line in lines:
            covered[int(line.outline.box.left) : int(line.outline.box.right)] = True
        assert covered.sum() > 0.6 * box.width


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((600, 400), 255, np.uint8),
        np.zeros((600, 400), np.uint8),
        np.full((600, 400), 130, np.uint8),
        np.random.default_rng(1).integers(0, 256, (600, 400), np.uint8),
        np.random.default_rng(2).normal(200, 6, (900, 700)).clip(0, 255).astype(np.uint8),
        np.full((16, 16), 255, np.uint8),
        np.full((2000, 20), 200, np.uint8),
    ],
    ids=["white", "black", "grey", "noise", "grain", "tiny", "ribbon"],
)
def test_no_lines_are_invented(pixels: np.ndarray) -> None:
    assert found(pixels) == ()


def test_a_mark_smaller_than_a_pixel_of_a_tiny_leaf_is_no_fault() -> None:
    assert found(PICTURES["film"](np.random.default_rng([1, 7]))) == ()


@pytest.mark.parametrize("bare", ["left", "right", "both"])
def test_a_column_whose_ink_is_on_another_leaf_is_no_fault(bare: str) -> None:
    # The finder marks the writing of all inks; a leaf of one ink holds the strokes of that ink alone.
    page = drawn.page(columns=2, size_px=(1800, 1000))
    leaf = leaf_of(page.pixels)
    first, second = (region.outline.box for region in find_lines(leaf, LinesSettings()))
    gutter = int((first.right + second.left) / 2)
    ink, grey = leaf.ink.copy(), leaf.grey.copy()
    for side, columns in (("right", np.s_[:, gutter:]), ("left", np.s_[:, :gutter])):
        if bare in (side, "both"):
            ink[columns], grey[columns] = 255, np.median(leaf.grey)
    regions = find_lines(replace(leaf, ink=ink, grey=grey), LinesSettings())
    assert len(regions) == (0 if bare == "both" else 1)


def test_rules_alone_are_no_lines() -> None:
    assert found(drawn.page((" ",) * 12, ruled=True).pixels) == ()


def test_a_strip_holds_its_line_and_leads_home() -> None:
    page = drawn.page(angle_deg=4.0)
    leaf = leaf_of(page.pixels)
    (region,) = find_lines(leaf, LinesSettings())
    line = region.lines[5]
    grey, to_scan = strip(leaf, line)
    assert grey.min() < 100
    assert (grey < 128).mean() > 0.02
    ys, xs = np.nonzero(grey < 100)
    dark = cv2.erode(page.pixels, np.ones((3, 3), np.uint8))
    for x, y in list(zip(xs.tolist(), ys.tolist(), strict=True))[::199]:
        place = to_scan(Point(x + 0.5, y + 0.5))
        assert dark[int(place.y), int(place.x)] < 170
    low, home_low = strip(leaf, line, height_px=24)
    assert low.shape[0] == 24
    corner, corner_low = to_scan(Point(*grey.shape[::-1])), home_low(Point(*low.shape[::-1]))
    assert corner_low.x == pytest.approx(corner.x, abs=0.01)
    assert corner_low.y == pytest.approx(corner.y, abs=0.01)


def test_a_strip_hides_its_neighbours() -> None:
    page = drawn.page(pitch_px=40)
    leaf = leaf_of(page.pixels)
    (region,) = find_lines(leaf, LinesSettings())
    total = sum(int((strip(leaf, line)[0] < 128).sum()) for line in region.lines)
    assert total == pytest.approx(int((leaf.grey < 128).sum()), rel=0.03)


def test_the_same_leaf_twice_gives_the_same_lines() -> None:
    leaf = leaf_of(drawn.page(angle_deg=2).pixels)
    assert find_lines(leaf, LinesSettings()) == find_lines(leaf, LinesSettings())


@pytest.mark.skipif(not REAL.is_dir(), reason="the real pages of ../shared are not here")
@pytest.mark.parametrize("name", ["essay_bolkonsky", "yen1868_left"])
def test_real_pages_have_as_many_lines_as_their_transcription(name: str) -> None:
    wanted = [line for line in (REAL / f"{name}.txt").read_text("utf-8").splitlines() if line.strip()]
    (leaf,) = prepare(load_sheet(REAL / f"{name}.jpg"), LeafSettings())
    assert sum(len(region.lines) for region in find_lines(leaf, LinesSettings())) == len(wanted)


def test_sums_beside_entries_are_of_their_line() -> None:
    page = written.page((1006, 7), "ledger")
    lines = [line for region in found(page.pixels) for line in region.lines if line.kind is Kind.TEXT]
    assert len(lines) == page.kinds.count(Kind.TEXT)


def test_pale_pencil_is_found_beside_ink() -> None:
    page = drawn.page(size_px=(900, 1200))
    paper = int(np.median(page.pixels))
    pixels = with_text(page.pixels, "268", (780, 40), 34, paper - 45)
    lines = [line for region in found(pixels) for line in region.lines]
    assert len(lines) == len(page.texts) + 1
    assert lines[0].outline.box.left > 700


def test_rows_of_a_curled_ledger_stay_whole() -> None:
    page = written.page((2015, 7), "ledger")
    regions = found(page.pixels)
    kinds = [line.kind for region in regions for line in region.lines]
    # Is it not sure that the number in the corner is one, it is a line of text.
    assert kinds.count(Kind.TEXT) + kinds.count(Kind.NUMBER) == len(page.kinds)


def test_a_digit_by_itself_is_a_number_and_a_spot_is_none() -> None:
    page = drawn.page(size_px=(900, 1200))
    paper = int(np.median(page.pixels))
    lines = [
        line
        for region in found(with_text(page.pixels, "6", (790, 40), 34, paper - 60))
        for line in region.lines
    ]
    assert len(lines) == 1 + len(page.texts)
    assert lines[0].kind in {Kind.NUMBER, Kind.TEXT}  # as what it is marked hangs on how sure that is
    spotted = page.pixels.copy()
    cv2.circle(spotted, (790, 30), 9, paper - 60, -1)
    assert len([line for region in found(spotted) for line in region.lines]) == len(page.texts)


def test_words_joined_up_in_a_thick_pen_are_no_blots() -> None:
    page = drawn.page(("машина шинамаш нашимнам", "шинашина машимаши", "наманашина шиммаши"), letter_px=30)
    leaf = leaf_of(page.pixels)
    joined = cv2.morphologyEx(leaf.ink, cv2.MORPH_OPEN, np.ones((1, 5), np.uint8))
    ink = cv2.erode(joined, np.ones((3, 3), np.uint8)).astype(np.uint8, copy=False)  # as a blunt pen writes
    found_ink = connected_components(replace(leaf, ink=ink))
    assert found_ink is not None
    inside = cv2.resize(ink, found_ink.labels.shape[::-1], interpolation=cv2.INTER_AREA) < 128
    assert (found_ink.labels[inside] > 0).mean() > 0.8


def test_small_lines_that_stand_close_do_not_run_together() -> None:
    page = written.page((2005, 8), "school", x_px=8)
    kinds = [line.kind for region in found(page.pixels) for line in region.lines]
    assert abs(kinds.count(Kind.TEXT) - page.kinds.count(Kind.TEXT)) <= 1
