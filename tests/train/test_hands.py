"""Lines to learn from: only what a person vouches for, cut from the right scan."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

from ocr.corrections.changes import AcceptLine, edit
from ocr.engines.cursive import NetOutput
from ocr.errors import RecordError, ScanError
from ocr.geometry import Box, Outline, Point
from ocr.page import Line, Page, Reading, Region, Source, Step, Surface, Word
from ocr.recipe import Recipe
from ocr.scan.load import digest_of, load_sheet
from ocr.tei.write import to_tei
from ocr.train.hands import KnownLine, known_lines, places_of, seen_lines, suspect
from tests import drawn

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "docs" / "example" / "page-0001.xml"
SCANS = ROOT / "scans" / "notebook"


def test_nothing_is_learnt_from_what_nobody_has_seen() -> None:
    assert list(known_lines([RECORD], SCANS, Recipe())) == []


def test_accepted_lines_come_with_their_pictures(tmp_path: Path) -> None:
    accepted = tmp_path / RECORD.name
    ids = ["s1_r1_l3", "s1_r1_l4"]
    accepted.write_bytes(
        edit(RECORD.read_bytes(), [AcceptLine(one) for one in ids], "А. Б.", "2026-11-22T12:00:00Z")
    )
    lines = list(known_lines([accepted], SCANS, Recipe()))
    assert [line.ident for line in lines] == ids
    assert all(line.text for line in lines)
    for line in lines:
        assert min(line.grey.shape) > 20
        assert (line.grey < 128).mean() > 0.003  # there is ink


def test_all_lines_are_seen_and_their_texts_are_not(tmp_path: Path) -> None:
    picture = tmp_path / "line_01.png"
    Image.fromarray(np.full((40, 200), 230, np.uint8)).save(picture)
    table = tmp_path / "lines.tsv"
    table.write_text(f"{picture.name}\tтекст\n", encoding="utf-8")
    lines = list(seen_lines([RECORD, table, picture], SCANS, Recipe()))
    assert len(lines) > 20
    assert {line.text for line in lines} == {""}
    assert [line.name for line in lines[-2:]] == ["lines.tsv, line_01.png", "line_01.png"]
    assert np.array_equal(lines[-2].grey, lines[-1].grey)


def test_a_scan_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"page-0001\.jpg.*--scans"):
        list(known_lines([RECORD], tmp_path, Recipe(), every=True))


def test_a_bad_row_is_named(tmp_path: Path) -> None:
    table = tmp_path / "lines.tsv"
    table.write_text("only a name\n", encoding="utf-8")
    with pytest.raises(ScanError, match="row 1"):
        list(known_lines([table], None, Recipe()))


def test_a_table_with_a_byte_order_mark(tmp_path: Path) -> None:
    Image.fromarray(np.full((40, 200), 230, np.uint8)).save(tmp_path / "1.png")
    table = tmp_path / "lines.tsv"
    for encoding, ends in (("utf-8-sig", "\r\n"), ("utf-8", "\n")):
        table.write_bytes(f"1.png\tТетрадь{ends}".encode(encoding))
        assert [(line.ident, line.text) for line in known_lines([table], None, Recipe())] == [
            ("1.png", "Тетрадь")
        ]
    table.write_bytes("1.png\tТетрадь".encode("utf-16"))
    with pytest.raises(ScanError, match=r"lines\.tsv.*UTF-8"):
        list(known_lines([table], None, Recipe()))


def test_folders_stand_for_what_is_in_them(tmp_path: Path) -> None:
    Image.fromarray(np.full((40, 200), 230, np.uint8)).save(tmp_path / "1.png")
    assert [line.name for line in seen_lines([tmp_path], None, Recipe())] == ["1.png"]
    with pytest.raises(ScanError, match="holds neither TEI nor tables"):
        list(known_lines([tmp_path], None, Recipe()))
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "lines.tsv").write_text("../1.png\tТетрадь\n", encoding="utf-8")
    (inner / "mets.xml").write_text("<mets/>", encoding="utf-8")
    (inner / ".hidden.xml").write_text("<TEI/>", encoding="utf-8")
    for lines in (known_lines([tmp_path], None, Recipe()), seen_lines([tmp_path], None, Recipe())):
        assert [line.ident for line in lines] == ["../1.png"]
    (inner / "bad.xml").write_text("<TEI", encoding="utf-8")
    with pytest.raises(RecordError, match=r"inner.bad\.xml"):
        list(known_lines([tmp_path], None, Recipe()))


def notebook(folder: Path, name: str, text: str, suffix: str = ".png", dpi: float | None = None) -> Path:
    """A page called 1 of a notebook, its scan and its record, all of whose lines stand at the same places."""
    scan, place = folder / "scans" / name / f"1{suffix}", folder / "out" / name
    scan.parent.mkdir(parents=True)
    place.mkdir(parents=True)
    shown = drawn.page((text, text), size_px=(700, 240))
    Image.fromarray(shown.pixels).save(scan, resolution=300)
    pixels = load_sheet(scan, dpi=dpi).pixels
    scale = pixels.shape[1] / 700
    reading = Reading("table", tuple(Word(word) for word in text.split()))
    outlines = [Outline(tuple(Point(scale * p.x, scale * p.y) for p in one.points)) for one in shown.outlines]
    lines = tuple(Line(outline, readings=(reading,)) for outline in outlines)
    box = Box(0, 0, pixels.shape[1], pixels.shape[0])
    media = "application/pdf" if suffix == ".pdf" else "image/png"
    source = Source(scan.name, digest_of(scan), pixels.shape[1], pixels.shape[0], media, dpi=dpi)
    step = Step("table", "table", "1", reads=True)
    page = Page("1", source, (Surface(box, (Region(box.outline(), lines),)),), (step,))
    (place / "1.xml").write_bytes(to_tei(page))
    return place / "1.xml"


def test_lines_are_cut_from_the_scan_that_was_read(tmp_path: Path) -> None:
    records = [
        notebook(tmp_path, name, text) for name, text in (("A", "Кризис"), ("стр [1]", "об'явлен давно"))
    ]
    apart = [list(known_lines([one], one.parents[2] / "scans" / one.parent.name, Recipe(), every=True))
             for one in records]  # fmt: skip
    both = list(known_lines(records, tmp_path / "scans", Recipe(), every=True))
    assert len(both) == 4
    for line, own in zip(both, [*apart[0], *apart[1]], strict=True):
        assert np.array_equal(line.grey, own.grey)
    folder = list(known_lines([tmp_path / "out"], tmp_path / "scans", Recipe(), every=True))
    assert [line.text for line in folder] == [line.text for line in both]
    with pytest.raises(RecordError, match="not the scan that was read"):
        list(known_lines(records[1:], tmp_path / "scans" / "A", Recipe(), every=True))


def test_a_pdf_is_drawn_as_it_was_read(tmp_path: Path) -> None:
    record = notebook(tmp_path, "A", "об'явлен давно", ".pdf", 150)
    lines = list(known_lines([record], tmp_path / "scans", Recipe(), every=True))
    assert len(lines) == 2
    for line in lines:
        dark = (line.grey < 128).any(axis=1)
        rows = np.flatnonzero(dark)
        assert len(rows)
        assert 0.2 < rows.mean() / len(line.grey) < 0.8  # the writing stands in the middle of its strip


class Reader:
    """Reads the text that the picture's mean grey stands for."""

    alphabet = "абвгдежз "

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    def look(self, grey: Any) -> NetOutput:
        codes = [self.alphabet.index(c) + 1 for c in self._texts[int(grey[0, 0])]]
        path = [code for one in codes for code in (one, 0)]
        held = np.full((len(path), 1 + len(self.alphabet)), -9.0, np.float32)
        held[np.arange(len(path)), path] = 0.0
        return NetOutput(held, None, 4.0)


def test_a_text_of_another_line_stands_out() -> None:
    texts = ["абвгд ежз", "где жаба", "еда вазе", "безе два", "зад аве"]
    lines = [
        KnownLine(Path("p.xml"), f"l{n}", np.full((9, 9), n, np.uint8), text) for n, text in enumerate(texts)
    ]
    model = cast(Any, Reader(texts))
    assert suspect(lines, model) == []
    wrong = KnownLine(Path("p.xml"), "l9", np.full((9, 9), 0, np.uint8), "жжжжж зззз")
    assert suspect([*lines, wrong], model) == [wrong]
    assert places_of([wrong]) == "p.xml, l9"
