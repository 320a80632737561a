"""A page as the index keeps it: its words with their readings, and apart from them their places."""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ocr.geometry import Box
from ocr.search.folding import exchanged
from ocr.search.record import SearchLine, Spot

_SPOT, _PART = "\x1f", "\x1e"
"""What parts words, and their readings. XML holds neither."""
_SURE = 0x84
"""The sign of probability 1; each hundredth less is the sign after it."""
NO_BOX = -1
_STEPS, _ACROSS_PX = 8, 2
"""Places are kept as finely as this: eighths of a line's height, two pixels along it."""


def packed_words(lines: Sequence[SearchLine]) -> bytes:
    """The words of a page."""
    rows = (_SPOT.join((line.ident, *map(_spelt, line.spots))) for line in lines)
    return zlib.compress(exchanged("\n".join(rows)).encode(), 6)


def unpacked(words: bytes) -> list[str]:
    """The lines of a page, each to be read by `line_of`."""
    return zlib.decompress(words).decode().split("\n")


def line_of(row: str) -> SearchLine:
    """A line as it was packed, its probabilities in hundredths; words without their places."""
    ident, *spots = exchanged(row).split(_SPOT)
    return SearchLine(ident, tuple(map(_read, spots)))


def first_spot(row: str) -> Spot:
    """The first word of a line, as it was packed."""
    return _read(exchanged(row.split(_SPOT, 2)[1]))


def last_spot(row: str) -> Spot:
    """The last word of a line, as it was packed."""
    return _read(exchanged(row.rsplit(_SPOT, 1)[1]))


def spots_in(row: str) -> int:
    """How many words a line has, as it was packed."""
    return row.count(_SPOT)


def packed_boxes(lines: Sequence[SearchLine]) -> bytes:
    """The places of the words of a page: of each line its top and height, of each word its sides."""
    ends, rows = [], []
    for line in lines:
        known = [spot.sides for spot in line.spots if spot.sides is not None]
        top = min((sides[1] for sides in known), default=0)
        step = max(1, round((max((sides[3] for sides in known), default=0) - top) / _STEPS))
        ends.append((top, step))
        at = 0
        for spot in line.spots:
            if spot.sides is None:
                rows.append((0, NO_BOX, 0, 0))
                continue
            left, upper, right, lower = spot.sides
            start, end = left // _ACROSS_PX, -(-right // _ACROSS_PX)
            rows.append((start - at, max(end - start, 0), (upper - top) // step, -(-(lower - top) // step)))
            at = end
    tables = (np.array(ends, "<i4").reshape(-1, 2), np.array(rows, "<i4").reshape(-1, 4))
    tables[0][1:, 0] -= tables[0][:-1, 0].copy()
    return zlib.compress(b"".join(_planes(table) for table in tables), 6)


def _planes(table: npt.NDArray[np.int32]) -> bytes:
    """Column by column, first all low bytes: what is alike lies together."""
    return table.T.copy().view(np.uint8).reshape(-1, 4).T.tobytes()


def boxes_of(packed: bytes, spots: Sequence[int], line: int) -> list[Box | None]:
    """The places of the words of a line, given how many words each line of the page has: pixels of the
    upright scan, a few pixels larger than in the record."""
    content = zlib.decompress(packed)
    cut = 8 * len(spots)
    ends, sides = (
        np.frombuffer(part, np.uint8).reshape(4, -1).T.copy().view("<i4").reshape(columns, -1).T
        for part, columns in ((content[:cut], 2), (content[cut:], 4))
    )
    top, step = int(ends[: line + 1, 0].sum()), int(ends[line, 1])
    start, at = sum(spots[:line]), 0
    boxes: list[Box | None] = []
    for apart, width, upper, lower in sides[start : start + spots[line]].tolist():
        if width == NO_BOX:
            boxes.append(None)
            continue
        left = at + apart
        at = left + width
        boxes.append(Box(left * _ACROSS_PX, top + upper * step, at * _ACROSS_PX, top + lower * step))
    return boxes


def _spelt(spot: Spot) -> str:
    own = f"{spot.text}{_sign(spot.likely)}"
    return _PART.join((own, *(f"{key}{_sign(likely)}" for key, likely in spot.others)))


def _sign(likely: float) -> str:
    return chr(_SURE - round(likely * 100))


def _read(spelt: str) -> Spot:
    own, *others = spelt.split(_PART)
    return Spot(
        own[:-1],
        (_SURE - ord(own[-1])) / 100,
        tuple((other[:-1], (_SURE - ord(other[-1])) / 100) for other in others),
    )
