"""A page as the index keeps it: its words with their readings."""

import zlib
from collections.abc import Sequence

from ocr.search.folding import exchanged
from ocr.search.record import SearchLine, Spot

_SPOT, _PART = "\x1f", "\x1e"
"""What parts words, and their readings. XML holds neither."""
_SURE = 0x84
_SIGNS = {hundredths / 100: chr(_SURE - hundredths) for hundredths in range(101)}
"""Of probabilities; that of 1 comes first, each hundredth less is the sign after it."""


def packed_words(lines: Sequence[SearchLine]) -> bytes:
    """The words of a page."""
    rows = [_SPOT.join([line.ident, *map(_spelt, line.spots)]) for line in lines]
    return zlib.compress(exchanged("\n".join(rows)).encode(), 6)


def unpacked(words: bytes) -> list[str]:
    """The lines of a page, each to be read by `line_of`."""
    return zlib.decompress(words).decode().split("\n")


def _spelt(spot: Spot) -> str:
    own = spot.text + _SIGNS[spot.likely]
    if not spot.others:
        return own
    return _PART.join([own, *[key + _SIGNS[likely] for key, likely in spot.others]])


def line_of(row: str) -> SearchLine:
    """A line as it was packed, its probabilities in hundredths; without places."""
    ident, *spots = exchanged(row).split(_SPOT)
    return SearchLine(ident, tuple(map(_read, spots)))


def first_spot(row: str) -> Spot:
    """The first word of a line, as it was packed."""
    return _read(exchanged(row.split(_SPOT, 2)[1]))


def last_spot(row: str) -> Spot:
    """The last word of a line, as it was packed."""
    return _read(exchanged(row.rsplit(_SPOT, 1)[1]))


def _read(spelt: str) -> Spot:
    own, *others = spelt.split(_PART)
    return Spot(
        own[:-1],
        (_SURE - ord(own[-1])) / 100,
        tuple((other[:-1], (_SURE - ord(other[-1])) / 100) for other in others),
    )
