"""Damage inside a picture that its reader passes over in silence: bad sectors, a copy that broke off."""

import re
import struct
from typing import IO

import simplejpeg

from ocr.arrays import Pixels
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
    content = file.read()
    try:
        if page is not None:
            return tiff.without_metadata(content, page)
        if content.startswith(b"\xff\xd8"):
            return _jpeg(content)
        if content.startswith(_PNG):
            return _png(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
    except (struct.error, IndexError):
        return None  # the picture itself is broken
    return None


def _jpeg(content: bytes) -> bytes:
    """Without comments and application segments but the two that say how colours are meant (JFIF, Adobe)."""
    kept, at = [content[:2]], 2
    while content[at] == 0xFF and content[at + 1] != 0xDA:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (size,) = struct.unpack_from(">H", content, at + 2)
        if not (0xE1 <= marker <= 0xED or marker in {0xEF, 0xFE}):
            kept.append(content[at : at + 2 + size])
        at += 2 + size
    return b"".join([*kept, content[at:]])


def _png(content: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while at < len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        if name in _PNG_KEPT:
            kept.append(content[at : at + 12 + size])
        at += 12 + size
    return b"".join(kept)


def _webp(content: bytes) -> bytes:
    kept, at = [], 12
    while at < len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        whole = content[at : at + 8 + size + size % 2]
        if name == b"VP8X":
            whole = whole[:8] + bytes([whole[8] & ~0b101100]) + whole[9:]  # neither profile, EXIF nor XMP
        if name not in _WEBP_DROPPED:
            kept.append(whole)
        at += 8 + size + size % 2
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


_KINDS = {"Gray": "GRAY", "YCbCr": "RGB"}
"""How simplejpeg calls what a JPEG holds, and what it makes of it."""
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


def sound_jpeg(file: IO[bytes]) -> Pixels | None:
    """The pixels of a grey or colour JPEG without any damage inside, as Pillow decodes them; else None.

    Both are libjpeg-turbo; but Pillow holds a colour picture with four bytes for each pixel while three of
    them are copied out, which takes three times as long and more than twice the memory.
    """
    file.seek(0)
    if file.read(2) != b"\xff\xd8":
        return None
    file.seek(0)
    content = file.read(_MOST_BYTES)
    try:
        kind = _KINDS[simplejpeg.decode_jpeg_header(content)[2]]
        pixels: Pixels = simplejpeg.decode_jpeg(content, kind, strict=True)
    except (ValueError, KeyError):
        return None
    return pixels[..., 0] if kind == "GRAY" else pixels


def _of_jpeg(content: bytes) -> str:
    try:
        colours = simplejpeg.decode_jpeg_header(content)[2]
        kind = "CMYK" if colours in {"CMYK", "YCCK"} else "GRAY"
        simplejpeg.decode_jpeg(content, kind, min_height=1, min_width=1, strict=True)
    except ValueError as error:
        warning = str(error).removeprefix("Corrupt JPEG data: ")
        spare = _EXTRANEOUS.search(warning)
        if "orrupt JPEG" not in str(error) and "Premature" not in warning:
            return ""  # a JPEG of a kind that this decoder does not know
        return "" if spare and int(spare.group(1)) <= _HARMLESS_BYTES else warning
    return ""


def _of_packed(content: bytes) -> str:
    for zeros in _ZEROS.finditer(content):
        before, after = -zeros.start() % _SECTOR, zeros.end() % _SECTOR
        to_the_end = zeros.end() >= len(content) - _SLACK
        if before <= _SLACK and (after <= _SLACK or to_the_end):
            return f"{len(zeros.group())} zero bytes from byte {zeros.start()} on"
        if to_the_end and len(zeros.group()) >= max(2 * _SECTOR, len(content) // 8):
            return f"nothing but zero bytes from byte {zeros.start()} on"
    return ""
