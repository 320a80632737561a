"""The door of Tesseract: its table, its -1, its ends and its silences, from programs that only pretend."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engines import NO_TEXT
from ocr.engines import tesseract as door
from ocr.engines.tesseract import TesseractEngine, TesseractSettings, open_engine, words_by_strip
from ocr.errors import DependencyError, EngineError, OutputError, PageTimeoutError, SettingsError
from ocr.geometry import Affine, Box
from ocr.page import Line
from ocr.scan.leaf import Leaf

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
FAKE = """#!{python}
import sys, time, os
if sys.argv[1] == "--version":
    print("tesseract 5.9.9\\n leptonica"); sys.exit()
if sys.argv[1] == "--list-langs":
    print('List of available languages in "/nowhere/" (2):\\nrus\\neng'); sys.exit()
listing, out = sys.argv[1:3]
strips = open(listing, encoding="utf-8").read().split()
assert all(open(strip, "rb").read(4) == b"spix" for strip in strips)
{does}
"""
WRITES = "open(out + '.tsv', 'w', encoding='utf-8').write({table!r})"


def row(strip: int, text: str, conf: str = "90", box: str = "12\t12\t50\t20") -> str:
    return f"5\t{strip}\t1\t1\t1\t1\t{box}\t{conf}\t{text}"


def table(*rows: str, strips: int = 2) -> str:
    pages = [f"1\t{n}\t0\t0\t0\t0\t0\t0\t100\t50\t-1\t" for n in range(1, strips + 1)]
    return "\n".join([HEAD, *pages, *rows]) + "\n"


@pytest.fixture
def leaf() -> Leaf:
    grey = np.full((100, 200), 255, np.uint8)
    grey[20:30, 10:150] = grey[60:70, 10:150] = 0
    return Leaf(grey, grey, Affine.shift(1000, 2000), Box(0, 0, 200, 100))


LINES = [Line(Box(1005, 2000 + top, 1160, 2030 + top).outline()) for top in (10, 50)]


def pretended(folder: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> TesseractEngine:
    """An engine whose program does only this."""
    program = folder / "tesseract"
    program.write_text(FAKE.format(python=sys.executable, does=does), "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")
    return open_engine(TesseractSettings())


@given(st.integers(1, 9), st.integers(1, 9))
def test_a_strip_lies_in_its_file_as_leptonica_has_it_in_memory(height: int, width: int) -> None:
    grey = np.arange(height * width, dtype=np.uint8).reshape(height, width)
    written = door._as_spix(grey)
    wide, tall, depth, words, colours, size = np.frombuffer(written[4:28], np.uint32).tolist()
    assert (written[:4], wide, tall, depth, colours) == (b"spix", width, height, 8, 0)
    raster = np.frombuffer(written[28:], np.uint32)
    assert (raster.nbytes, len(raster)) == (size, words * height)
    pixels = [
        [raster[y * words + x // 4] >> (24 - 8 * (x % 4)) & 255 for x in range(width)] for y in range(height)
    ]
    assert pixels == grey.tolist()


def test_tall_writing_is_reduced_by_whole_steps(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    tall = rng.integers(0, 256, (47, 31), np.uint8)
    way = door._write_strip(tmp_path / "a", tall, Affine(), 20)
    padded = np.pad(tall, ((0, 1), (0, 2)), constant_values=255)
    means = padded.reshape(16, 3, 11, 3).mean(axis=(1, 3)).astype(np.uint8)
    means[means > 235] = 255
    assert (tmp_path / "a").read_bytes() == door._as_spix(np.pad(means, 12, constant_values=255))
    assert way.box(Box(12, 12, 13, 13)) == Box(0, 0, 3, 3)


def test_the_grain_of_the_paper_is_white(tmp_path: Path) -> None:
    grain = np.array([[254, 236, 235, 90], [255, 240, 200, 0]], np.uint8)
    door._write_strip(tmp_path / "a", grain, Affine(), 80)
    clean = np.array([[255, 255, 235, 90], [255, 255, 200, 0]], np.uint8)
    assert (tmp_path / "a").read_bytes() == door._as_spix(np.pad(clean, 12, constant_values=255))


def test_the_table_by_strips() -> None:
    held = words_by_strip(
        table(row(1, "Кризис", "96.5"), row(2, "об'явлен", "-1"), row(2, "два слова", "0"), row(1, " ")), 2
    )
    box = Box(12, 12, 62, 32)
    assert held == [
        [("Кризис", box, 0.965)],
        [("об'явлен", box, None), ("два", box, 0.0), ("слова", box, 0.0)],
    ]


def test_a_quotation_mark_begins_a_word_not_a_field() -> None:
    held = words_by_strip(table(row(1, '"Кризис'), row(1, 'об"явлен'), row(1, "'да")), 1)
    assert [text for text, _, _ in held[0]] == ['"Кризис', 'об"явлен', "'да"]


@given(st.lists(st.tuples(st.integers(1, 4), st.text("аб\"',;ѣ\\\u00ab", min_size=1), st.integers(-1, 130))))
def test_every_word_is_read_with_a_probability_or_none(words: list[tuple[int, str, int]]) -> None:
    held = words_by_strip(table(*(row(n, text, str(conf)) for n, text, conf in words), strips=4), 4)
    for strip, found in enumerate(held, 1):
        assert [text for text, _, _ in found] == [text for n, text, _ in words if n == strip]
    for _, _, confidence in (word for found in held for word in found):
        assert confidence is None or 0 <= confidence <= 1
    assert sum(c is None for found in held for _, _, c in found) == sum(conf < 0 for _, _, conf in words)


@pytest.mark.parametrize(
    "broken", ["", "nonsense", f"{HEAD}\n5\t1\t1", f"{HEAD}\n4\t1\t1\t1\t1\t0\t1\t1\t1\t1\t-1\tне"]
)
def test_rows_that_hold_no_word_are_passed_over(broken: str) -> None:
    assert words_by_strip(broken, 1) == [[]]


def test_readings_have_places_in_the_scan_and_an_empty_strip_has_failed(
    tmp_path: Path, leaf: Leaf, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = table(row(1, "Кризис", "80"), row(1, "об'явлен", "-1"))
    engine = pretended(tmp_path, monkeypatch, WRITES.format(table=said))
    assert (engine.steps[0].version, engine.steps[0].reads) == ("5.9.9", True)
    first, second = engine.read(leaf, LINES, timeout_s=60)
    assert [(word.text, word.confidence) for word in first.words] == [("Кризис", 0.8), ("об'явлен", None)]
    assert first.confidence == 0.8  # of the words that have one
    assert first.words[0].box is not None
    assert LINES[0].outline.box.overlap(first.words[0].box) > 0
    assert (second.words, second.failure, second.confidence) == ((), NO_TEXT, None)
    assert {first.by, second.by} == {"tesseract"}


def test_no_confidence_at_all_is_none(tmp_path: Path, leaf: Leaf, monkeypatch: pytest.MonkeyPatch) -> None:
    said = table(row(1, "да", "-1"), row(2, "нет", "-1"))
    engine = pretended(tmp_path, monkeypatch, WRITES.format(table=said))
    assert [one.confidence for one in engine.read(leaf, LINES, timeout_s=60)] == [None, None]


@pytest.mark.parametrize(
    ("does", "error", "said"),
    [
        ("sys.stderr.write('no memory'); sys.exit(3)", EngineError, "code 3: .*no memory"),
        ("os.kill(os.getpid(), 9)", EngineError, "stopped with code|ended without"),
        ("pass", EngineError, "without writing its result"),
        (WRITES.format(table=table(row(1, "да"), strips=1)), EngineError, "before it had written"),
        (WRITES.format(table=""), EngineError, "before it had written"),
    ],
)
def test_a_program_that_ends_badly_is_no_blank_page(
    tmp_path: Path, leaf: Leaf, monkeypatch: pytest.MonkeyPatch, does: str, error: type[Exception], said: str
) -> None:
    engine = pretended(tmp_path, monkeypatch, does)
    with pytest.raises(error, match=said):
        engine.read(leaf, LINES, timeout_s=60)


def test_a_program_that_hangs_ends_with_its_time(
    tmp_path: Path, leaf: Leaf, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = pretended(tmp_path, monkeypatch, "time.sleep(3600)")
    with pytest.raises(PageTimeoutError, match="--timeout"):
        engine.read(leaf, LINES, timeout_s=0.2)


def test_a_full_disk_is_not_its_fault(tmp_path: Path, leaf: Leaf, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = pretended(tmp_path, monkeypatch, "pass")
    monkeypatch.setattr(door, "_ROOM_BYTES", 1 << 62)  # less room than this is none
    with pytest.raises(OutputError, match=r"temporary folder .* is full"):
        engine.read(leaf, LINES, timeout_s=60)


def test_a_program_that_has_gone_is_told(tmp_path: Path, leaf: Leaf, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = pretended(tmp_path, monkeypatch, "pass")
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(DependencyError, match="not installed"):
        engine.read(leaf, LINES, timeout_s=60)
    with pytest.raises(DependencyError, match="not installed"):
        open_engine(TesseractSettings())


@pytest.mark.parametrize(
    ("language", "error", "said"),
    [("xyz", DependencyError, "no language data 'xyz'.*rus, eng"), ("rus+", SettingsError, "empty name")],
)
def test_languages_that_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, error: type[Exception], said: str
) -> None:
    pretended(tmp_path, monkeypatch, "pass")
    with pytest.raises(error, match=said):
        open_engine(TesseractSettings(language))


def test_no_lines_ask_nobody(tmp_path: Path, leaf: Leaf, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pretended(tmp_path, monkeypatch, "sys.exit(9)").read(leaf, [], timeout_s=1) == []
