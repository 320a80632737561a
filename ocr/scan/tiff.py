"""The sheets of a TIFF file, each opened for itself, so that a bad one loses nothing but itself."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from PIL import Image, TiffImagePlugin

from ocr.errors import ScanError

# Pillow's own reader of uncompressed strips takes planes of 16 bits for 8; libtiff reads them all.
TiffImagePlugin.READ_LIBTIFF = True

_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_MOST_SHEETS = 65536
_MOST_VALUES = 64
"""Of a tag: enough for the samples of a pixel, which is all that is asked for."""

_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_SAMPLES, _PLANES, _EXTRA, _NUMBERS = 277, 284, 338, 339
_PREVIEW, _IS_MASK, _MASK_COLOURS = 1, 4, 4
_STRUCTURE = {254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 283, 284, 292, 293, 296, 317,
              320, 322, 323, 324, 325, 338, 339, 347, *range(512, 522), 529, 530, 531, 532}  # fmt: skip
"""Tags that say how pixels are stored, which way up, and at what resolution (TIFF 6.0)."""
_FORMS = {1: "B", 3: "H", 4: "I", 16: "Q"}

_COLOURS = {0: "grey (white is 0)", 1: "grey", 2: "RGB", 3: "palette", 5: "CMYK", 6: "YCbCr", 8: "Lab"}
_NUMBER_KINDS = {1: "unsigned", 2: "signed", 3: "floating-point"}
_ALPHA = {1, 2}

_NATIVE = {"F;32BF": "F;32NF", "I;32BS": "I;32NS", "I;16BS": "I;16NS", "I;16S": "I;16NS"}
"""libtiff gives samples in the machine's order; Pillow expects the file's."""


@dataclass(frozen=True, slots=True)
class TiffSheet:
    """One directory of a TIFF file. Without tags it is where the chain of directories breaks."""

    offset: int
    tags: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def value(self, tag: int, otherwise: int) -> int:
        """The first value of a tag."""
        return next(iter(self.tags.get(tag, ())), otherwise)

    @property
    def is_page(self) -> bool:
        """A picture of full size, or a broken place where one may have been; no preview, no mask."""
        kind = self.value(_SUBFILE, 0)
        masks = kind & _IS_MASK or self.value(_PHOTOMETRIC, 0) == _MASK_COLOURS
        return not (kind & _PREVIEW or masks)

    @property
    def is_whole(self) -> bool:
        """Does it say how large the picture is?"""
        return {_WIDTH, _HEIGHT} <= self.tags.keys()

    @property
    def numbers(self) -> int:
        """What samples are: 1 unsigned, 2 signed, 3 floating-point."""
        return self.value(_NUMBERS, 1)

    @property
    def bits(self) -> int:
        """Of the first sample of a pixel."""
        return self.value(_BITS, 1)

    @property
    def layout(self) -> str:
        """How its pixels are stored, in words."""
        samples = self.value(_SAMPLES, 1)
        colours = self.value(_PHOTOMETRIC, -1)
        parts = [_COLOURS.get(colours, f"colours of kind {colours}")]
        parts.append(f"{samples} x {self.bits} bits {_NUMBER_KINDS.get(self.numbers, 'of an unknown kind')}")
        parts += ["in planes"] * (self.value(_PLANES, 1) == 2)
        parts.append(f"compression {self.value(_COMPRESSION, 1)}")
        return ", ".join(parts)

    @property
    def is_misread(self) -> bool:
        """Does Pillow give other pixels than the file holds, without a word?"""
        alpha = _ALPHA & set(self.tags.get(_EXTRA, ()))
        if self.value(_PLANES, 1) == 2 and alpha and self.value(_PHOTOMETRIC, 1) in {0, 1, 3}:
            return True
        return self.numbers == 2 and self.bits == 8


def sheets(file: IO[bytes]) -> list[TiffSheet]:
    """The pages of a TIFF file in their order; empty when it is none. Nothing is decoded.

    A chain of directories that breaks off ends in a sheet without tags: a page is missing there.
    """
    return [sheet for sheet in _directories(file) if sheet.is_page]


def open_sheet(file: IO[bytes], sheet: TiffSheet, name: str) -> Image.Image:
    """The picture of a sheet, not yet decoded; `name` tells it in errors.

    ScanError when its directory is missing, or Pillow would misread it; else raises what Pillow raises.
    """
    if not sheet.tags:
        raise ScanError(f"{name} is damaged or cut short (its directory is missing). Copy or scan it again.")
    if sheet.is_misread:
        raise unknown(name, sheet)
    image = Image.open(_From(file, sheet.offset), formats=("TIFF",))  # type: ignore[arg-type]
    assert isinstance(image, TiffImagePlugin.TiffImageFile)
    image.tile = [tile._replace(args=_native(tile.args)) for tile in image.tile]
    return image


def without_metadata(content: bytes, sheet: TiffSheet) -> bytes | None:
    """The bytes of a TIFF file with a new first directory: of this sheet, only what its pixels need."""
    order, big, word, count_word = _format(content[:16])
    size = struct.calcsize("=HH" + word) + struct.calcsize("=" + word)
    (count,) = struct.unpack_from(order + count_word, content, sheet.offset)
    first = sheet.offset + struct.calcsize("=" + count_word)
    entries = [content[at : at + size] for at in range(first, first + min(count, 65535) * size, size)]
    kept = [entry for entry in entries if len(entry) == size and _tag_of(entry, order) in _STRUCTURE]
    if len(kept) == count:
        return None
    offset = len(content) + len(content) % 2
    directory = (
        struct.pack(order + count_word, len(kept)) + b"".join(kept) + bytes(struct.calcsize("=" + word))
    )
    head = content[: 8 if big else 4] + struct.pack(order + word, offset)
    return head + content[len(head) :] + bytes(len(content) % 2) + directory


def _tag_of(entry: bytes, order: str) -> int:
    return int(struct.unpack_from(order + "H", entry)[0])


def _format(start: bytes) -> tuple[str, bool, str, str]:
    """Byte order, whether it is a BigTIFF, and the forms of offsets and of the count of a directory."""
    order = ">" if start[:2] == b"MM" else "<"
    big = start[2:4] in {b"+\0", b"\0+"}
    return order, big, "Q" if big else "I", "Q" if big else "H"


def _native(args: tuple[Any, ...] | str | None) -> tuple[Any, ...] | str | None:
    return (_NATIVE.get(args[0], args[0]), *args[1:]) if isinstance(args, tuple) else args


def unknown(name: str, sheet: TiffSheet) -> ScanError:
    """Says that the layout of a sheet is not one that is read."""
    return ScanError(
        f"{name} stores its pixels in a way this program cannot read ({sheet.layout}). "
        "Save it as a TIFF of 8 bits, or as PNG."
    )


class _From:
    """The file as if its first directory stood at `offset`."""

    def __init__(self, file: IO[bytes], offset: int) -> None:
        self._file = file
        file.seek(0)
        start = file.read(16)
        order, big, word, _ = _format(start)
        self._head = start[: 8 if big else 4] + struct.pack(order + word, offset)
        file.seek(0)

    def read(self, size: int = -1) -> bytes:
        at = self._file.tell()
        rest = self._file.read(size)
        head = self._head[at : at + len(rest)]
        return head + rest[len(head) :]

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def _directories(file: IO[bytes]) -> Iterator[TiffSheet]:
    file.seek(0)
    start = file.read(16)
    if start[:4] not in _SIGNATURES or len(start) < 8:
        return
    order, big, word, count_word = _format(start)
    at = struct.unpack_from(order + word, start.ljust(16, b"\0"), 8 if big else 4)[0]
    known: set[int] = set()
    while at and at not in known and len(known) < _MOST_SHEETS:
        known.add(at)
        try:
            file.seek(at)
            (count,) = _unpacked(file, order + count_word)
            size = struct.calcsize("=HH" + word) + struct.calcsize("=" + word)
            entries = _exactly(file, count * size if count < 65536 else -1)
            (following,) = _unpacked(file, order + word)
            yield TiffSheet(at, dict(_tags(file, entries, order, word)))
        except (EOFError, OSError, OverflowError, ValueError):
            yield TiffSheet(at)
            return
        at = following


def _tags(file: IO[bytes], entries: bytes, order: str, word: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    room = struct.calcsize("=" + word)
    for tag, kind, count, inline in struct.iter_unpack(f"{order}HH{word}{room}s", entries):
        code = _FORMS.get(kind)
        if code is None or not 0 < count <= _MOST_VALUES:
            continue
        form = f"{order}{count}{code}"
        packed = inline
        if struct.calcsize(form) > room:
            file.seek(struct.unpack(order + word, inline)[0])
            packed = file.read(struct.calcsize(form))
        if len(packed) >= struct.calcsize(form):
            yield tag, struct.unpack_from(form, packed)


def _unpacked(file: IO[bytes], form: str) -> tuple[int, ...]:
    return struct.unpack(form, _exactly(file, struct.calcsize(form)))


def _exactly(file: IO[bytes], size: int) -> bytes:
    content = file.read(size) if size > 0 else b""
    if not content or len(content) < size:
        raise EOFError
    return content
