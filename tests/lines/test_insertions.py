"""Words put in above a line are a line of their own."""

from pathlib import Path

from ocr.geometry import Point
from ocr.lines import LinesSettings, find_lines
from ocr.page import Kind, Source
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan, load_sheet
from tests import drawn, written
from tests.lines.leaves import found, with_text


def test_words_put_in_above_a_line_are_a_line_before_it() -> None:
    page = drawn.page(letter_px=30, pitch_px=90, size_px=(900, 1300))
    left, _ = page.baselines[4]
    pixels = with_text(page.pixels, "въ исходѣ", (int(left.x) + 120, int(left.y) - 42), 22, 40)
    (region,) = found(pixels)
    assert len(region.lines) == len(page.texts) + 1
    assert region.lines[4].outline.holds(Point(left.x + 180, left.y - 50))
    assert region.lines[4].kind in {
        Kind.INSERTION,
        Kind.TEXT,
    }  # as what it is marked hangs on how sure that is


def test_a_joined_up_insertion_may_touch_the_line_below() -> None:
    page = written.page((2015, 7), "spread")
    leaves = prepare(
        Scan(
            Source("drawn.png", "0" * 64, page.pixels.shape[1], page.pixels.shape[0], "image/png"),
            page.pixels,
        ),
        LeafSettings(),
    )
    lines = [line for leaf in leaves for region in find_lines(leaf, LinesSettings()) for line in region.lines]
    assert len(lines) == len(page.kinds)


def test_an_insertion_among_the_heads_of_the_line_below_is_a_line() -> None:
    """As "два" on the first page of the example: it was of the line below, and was not read."""
    scan = load_sheet(Path(__file__).parents[2] / "scans" / "notebook" / "page-0001.jpg")
    lines = [
        line
        for leaf in prepare(scan, LeafSettings())
        for one in find_lines(leaf, LinesSettings())
        for line in one.lines
    ]
    assert [line.outline.box.width < 100 for line in lines if line.outline.holds(Point(815, 600))] == [True]
