"""Pages of a PDF: the picture that a page is, in its own pixels; others drawn as fits; from many threads."""

import math
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ocr.arrays import Pixels
from ocr.errors import ScanError
from ocr.scan.load import Scan, count_sheets, load_sheet
from ocr.scan.pdf import MAX_PIXELS
from ocr.scan.pdf_units import user_units
from tests.scan.pdfs import PdfPage, pdf, whole_page

WIDE, TALL = 200, 300
BOX = (0.0, 0.0, 100.0, 150.0)


def _scan(colour: bool = False) -> Pixels:
    """A page of which no turn or mirror is itself, smooth enough to be known when it is small."""
    down, across = np.mgrid[0:TALL, 0:WIDE]
    tones = (250 - 60 * (across / WIDE) ** 2 - 40 * down / TALL).astype(np.uint8)
    tones[20:90, 15:60] = 30
    tones[200:230, 100:190] = 90
    return np.stack([tones, tones, np.maximum(tones, 60)], axis=2) if colour else tones


def _read(tmp_path: Path, page: PdfPage, **options: object) -> Scan:
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf(page))
    return load_sheet(path, **options)  # type: ignore[arg-type]


def _grey(scan: Scan) -> Pixels:
    return scan.pixels if scan.pixels.ndim == 2 else scan.pixels[:, :, 0]


@pytest.mark.parametrize("colour", [False, True])
def test_a_page_that_is_one_picture_gives_its_own_pixels(tmp_path: Path, colour: bool) -> None:
    picture = _scan(colour)
    scan = _read(tmp_path, PdfPage(BOX, whole_page(BOX), (picture,)))
    assert (_grey(scan) == (picture[:, :, 0] if colour else picture)).all()
    assert scan.source.embedded == "picture 1 of page 1"
    assert scan.source.dpi == pytest.approx(WIDE / BOX[2] * 72)
    assert (scan.source.width_px, scan.source.height_px) == (WIDE, TALL)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("matrix", "stored"),
    [
        ("100 0 0 150 0 0", lambda shown: shown),
        ("-100 0 0 150 100 0", lambda shown: shown[:, ::-1]),
        ("100 0 0 -150 0 150", lambda shown: shown[::-1]),
        ("0 150 -100 0 100 0", lambda shown: np.rot90(shown, -1)),
        ("0 -150 100 0 0 150", np.rot90),
        ("0 -150 -100 0 100 150", lambda shown: np.rot90(shown)[::-1]),
    ],
)  # fmt: skip
def test_turned_and_mirrored_as_the_page_shows_it(
    tmp_path: Path, rotate: int, matrix: str, stored: Callable[[Pixels], Pixels]
) -> None:
    shown = _scan()
    picture = np.ascontiguousarray(stored(shown))
    page = PdfPage(BOX, f"q {matrix} cm /Im1 Do Q", (picture,), f"/Rotate {rotate}")
    scan = _read(tmp_path, page)
    assert scan.source.embedded
    assert (_grey(scan) == np.rot90(shown, -rotate // 90)).all()
    assert scan.source.dpi == pytest.approx(144)
    drawn = _read(tmp_path, page, dpi=144.0)
    assert not drawn.source.embedded
    assert np.abs(_grey(drawn).astype(int) - _grey(scan)).mean() < 3


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_crop_box_cuts_pixels(tmp_path: Path, rotate: int) -> None:
    crop = f"/CropBox[10 30 80 140]/Rotate {rotate}"
    scan = _read(tmp_path, PdfPage(BOX, whole_page(BOX), (_scan(),), crop))
    assert scan.source.embedded
    assert (_grey(scan) == np.rot90(_scan()[20:240, 20:160], -rotate // 90)).all()
    assert scan.source.dpi == pytest.approx(144)


def test_letters_that_are_not_seen_do_not_count(tmp_path: Path) -> None:
    """Searchable scans carry their text in invisible letters, or under the picture."""
    letters = "BT /F1 12 Tf {} Tr 20 60 Td (Letters) Tj ET"
    over = whole_page(BOX) + letters.format(3)
    under = letters.format(0) + whole_page(BOX)
    for content in (over, under):
        assert _read(tmp_path, PdfPage(BOX, content, (_scan(),))).source.embedded


@pytest.mark.parametrize(
    ("content", "extra"),
    [
        (whole_page(BOX) + "BT /F1 12 Tf 20 60 Td (Letters) Tj ET", ""),
        (whole_page(BOX) + "0 0 0 rg 20 20 30 30 re f", ""),
        (whole_page((0, 0, 100, 80)), ""),
        (whole_page((0, 0, 50, 150)) + whole_page((50, 0, 100, 150)), ""),
        ("0 0 100 70 re W n " + whole_page(BOX), ""),
        ("q 99 5 -5 149 0 0 cm /Im1 Do Q", ""),
        (whole_page(BOX), "/Annots[<</Type/Annot/Subtype/Square/Rect[10 10 60 60]/C[1 0 0]>>]"),
    ],
    ids=["letters", "drawing", "part", "two", "clip", "leaning", "note"],
)
def test_other_pages_are_drawn_at_the_resolution_of_the_scan_in_them(
    tmp_path: Path, content: str, extra: str
) -> None:
    scan = _read(tmp_path, PdfPage(BOX, content, (_scan(),), extra))
    assert not scan.source.embedded
    assert scan.source.dpi is not None
    assert scan.source.dpi >= 144
    again = _read(
        tmp_path,
        PdfPage(BOX, content, (_scan(),), extra),
        frame=(scan.source.width_px, scan.source.height_px),
    )
    assert (again.pixels == scan.pixels).all()


def test_a_page_without_a_scan_is_drawn_at_300(tmp_path: Path) -> None:
    scan = _read(tmp_path, PdfPage((0, 0, 144, 72), "0 0 0 rg 20 20 30 30 re f"))
    assert (scan.source.dpi, scan.pixels.shape) == (300, (300, 600, 3))


@pytest.mark.parametrize("unit", [10, 2.5])
def test_the_unit_of_a_page_is_counted(tmp_path: Path, unit: float) -> None:
    box = (0.0, 0.0, 144 / unit, 72 / unit)
    page = PdfPage(box, f"0 0 0 rg 0 0 {box[2] / 4} {box[3] / 2} re f", extra=f"/UserUnit {unit}")
    scan = _read(tmp_path, page)
    assert scan.pixels.shape == (300, 600, 3)
    assert (scan.pixels[200:, :140] == 0).all()
    assert _read(tmp_path, page, dpi=150.0).pixels.shape == (150, 300, 3)


def test_each_page_has_its_own_unit(tmp_path: Path) -> None:
    def page(unit: float, extra: str) -> PdfPage:
        box = (0.0, 0.0, 144 / unit, 72 / unit)
        return PdfPage(box, f"0 0 0 rg 0 0 {box[2] / 4} {box[3] / 2} re f", extra=extra)

    path = tmp_path / "units.pdf"
    pages = [page(10, "/UserUnit 10"), page(1, ""), page(2.5, "/UserUnit 2.5"), page(1, "/UserUnit 1.0")]
    path.write_bytes(pdf(*pages))
    for sheet in range(1, 5):
        assert load_sheet(path, sheet).pixels.shape == (300, 600, 3)


def test_units_are_found_in_object_streams_in_nested_trees_and_after_an_update() -> None:
    parts = [b"<</Type/Page/Parent 2 0 R/UserUnit 9 0 R>>", b"<</Type/Page>>", b" 2.5"]
    places = [sum(map(len, parts[:at])) for at in range(3)]
    numbers = b"3 %d 4 %d 9 %d " % tuple(places)
    first, packed = len(numbers), zlib.compress(numbers + b"".join(parts))
    file = (
        b"%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[5 0 R 6 0 R 5 0 R]/Count 3>>endobj\n"
        b"5 0 obj<</Type/Pages/Kids 7 0 R/Count 2>>endobj\n7 0 obj[3 0 R 4 0 R]endobj\n"
        b"6 0 obj<</Type/Page/UserUnit 4>>endobj\n"
        b"8 0 obj<</Type/ObjStm/N 3/First %d/Filter/FlateDecode/Length %d>>stream\n%b\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n" % (first, len(packed), packed)
    )
    assert user_units(file, 3) == [2.5, 1.0, 4.0]
    assert user_units(file + b"6 0 obj<</Type/Page/UserUnit 3>>endobj\n", 3) == [2.5, 1.0, 3.0]
    assert user_units(file, 4) is None
    assert user_units(b"%PDF-1.4 and nothing", 2) == [1.0, 1.0]


def test_a_page_whose_unit_is_not_known_is_no_stamp(tmp_path: Path) -> None:
    scan = _read(tmp_path, PdfPage((0, 0, 14.4, 7.2), "0 0 0 rg 2 2 3 3 re f"))
    assert scan.source.width_px >= 1500


def test_what_was_read_at_another_resolution_fits_again(tmp_path: Path) -> None:
    page = PdfPage(BOX, whole_page(BOX), (_scan(),))
    drawn = _read(tmp_path, page, dpi=300.0)  # as every page was, once
    frame = (drawn.source.width_px, drawn.source.height_px)
    assert (_read(tmp_path, page, frame=frame).pixels == drawn.pixels).all()
    assert (_read(tmp_path, page, dpi=300.0, frame=frame).pixels == drawn.pixels).all()
    assert (_read(tmp_path, page, dpi=144.0, frame=(WIDE, TALL)).pixels == _read(tmp_path, page).pixels).all()
    with pytest.raises(ScanError, match="has another shape than the reading was made on"):
        _read(tmp_path, page, frame=(TALL, WIDE))


def test_a_page_too_large_is_drawn_smaller(tmp_path: Path) -> None:
    scan = _read(tmp_path, PdfPage((0, 0, 14400, 14400), "0 0 0 rg 20 20 9000 9000 re f"))
    assert math.prod(scan.pixels.shape[:2]) <= 1.01 * MAX_PIXELS


def test_eight_threads_draw_and_count(tmp_path: Path) -> None:
    """pdfium must not be entered by two threads; without the lock this ends the process."""
    letters = "".join(f"BT /F1 9 Tf 5 {y} Td (Letters of {y}) Tj ET " for y in range(5, 150, 6))
    pages = [
        PdfPage(BOX, whole_page(BOX), (_scan(),)),
        PdfPage(BOX, whole_page(BOX) + letters, (_scan(True),)),
    ]
    paths = [tmp_path / f"{number}.pdf" for number in range(4)]
    for path in paths:
        path.write_bytes(pdf(*pages * 3))
    wanted = {sheet: load_sheet(paths[0], sheet).pixels for sheet in (1, 2)}
    together = threading.Barrier(8)

    def work(number: int) -> int:
        together.wait()
        wrong = 0
        for turn in range(40):
            path, sheet = paths[(number + turn) % 4], 1 + turn % 2
            wrong += count_sheets(path) != 6
            wrong += not np.array_equal(load_sheet(path, sheet).pixels, wanted[sheet])
        return wrong

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 0
