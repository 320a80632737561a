"""Damage inside a picture that its reader passes over in silence: bad sectors, a copy that broke off."""

import re
import struct
from typing import IO

import simplejpeg

from ocr.scan import tiff

_MOST_BYTES = 500_000_000
"""A larger file is not taken into memory."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"pHYs"}
_WEBP_DROPPED = {b"EXIF", b"XMP ", b"ICCP"}


def without_metadata(file: IO[bytes], page: tiff.TiffSheet | None) -> bytes | None:
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
            return tiff.without_metadata(held, page)
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


_EXTRANEOUS = re.compile(r"(\d+) extraneous bytes before marker")
_HARMLESS_BYTES = 64
"""Some scanners leave a few bytes between picture and end mark."""
_SECTOR = 512
_SLACK = 3
"""So many zeros may stand by chance beside a sector of zeros."""

_ZEROS = re.compile(rb"\0{%d,}" % _SECTOR)


def damage_of(file: IO[bytes]) -> str:
    """What is wrong inside a JPEG, WebP, JPEG 2000 or AVIF file that can be decoded; empty when nothing is.

    A JPEG is decoded once more, at an eighth of its size, by a decoder that tells its warnings. The others
    are packed by arithmetic coders, whose bytes never stay zero for a sector of a disk.
    """
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    if start.startswith(b"\xff\xd8"):
        return _of_jpeg(file.read(_MOST_BYTES))
    packed = (start[:4] == b"RIFF" and start[8:12] == b"WEBP") or start[4:8] in {b"jP  ", b"ftyp"}
    return _of_packed(file.read(_MOST_BYTES)) if packed or start.startswith(b"\xff\x4f\xff\x51") else ""


def _of_jpeg(held: bytes) -> str:
    try:
        colours = simplejpeg.decode_jpeg_header(held)[2]
        kind = "CMYK" if colours in {"CMYK", "YCCK"} else "GRAY"
        simplejpeg.decode_jpeg(held, kind, min_height=1, min_width=1, strict=True)
    except ValueError as error:
        told = str(error).removeprefix("Corrupt JPEG data: ")
        spare = _EXTRANEOUS.search(told)
        if "orrupt JPEG" not in str(error) and "Premature" not in told:
            return ""  # a JPEG of a kind that this decoder does not know
        return "" if spare and int(spare.group(1)) <= _HARMLESS_BYTES else told
    return ""


def _of_packed(held: bytes) -> str:
    for zeros in _ZEROS.finditer(held):
        before, after = -zeros.start() % _SECTOR, zeros.end() % _SECTOR
        to_the_end = zeros.end() >= len(held) - _SLACK
        if before <= _SLACK and (after <= _SLACK or to_the_end):
            return f"{len(zeros.group())} zero bytes from byte {zeros.start()} on"
        if to_the_end and len(zeros.group()) >= max(2 * _SECTOR, len(held) // 8):
            return f"nothing but zero bytes from byte {zeros.start()} on"
    return ""
