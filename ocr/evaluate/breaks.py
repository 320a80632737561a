"""A text without line breaks beside one that has them: it is given the lines of the other.

A truth in one paragraph is one line: it would make the page one block for the bootstrap, and each found line
a part of it. Cut where the lines of the other side end, it can be looked at line by line; only whether lines
were merged or split cannot be told of such a page. No letter is changed: a line end stands where a space was,
so every rate stays as it is.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from ocr.evaluate.align import Kind, align
from ocr.evaluate.line_ends import at_line_ends
from ocr.evaluate.pair import Pair, Written
from ocr.evaluate.rates import Letters, Words
from ocr.evaluate.side import side_of
from ocr.text import STRICT

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
    for one, other, name in ((truth, found, "truth"), (found, truth, "found")):
        leaves = tuple(
            _cut(text, like) if _lacks_lines(text, like) else text
            for text, like in zip(one.leaves, other.leaves, strict=True)
        )
        if leaves != one.leaves and (name == "truth" or one.told is None):
            broken = Written(one.files, leaves, one.gaps, None, one)
            return replace(page, truth=broken) if name == "truth" else replace(page, found=broken)
    return page


def _lacks_lines(text: str, like: str) -> bool:
    lines, other = ([line for line in side.split("\n") if line.strip()] for side in (text, like))
    if not lines or len(other) < max(_LEAST_LINES, _LONGER * len(lines)):
        return False
    return len(text) / len(lines) >= _LONGER * len(like) / len(other)


def _cut(text: str, like: str) -> str:
    """The text with line ends where those of the other lie against it, each in the place of a space."""
    one, other = (side_of(side, STRICT, Letters.GRAPHEMES, Words.SPACE) for side in (text, like))
    alignment, _, lines = at_line_ends(align(one.letters, other.letters), one, other)
    first, last = dict[int, int](), dict[int, int]()
    for kind, start, end, found, _ in alignment.stretches:
        if kind in {Kind.HIT, Kind.SUBSTITUTION}:
            for at in range(start, end):
                if one.letters[at] != " ":
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
        wanted |= {at for at in (last[order[-1]],) if len(one.letters) - at >= _LOST}
    return _broken(one.letters, sorted(wanted))


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
