"""Scans from files: pictures and PDF, upright, eight bits deep, alpha laid on white.

What the file holds decides, not what it is called. Sizes are checked from the header, before any pixel
is decoded. Sheets (pages of a PDF or TIFF) are numbered from 1 and read one at a time.
"""

import hashlib
import io
import os
import stat
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Self

from PIL import Image, UnidentifiedImageError

from ocr.arrays import Pixels
from ocr.errors import ScanError, reason_of
from ocr.files import is_of_drive
from ocr.page import Source
from ocr.scan import kinds, tiff
from ocr.scan.damage import damage_of, sound_jpeg, without_metadata
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

_DIGESTS: dict[tuple[Path, int, int, int], str] = {}
"""What was counted in this process, by the version of a file."""
_MOST_DIGESTS = 65536

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


def count_sheets(path: Path) -> int:
    """How many sheets the file holds; nothing is decoded. ScanError when it cannot be opened."""
    with ScanFile(path) as file:
        return file.count()


def load_sheet(
    path: Path, sheet: int = 1, *, dpi: float | None = None, frame: tuple[int, int] | None = None
) -> Scan:
    """One sheet of a file, as `ScanFile.sheet` gives it."""
    with ScanFile(path) as file:
        return file.sheet(sheet, dpi=dpi, frame=frame)


def digest_of(path: Path) -> str:
    """The sha256 of the bytes of a file, as `ScanFile.digest` gives it."""
    with ScanFile(path) as file:
        return file.digest()


class ScanFile:
    """A scan file: its digest and its sheets, all from one opening, when first something is asked that only
    the bytes tell. Closed at the end of its `with`.

    Every question raises ScanError, which says what is wrong with the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: io.BufferedReader | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def digest(self) -> str:
        """The sha256 of its bytes, in hexadecimal; counted once while its time and size stay."""
        if self._file is None:
            with suppress(OSError, ValueError):  # opening says why
                known = _DIGESTS.get(_version(self.path, self.path.stat()))
                if known:
                    return known
        with self._opened() as file:
            version = _version(self.path, os.fstat(file.fileno()))
            if version not in _DIGESTS:
                if len(_DIGESTS) >= _MOST_DIGESTS:
                    _DIGESTS.clear()
                _DIGESTS[version] = hashlib.file_digest(file, "sha256").hexdigest()
            return _DIGESTS[version]

    def count(self) -> int:
        """How many sheets it holds; nothing is decoded."""
        with self._opened() as file:
            if not _is_pdf(file):
                return len(tiff.sheets(file)) or 1
            from ocr.scan import pdf  # its library is loaded only when there is a PDF

            return pdf.count(file, self.path)

    def sheet(
        self, sheet: int = 1, *, dpi: float | None = None, frame: tuple[int, int] | None = None
    ) -> Scan:
        """One sheet, counted from 1.

        `dpi` is the resolution a PDF is drawn at; when None, a page that is one picture gives that picture's
        own pixels, and others are drawn as fits. Of a picture it replaces what the file says. `frame` is the
        width and height of an earlier reading: a PDF gives just that frame again, and a picture of another
        size is refused. EncryptedError says that the file asks for a password.
        """
        with self._opened() as file:
            scan = (
                self._of_pdf(file, sheet, dpi, frame) if _is_pdf(file) else self._of_picture(file, sheet, dpi)
            )
        size = (scan.source.width_px, scan.source.height_px)
        if frame is not None and frame != size:
            raise ScanError(
                f"{self.path} measures {size[0]} by {size[1]} pixels, and the reading was made on {frame[0]} "
                f"by {frame[1]}. Give the scan that was read."
            )
        return scan

    def _of_pdf(
        self, file: io.BufferedReader, sheet: int, dpi: float | None, frame: tuple[int, int] | None
    ) -> Scan:
        from ocr.scan import pdf

        page = pdf.draw(file, self.path, sheet, dpi, frame)
        height, width = page.pixels.shape[:2]
        source = Source(
            self.path.name,
            self.digest(),
            width,
            height,
            "application/pdf",
            sheet,
            page.sheets,
            page.dpi,
            embedded=page.picture,
        )
        return Scan(source, page.pixels)

    def _of_picture(self, file: io.BufferedReader, sheet: int, dpi: float | None) -> Scan:
        pages = tiff.sheets(file)
        sheets = len(pages) or 1
        if not 1 <= sheet <= sheets:
            raise ScanError(f"{self.path} has {sheets} sheet(s); there is no sheet {sheet}.")
        name = f"Sheet {sheet} of {self.path}" if sheets > 1 else str(self.path)
        picture = _picture(file, pages[sheet - 1] if pages else None, name)
        height, width = picture.pixels.shape[:2]
        source = Source(
            self.path.name,
            self.digest(),
            width,
            height,
            picture.media_type,
            sheet,
            sheets,
            dpi or picture.dpi,
            picture.orientation,
            damage="" if picture.is_sound else damage_of(file),
        )
        return Scan(source, picture.pixels)

    @contextmanager
    def _opened(self) -> Iterator[io.BufferedReader]:
        """The file, open; what stands in the way, and what a reader of pictures raises, is a ScanError."""
        file = self._file = self._file or _open(self.path)
        with _spoken(self.path, file):
            file.seek(0)
            if not file.peek(1):
                raise ScanError(f"{self.path} is empty (0 bytes). Copy or scan it again.")
            yield file


@dataclass(frozen=True, slots=True)
class _DecodedSheet:
    """What a file of a picture holds."""

    pixels: Pixels
    media_type: str
    dpi: float | None
    orientation: int
    is_sound: bool = False
    """It is known already that nothing inside is damaged."""


def _picture(file: IO[bytes], page: tiff.TiffSheet | None, name: str) -> _DecodedSheet:
    """The picture; where what stands beside the pixels (EXIF, profile, comments) is damaged, without it."""
    try:
        return _decoded(file, page, name)
    except _BROKEN as error:
        try:
            content = without_metadata(file, page)
            if content is not None:
                bare = io.BytesIO(content)
                picture = _decoded(bare, tiff.sheets(bare)[0] if page else None, name)
                return replace(picture, is_sound=False)
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
        sound = sound_jpeg(file) if image.format == "JPEG" and page is None else None
        if sound is not None and sound.shape[1::-1] == image.size:
            return _DecodedSheet(upright(sound, orientation), media_type, dpi, orientation, is_sound=True)
        image.load()
        # Pillow has already turned a TIFF by now, and nothing else.
        pixels = upright(eight_bits(image, name), _orientation(image))
    return _DecodedSheet(pixels, media_type, dpi, orientation)


def load_reduced(path: Path, least_px: int) -> Scan | None:
    """A photograph at a half, a fourth or an eighth of its size, its longest side still `least_px` or more.

    A JPEG gives that in a tenth of the time. `source` tells the full size, without a digest. None for any
    other format, or when nothing would be gained.
    """
    with ScanFile(path) as scan_file, scan_file._opened() as file:
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


def _open(path: Path) -> io.BufferedReader:
    """The file, open; ScanError says what stands in the way."""
    try:
        # Opening a pipe would wait for ever, so its kind is asked first.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ScanError(
                f"{path} is not a file but a folder or device. Name a scan, or a folder of scans."
            )
        return path.open("rb")
    except FileNotFoundError as error:
        raise ScanError(f"{path} does not exist. Check the name.") from error
    except PermissionError as error:
        raise ScanError(f"{path} may not be read. Ask for permission to read it.") from error
    except (OSError, ValueError) as error:
        raise ScanError(f"{path} cannot be opened: {reason_of(error)}.") from error


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
        if is_of_drive(error):
            raise ScanError(f"{path} cannot be read: {reason_of(error)}.") from error
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


def _version(path: Path, at: os.stat_result) -> tuple[Path, int, int, int]:
    """What changes when the bytes of a file change."""
    return path.absolute(), at.st_ino, at.st_mtime_ns, at.st_size


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
