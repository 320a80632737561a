"""The unit of a PDF page is counted wherever it stands."""

import zlib
from pathlib import Path

import pytest

from ocr.scan.load import load_sheet
from ocr.scan.pdf_units import user_units
from tests.scan.pdf_pages import read_page
from tests.scan.pdfs import PdfPage, pdf


@pytest.mark.parametrize("unit", [10, 2.5])
def test_the_unit_of_a_page_is_counted(tmp_path: Path, unit: float) -> None:
    box = (0.0, 0.0, 144 / unit, 72 / unit)
    page = PdfPage(box, f"0 0 0 rg 0 0 {box[2] / 4} {box[3] / 2} re f", extra=f"/UserUnit {unit}")
    scan = read_page(tmp_path, page)
    assert scan.pixels.shape == (300, 600, 3)
    assert (scan.pixels[200:, :140] == 0).all()
    assert read_page(tmp_path, page, dpi=150.0).pixels.shape == (150, 300, 3)


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
    scan = read_page(tmp_path, PdfPage((0, 0, 14.4, 7.2), "0 0 0 rg 2 2 3 3 re f"))
    assert scan.source.width_px >= 1500
