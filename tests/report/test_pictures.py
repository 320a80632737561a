from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from ocr.evaluate.scores import Report, evaluate
from ocr.formats.metadata import scan_facts
from ocr.geometry import Box
from ocr.page import Line, Page, Reading, Region, Source, Step, Surface, Word
from ocr.report.page import worst
from ocr.report.pictures import strips
from ocr.scan.load import digest_of
from ocr.tei.write import to_tei

LINES = ("раз два", "три четыре", "пять шесть")


def line(text: str, top: float) -> Line:
    box = Box(20, top, 180, top + 20)
    words = tuple(Word(word, None, 0.9) for word in text.split())
    return Line(box.outline(), readings=(Reading("tesseract", words),))


def record(*lines: Line, file: str = "leaf.png", sha256: str = "0" * 64) -> bytes:
    step = Step("tesseract", "Tesseract", "5.3.0", reads=True)
    box = Box(0, 0, 200, 200)
    surface = Surface(box, (Region(box.outline(), lines),))
    return to_tei(Page("leaf", Source(file, sha256, 200, 200, "image/png"), (surface,), (step,)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "found").mkdir()
    (tmp_path / "scans" / "inner").mkdir(parents=True)
    Image.new("RGB", (200, 200), "white").save(tmp_path / "scans" / "inner" / "leaf.png")
    (tmp_path / "leaf.txt").write_text("\n".join(LINES), "utf-8")
    return tmp_path


def read(folder: Path, *lines: Line, file: str = "leaf.png") -> Report:
    scan = next(iter(folder.rglob("leaf.png")), None)
    sha256 = digest_of(scan) if scan else "0" * 64
    (folder / "found" / "leaf.xml").write_bytes(record(*lines, file=file, sha256=sha256))
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
    assert "200 by 199" in held.failed[0]


def test_a_damaged_scan_is_said(folder: Path) -> None:
    (folder / "scans" / "inner" / "leaf.png").write_bytes(b"\x89PNG")
    report = read(folder, line("рез два", 20))
    assert "leaf.png" in strips(report, worst(report), folder / "scans").failed[0]


def test_no_name_leads_out_of_the_folder(folder: Path) -> None:
    Image.new("RGB", (200, 200), "white").save(folder / "secret.png")
    for name in ("../secret.png", "..\\secret.png", str(folder / "secret.png")):
        report = read(folder, line("рез два", 20), file=name)
        told = scan_facts(folder / "found" / "leaf.xml")
        assert told is not None
        assert told.file == "secret.png"
        assert strips(report, worst(report), folder / "scans").strips == {}


def notebooks(folder: Path, *names: str) -> tuple[Path, Path, Path]:
    """Truths, readings and scans of notebooks that each have a page called 1, of one size."""
    truth, found, scans = (folder / side for side in ("truth", "found", "scans"))
    for level, name in enumerate(names, 1):
        for side in (truth, found, scans):
            (side / name).mkdir(parents=True)
        scan = scans / name / "1.png"
        Image.new("L", (200, 200), 60 * level).save(scan)
        (truth / name / "1.txt").write_text("раз два", "utf-8")
        (found / name / "1.xml").write_bytes(
            record(line("рез два", 20), file="1.png", sha256=digest_of(scan))
        )
    return truth, found, scans


def grey(jpeg: bytes) -> int:
    return Image.open(BytesIO(jpeg), formats=["JPEG"]).convert("L").getpixel((5, 5))  # type: ignore[return-value]


def test_each_notebook_shows_its_own_scan(tmp_path: Path) -> None:
    truth, found, scans = notebooks(tmp_path, "A", "B [1]")
    report = evaluate(truth, found)
    held = strips(report, worst(report), scans)
    assert [round(grey(held.strips[place].jpeg) / 60) for place in ((0, 0), (1, 0))] == [1, 2]
    assert held.failed == ()


def test_another_notebooks_scan_is_not_used_and_said(tmp_path: Path) -> None:
    truth, found, scans = notebooks(tmp_path, "A", "B")
    report = evaluate(truth / "A", found / "A")
    held = strips(report, worst(report), scans / "B")
    assert held.strips == {}
    assert "not the scan that was read" in held.failed[0]
    # nor is it when it lies beside the reading
    (scans / "B" / "1.png").rename(found / "A" / "1.png")
    assert strips(report, worst(report), None).strips == {}


def test_a_scan_without_a_digest_is_that_of_its_folder(tmp_path: Path) -> None:
    truth, found, scans = notebooks(tmp_path, "A", "B")
    page = (
        '<PcGts><Page imageFilename="1.png" imageWidth="200" imageHeight="200"><TextRegion><TextLine id="l">'
    )
    coords = '<Coords points="20,20 180,40"/><TextEquiv><Unicode>рез два</Unicode></TextEquiv>'
    for name in ("A", "B"):
        text = f"{page}{coords}</TextLine></TextRegion></Page></PcGts>"
        (found / name / "1.xml").write_text(text, "utf-8")
    report = evaluate(truth, found)
    held = strips(report, worst(report), scans)
    assert [round(grey(held.strips[place].jpeg) / 60) for place in ((0, 0), (1, 0))] == [1, 2]
    alone = evaluate(truth / "B" / "1.txt", found / "B" / "1.xml")
    assert "Several scans are called 1.png" in strips(alone, worst(alone), scans).failed[0]
