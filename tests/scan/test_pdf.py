"""Pages of a PDF: the picture that a page is, in its own pixels; others drawn as fits; from many threads."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from ocr.errors import ScanError
from ocr.scan.load import count_sheets, load_sheet
from ocr.scan.pdf import MAX_PIXELS
from tests.scan.pdf_pages import BOX, TALL, WIDE, page_pixels, read_page
from tests.scan.pdfs import PdfPage, pdf, whole_page


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
    scan = read_page(tmp_path, PdfPage(BOX, content, (page_pixels(),), extra))
    assert not scan.source.embedded
    assert scan.source.dpi is not None
    assert scan.source.dpi >= 144
    again = read_page(
        tmp_path,
        PdfPage(BOX, content, (page_pixels(),), extra),
        frame=(scan.source.width_px, scan.source.height_px),
    )
    assert (again.pixels == scan.pixels).all()


def test_a_page_without_a_scan_is_drawn_at_300(tmp_path: Path) -> None:
    scan = read_page(tmp_path, PdfPage((0, 0, 144, 72), "0 0 0 rg 20 20 30 30 re f"))
    assert (scan.source.dpi, scan.pixels.shape) == (300, (300, 600, 3))


def test_what_was_read_at_another_resolution_fits_again(tmp_path: Path) -> None:
    page = PdfPage(BOX, whole_page(BOX), (page_pixels(),))
    drawn = read_page(tmp_path, page, dpi=300.0)  # as every page was, once
    frame = (drawn.source.width_px, drawn.source.height_px)
    assert (read_page(tmp_path, page, frame=frame).pixels == drawn.pixels).all()
    assert (read_page(tmp_path, page, dpi=300.0, frame=frame).pixels == drawn.pixels).all()
    assert (
        read_page(tmp_path, page, dpi=144.0, frame=(WIDE, TALL)).pixels == read_page(tmp_path, page).pixels
    ).all()
    with pytest.raises(ScanError, match="has another shape than the reading was made on"):
        read_page(tmp_path, page, frame=(TALL, WIDE))


def test_a_page_too_large_is_drawn_smaller(tmp_path: Path) -> None:
    scan = read_page(tmp_path, PdfPage((0, 0, 14400, 14400), "0 0 0 rg 20 20 9000 9000 re f"))
    assert math.prod(scan.pixels.shape[:2]) <= 1.01 * MAX_PIXELS


def test_eight_threads_draw_and_count(tmp_path: Path) -> None:
    """pdfium must not be entered by two threads; without the lock this ends the process."""
    letters = "".join(f"BT /F1 9 Tf 5 {y} Td (Letters of {y}) Tj ET " for y in range(5, 150, 6))
    pages = [
        PdfPage(BOX, whole_page(BOX), (page_pixels(),)),
        PdfPage(BOX, whole_page(BOX) + letters, (page_pixels(True),)),
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


@pytest.mark.parametrize("side", [math.nan, math.inf])
def test_a_page_without_a_size_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: float) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(PdfPage((0, 0, 80, 96), "")))
    monkeypatch.setattr(pypdfium2.PdfPage, "get_size", lambda _: (side, 96.0))
    with pytest.raises(ScanError, match="no size"):
        load_sheet(path)


def test_scripts_and_actions_of_a_pdf_do_nothing(tmp_path: Path) -> None:
    """Neither a script engine nor forms are built into the library, and the page is what it is without."""
    assert not {"V8", "XFA"} & set(pypdfium2.PDFIUM_INFO.flags)
    run = "/AA<</O<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1/'\\))>>/C<</S/Launch/F(true)>>>>"
    plain = read_page(tmp_path, PdfPage(BOX, whole_page(BOX), (page_pixels(),)))
    acting = read_page(tmp_path, PdfPage(BOX, whole_page(BOX), (page_pixels(),), run))
    assert np.array_equal(acting.pixels, plain.pixels)
