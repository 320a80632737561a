"""Words of a line as read set against those that it is to be given: which are alone?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from ocr.alignment.letters import fold

_MOVES = ((1, 1), (1, 2), (1, 3), (2, 1), (1, 0), (0, 1))
"""So many words as read and so many of the text: a word for a word, several as one, one as two, one alone."""
_FEW = 2
"""Letters of a word that may be lost or made of specks."""
_ALONE = 0.5
"""What a word alone costs beyond its letters, so that a word changed for another is a word all the same."""
_TOGETHER = 0.25
"""What it costs that words were read as one, or one as two: rather a short one was lost."""
_UNLIKE = 0.25
"""By so many of their letters words may differ that were read as one, or one that was read as two."""
_HALF = 0.5
"""Half of the letters of a word that was read as two must be in each of these."""


@dataclass(frozen=True, slots=True)
class Lone:
    """Where words stand alone, on one side or the other."""

    first: bool = False
    """A short word was read at the beginning that the text does not have."""
    last: bool = False
    """The same at the end."""
    lost_first: bool = False
    """The text begins with a short word that was not read: it may stand on the line before as well."""
    lost_last: bool = False
    """The same at the end."""
    inside: bool = False
    """Any other word: words are missing in the text, or it has others than the line."""


def lone_words(read: str, words: str) -> Lone:
    """Which words of a line as read, or of its words in the text, stand for none of the other.

    A word may stand for any other, at the cost of its letters; short words may have been lost, signs count
    for nothing. The cheapest pairing decides (edit distance over words, Wagner and Fischer 1974).
    """
    mine, theirs = ([fold(word) for word in text.split()] for text in (read, words))
    best: dict[tuple[int, int], tuple[float, int, Lone]] = {(0, 0): (0.0, 0, Lone())}
    for row in range(len(mine) + 1):
        for column in range(len(theirs) + 1):
            ways = [
                (
                    cost + price,
                    count + is_lone,
                    _further(lone, (mine, row), (theirs, column), move, is_lone=is_lone),
                )
                for move in _MOVES
                if (row - move[0], column - move[1]) in best
                for cost, count, lone in [best[row - move[0], column - move[1]]]
                for price, is_lone in _price(mine[row - move[0] : row], theirs[column - move[1] : column])
            ]
            if ways:
                best[row, column] = min(ways, key=lambda way: way[:2])
    return best[len(mine), len(theirs)][2]


_Behind = tuple[list[str], int]
"""The words of one side, and how many of them a pairing has come by."""


def _further(lone: Lone, mine: _Behind, theirs: _Behind, move: tuple[int, int], *, is_lone: bool) -> Lone:
    """Where words are alone after one move more."""
    if not is_lone and (move != (0, 1) or not theirs[0][theirs[1] - 1]):
        return lone
    words, at = theirs if move == (0, 1) else mine
    first, last = not any(words[: at - 1]), not any(words[at:])
    if not is_lone:
        return replace(lone, lost_first=lone.lost_first or first, lost_last=lone.lost_last or last)
    if move == (1, 0) and len(words[at - 1]) <= _FEW and (first or last):
        return replace(lone, first=lone.first or first, last=lone.last or last)
    return replace(lone, inside=True)


def _price(mine: Sequence[str], theirs: Sequence[str]) -> list[tuple[float, bool]]:
    """What a move costs, and is a word alone in it; nothing when it cannot be made."""
    of_mine, of_theirs = "".join(mine), "".join(theirs)
    if not of_mine or not of_theirs:  # of signs, or for a short word
        letters = of_mine or of_theirs
        is_lone = bool(letters) and (len(letters) > _FEW or not theirs)
        return [(len(letters) + (_ALONE if is_lone else 0.0), is_lone)]
    if len(mine) + len(theirs) == 2:
        return [(Levenshtein.distance(of_mine, of_theirs), False)]
    distance = (
        Levenshtein.distance(of_mine, of_theirs) if len(mine) == 1 else _parted(mine[0], mine[1], of_theirs)
    )
    return [(distance + _TOGETHER, False)] if distance <= _UNLIKE * (len(of_mine) + len(of_theirs)) else []


def _parted(first: str, second: str, word: str) -> float:
    """How unlike a word is to the two that it was read as, parted so that each has half of its own of it."""
    return min(
        (
            Levenshtein.distance(first, head) + Levenshtein.distance(second, tail)
            for head, tail in ((word[:at], word[at:]) for at in range(1, len(word)))
            if Levenshtein.normalized_similarity(first, head) >= _HALF
            and Levenshtein.normalized_similarity(second, tail) >= _HALF
        ),
        default=float("inf"),
    )
