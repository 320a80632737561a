"""Leaves on their heads are told by how they read, and marks that read as nothing are no lines."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from ocr.engines import NO_TEXT, Recognition, open_engine
from ocr.engines.legible import (
    LegibleSettings,
    better_upside_down,
    is_writing,
    legibility,
    mean_legibility,
    mean_text_probability,
    upside_down,
)
from ocr.geometry import Box, Point
from ocr.lines import LinesSettings, find_lines
from ocr.page import Line, Reading, Source, Step, Word
from ocr.recipe import Recipe
from ocr.scan.finder import TextMap
from ocr.scan.leaf import Leaf, LeafSettings, prepare
from ocr.scan.load import Scan
from ocr.transcribe import read_scan
from tests import drawn
from tests.unwritten import PICTURES

SETTINGS = LegibleSettings()


def scan_of(pixels: np.ndarray) -> Scan:
    height, width = pixels.shape[:2]
    return Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), pixels)


def line(width: float = 900, height: float = 60) -> Line:
    return Line(Box(0, 0, width, height).outline())


def read(clear: float | None, text: str = "слово слово слово", failure: str | None = None) -> Recognition:
    words = tuple(Word(one, None, 0.9) for one in text.split())
    return Recognition(Reading("hands", words, 0.9 if words else None, failure), clear)


class Hands:
    """Reads what is dark above and pale below more clearly, or the other way round."""

    steps: tuple[Step, ...] = (Step("hands", "knows which way is up", "1.0", reads=True),)
    reads_hands = True

    def __init__(self) -> None:
        self.asked = 0

    def read(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Reading]:
        return [one.reading for one in self.recognise(leaf, lines, timeout_s=timeout_s)]

    def recognise(self, leaf: Leaf, lines: Sequence[Line], *, timeout_s: float | None) -> list[Recognition]:
        self.asked += len(lines)
        half = len(leaf.grey) // 2
        upright = leaf.grey[:half].mean() < leaf.grey[half:].mean()
        return [read(0.9 if upright else 0.5) for _ in lines]


def leaf_of(grey: np.ndarray) -> Leaf:
    (leaf,) = prepare(scan_of(np.full((400, 300), 255, np.uint8)), LeafSettings())
    return replace(leaf, grey=grey, ink=grey)


def test_legibility_is_the_mean_of_each_letters_best_frame() -> None:
    scores = np.log(np.array([[0.9, 0.1, 1e-9], [0.2, 0.8, 1e-9], [0.4, 0.6, 1e-9], [0.7, 0.2, 0.1]]))
    assert legibility(scores) == pytest.approx(0.8)
    assert legibility(scores[:1]) is None
    assert legibility(scores[:0]) is None


def test_a_mean_goes_by_letters_and_a_mean_over_nothing_is_unknown() -> None:
    assert mean_legibility([read(0.9, "абв"), read(0.3, "г")]) == pytest.approx(0.75)
    assert mean_legibility([read(None, "абв")]) == pytest.approx(0.9)
    assert mean_legibility([read(None, "")]) is None


def test_a_leaf_on_its_head_is_told_and_a_clear_one_costs_nothing() -> None:
    top = np.vstack([np.zeros((50, 80), np.uint8), np.full((50, 80), 255, np.uint8)])
    for grey, wanted, more in ((top, False, 0), (top[::-1], True, 3)):
        engine, leaf = Hands(), leaf_of(np.ascontiguousarray(grey))
        lines = [line()] * 5
        readings = engine.recognise(leaf, lines, timeout_s=None)
        found = better_upside_down(engine, leaf, lines, readings, SETTINGS, timeout_s=None)
        assert found is wanted
        assert engine.asked == 5 + more


def test_upside_down_leads_home() -> None:
    leaf = leaf_of(np.zeros((40, 60), np.uint8))
    assert upside_down(leaf).to_scan(Point(0, 0)) == leaf.to_scan(Point(60, 40))


@pytest.mark.parametrize(
    ("lines", "readings", "wanted"),
    [
        ([line()], [read(0.85)], True),
        ([line()], [read(0.4)], False),
        ([line()] * 20, [read(0.4)] * 20, True),
        ([line(80)], [read(0.8, "о")], False),
        (
            [line(80)] * 3,
            [read(0.78, "о"), read(0.78, "о"), read(0.18, "въ")],
            False,
        ),  # two rings, a scribble
        ([line(80)], [read(0.97, "5")], True),
        ([line(900)], [read(0.97, "5")], False),
        ([line()], [read(None, "", NO_TEXT)], False),
        ([line()], [read(None, "", "out of ink")], True),
        ([], [], True),
    ],
)
def test_few_marks_are_writing_only_when_they_read_as_letters(
    lines: list[Line], readings: list[Recognition], wanted: bool
) -> None:
    assert is_writing(Hands(), lines, readings, SETTINGS) is wanted


@pytest.mark.parametrize(
    ("text", "clear", "sure", "wanted"),
    [
        ("истину. Под", 0.57, 0.92, True),  # two words of a pupil, turned by seven degrees
        ("сынъ.", 0.77, 0.94, True),  # one word of a clerk
        ("право", 0.36, 0.96, False),  # hatching
        ("что нет", 0.56, 0.49, False),  # a landscape
        ("что", 0.77, 0.94, False),  # things on a desk
    ],
)
def test_what_the_finder_is_sure_of_need_be_less_clear(
    text: str, clear: float, sure: float, wanted: bool
) -> None:
    assert is_writing(Hands(), [line(240)], [read(clear, text)], SETTINGS, sure) is wanted


def test_how_surely_lines_are_marked() -> None:
    probability = np.zeros((50, 100), np.uint8)
    probability[10:20, 10:60] = 204
    probability[30:40, 10:60] = 60  # not marked
    leaf = replace(leaf_of(np.full((100, 200), 255, np.uint8)), text_map=TextMap.of(probability))
    assert mean_text_probability(leaf, [line(140, 90)]) == pytest.approx(0.8)
    assert mean_text_probability(leaf, []) == 0.0


def test_a_reader_of_print_is_not_asked_about_handwriting() -> None:
    class Print(Hands):
        reads_hands = False

    engine, on_its_head = (
        Print(),
        leaf_of(np.vstack([np.full((50, 80), 255, np.uint8), np.zeros((50, 80), np.uint8)])),
    )
    assert is_writing(engine, [line()], [read(0.1)], SETTINGS)
    assert not better_upside_down(engine, on_its_head, [line()], [read(0.1)], SETTINGS, timeout_s=None)
    assert not engine.asked


@pytest.mark.parametrize("name", ["drawing", "hatching", "desk", "stamp", "landscape", "ruled", "foxed"])
def test_no_line_is_invented_and_the_reason_is_said(name: str) -> None:
    recipe = Recipe(engine="cursive")
    engine = open_engine("cursive", recipe.of_engine)
    scan = scan_of(PICTURES[name](np.random.default_rng(12)))
    page = read_scan(scan, recipe, engine, name="drawn")
    assert not list(page.lines)
    assert all(one.remark.startswith("no text found, because") for one in page.surfaces)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_page_is_read_upright_however_it_lies(quarters: int) -> None:
    recipe = Recipe(engine="cursive")
    engine = open_engine("cursive", recipe.of_engine)
    pixels = np.ascontiguousarray(np.rot90(drawn.page().pixels, -quarters))
    page = read_scan(scan_of(pixels), recipe, engine, name="drawn")
    lines = [one for one in page.lines if len(one.baseline) > 1]
    assert len(lines) == len(drawn.TEXT)
    for one in lines:
        across, down = (
            one.baseline[-1].x - one.baseline[0].x,
            one.baseline[-1].y - one.baseline[0].y,
        )
        assert round(np.degrees(np.arctan2(down, across)) / 90) % 4 == quarters
    assert not any(surface.remark for surface in page.surfaces)


def test_turned_leaves_have_their_lines_where_they_were() -> None:
    scan = scan_of(drawn.page().pixels)
    (one,) = prepare(scan, LeafSettings())
    (other,) = prepare(scan, LeafSettings(), other_way_up=True)
    tops = [sorted(p.y for p in region.outline.points)[0] for region in find_lines(one, LinesSettings())]
    turned = [sorted(p.y for p in region.outline.points)[0] for region in find_lines(other, LinesSettings())]
    assert min(tops) == pytest.approx(min(turned), abs=12)
    assert other.skew is not None
    assert abs(other.skew.angle_deg) == pytest.approx(180, abs=1)
