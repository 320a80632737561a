"""Two corrections of one line brought together word by word, and two transcriptions laid side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ocr.corrections.tokens import Token
from ocr.corrections.view import LineView
from ocr.tei.places import shared


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words where base, mine and theirs belong together."""

    base: tuple[Token, ...]
    mine: tuple[Token, ...]
    theirs: tuple[Token, ...]

    @property
    def conflict(self) -> bool:
        """Did both sides change it, and differently?"""
        base, mine, theirs = _said(self.base), _said(self.mine), _said(self.theirs)
        return mine not in (base, theirs) and theirs != base

    @property
    def merged(self) -> tuple[Token, ...]:
        """What both sides want; of a conflict, mine."""
        return self.theirs if _said(self.mine) == _said(self.base) else self.mine


@dataclass(frozen=True, slots=True)
class Pair:
    """A run of words of one transcription and what stands there in the other."""

    ours: tuple[Token, ...]
    theirs: tuple[Token, ...]
    same: bool


def three_way(base: Sequence[Token], mine: Sequence[Token], theirs: Sequence[Token]) -> list[Piece]:
    """The line in pieces, in order; together they hold every word of all three, each once.

    Method of diff3 (Khanna, Kunal, Pierce, A formal investigation of diff3, 2007): the words that all three
    share part the line; what lies between two of them is a piece.
    """
    to_mine, to_theirs = dict(_shared(base, mine)), dict(_shared(base, theirs))
    pieces: list[Piece] = []
    at = (0, 0, 0)
    stable = [(i, to_mine[i], to_theirs[i]) for i in sorted(to_mine.keys() & to_theirs.keys())]
    for place in (*stable, (len(base), len(mine), len(theirs))):
        between = Piece(
            tuple(base[at[0] : place[0]]), tuple(mine[at[1] : place[1]]), tuple(theirs[at[2] : place[2]])
        )
        pieces += _word_by_word(between)
        if place[0] < len(base):
            pieces.append(Piece((base[place[0]],), (mine[place[1]],), (theirs[place[2]],)))
        at = (place[0] + 1, place[1] + 1, place[2] + 1)
    return pieces


def _word_by_word(piece: Piece) -> list[Piece]:
    """A piece with as many words on each side is taken for so many words, each read anew."""
    if not (piece.base or piece.mine or piece.theirs):
        return []
    if not len(piece.base) == len(piece.mine) == len(piece.theirs):
        return [piece]
    rows = zip(piece.base, piece.mine, piece.theirs, strict=True)
    return [Piece((base,), (mine,), (theirs,)) for base, mine, theirs in rows]


def side_by_side(ours: Sequence[Token], theirs: Sequence[Token]) -> list[Pair]:
    """Two lines in pairs of runs, in order; together they hold every word of both, each once."""
    matcher = _matcher(ours, theirs)
    return [
        Pair(tuple(ours[a:b]), tuple(theirs[c:d]), tag == "equal")
        for tag, a, b, c, d in matcher.get_opcodes()
    ]


def _shared(one: Sequence[Token], other: Sequence[Token]) -> Iterator[tuple[int, int]]:
    for block in _matcher(one, other).get_matching_blocks():
        yield from ((block.a + n, block.b + n) for n in range(block.size))


def _matcher(one: Sequence[Token], other: Sequence[Token]) -> "SequenceMatcher[tuple[object, ...]]":
    return SequenceMatcher(None, [t.said for t in one], [t.said for t in other], autojunk=False)


def _said(tokens: Sequence[Token]) -> list[tuple[object, ...]]:
    return [token.said for token in tokens]


def pairs_of_lines(
    ours: Sequence[LineView], theirs: Sequence[LineView]
) -> list[tuple[LineView | None, LineView | None]]:
    """Lines of two transcriptions that lie at one place, in the order of ours; then those only they have.

    A place is shared when half of the smaller box is covered; the line covered most is taken.
    """
    left = dict(enumerate(theirs))
    pairs: list[tuple[LineView | None, LineView | None]] = []
    for line in ours:
        best = max(left, key=lambda at: _covered(line, left[at]), default=None)
        if best is not None and _covered(line, left[best]) < 0.5:
            best = None
        pairs.append((line, None if best is None else left.pop(best)))
    return [*pairs, *((None, line) for line in left.values())]


def _covered(one: LineView, other: LineView) -> float:
    if one.outline is None or other.outline is None:
        return 1.0 if one.outline is other.outline and one.ident == other.ident else 0.0
    return shared(one.outline.box, other.outline.box) + (0.001 if one.ident == other.ident else 0.0)
