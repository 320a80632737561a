"""The sheets of a PDF (door of pypdfium2): the picture that a page is, in its own pixels, or the page drawn.

pdfium is not for several threads at once: whoever calls it holds the one lock of this file.
"""

import io
import math
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from ocr.arrays import Pixels
from ocr.errors import EncryptedError, ScanError, reason_of
from ocr.geometry import Affine
from ocr.scan import pdf_picture
from ocr.scan.pdf_units import user_units

DEFAULT_DPI = 300.0
"""What archives scan at, and what recognisers expect: for pages without a scan in them."""

MAX_PIXELS = 60_000_000
"""A larger sheet is drawn at a lower resolution: 60 megapixels are an A3 spread at more than 500 dpi."""

MIN_SIDE_PX = 16
LEAST_SCAN_DPI = 150.0
"""Letters set over a coarse picture must stay legible."""
_LARGE_IN = 20.0
"""A longer page was measured in pixels by who wrote it, and needs no such care."""
_SMALL_IN = 1.0
_SMALL_PX = 1500
"""A page shorter than an inch is one whose unit we do not know; it is drawn so long."""

_POINTS_PER_INCH = 72.0
_SEARCHED_BYTES = 200_000_000

_LOCK = threading.RLock()


@dataclass(frozen=True, slots=True)
class PdfSheet:
    """One sheet of a PDF."""

    pixels: Pixels
    """Colour (height, width, 3) or grey (height, width), upright as a viewer shows the page."""
    sheets: int
    dpi: float
    """Pixels per inch of paper."""
    picture: str = ""
    """Which picture of the page these pixels are, unchanged; empty when the page was drawn."""


def count(file: io.BufferedReader, path: Path) -> int:
    """How many sheets there are; nothing is drawn. `path` tells the file in errors."""
    with _opened(file, path) as document:
        return len(document)


def draw(
    file: io.BufferedReader,
    path: Path,
    sheet: int,
    dpi: float | None,
    frame: tuple[int, int] | None = None,
) -> PdfSheet:
    """One sheet of an open file, from 1; `path` tells the file in errors.

    A page that is one picture gives that picture's own pixels. Others, and all when `dpi` is given, are
    drawn: at that resolution, or at one that fits what is on the page. `frame` is the width and height that
    an earlier reading had: the picture, or the page drawn, of just that size, whatever the resolution.
    ScanError when there is no such sheet, or it has another shape than that frame.
    """
    with _opened(file, path) as document:
        sheets = len(document)
        if not 1 <= sheet <= sheets:
            raise ScanError(f"{path} has {sheets} sheet(s); there is no sheet {sheet}.")
        page = document[sheet - 1]
        unit = _user_unit(file, sheet, sheets)
        if not all(map(math.isfinite, page.get_size())):
            raise ScanError(f"Sheet {sheet} of {path} has no size that can be read. Save the file again.")
        width_in, height_in = (max(side, 0.01) * unit / _POINTS_PER_INCH for side in page.get_size())
        if frame is not None and not _fits(frame, width_in / height_in):
            raise ScanError(
                f"Sheet {sheet} of {path} has another shape than the reading was made on ({frame[0]} by "
                f"{frame[1]} pixels). Give the scan that was read."
            )
        if dpi is None or frame is not None:
            picture = pdf_picture.only_picture(page, MAX_PIXELS)
            if picture is not None and frame in {None, picture.pixels.shape[1::-1]}:
                name = f"picture {picture.number} of page {sheet}"
                return PdfSheet(picture.pixels, sheets, dpi or round(picture.width_px / width_in, 3), name)
        if frame is None:
            wanted = dpi or _resolution(page, width_in, height_in, unit)
            drawn_dpi = min(wanted, math.sqrt(MAX_PIXELS / (width_in * height_in)))
            frame = (math.ceil(round(width_in * drawn_dpi, 3)), math.ceil(round(height_in * drawn_dpi, 3)))
        else:
            drawn_dpi = dpi or frame[0] / width_in
        if min(frame) < MIN_SIDE_PX:
            raise ScanError(f"Sheet {sheet} of {path} is too small to hold writing. Give a higher --dpi.")
        return PdfSheet(pdf_picture.render(page, frame), sheets, drawn_dpi)


def to_page(path: Path, sheet: int, frame: tuple[int, int]) -> Affine:
    """From pixels of a sheet, drawn in that frame (width, height), to the units of its page as it is stored:
    y upwards, before the page is turned to be shown."""
    with path.open("rb") as file, _opened(file, path) as document:
        if not 1 <= sheet <= len(document):
            raise ScanError(f"{path} has {len(document)} sheet(s); there is no sheet {sheet}.")
        page = document[sheet - 1]
        picture = pdf_picture.only_picture(page, MAX_PIXELS)
        alone = picture is not None and picture.pixels.shape[1::-1] == frame
        left, bottom, right, top = picture.box if picture is not None and alone else page.get_bbox()
        quarters = page.get_rotation() // 90
    # The sheet as a square of one by one, y down; turned clockwise to be shown, so turned back here.
    unit = Affine(a=1 / frame[0], e=1 / frame[1])
    back = (Affine(), Affine(0, 1, 0, -1, 0, 1), Affine(-1, 0, 1, 0, -1, 1), Affine(0, -1, 1, 1, 0, 0))[
        quarters
    ]
    return Affine(right - left, 0, left, 0, bottom - top, top).after(back).after(unit)


def _fits(frame: tuple[int, int], shape: float) -> bool:
    """Could a page of that shape (width over height) have given that many pixels?"""
    width, height = frame
    off = abs(width - height * shape)
    return 0 < width * height <= 4 * MAX_PIXELS and (off <= 2 + 2 * shape or off <= 0.05 * width)


def _resolution(page: pdfium.PdfPage, width_in: float, height_in: float, unit: float) -> float:
    """That of the scan on the page, if one covers most of it; else the usual one."""
    longest_in = max(width_in, height_in)
    own = pdf_picture.resolution(page)
    if own is not None:
        return max(own / unit, 0.0 if longest_in > _LARGE_IN else LEAST_SCAN_DPI)
    return DEFAULT_DPI if longest_in >= _SMALL_IN else max(DEFAULT_DPI, _SMALL_PX / longest_in)


@dataclass(frozen=True, slots=True)
class _Version:
    """A file as it stands now."""

    inode: int
    modified_ns: int
    size: int
    file: io.BufferedReader = field(compare=False)


def _user_unit(file: io.BufferedReader, sheet: int, sheets: int) -> float:
    """How many points a unit of a page is; 1 when nothing is told."""
    at = os.fstat(file.fileno())
    if at.st_size > _SEARCHED_BYTES:
        return 1.0
    units = _units_of(_Version(at.st_ino, at.st_mtime_ns, at.st_size, file), sheets)
    return 1.0 if units is None else units[sheet - 1]


@lru_cache(maxsize=4)  # the sheets of a file are read one after the other
def _units_of(version: _Version, sheets: int) -> list[float] | None:
    version.file.seek(0)
    return user_units(version.file.read(), sheets)


@contextmanager
def _opened(file: io.BufferedReader, path: Path) -> Iterator[pdfium.PdfDocument]:
    with _LOCK:
        try:
            document = pdfium.PdfDocument(file)
        except pdfium.PdfiumError as error:
            if error.err_code == pdfium_raw.FPDF_ERR_PASSWORD:
                raise EncryptedError(
                    f"{path} is protected by a password. Save it without one and give that file."
                ) from error
            raise ScanError(
                f"{path} is a damaged PDF ({reason_of(error)}). Copy or save it again."
            ) from error
        try:
            yield document
        except pdfium.PdfiumError as error:
            raise ScanError(
                f"{path} has a sheet that cannot be drawn ({reason_of(error)}). Save it again."
            ) from error
        finally:
            document.close()
