"""Scans in PDF on the desk."""

from pathlib import Path

import numpy as np

from ocr.geometry import Box
from ocr.page import Page, Surface
from ocr.scan.load import load_sheet
from ocr.tei.write import to_tei
from tests.review.desks import opened
from tests.scan.pdfs import PdfPage, pdf, whole_page


def test_a_pdf_is_shown_in_the_frame_of_its_record(tmp_path: Path) -> None:
    """The picture that a page is, or the page drawn at whatever resolution it was read at."""
    tones = np.tile(np.linspace(40, 250, 300).astype(np.uint8), (400, 1))
    box = (0.0, 0.0, 100.0, 133.3333)
    for folder in ("scans", "output"):
        (tmp_path / folder).mkdir()
    for number, dpi in enumerate((None, 100.0, 150.0)):
        scan = tmp_path / "scans" / f"{number}.pdf"
        scan.write_bytes(pdf(PdfPage(box, whole_page(box), (tones,))))
        source = load_sheet(scan, dpi=dpi).source
        page = Page(scan.stem, source, (Surface(Box(0, 0, source.width_px, source.height_px)),))
        (tmp_path / "output" / f"{number}.xml").write_bytes(to_tei(page))
    desk = opened(tmp_path)
    for shown, width in zip(desk.desk.notebooks()[0].pages, (300, 139, 209), strict=True):
        told = desk.client.get(f"/tiles/{shown.ident}.json").json()
        assert (told["width"], told["same_size"]) == (width, True)
