"""What FTS5 is given of a line: the keys of its words, in columns by how likely they are.

Two usual words that follow each other are a key of their own beside theirs: a phrase is then looked up by few
lines, where *и* and *не* alone are each on a third of all. A column has the first words of the next line, so
that what runs on is looked up as what does not.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from ocr.search.folding import exchanged
from ocr.search.record import Reading, SearchLine, readings_of
from ocr.search.usual import USUAL

LEAST = (0.95, 0.7, 0.3, 0.0)
"""The least probability of a word of each column, the likeliest column first. What a line reads never stands
in the last: that holds what it may be instead."""
_BOUNDS = [-least for least in LEAST]
BANDS = tuple(f"p{n}" for n in range(len(LEAST)))
AHEAD = "ahead"
"""The column of the words that begin the next line, however likely."""
WORDS_AHEAD = 2
COLUMNS = (*BANDS, AHEAD)

_JOINT = "·"
"""In no key."""


def pair_key(first: str, second: str) -> str:
    """The key of two usual words, the second after the first."""
    return f"{first}{_JOINT}{second}"


def rows_of(lines: Sequence[SearchLine]) -> list[tuple[str, ...]]:
    """Of each line what its columns hold: keys with spaces between."""
    words = []
    for n, line in enumerate(lines):
        before = lines[n - 1].spots[-1] if n else None
        after = lines[n + 1].spots[0] if n + 1 < len(lines) else None
        words.append([_placed(readings) for readings in readings_of(before, line, after)[0] if readings])
    return [_row(own, following[:WORDS_AHEAD]) for own, following in pairwise([*words, []])]


_Placed = tuple[tuple[tuple[str, int], ...], tuple[Reading, ...]]
"""Of a word its keys, each with the number of its column, and of its readings the usual words."""


def _row(words: Sequence[_Placed], following: Sequence[_Placed]) -> tuple[str, ...]:
    columns: list[list[str]] = [[] for _ in COLUMNS]
    before: tuple[Reading, ...] = ()
    for n, (placed, usual) in enumerate((*words, *following)):
        keys = placed if not before or not usual else (*placed, *_placed(_paired(before, usual))[0])
        for key, column in keys:
            columns[column if n < len(words) else -1].append(key)
        before = usual
    return tuple([" ".join(column) for column in columns])


@lru_cache(maxsize=1 << 16)
def _placed(readings: tuple[Reading, ...]) -> _Placed:
    placed = tuple((exchanged(key), column_of(n, likely)) for n, (key, likely, _) in enumerate(readings))
    return placed, tuple(reading for reading in readings if reading.key in USUAL)


def column_of(nth: int, likely: float) -> int:
    """The number of the column of a word's n-th reading, from 0: the first is what the line reads."""
    last = len(BANDS) - 1
    return bisect_left(_BOUNDS, -likely, hi=last if nth else last - 1)


def is_doubtful(nth: int, likely: float) -> bool:
    """May what stands there be a slip of another word, so that it is searched for those?"""
    return 0 < column_of(nth, likely) < len(BANDS) - 1


def _paired(first: Iterable[Reading], second: Iterable[Reading]) -> tuple[Reading, ...]:
    return tuple(Reading(pair_key(a.key, b.key), a.likely * b.likely) for a in first for b in second)
