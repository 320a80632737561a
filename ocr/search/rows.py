"""What FTS5 is given of a line: the keys of its words, in columns by how likely they are.

Two usual words that follow each other are a key of their own beside theirs: a phrase is then looked up by few
lines, where *и* and *не* alone are each on a third of all. A column has the first words of the next line, so
that what runs on is looked up as what does not.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from ocr.search.folding import each_key, exchanged, is_whole
from ocr.search.record import Reading, SearchLine, Spot, broken_ends, readings_alone
from ocr.search.usual import USUAL

LEAST = (0.95, 0.7, 0.3, 0.0)
"""The least probability of a word of each column, the likeliest column first. What a line reads never stands
in the last: that holds what it may be instead."""
_BOUNDS = [-least for least in LEAST]
_LAST = len(LEAST) - 1
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
    keys = iter(each_key([spot.text for line in lines for spot in line.spots]))
    words = []
    for n, line in enumerate(lines):
        row = [_of_spot(spot, next(keys)) for spot in line.spots]
        before = lines[n - 1].spots[-1] if n else None
        after = lines[n + 1].spots[0] if n + 1 < len(lines) else None
        begun, whole = broken_ends(before, line, after)
        if whole:
            row[-1] = _placed(whole)
        words.append([each for each in row[begun:] if each[0]])
    columns = [
        column for own, following in pairwise([*words, []]) for column in _row(own, following[:WORDS_AHEAD])
    ]
    spelt = exchanged("\n".join(columns)).split("\n")  # all at once: that is quick
    return list(zip(*[iter(spelt)] * len(COLUMNS), strict=True)) if columns else []


_Likely = tuple[str, float]
_Placed = tuple[list[tuple[str, int]], list[_Likely]]
"""Of a word its keys, each with the number of its column, and of these the usual words, each with its
probability."""


def _row(words: Sequence[_Placed], following: Sequence[_Placed]) -> list[str]:
    columns: list[list[str]] = [[] for _ in COLUMNS]
    before: list[_Likely] = []
    for placed, usual in words:
        for key, column in placed:
            columns[column].append(key)
        if before and usual:
            for key, column in _pairs(before, usual):
                columns[column].append(key)
        before = usual
    for placed, usual in following:
        columns[-1] += [key for key, _ in placed]
        if before and usual:
            columns[-1] += [key for key, _ in _pairs(before, usual)]
        before = usual
    return [" ".join(column) for column in columns]


def _of_spot(spot: Spot, key: str) -> _Placed:
    text, likely, others = spot
    if others or not is_whole(text) or not key:
        return _placed(readings_alone(spot, key))
    return [(key, column_of(0, likely))], [(key, likely)] if key in USUAL else []


def _placed(readings: Sequence[Reading]) -> _Placed:
    placed = [(key, column_of(n, likely)) for n, (key, likely, _) in enumerate(readings)]
    return placed, [(key, likely) for key, likely, _ in readings if key in USUAL]


def _pairs(first: Sequence[_Likely], second: Sequence[_Likely]) -> list[tuple[str, int]]:
    """The keys of usual words that follow each other, with the numbers of their columns."""
    pairs = [(pair_key(a, b), p * r) for a, p in first for b, r in second]
    return [(key, column_of(n, likely)) for n, (key, likely) in enumerate(pairs)]


def column_of(nth: int, likely: float) -> int:
    """The number of the column of a word's n-th reading, from 0: the first is what the line reads."""
    return bisect_left(_BOUNDS, -likely, 0, _LAST if nth else _LAST - 1)


def is_doubtful(nth: int, likely: float) -> bool:
    """May what stands there be a slip of another word, so that it is searched for those?"""
    return 0 < column_of(nth, likely) < len(BANDS) - 1
