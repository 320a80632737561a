"""Damage inside a picture that its reader passes over in silence: bad sectors, a copy that broke off."""

import re
from typing import IO

import simplejpeg

_EXTRANEOUS = re.compile(r"(\d+) extraneous bytes before marker")
_HARMLESS_BYTES = 64
"""Some scanners leave a few bytes between picture and end mark."""
_SECTOR = 512
_SLACK = 3
"""So many zeros may stand by chance beside a sector of zeros."""
_MOST_BYTES = 500_000_000
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
