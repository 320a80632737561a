"""The sheets of a PDF, drawn (door of pypdfium2)."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from ocr.errors import EncryptedError, ScanError

DEFAULT_DPI = 300.0
"""What archives scan at, and what recognisers expect."""

MAX_PIXELS = 60_000_000
"""A larger sheet is drawn at a lower resolution: 60 megapixels are an A3 spread at more than 500 dpi."""

_POINTS_PER_INCH = 72.0


def count(path: Path) -> int:
    """How many sheets there are; nothing is drawn."""
    with _opened(path) as document:
        return len(document)


def draw(path: Path, sheet: int, dpi: float | None) -> tuple[npt.NDArray[np.uint8], int, float]:
    """One sheet (from 1) in colour (height, width, 3), the number of sheets, and the dpi it was drawn at."""
    with _opened(path) as document:
        if not 1 <= sheet <= len(document):
            raise ScanError(f"{path} has {len(document)} sheet(s); there is no sheet {sheet}.")
        page = document[sheet - 1]
        width_pt, height_pt = page.get_size()
        wanted = dpi or DEFAULT_DPI
        area_in = max(width_pt, 1.0) * max(height_pt, 1.0) / _POINTS_PER_INCH**2
        drawn_dpi = min(wanted, math.sqrt(MAX_PIXELS / area_in))
        if min(width_pt, height_pt) * drawn_dpi / _POINTS_PER_INCH < 16:
            raise ScanError(f"Sheet {sheet} of {path} is too small to hold writing. Give a higher --dpi.")
        bitmap = page.render(scale=drawn_dpi / _POINTS_PER_INCH, rev_byteorder=True)
        pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8, order="C")
        bitmap.close()
        return pixels, len(document), drawn_dpi


@contextmanager
def _opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium_raw.FPDF_ERR_PASSWORD:
            raise EncryptedError(
                f"{path} is protected by a password. Save it without one and give that file."
            ) from error
        raise ScanError(f"{path} is a damaged PDF ({error}). Copy or save it again.") from error
    try:
        yield document
    except pdfium.PdfiumError as error:
        raise ScanError(f"{path} has a sheet that cannot be drawn ({error}). Save it again.") from error
    finally:
        document.close()
