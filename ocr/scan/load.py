"""Scans from files: JPEG, PNG, WebP, TIFF, JPEG 2000 and PDF, upright, eight bits deep, alpha laid on white.

What the file holds decides, not what it is called. Sizes are checked from the header, before any pixel
is decoded. Sheets (pages of a PDF or TIFF) are numbered from 1 and read one at a time.
"""

import hashlib
import stat
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from ocr.errors import ScanError
from ocr.page import Source
from ocr.scan.depth import eight_bits, upright

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".webp", ".tif", ".tiff", ".jp2", ".j2k", ".jpx", ".jpf", ".pdf"}
)
"""File names ending so are scans when a folder is listed."""

OVERLAY_SUFFIX = ".explain.jpg"
"""Pictures of what was found end so; they are no scans."""

MAX_PIXELS = 250_000_000
"""Larger pictures are refused: at this size one sheet already takes a gigabyte."""

MIN_SIDE_PX = 16
"""Smaller pictures hold no writing."""

MIN_DPI, MAX_DPI = 20.0, 5000.0
"""Resolutions outside are a mistake of whatever wrote the file, and are not believed."""

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "JPEG2000")
_MEDIA_TYPES = {"MPO": "image/jpeg", "JPEG2000": "image/jp2"}
_ORIENTATION = 0x0112
_SUBFILE_TYPE, _REDUCED = 254, 1

# What Pillow's readers raise on broken bytes, by experience with truncated and damaged files.
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError,
           OverflowError, ZeroDivisionError, struct.error, zlib.error)  # fmt: skip

# The size limit is ours and stands in _check_size; Pillow's own would warn or stop below it.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True)
class Scan:
    """One sheet as it was scanned: upright pixels and where they come from."""

    source: Source
    pixels: npt.NDArray[np.uint8]
    """Colour (height, width, 3) in the order red, green, blue, or grey (height, width)."""


def is_scan(path: Path) -> bool:
    """Does the name look like a scan's? For listing folders; hidden files are left out."""
    ours = path.name.endswith(OVERLAY_SUFFIX)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and not ours


def may_hold_sheets(path: Path) -> bool:
    """Does the file begin as those do that can hold several sheets (PDF, TIFF), whatever it is called?"""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            start = file.read(1024)
    except OSError:
        return False  # who reads it will say why
    return b"%PDF" in start or start[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}


def count_sheets(path: Path) -> int:
    """How many sheets the file holds; nothing is decoded. ScanError when it cannot be opened."""
    if _is_pdf(path):
        from ocr.scan import pdf  # its library is loaded only when there is a PDF

        return pdf.count(path)
    with _opened(path) as image:
        return len(_frames(image))


def open_scans(path: Path, *, dpi: float | None = None) -> Iterator[Scan]:
    """All sheets of a file, each loaded only when asked for. See load_sheet."""
    digest, sheets = digest_of(path), count_sheets(path)
    for sheet in range(1, sheets + 1):
        yield _load(path, sheet, dpi, digest)


def load_sheet(path: Path, sheet: int = 1, *, dpi: float | None = None) -> Scan:
    """One sheet of a file, counted from 1.

    `dpi` is the resolution a PDF is drawn at (300 when None); of a picture it replaces what the file
    says. ScanError says what is wrong with the file, EncryptedError that it asks for a password.
    """
    return _load(path, sheet, dpi, digest_of(path))


def _load(path: Path, sheet: int, dpi: float | None, digest: str) -> Scan:
    if _is_pdf(path):
        from ocr.scan import pdf

        pixels, sheets, dpi = pdf.draw(path, sheet, dpi)
        media_type, orientation = "application/pdf", 1
    else:
        with _opened(path) as image:
            frames = _frames(image)
            sheets = len(frames)
            if not 1 <= sheet <= sheets:
                raise ScanError(f"{path} has {sheets} sheet(s); there is no sheet {sheet}.")
            if frames[sheet - 1]:
                image.seek(frames[sheet - 1])
                _check_size(path, image)
            dpi = dpi or _resolution(image)
            orientation = _orientation(image)
            media_type = _media_type(image)
            image.load()
            # Pillow has already turned a TIFF by now, and nothing else.
            pixels = upright(eight_bits(image), _orientation(image))
    height, width = pixels.shape[:2]
    source = Source(path.name, digest, width, height, media_type, sheet, sheets, dpi, orientation)
    return Scan(source, pixels)


def glimpse(path: Path, least_px: int) -> Scan | None:
    """A photograph at a half, a fourth or an eighth of its size, its longest side still `least_px` or more.

    A JPEG gives that in a tenth of the time. `source` tells the full size, without a digest. None for any
    other format, or when nothing would be gained.
    """
    if _is_pdf(path):
        return None
    with _opened(path) as image:
        width, height = image.size
        orientation = _orientation(image)
        if image.format != "JPEG" or image.mode not in {"L", "RGB", "YCbCr"}:
            return None
        share = next((part for part in (8, 4, 2) if max(width, height) / part >= least_px), 1)
        image.draft(None, (width // share, height // share))
        if share == 1 or image.size == (width, height):
            return None
        image.load()
        pixels = upright(eight_bits(image), orientation)
    if orientation >= 5:
        width, height = height, width
    source = Source(path.name, "", width, height, _media_type(image), exif_orientation=orientation)
    return Scan(source, pixels)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The picture, header read and size checked; what its reader raises becomes a ScanError.

    Pillow warns of damaged metadata, which are not pixels and no concern of a reader.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as image:
                _check_size(path, image)
                yield image
    except UnidentifiedImageError as error:
        raise ScanError(_unknown(path)) from error
    except MemoryError as error:
        raise ScanError(f"{path} does not fit into memory. Scan it at a lower resolution.") from error
    except _BROKEN as error:
        raise ScanError(
            f"{path} is damaged or cut short ({_reason(error)}). Copy or scan it again."
        ) from error


def _check_size(path: Path, image: Image.Image) -> None:
    width, height = image.size
    if min(width, height) < MIN_SIDE_PX:
        raise ScanError(
            f"{path} measures {width} by {height} pixels, too small to hold writing. Give the full picture."
        )
    if width * height > MAX_PIXELS:
        raise ScanError(
            f"{path} claims {width} by {height} pixels, more than {MAX_PIXELS // 10**6} megapixels. "
            "If that is true, scale it down or cut it into pages."
        )


def _frames(image: Image.Image) -> list[int]:
    """Which frames are sheets: all full-size ones of a TIFF, and of other formats (previews!) the first."""
    if image.format != "TIFF":
        return [0]
    sheets = []
    for frame in range(getattr(image, "n_frames", 1)):
        image.seek(frame)
        if not int(image.tag_v2.get(_SUBFILE_TYPE, 0)) & _REDUCED:  # type: ignore[attr-defined]
            sheets.append(frame)
    image.seek(0)
    return sheets or [0]


def _orientation(image: Image.Image) -> int:
    found = image.getexif().get(_ORIENTATION, 1)
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _resolution(image: Image.Image) -> float | None:
    """Dots per inch as the file says; None when it does not, or says what cannot be."""
    try:
        across = float(image.info["dpi"][0])
    except (KeyError, TypeError, IndexError, ValueError, ZeroDivisionError):
        return None
    return across if MIN_DPI <= across <= MAX_DPI else None


def _media_type(image: Image.Image) -> str:
    name = image.format or ""
    return _MEDIA_TYPES.get(name, f"image/{name.lower()}")


def _is_pdf(path: Path) -> bool:
    """Does a PDF header stand in the first kilobyte (where readers look for it)?"""
    return b"%PDF-" in _read(path, 1024)


def digest_of(path: Path) -> str:
    """The sha256 of the bytes of a file, in hexadecimal."""
    _read(path, 1)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path, size: int) -> bytes:
    """The first bytes of a file; ScanError when it is missing, no file, closed to us or empty."""
    try:
        # Opening a pipe would wait for ever, so its kind is asked first.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ScanError(
                f"{path} is not a file but a folder or device. Name a scan, or a folder of scans."
            )
        with path.open("rb") as file:
            start = file.read(size)
    except FileNotFoundError as error:
        raise ScanError(f"{path} does not exist. Check the name.") from error
    except PermissionError as error:
        raise ScanError(f"{path} may not be read. Ask for permission to read it.") from error
    except (OSError, ValueError) as error:
        raise ScanError(f"{path} cannot be opened: {_reason(error)}.") from error
    if not start:
        raise ScanError(f"{path} is empty (0 bytes). Copy or scan it again.")
    return start


def _unknown(path: Path) -> str:
    start = _read(path, 512)
    try:
        start.decode()
    except UnicodeDecodeError:
        kind = "not a picture this program knows, or its beginning is damaged"
    else:
        kind = "text, not a picture"
    return f"{path} is {kind}. JPEG, PNG, WebP, TIFF, JPEG 2000 and PDF can be read."


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).strip(" .") or type(error).__name__
