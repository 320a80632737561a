"""Pictures without what stands beside their pixels, for when that is damaged and the pixels are whole."""

import struct
from typing import IO

from ocr.scan import tiff

_MOST_BYTES = 500_000_000
"""A larger file is not taken into memory."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"pHYs"}
_WEBP_DROPPED = {b"EXIF", b"XMP ", b"ICCP"}


def without_metadata(file: IO[bytes], page: tiff.Sheet | None) -> bytes | None:
    """The file with the pixels alone (of a TIFF: of one sheet); None when nothing can be left out.

    Orientation stays in a TIFF, where it is a tag of the picture, and is lost elsewhere.
    """
    file.seek(0, 2)
    if file.tell() > _MOST_BYTES:
        return None
    file.seek(0)
    held = file.read()
    try:
        if page is not None:
            return tiff.bare(held, page)
        if held.startswith(b"\xff\xd8"):
            return _jpeg(held)
        if held.startswith(_PNG):
            return _png(held)
        if held[:4] == b"RIFF" and held[8:12] == b"WEBP":
            return _webp(held)
    except (struct.error, IndexError):
        return None  # the picture itself is broken
    return None


def _jpeg(held: bytes) -> bytes:
    """Without comments and application segments but the two that say how colours are meant (JFIF, Adobe)."""
    kept, at = [held[:2]], 2
    while held[at] == 0xFF and held[at + 1] != 0xDA:
        marker = held[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (size,) = struct.unpack_from(">H", held, at + 2)
        if not (0xE1 <= marker <= 0xED or marker in {0xEF, 0xFE}):
            kept.append(held[at : at + 2 + size])
        at += 2 + size
    return b"".join([*kept, held[at:]])


def _png(held: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while at < len(held):
        size, name = struct.unpack_from(">I4s", held, at)
        if name in _PNG_KEPT:
            kept.append(held[at : at + 12 + size])
        at += 12 + size
    return b"".join(kept)


def _webp(held: bytes) -> bytes:
    kept, at = [], 12
    while at < len(held):
        name, size = struct.unpack_from("<4sI", held, at)
        whole = held[at : at + 8 + size + size % 2]
        if name == b"VP8X":
            whole = whole[:8] + bytes([whole[8] & ~0b101100]) + whole[9:]  # neither profile, EXIF nor XMP
        if name not in _WEBP_DROPPED:
            kept.append(whole)
        at += 8 + size + size % 2
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
