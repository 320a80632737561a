"""Scans from files: pictures and PDF, upright, eight bits deep, alpha laid on white.

What the file holds decides, not what it is called. Sizes are checked from the header, before any pixel
is decoded. Sheets (pages of a PDF or TIFF) are numbered from 1 and read one at a time.
"""

import hashlib
import io
import stat
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from ocr.arrays import Pixels
from ocr.errors import ScanError, reason_of
from ocr.page import Source
from ocr.scan import kinds, tiff
from ocr.scan.damage import damage_of, without_metadata
from ocr.scan.depth import eight_bits, upright

OVERLAY_SUFFIX = ".explain.jpg"
"""Pictures of what was found end so; they are no scans."""

MAX_PIXELS = 250_000_000
"""Larger pictures are refused: at this size one sheet already takes a gigabyte."""

MIN_SIDE_PX = 16
"""Smaller pictures hold no writing."""

MIN_DPI, MAX_DPI = 20.0, 5000.0
"""Resolutions outside are a mistake of whatever wrote the file, and are not believed."""

_ORIENTATION = 0x0112
_SUB_DIRECTORIES = (0x8769, 0x8825, 0xA005)  # EXIF, GPS, interoperability: read by nobody here

# What Pillow's readers raise on broken bytes, by experience with truncated and damaged files.
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError,
           OverflowError, RuntimeError, ZeroDivisionError, struct.error, zlib.error)  # fmt: skip

_PACKAGE = Path(__file__).parents[1]

# The size limit is ours and stands in _check_size; Pillow's own would warn or stop below it.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True)
class Scan:
    """One sheet as it was scanned: upright pixels and where they come from."""

    source: Source
    pixels: Pixels
    """Colour (height, width, 3) in the order red, green, blue, or grey (height, width)."""


def is_scan(path: Path) -> bool:
    """Does the name look like a scan's? For listing folders; hidden files are left out."""
    ours = path.name.endswith(OVERLAY_SUFFIX)
    return path.suffix.lower() in kinds.SUFFIXES and not path.name.startswith(".") and not ours


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
    with _opened(path) as file:
        if not _is_pdf(file):
            return len(tiff.sheets(file)) or 1
    from ocr.scan import pdf  # its library is loaded only when there is a PDF

    return pdf.count(path)


def load_sheet(
    path: Path, sheet: int = 1, *, dpi: float | None = None, frame: tuple[int, int] | None = None
) -> Scan:
    """One sheet of a file, counted from 1.

    `dpi` is the resolution a PDF is drawn at; when None, a page that is one picture gives that picture's own
    pixels, and others are drawn as fits. Of a picture it replaces what the file says. `frame` is the width
    and height of an earlier reading: a PDF gives just that frame again, and a picture of another size is
    refused. ScanError says what is wrong with the file, EncryptedError that it asks for a password.
    """
    with _opened(path) as file:
        scan = None if _is_pdf(file) else _scan(path, file, sheet, dpi)
    if scan is None:
        from ocr.scan import pdf

        page = pdf.draw(path, sheet, dpi, frame)
        size, kind = (page.pixels.shape[1], page.pixels.shape[0]), "application/pdf"
        name, digest = path.name, digest_of(path)
        source = Source(name, digest, *size, kind, sheet, page.sheets, page.dpi, embedded=page.picture)
        return Scan(source, page.pixels)
    size = (scan.source.width_px, scan.source.height_px)
    if frame is not None and frame != size:
        raise ScanError(
            f"{path} measures {size[0]} by {size[1]} pixels, and the reading was made on {frame[0]} by "
            f"{frame[1]}. Give the scan that was read."
        )
    return scan


def _scan(path: Path, file: IO[bytes], sheet: int, dpi: float | None) -> Scan:
    """A sheet of a file that holds pictures."""
    pages = tiff.sheets(file)
    sheets = len(pages) or 1
    if not 1 <= sheet <= sheets:
        raise ScanError(f"{path} has {sheets} sheet(s); there is no sheet {sheet}.")
    name = f"Sheet {sheet} of {path}" if sheets > 1 else str(path)
    picture = _picture(file, pages[sheet - 1] if pages else None, name)
    height, width = picture.pixels.shape[:2]
    source = Source(
        path.name,
        digest_of(path),
        width,
        height,
        picture.media_type,
        sheet,
        sheets,
        dpi or picture.dpi,
        picture.orientation,
        damage=damage_of(file),
    )
    return Scan(source, picture.pixels)


@dataclass(frozen=True, slots=True)
class _DecodedSheet:
    """What a file of a picture holds."""

    pixels: Pixels
    media_type: str
    dpi: float | None
    orientation: int


def _picture(file: IO[bytes], page: tiff.TiffSheet | None, name: str) -> _DecodedSheet:
    """The picture; where what stands beside the pixels (EXIF, profile, comments) is damaged, without it."""
    try:
        return _decoded(file, page, name)
    except _BROKEN as error:
        try:
            content = without_metadata(file, page)
            if content is not None:
                bare = io.BytesIO(content)
                return _decoded(bare, tiff.sheets(bare)[0] if page else None, name)
        except _BROKEN:
            pass  # it is the picture itself, and the first error says what
        if page is not None and page.is_whole and isinstance(error, UnidentifiedImageError):
            raise tiff.unknown(name, page) from error
        raise


def _decoded(file: IO[bytes], page: tiff.TiffSheet | None, name: str) -> _DecodedSheet:
    """The picture, upright; raises what Pillow's readers raise."""
    if page is not None:
        image = tiff.open_sheet(file, page, name)
    else:
        file.seek(0)
        image = Image.open(file, formats=kinds.readers(file, name))
    with image:
        _check_size(name, image)
        orientation, dpi = _orientation(image), _resolution(image)
        media_type = kinds.media_type(image.format or "")
        image.load()
        # Pillow has already turned a TIFF by now, and nothing else.
        pixels = upright(eight_bits(image, name), _orientation(image))
    return _DecodedSheet(pixels, media_type, dpi, orientation)


def load_reduced(path: Path, least_px: int) -> Scan | None:
    """A photograph at a half, a fourth or an eighth of its size, its longest side still `least_px` or more.

    A JPEG gives that in a tenth of the time. `source` tells the full size, without a digest. None for any
    other format, or when nothing would be gained.
    """
    with _opened(path) as file:
        if not file.peek(2).startswith(b"\xff\xd8"):
            return None
        image = Image.open(file, formats=("JPEG",))
        _check_size(str(path), image)
        width, height = image.size
        orientation = _orientation(image)
        if image.format != "JPEG" or image.mode not in {"L", "RGB", "YCbCr"}:
            return None
        share = next((part for part in (8, 4, 2) if max(width, height) / part >= least_px), 1)
        image.draft(None, (width // share, height // share))
        if share == 1 or image.size == (width, height):
            return None
        image.load()
        pixels = upright(eight_bits(image, str(path)), orientation)
    if orientation >= 5:
        width, height = height, width
    return Scan(Source(path.name, "", width, height, "image/jpeg", exif_orientation=orientation), pixels)


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedReader]:
    """The file, open; what stands in the way, and what a reader of pictures raises, is a ScanError."""
    try:
        # Opening a pipe would wait for ever, so its kind is asked first.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ScanError(
                f"{path} is not a file but a folder or device. Name a scan, or a folder of scans."
            )
        file = path.open("rb")
    except FileNotFoundError as error:
        raise ScanError(f"{path} does not exist. Check the name.") from error
    except PermissionError as error:
        raise ScanError(f"{path} may not be read. Ask for permission to read it.") from error
    except (OSError, ValueError) as error:
        raise ScanError(f"{path} cannot be opened: {reason_of(error)}.") from error
    with file, _spoken(path, file):
        if not file.peek(1):
            raise ScanError(f"{path} is empty (0 bytes). Copy or scan it again.")
        yield file


@contextmanager
def _spoken(path: Path, file: io.BufferedReader) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damaged metadata, no concern of a reader
            yield
    except UnidentifiedImageError as error:
        raise ScanError(_unknown(path, file)) from error
    except MemoryError as error:
        raise ScanError(f"{path} does not fit into memory. Scan it at a lower resolution.") from error
    except _BROKEN as error:
        if _is_ours(error):
            raise
        raise ScanError(
            f"{path} is damaged or cut short ({reason_of(error)}). Copy or scan it again."
        ) from error


def _is_ours(error: BaseException) -> bool:
    """Is it a mistake of this package, and no damage of the file that its readers stumble over?"""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    made_here = place is not None and Path(place.tb_frame.f_code.co_filename).is_relative_to(_PACKAGE)
    return made_here and isinstance(error, AttributeError | TypeError | RuntimeError)


def _check_size(name: str, image: Image.Image) -> None:
    width, height = image.size
    if min(width, height) < MIN_SIDE_PX:
        raise ScanError(
            f"{name} measures {width} by {height} pixels, too small to hold writing. Give the full picture."
        )
    if width * height > MAX_PIXELS:
        raise ScanError(
            f"{name} claims {width} by {height} pixels, more than {MAX_PIXELS // 10**6} megapixels. "
            "If that is true, scale it down or cut it into pages."
        )


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 when there is none that can be read."""
    try:
        exif = image.getexif()
        for directory in _SUB_DIRECTORIES:
            exif.pop(directory, None)  # or Pillow would read them when it reads a TIFF, and stop at damage
        orientation = exif.get(_ORIENTATION, 1)
    except _BROKEN:
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _resolution(image: Image.Image) -> float | None:
    """Dots per inch as the file says; None when it does not, or says what cannot be."""
    try:
        across = float(image.info["dpi"][0])
    except (KeyError, TypeError, IndexError, ValueError, ZeroDivisionError):
        return None
    return across if MIN_DPI <= across <= MAX_DPI else None


def _is_pdf(file: io.BufferedReader) -> bool:
    """Does a PDF header stand in the first kilobyte (where readers look for it)?"""
    return b"%PDF-" in _start(file)


def digest_of(path: Path) -> str:
    """The sha256 of the bytes of a file, in hexadecimal; counted once while its time and size stay."""
    try:
        at = path.stat()
    except (OSError, ValueError):
        at = None  # opening says why
    if at is None or not stat.S_ISREG(at.st_mode) or not at.st_size:
        with _opened(path):
            pass
    assert at is not None  # what cannot be asked for cannot be opened
    return _digest(path.absolute(), at.st_ino, at.st_mtime_ns, at.st_size)


@lru_cache(maxsize=65536)
def _digest(path: Path, _inode: int, _mtime_ns: int, _size: int) -> str:
    with _opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _start(file: io.BufferedReader) -> bytes:
    file.seek(0)
    start = file.read(1024)
    file.seek(0)
    return start


def _unknown(path: Path, file: io.BufferedReader) -> str:
    start = _start(file)
    name = kinds.name_of(start)
    if name:
        return f"{path} is {name}, which this program cannot read. {kinds.READABLE}"
    try:
        start[:512].decode()
    except UnicodeDecodeError as error:
        cut = error.start >= len(start[:512]) - 3 and error.reason == "unexpected end of data"
    else:
        cut = True
    kind = "text, not a picture" if cut else "not a picture this program knows, or its beginning is damaged"
    return f"{path} is {kind}. {kinds.READABLE}"
