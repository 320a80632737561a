"""The picture of a scan as a PDF can hold it: where it can be, in the very bytes of the archive's file."""

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocr.arrays import Pixels
from ocr.errors import ScanError, reason_of
from ocr.scan.load import Scan
from ocr.scan.tiles import jpeg

_QUALITY = 90
"""Of JPEG, for what is neither JPEG, PNG nor black on white."""
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_COLOURS = {0: 1, 2: 3, 3: 1}
"""Numbers a pixel has, by PNG's colour types without alpha: grey, colour, palette."""
_FRAMES = frozenset((0xC0, 0xC1, 0xC2))
"""Kinds of JPEG that every PDF reader knows: baseline, extended, progressive; coded by Huffman."""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture packed as PDF knows it. Its pixels may lie turned or mirrored: `orientation` tells."""

    content: bytes
    packing: str
    """The filter of PDF that unpacks it: DCTDecode or FlateDecode."""
    width: int
    height: int
    """In pixels, as they are stored."""
    colours: int
    """Numbers a pixel has: 1 grey, or a place in the palette; 3 red, green, blue; 4 inks of a printer."""
    bits: int = 8
    """Of each number."""
    orientation: int = 1
    """How to lay it upright, as EXIF numbers it: 1 to 8."""
    palette: bytes = b""
    """Red, green, blue of each place; empty where there is none."""
    profile: bytes = b""
    """The ICC profile of its colours; empty where the file has none that fits."""
    is_inverted: bool = False
    """Inks are stored the other way round, as Adobe's programs do."""
    is_plain: bool = False
    """A JPEG that holds red, green, blue themselves, though nothing but the names of its parts says so."""
    rows_filtered: bool = False
    """Each row begins with PNG's number of what was done to it before it was packed."""


def stored_picture(path: Path, scan: Scan) -> StoredPicture:
    """The picture of a sheet. `scan` is that sheet as it was loaded from the file; not for PDF.

    A sound JPEG of the usual kinds and a PNG without alpha and interlacing keep their bytes. Of others black
    on white is packed without loss, the rest as JPEG. ScanError when the file cannot be read any more.
    """
    source = scan.source
    try:
        content = path.read_bytes() if source.media_type in {"image/jpeg", "image/png"} else b""
    except OSError as error:
        raise ScanError(f"{path} cannot be read: {reason_of(error)}.") from error
    frame = (source.width_px, source.height_px)
    if source.exif_orientation >= 5:
        frame = frame[::-1]
    stored = None
    try:
        if content.startswith(b"\xff\xd8") and not source.damage:
            stored = _jpeg(content, source.exif_orientation)
        elif content.startswith(_PNG):
            stored = _png(content, source.exif_orientation)
    except (struct.error, IndexError, ValueError):
        stored = None  # Pillow reads more than we do
    if stored is not None and (stored.width, stored.height) == frame:
        return stored
    return _packed(scan.pixels)


def _packed(pixels: Pixels) -> StoredPicture:
    """Pixels that are upright."""
    height, width = pixels.shape[:2]
    if pixels.ndim == 2 and not ((pixels > 0) & (pixels < 255)).any():
        return StoredPicture(zlib.compress(np.packbits(pixels > 0, axis=1).tobytes(), 9), "FlateDecode",
                             width, height, 1, bits=1)  # fmt: skip
    return StoredPicture(jpeg(pixels, _QUALITY), "DCTDecode", width, height, 1 if pixels.ndim == 2 else 3)


def _jpeg(content: bytes, orientation: int) -> StoredPicture | None:
    """The file as it is; None when PDF readers would not know its kind."""
    at, adobe, profile = 2, -1, {}
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        (size,) = struct.unpack_from(">H", content, at + 2)
        part = content[at + 4 : at + 2 + size]
        if marker == 0xEE and part.startswith(b"Adobe"):
            adobe = part[11]
        elif marker == 0xE2 and part.startswith(b"ICC_PROFILE\0"):
            profile[part[12]] = part[14:]
        elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            bits, height, width, colours = struct.unpack_from(">BHHB", part)
            if marker not in _FRAMES or bits != 8 or colours not in {1, 3, 4} or not height:
                return None
            names = part[6 : 6 + 3 * colours : 3]
            break
        elif marker in {0xD9, 0xDA}:
            return None
        at += 2 + size
    else:
        return None
    icc = b"".join(profile[number] for number in sorted(profile))
    return StoredPicture(
        content,
        "DCTDecode",
        width,
        height,
        colours,
        orientation=orientation,
        profile=icc if _fits(icc, colours) else b"",
        is_inverted=colours == 4 and adobe >= 0,
        is_plain=adobe < 0 and names == b"RGB",
    )


def _png(content: bytes, orientation: int) -> StoredPicture | None:
    """Its packed rows as they are; None with alpha or interlaced."""
    width, height, bits, kind, _, _, interlaced = struct.unpack_from(">IIBBBBB", content, 16)
    if interlaced or kind not in _PNG_COLOURS:
        return None
    at, rows, palette = len(_PNG), [], b""
    while at < len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        part = content[at + 8 : at + 8 + size]
        if name == b"tRNS":
            return None
        if name == b"PLTE":
            palette = part if kind == 3 else b""
        elif name == b"IDAT":
            rows.append(part)
        at += 12 + size
    if (kind == 3) != bool(palette):
        return None
    return StoredPicture(
        b"".join(rows), "FlateDecode", width, height, _PNG_COLOURS[kind], bits, orientation, palette,
        rows_filtered=True,
    )  # fmt: skip


def _fits(profile: bytes, colours: int) -> bool:
    """Is it a whole ICC profile of such colours?"""
    wanted = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}[colours]
    whole = len(profile) > 128 and struct.unpack_from(">I", profile)[0] == len(profile)
    return whole and profile[16:20] == wanted and profile[36:40] == b"acsp" and profile[8] <= 4
