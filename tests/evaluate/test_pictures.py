from pathlib import Path

import pytest
from PIL import Image

from ocr.evaluate.pictures import strips
from ocr.evaluate.render import worst
from ocr.evaluate.report import Report, evaluate
from ocr.geometry import Box
from ocr.page import Line, Page, Reading, Region, Source, Step, Surface, Word
from ocr.tei.pictured import pictured
from ocr.tei.write import to_tei

LINES = ("раз два", "три четыре", "пять шесть")


def line(text: str, top: float) -> Line:
    box = Box(20, top, 180, top + 20)
    words = tuple(Word(word, None, 0.9) for word in text.split())
    return Line(box.outline(), readings=(Reading("tesseract", words),))


def record(*lines: Line, file: str = "leaf.png") -> bytes:
    step = Step("tesseract", "Tesseract", "5.3.0", reads=True)
    box = Box(0, 0, 200, 200)
    surface = Surface(box, (Region(box.outline(), lines),))
    return to_tei(Page("leaf", Source(file, "0" * 64, 200, 200, "image/png"), (surface,), (step,)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "found").mkdir()
    (tmp_path / "scans" / "inner").mkdir(parents=True)
    Image.new("RGB", (200, 200), "white").save(tmp_path / "scans" / "inner" / "leaf.png")
    (tmp_path / "leaf.txt").write_text("\n".join(LINES), "utf-8")
    return tmp_path


def read(folder: Path, *lines: Line, file: str = "leaf.png") -> Report:
    (folder / "found" / "leaf.xml").write_bytes(record(*lines, file=file))
    return evaluate(folder / "leaf.txt", folder / "found" / "leaf.xml")


def test_lines_get_their_pictures_from_the_folder_of_scans(folder: Path) -> None:
    report = read(folder, line("рез два", 20), line("три четыри", 60), line("пять шесть", 100))
    held = strips(report, worst(report), folder / "scans")
    assert sorted(held.strips) == [(0, 0), (0, 1)]
    assert not any(strip.guessed for strip in held.strips.values())
    assert len(strips(report, worst(report), folder / "scans", most=1).strips) == 1
    assert strips(report, worst(report), None).strips == {}


def test_a_scan_beside_its_reading_is_found(folder: Path) -> None:
    (folder / "scans" / "inner" / "leaf.png").rename(folder / "found" / "leaf.png")
    report = read(folder, line("рез два", 20))
    assert (0, 0) in strips(report, worst(report), None).strips


def test_a_missed_line_shows_the_place_between_its_neighbours(folder: Path) -> None:
    report = read(folder, line("раз два", 20), line("пять шесть", 120))
    held = strips(report, worst(report), folder / "scans")
    assert held.strips[0, 1].guessed


def test_a_scan_of_another_size_is_not_used_and_said(folder: Path) -> None:
    Image.new("RGB", (200, 199), "white").save(folder / "scans" / "inner" / "leaf.png")
    report = read(folder, line("рез два", 20))
    held = strips(report, worst(report), folder / "scans")
    assert held.strips == {}
    assert "another size" in held.failed[0]


def test_a_damaged_scan_is_said(folder: Path) -> None:
    (folder / "scans" / "inner" / "leaf.png").write_bytes(b"\x89PNG")
    report = read(folder, line("рез два", 20))
    assert "leaf.png" in strips(report, worst(report), folder / "scans").failed[0]


def test_no_name_leads_out_of_the_folder(folder: Path) -> None:
    Image.new("RGB", (200, 200), "white").save(folder / "secret.png")
    for name in ("../secret.png", "..\\secret.png", str(folder / "secret.png")):
        report = read(folder, line("рез два", 20), file=name)
        told = pictured(folder / "found" / "leaf.xml")
        assert told is not None
        assert told.name == "secret.png"
        assert strips(report, worst(report), folder / "scans").strips == {}


def test_scans_named_by_other_formats(tmp_path: Path) -> None:
    path = tmp_path / "p.xml"
    told = {
        '<PcGts xmlns="x"><Page imageFilename="a/b.jpg" imageWidth="30" imageHeight="40"/></PcGts>': (
            "b.jpg",
            (30, 40),
        ),
        "<alto><fileName>c.tif</fileName></alto>": ("c.tif", None),
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><graphic url="d.png" width="5px" height="6px"/></TEI>': (
            "d.png",
            (5, 6),
        ),
    }
    for text, (name, frame) in told.items():
        path.write_text(text, "utf-8")
        found = pictured(path)
        assert found is not None
        assert (found.name, found.frame) == (name, frame)
    for nothing in ("<alto/>", "no xml", ""):
        path.write_text(nothing, "utf-8")
        assert pictured(path) is None
