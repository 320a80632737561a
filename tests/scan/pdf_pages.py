"""A page of a PDF that shows a scan, for tests."""

from pathlib import Path

import numpy as np

from ocr.arrays import Pixels
from ocr.scan.load import Scan, load_sheet
from tests.scan.pdfs import PdfPage, pdf

WIDE, TALL = 200, 300


BOX = (0.0, 0.0, 100.0, 150.0)


def page_pixels(colour: bool = False) -> Pixels:
    """A page of which no turn or mirror is itself, smooth enough to be known when it is small."""
    down, across = np.mgrid[0:TALL, 0:WIDE]
    tones = (250 - 60 * (across / WIDE) ** 2 - 40 * down / TALL).astype(np.uint8)
    tones[20:90, 15:60] = 30
    tones[200:230, 100:190] = 90
    return np.stack([tones, tones, np.maximum(tones, 60)], axis=2) if colour else tones


def read_page(tmp_path: Path, page: PdfPage, **options: object) -> Scan:
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf(page))
    return load_sheet(path, **options)  # type: ignore[arg-type]
