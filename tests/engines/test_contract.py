"""What every engine promises, ours and fakes alike: see ocr.engines.Engine."""

import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from ocr.batch import BatchSettings, transcribe
from ocr.engines import ENGINES, Engine, open_engine, recognise
from ocr.engines.auto import AutoSettings
from ocr.engines.cursive import CursiveSettings
from ocr.engines.tesseract import TesseractSettings
from ocr.errors import EngineError, PageTimeoutError
from ocr.geometry import Affine, Box
from ocr.orders import Outcome, RunSettings
from ocr.page import Line, Reading
from ocr.recipe import Recipe
from ocr.scan.leaf import Leaf
from ocr.tei.parse import parse_tei
from tests import drawn

SETTINGS = {
    "cursive": CursiveSettings(),
    "tesseract": TesseractSettings(),
    "auto": AutoSettings(),
    "both": AutoSettings(),
}
FAKES = {f"tests.fakes:{name}": None for name in ("table", "thirds", "unsure")}
"""Those that answer; what crashes, hangs and refuses is asked by a run."""
HOME = Affine.shift(40, 90).after(Affine.scale(1.5))
TEXTS = ("Кризис об'явлен", "отставному учителю", "и поступило въ вѣденіе")


@pytest.fixture(scope="module", params=[*SETTINGS, *FAKES])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param in {"tesseract", "auto", "both"} and shutil.which("tesseract") is None:
        pytest.skip("Tesseract is not installed")
    return open_engine(request.param, {**SETTINGS, **FAKES}[request.param])


@pytest.fixture(scope="module")
def sheet() -> drawn.Drawn:
    return drawn.page(TEXTS, size_px=(700, 330))


@pytest.fixture(scope="module")
def leaf(sheet: drawn.Drawn) -> Leaf:
    height, width = sheet.pixels.shape
    return Leaf(sheet.pixels, sheet.pixels, HOME, Box(0, 0, width, height))


@pytest.fixture(scope="module")
def lines(sheet: drawn.Drawn) -> list[Line]:
    """The lines of the leaf in pixels of the scan, and one where nothing is written."""
    written = [
        Line(HOME.outline(outline), tuple(HOME(point) for point in baseline))
        for outline, baseline in zip(sheet.outlines, sheet.baselines, strict=True)
    ]
    return [*written, Line(HOME.outline(Box(100, 290, 500, 320).outline()))]


def all_of(engine: Engine, leaf: Leaf, lines: list[Line]) -> Iterator[Reading]:
    recognised = recognise(engine, leaf, lines, timeout_s=None)
    return chain.from_iterable((line.reading, *line.others) for line in recognised)


def test_every_engine_of_ours_is_asked() -> None:
    assert SETTINGS.keys() == ENGINES.keys()


def test_as_many_readings_as_lines(engine: Engine, leaf: Leaf, lines: list[Line]) -> None:
    assert engine.read(leaf, [], timeout_s=None) == []
    for some in (lines[:1], lines):
        assert len(engine.read(leaf, some, timeout_s=None)) == len(some)


def test_who_reads_is_named_by_a_step_that_reads(engine: Engine, leaf: Leaf, lines: list[Line]) -> None:
    readers = {step.ident for step in engine.steps if step.reads}
    assert readers
    assert all(step.label and step.version for step in engine.steps)
    assert {one.by for one in all_of(engine, leaf, lines)} <= readers


def test_unknown_is_none_and_known_is_a_probability(engine: Engine, leaf: Leaf, lines: list[Line]) -> None:
    for reading in all_of(engine, leaf, lines):
        told = [reading.confidence, *(word.confidence for word in reading.words)]
        told += [glyph.confidence for word in reading.words for glyph in word.glyphs]
        told += [rival.confidence for word in reading.words for rival in word.rivals]
        assert all(one is None or 0.0 <= one <= 1.0 for one in told)
        if all(word.confidence is None for word in reading.words):
            assert reading.confidence is None  # a mean over nothing


def test_a_failed_line_says_why_and_has_no_words(engine: Engine, leaf: Leaf, lines: list[Line]) -> None:
    for reading in all_of(engine, leaf, lines):
        assert (reading.failure is None) or (reading.failure.strip() and not reading.words)
        assert all(word.text and not set(word.text) & set(" \n\t") for word in reading.words)


def test_places_are_those_of_the_scan_and_of_the_line(engine: Engine, leaf: Leaf, lines: list[Line]) -> None:
    for line, read in zip(lines, recognise(engine, leaf, lines, timeout_s=None), strict=True):
        own = line.outline.box
        for one in (read.reading, *read.others):
            for word in one.words:
                if word.box is not None:
                    assert own.top - own.height < word.box.centre.y < own.bottom + own.height
                    assert own.left - own.height < word.box.centre.x < own.right + own.height


def test_the_same_is_read_the_same(engine: Engine, leaf: Leaf, lines: list[Line]) -> None:
    assert engine.read(leaf, lines, timeout_s=None) == engine.read(leaf, lines, timeout_s=None)


def test_a_line_stays_itself_beside_others(engine: Engine, leaf: Leaf, lines: list[Line]) -> None:
    """Readings come in the order of the lines: those turned round give those turned round."""
    forth = engine.read(leaf, lines[:3], timeout_s=None)
    back = engine.read(leaf, lines[2::-1], timeout_s=None)
    places = [[word.box.centre.y for word in one.words if word.box] for one in forth + back[::-1]]
    both = [pair for pair in zip(places[:3], places[3:], strict=True) if all(pair)]  # a fake fails by place
    assert both
    for one, other in both:
        assert abs(sum(one) / len(one) - sum(other) / len(other)) < 30


@pytest.mark.parametrize("name", SETTINGS)
def test_no_time_is_a_timeout_not_a_blank(name: str, leaf: Leaf, lines: list[Line]) -> None:
    if name != "cursive" and shutil.which("tesseract") is None:
        pytest.skip("Tesseract is not installed")
    with pytest.raises(PageTimeoutError, match="--timeout"):
        open_engine(name, SETTINGS[name]).read(leaf, lines, timeout_s=1e-6)


def run(tmp_path: Path, sheet: drawn.Drawn, engine: str, timeout_s: float | None = None) -> Outcome:
    (tmp_path / "scans").mkdir()
    Image.fromarray(sheet.pixels).save(tmp_path / "scans" / "page.png")
    orders = RunSettings(Recipe(engine=engine), timeout_s=timeout_s)
    steps = transcribe([tmp_path / "scans"], tmp_path / "out", orders, BatchSettings(jobs=1))
    (outcome,) = [step.outcome for step in steps if step.outcome is not None]
    return outcome


@pytest.mark.parametrize(
    ("engine", "code"),
    [("crash", 1), ("hang", PageTimeoutError.exit_code), ("refuse", EngineError.exit_code)],
)
def test_an_engine_that_gives_no_answer_is_told_and_leaves_no_record(
    tmp_path: Path, sheet: drawn.Drawn, engine: str, code: int
) -> None:
    outcome = run(tmp_path, sheet, f"tests.fakes:{engine}", 3.0 if engine == "hang" else None)
    assert outcome.exit_code == code
    assert outcome.reason.endswith(".")
    assert not (tmp_path / "out" / "page.xml").exists()


def test_a_line_that_failed_stands_failed_in_the_record(tmp_path: Path, sheet: drawn.Drawn) -> None:
    outcome = run(tmp_path, sheet, "tests.fakes:thirds")
    assert outcome.unread_lines == 1
    page = parse_tei(tmp_path / "out" / "page.xml")
    failures = [line.reading.failure if line.reading else "not read" for line in page.lines]
    assert failures == [None, None, "out of ink"]


def test_what_is_not_known_stays_unknown_in_the_record(tmp_path: Path, sheet: drawn.Drawn) -> None:
    outcome = run(tmp_path, sheet, "tests.fakes:unsure")
    assert outcome.mean_confidence is None
    page = parse_tei(tmp_path / "out" / "page.xml")
    assert {word.confidence for line in page.lines if line.reading for word in line.reading.words} == {None}
