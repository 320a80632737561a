"""Kinds of picture files: which are read, which are known by name only, and which files are no pictures."""

from pathlib import Path
from typing import IO

from ocr.errors import ScanError

SUFFIXES = frozenset({
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff", ".jp2", ".j2k", ".jpx", ".jpf",
    ".j2c", ".gif", ".bmp", ".dib", ".avif", ".pnm", ".ppm", ".pgm", ".pbm", ".heic", ".heif", ".pdf",
})  # fmt: skip
"""File names ending so are scans when a folder is listed."""

SHEET_SUFFIXES = frozenset({".pdf", ".tif", ".tiff"})
"""Files named so may hold several sheets."""

OTHER_SUFFIXES = frozenset({
    ".djvu", ".djv", ".psd", ".jxl", ".jxr", ".wdp", ".hdp", ".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf",
    ".raf", ".rw2", ".svg", ".eps", ".ps", ".xcf", ".pcx", ".tga", ".emf", ".wmf", ".cdr", ".mdi", ".fpx",
    ".jbig2", ".jb2", ".exr", ".hdr",
})  # fmt: skip
"""File names ending so are pictures that are not read: told, not passed over in silence."""

READABLE = "JPEG, PNG, WebP, TIFF, JPEG 2000, GIF, BMP, AVIF, HEIC and PDF can be read."

_READERS = ("JPEG", "PNG", "WEBP", "TIFF", "JPEG2000", "GIF", "BMP", "DIB", "PPM", "AVIF")
_MEDIA_TYPES = {
    "MPO": "image/jpeg",
    "JPEG2000": "image/jp2",
    "DIB": "image/bmp",
    "PPM": "image/x-portable-anymap",
    "HEIF": "image/heic",
}

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_BEGINNINGS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    *(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    b"GIF8",
    *(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
    b"%PDF-",
    *(b"AT&TFORM", b"8BPS", b"\0\0\0\x0cJXL ", b"II\xbc\x01"),
)
"""First bytes of pictures."""
_BITMAP_HEADERS = {12, 40, 52, 56, 64, 108, 124}
_NO_PICTURES = frozenset(
    {".txt", ".xml", ".json", ".jsonl", ".csv", ".tsv", ".html", ".md", ".toml", ".log", ".ini", ".db"}
)
_UNREAD = {
    b"AT&TFORM": "a DjVu file",
    b"8BPS": "a Photoshop picture",
    b"\xff\x0a": "a JPEG XL picture",
    b"\0\0\0\x0cJXL \r\n\x87\n": "a JPEG XL picture",
    b"II\xbc\x01": "a JPEG XR picture",
    b"gimp xcf": "a GIMP picture",
    b"%!PS": "a PostScript file",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"\xd0\xcf\x11\xe0": "an old office document",
}


def is_heic(start: bytes) -> bool:
    """Does a file begin as pictures of telephones (HEIC, HEIF) do?"""
    return start[4:8] == b"ftyp" and start[8:12] in _HEIC_BRANDS


def readers(file: IO[bytes], name: str) -> tuple[str, ...]:
    """Pillow's readers for the file. ScanError for a HEIC picture when its reader is not installed."""
    start = file.read(64)
    file.seek(0)
    if not is_heic(start) or b"avif" in start:
        return _READERS
    try:
        from pillow_heif import register_heif_opener
    except ImportError as error:
        raise ScanError(
            f"{name} is a HEIC picture, and its reader is not installed. "
            "Install it: pip install 'tetradi[heic]'; or save the picture as JPEG."
        ) from error
    register_heif_opener()
    return ("HEIF",)


def media_type(pillow_format: str) -> str:
    """The media type of a format by Pillow's name."""
    return _MEDIA_TYPES.get(pillow_format, f"image/{pillow_format.lower()}")


def name_of(start: bytes) -> str:
    """What a file that is not read is, with an article, by its first bytes; empty when unknown."""
    return next((name for mark, name in _UNREAD.items() if start.startswith(mark)), "")


def is_picture(path: Path) -> bool:
    """Is the file a picture or scan by its name or its first bytes, whether it can be read or not?"""
    suffix = path.suffix.lower()
    if suffix in SUFFIXES | OTHER_SUFFIXES:
        return True
    try:
        if suffix in _NO_PICTURES or not path.is_file():
            return False
        with path.open("rb") as file:
            start = file.read(64)
    except OSError:
        return False
    webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    bitmap = start[:2] == b"BM" and start[15:18] == b"\0\0\0" and start[14] in _BITMAP_HEADERS
    return start.startswith(_BEGINNINGS) or webp or bitmap or is_heic(start)


def is_read(path: Path) -> bool:
    """Would a file with such a name be read, as far as the name tells?"""
    return path.suffix.lower() in SUFFIXES


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
