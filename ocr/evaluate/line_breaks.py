"""A text without line breaks beside one that has them: it is given the lines of the other.

A truth in one paragraph is one line: it would make the page one block for the bootstrap, and each found line
a part of it. Cut where the lines of the other side end, it can be looked at line by line; only whether lines
were merged or split cannot be told of such a page. No letter is changed: a line end stands where a space was,
so every rate stays as it is.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from ocr.evaluate.align import Chunk, Chunks, EditKind, align
from ocr.evaluate.pair import PageText, Pair
from ocr.evaluate.rates import Letters, Words
from ocr.evaluate.side import Ints, Side, side_of
from ocr.text import STRICT

_CHAIN = 40
"""Losses looked back on: chance hits in a line left out are fewer."""


def at_line_ends(chunks: Chunks, truth: Side, found: Side) -> tuple[Chunks, Side, Side]:
    """The alignment of the letters of two sides with as many errors, and the sides, whose letters know their
    lines anew.

    A stretch in one text only that begins at a line end and could as well begin behind it is moved there:
    a line left out then costs its own end, not that of the line before. A last line has no end of its own;
    where it is left out or added, the end before it counts to it. Chance hits inside a line left out are
    moved to where they leave it out in one piece, if that costs nothing.
    """
    truth_line, found_line = truth.letter_line.copy(), found.letter_line.copy()
    truth_ends, found_ends = _ends(truth_line), _ends(found_line)
    ahead = _gathered(chunks, truth.letters, found.letters)
    laid: list[Chunk] = []
    for at, stretch in enumerate(ahead):
        kind, t, t_end, f, f_end = stretch
        is_loss = kind is EditKind.DELETION and t in truth_ends
        if is_loss or (kind is EditKind.INSERTION and f in found_ends):
            letters, line = (truth.letters, truth_line) if is_loss else (found.letters, found_line)
            start, end = (t, t_end) if is_loss else (f, f_end)
            following = ahead[at + 1] if at + 1 < len(ahead) else None
            if following is None:
                line[start] = line[start + 1]
            elif following.kind is EditKind.HIT and letters[start] == letters[end]:
                hit = Chunk(EditKind.HIT, t, t + 1, f, f + 1)
                laid += [hit, Chunk(kind, t + 1, t_end + 1, f + 1, f_end + 1)]
                ahead[at + 1] = _later(following)
                continue
            laid.append(stretch)
        elif t_end > t or f_end > f:
            laid.append(stretch)
    return tuple(laid), replace(truth, letter_line=truth_line), replace(found, letter_line=found_line)


def _ends(line: Ints) -> set[int]:
    """The letters with which a line ends where another follows."""
    return set(np.flatnonzero(line[1:] != line[:-1]).tolist())


def _later(hit: Chunk) -> Chunk:
    """The hit without its first letter."""
    return Chunk(hit.kind, hit.truth_start + 1, hit.truth_end, hit.found_start + 1, hit.found_end)


def _gathered(chunks: Chunks, truth: list[str], found: list[str]) -> list[Chunk]:
    """The stretches with losses (or additions) made one where all hits between fit before or behind them."""
    laid: list[Chunk] = []
    loss, gain, hit = EditKind.DELETION, EditKind.INSERTION, EditKind.HIT
    before, last = hit, hit
    for stretch in chunks:
        laid.append(stretch)
        kind = stretch[0]
        if last is hit and kind is before and (kind is loss or kind is gain):
            _join(laid, truth if kind is loss else found, kind)
            before, last = (laid[-2][0], laid[-1][0]) if len(laid) > 1 else (hit, laid[-1][0])
        else:
            before, last = last, kind
    return laid


def _join(laid: list[Chunk], letters: list[str], kind: EditKind) -> None:
    """Joins the last stretch, a loss or an addition, with as many before it as can be."""
    stop = _span(laid[-1], kind)[1]
    between: list[str] = []
    best: tuple[int, bool, int] | None = None
    for at in range(len(laid) - 3, max(len(laid) - 2 * _CHAIN, 0) - 1, -2):
        first, hit = laid[at], laid[at + 1]
        if first.kind is not kind or hit.kind is not EditKind.HIT:
            break
        between = letters[slice(*_span(hit, kind))] + between
        start, long = _span(first, kind)[0], len(between)
        if letters[stop - long : stop] == between:
            best = at, True, long
        elif letters[start : start + long] == between:
            best = at, False, long
    if best is None:
        return
    at, is_behind, long = best
    _, t, _, f, _ = laid[at]
    t_end, f_end = laid[-1].truth_end, laid[-1].found_end
    if is_behind:
        is_loss = kind is EditKind.DELETION
        loss = Chunk(kind, t, t_end - long, f, f) if is_loss else Chunk(kind, t, t, f, f_end - long)
        laid[at:] = [loss, Chunk(EditKind.HIT, loss.truth_end, t_end, loss.found_end, f_end)]
    else:
        laid[at:] = [
            Chunk(EditKind.HIT, t, t + long, f, f + long),
            Chunk(kind, t + long, t_end, f + long, f_end),
        ]


def _span(stretch: Chunk, kind: EditKind) -> tuple[int, int]:
    """Where it lies in the text that holds the units of this kind."""
    if kind is EditKind.DELETION:
        return stretch.truth_start, stretch.truth_end
    return stretch.found_start, stretch.found_end


_LEAST_LINES = 3
"""Lines of the side that has them: fewer tell nothing of the other."""
_LONGER = 2.0
"""A text whose lines are as many times longer than the other's, and as many times fewer, has no lines."""
_LOST = 20
"""Letters of which the other side has none, at a line end: a line of their own, since one may be lost."""


def with_lines(page: Pair) -> Pair:
    """The page, its truth with the lines of the reading where it has none; or the other way round, when the
    reading is plain text. The very same page when both have lines, or none."""
    truth, found = page.truth, page.found
    if len(truth.leaves) != len(found.leaves):
        return page
    for side, other, name in ((truth, found, "truth"), (found, truth, "found")):
        leaves = tuple(
            _cut(text, like) if _lacks_lines(text, like) else text
            for text, like in zip(side.leaves, other.leaves, strict=True)
        )
        if leaves != side.leaves and (name == "truth" or side.file_lines is None):
            broken = PageText(side.files, leaves, side.gaps, None, side)
            return replace(page, truth=broken) if name == "truth" else replace(page, found=broken)
    return page


def _lacks_lines(text: str, like: str) -> bool:
    lines, other = ([line for line in side.split("\n") if line.strip()] for side in (text, like))
    if not lines or len(other) < max(_LEAST_LINES, _LONGER * len(lines)):
        return False
    return len(text) / len(lines) >= _LONGER * len(like) / len(other)


def _cut(text: str, like: str) -> str:
    """The text with line ends where those of the other lie against it, each in the place of a space."""
    own, other = (side_of(side, STRICT, Letters.GRAPHEMES, Words.SPACE) for side in (text, like))
    chunks, _, other = at_line_ends(align(own.letters, other.letters), own, other)
    lines = other.letter_line
    first, last = dict[int, int](), dict[int, int]()
    for kind, start, end, found, _ in chunks:
        if kind in {EditKind.HIT, EditKind.SUBSTITUTION}:
            for at in range(start, end):
                if own.letters[at] != " ":
                    line = int(lines[found + at - start])
                    first.setdefault(line, at)
                    last[line] = at + 1
    order = sorted(first)
    wanted = set[int]()
    for before, after in pairwise(order):
        start, end = last[before], max(first[after], last[before])
        wanted |= {start, end} if end - start >= _LOST else {(start + end) // 2}
    if order:
        wanted |= {at for at in (first[order[0]],) if at >= _LOST}
        wanted |= {at for at in (last[order[-1]],) if len(own.letters) - at >= _LOST}
    return _broken(own.letters, sorted(wanted))


def _broken(letters: list[str], wanted: list[int]) -> str:
    """The letters with a line end for the space nearest to each place wanted."""
    # behind a dash a line end could join what a space parts
    spaces = np.array(
        [at for at, letter in enumerate(letters) if letter == " " and letters[at - 1].isalnum()]
    )
    if len(spaces):
        for place in wanted:
            letters[int(spaces[np.abs(spaces - place).argmin()])] = "\n"
    return "".join(letters)
