"""One side of a page as a profile sees it: its letters and words, and the line that each stands on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr.evaluate.rates import Letters, Words, letters_of, words_of
from ocr.text import Profile, squeeze

Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Side:
    """A text of several lines made one line by a profile, each of its units knowing its line.

    The space that a line end counts as belongs to the line that it ends; a word parted at a line end that
    the profile joins belongs to the line on which it begins.
    """

    text: str
    letters: list[str]
    letter_line: Ints
    words: list[str]
    word_line: Ints
    lines: tuple[str, ...]
    """The lines as the profile sees them, empty ones too."""


def side_of(
    text: str,
    profile: Profile,
    letters: Letters,
    words: Words,
    known: dict[tuple[str, str], Side] | None = None,
) -> Side:
    """The side that a text makes, its lines parted by newlines.

    Where a rule changes letters across a line end, a letter may be counted to the neighbouring line.
    `known` keeps the sides made, for profiles that change the text in the same way.
    """
    changed = profile.changed(text)
    known = {} if known is None else known
    if (text, changed) not in known:
        known[text, changed] = _side(text, changed, profile, letters, words)
    return known[text, changed]


def _side(text: str, changed: str, profile: Profile, letters: Letters, words: Words) -> Side:
    whole = squeeze(changed)
    given = text.split("\n")
    ends = changed.count("\n")
    if (
        ends == len(given) - 1
        and len(whole) == len(changed)
        and whole.count(" ") == changed.count(" ") + ends
    ):
        lines, joined = changed.split("\n"), [False] * len(given)  # nothing to squeeze, nothing joined
    else:
        lines, joined = _cut(changed, given, profile)
    lengths = [
        len(line) + (line != "" and not is_joined) for line, is_joined in zip(lines, joined, strict=True)
    ]
    counts = [len(words_of(line, words)) for line in lines]
    for at, is_joined in enumerate(joined):
        if is_joined and counts[at] and counts[at + 1]:
            counts[at + 1] -= 1
    units, spelt = letters_of(whole, letters), words_of(whole, words)
    starts = np.arange(len(units))
    if len(units) != len(whole):
        starts = np.cumsum([0, *map(len, units[:-1])])
    return Side(
        whole,
        units,
        _line_of(starts, lengths),
        spelt,
        _line_of(np.arange(len(spelt)), counts),
        tuple(lines),
    )


def _cut(changed: str, given: list[str], profile: Profile) -> tuple[list[str], list[bool]]:
    """The changed text by the lines given, and which of these the profile joins to the next."""
    pieces = [squeeze(piece) for piece in changed.split("\n")]
    joined = [False] * len(given)
    if len(pieces) == len(given):
        return pieces, joined
    for at in range(len(given) - 1):
        joined[at] = _joins(profile, given[at], given[at + 1])
    if len(pieces) + sum(joined) != len(given):  # an empty line was swallowed too
        return [profile.apply(line) for line in given], joined
    lines = []
    rest = iter(pieces)
    piece = next(rest)
    for line, is_joined in zip(given, joined, strict=True):
        if is_joined:
            start = piece[: len(profile.apply(line))]
            lines.append(start)
            piece = piece[len(start) :]
        else:
            lines.append(piece)
            piece = next(rest, "")
    return lines, joined


def _joins(profile: Profile, line: str, following: str) -> bool:
    """Does the profile take the line end between two lines away?"""
    end = line.rstrip()[-1:]
    return bool(end) and not end.isalnum() and "\n" not in profile.changed(f"{line}\n{following}")


def _line_of(starts: Ints, lengths: list[int]) -> Ints:
    """The line of each unit, from where it starts and how long the lines are; never a line without any."""
    last = max((at for at, length in enumerate(lengths) if length), default=0)
    return np.minimum(np.searchsorted(np.cumsum(lengths), starts, side="right"), last)
