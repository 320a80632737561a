"""TIFF files of any layout, written byte by byte, so that readers can be held to all of them."""

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.generic]

RAW, LZW, DEFLATE, PACKBITS = 1, 5, 8, 32773
GREY_WHITE_0, GREY, COLOUR, PALETTE, MASK, CMYK = 0, 1, 2, 3, 4, 5
UNSIGNED, SIGNED, FLOAT = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Layout:
    """How a picture is stored; the samples themselves come as (height, width, samples)."""

    photometric: int = GREY
    bits: int = 8
    numbers: int = UNSIGNED
    extra: tuple[int, ...] = ()
    planes: bool = False
    order: Literal["<", ">"] = "<"
    compression: int = RAW
    rows_per_strip: int | None = None
    tile: int | None = None
    orientation: int | None = None
    predictor: bool = False
    big: bool = False
    fill_order: int = 1
    subfile: int | None = None
    colours: Samples | None = None
    """The palette, (colours, 3) of 16 bits."""

    def __str__(self) -> str:
        parts = [f"photo{self.photometric}", f"{self.bits}bit", f"fmt{self.numbers}"]
        parts += [f"extra{','.join(map(str, self.extra))}"] * bool(self.extra) + ["planes"] * self.planes
        parts += ["LE" if self.order == "<" else "BE", f"comp{self.compression}"]
        parts += [f"strips{self.rows_per_strip}"] * bool(self.rows_per_strip)
        parts += [f"tile{self.tile}"] * bool(self.tile) + ["predictor"] * self.predictor + ["big"] * self.big
        parts += [f"fill{self.fill_order}"] * (self.fill_order != 1)
        return "-".join(parts + [f"orient{self.orientation}"] * bool(self.orientation))


def tiff(*sheets: tuple[Samples, Layout]) -> bytes:
    """A file with these pictures, one IFD each."""
    order, big = sheets[0][1].order, sheets[0][1].big
    mark = b"II" if order == "<" else b"MM"
    word = "Q" if big else "I"
    head = mark + (struct.pack(order + "HHH", 43, 8, 0) if big else struct.pack(order + "H", 42))
    body = bytearray(head + bytes(8 if big else 4))
    link = len(head)
    for samples, layout in sheets:
        tags = _tags(samples, layout, body)
        body += bytes(-len(body) % 8)
        entries = []
        for tag, (kind, values) in sorted(tags.items()):
            code = {1: "B", 3: "H", 4: "I", 16: "Q"}[kind]
            packed = struct.pack(f"{order}{len(values)}{code}", *values)
            room = 8 if big else 4
            if len(packed) > room:
                at = len(body)
                body += packed + bytes(-len(packed) % 8)
                packed = struct.pack(order + word, at)
            entries.append(
                struct.pack(order + "HH" + word, tag, kind, len(values)) + packed.ljust(room, b"\0")
            )
        struct.pack_into(order + word, body, link, len(body))
        body += struct.pack(order + ("Q" if big else "H"), len(entries)) + b"".join(entries)
        link = len(body)
        body += bytes(8 if big else 4)
    return bytes(body)


def _tags(samples: Samples, layout: Layout, body: bytearray) -> dict[int, tuple[int, Sequence[int]]]:
    height, width, count = samples.shape
    offsets, sizes = [], []
    for piece in _pieces(samples, layout):
        packed = _PACKERS[layout.compression](_bytes(piece, layout))
        body += bytes(len(body) % 2)
        offsets.append(len(body))
        sizes.append(len(packed))
        body += packed
    tags: dict[int, tuple[int, Sequence[int]]] = {
        256: (4, [width]),
        257: (4, [height]),
        258: (3, [layout.bits] * count),
        259: (3, [layout.compression]),
        262: (3, [layout.photometric]),
        277: (3, [count]),
        284: (3, [2 if layout.planes else 1]),
        339: (3, [layout.numbers] * count),
    }
    if layout.tile:
        tags |= {322: (4, [layout.tile]), 323: (4, [layout.tile]), 324: (4, offsets), 325: (4, sizes)}
    else:
        tags |= {273: (4, offsets), 278: (4, [layout.rows_per_strip or height]), 279: (4, sizes)}
    if layout.extra:
        tags[338] = (3, layout.extra)
    if layout.orientation:
        tags[274] = (3, [layout.orientation])
    if layout.predictor:
        tags[317] = (3, [2])
    if layout.fill_order != 1:
        tags[266] = (3, [layout.fill_order])
    if layout.subfile is not None:
        tags[254] = (4, [layout.subfile])
    if layout.colours is not None:
        tags[320] = (3, layout.colours.T.ravel().tolist())
    return tags


def _pieces(samples: Samples, layout: Layout) -> list[Samples]:
    height, width, count = samples.shape
    if layout.planes:
        flat = replace(layout, planes=False)
        return [piece for band in range(count) for piece in _pieces(samples[:, :, band : band + 1], flat)]
    if layout.tile:
        side = layout.tile
        padded = np.pad(samples, ((0, -height % side), (0, -width % side), (0, 0)))
        return [
            padded[y : y + side, x : x + side]
            for y in range(0, padded.shape[0], side)
            for x in range(0, padded.shape[1], side)
        ]
    rows = layout.rows_per_strip or height
    return [samples[top : top + rows] for top in range(0, height, rows)]


def _bytes(piece: Samples, layout: Layout) -> bytes:
    if layout.predictor:
        piece = np.concatenate([piece[:, :1], np.diff(piece, axis=1)], axis=1)
    if layout.bits in {1, 2, 4, 12}:
        flat = piece.reshape(piece.shape[0], -1).astype(np.uint16)
        bits = (flat[:, :, None] >> np.arange(layout.bits - 1, -1, -1)) & 1
        packed = np.packbits(bits.reshape(len(flat), -1).astype(np.uint8), axis=1)
        if layout.fill_order == 2:
            packed = np.packbits(np.unpackbits(packed, axis=1), axis=1, bitorder="little")
        return packed.tobytes()
    held = piece.astype(piece.dtype.newbyteorder(layout.order)).tobytes()
    if layout.fill_order == 2:
        held = np.packbits(np.unpackbits(np.frombuffer(held, np.uint8)), bitorder="little").tobytes()
    return held


def _packbits(held: bytes) -> bytes:
    """Literal runs only."""
    return b"".join(
        bytes([len(part) - 1]) + part for part in (held[at : at + 128] for at in range(0, len(held), 128))
    )


def _lzw(held: bytes) -> bytes:
    """Codes of nine bits, the table cleared before it needs ten."""
    codes = []
    for at in range(0, len(held), 250):
        codes += [256, *held[at : at + 250]]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


_PACKERS: dict[int, Callable[[bytes], bytes]] = {
    RAW: bytes,
    LZW: _lzw,
    DEFLATE: zlib.compress,
    PACKBITS: _packbits,
}
