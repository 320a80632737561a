"""A truth and its reading letter by letter, and what kinds of error stand between them."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum

from ocr.evaluate.lines import LineScore
from ocr.evaluate.rates import Letters, letters_of

Facing = tuple[str, str]
"""A letter of the truth and what was found for it; "" on one side: added, or left out."""


class ErrorKind(StrEnum):
    """What an error is about, for those who look for their own."""

    CASE = "case"
    SPACE = "space"
    PUNCTUATION = "punctuation"
    OLD = "old"
    """A letter of the old spelling lost or invented."""
    MISREAD = "misread"
    LEFT_OUT = "leftout"
    ADDED = "added"


_OLD = frozenset("ѣіѳѵъѢІѲѴЪ")


def facing(line: LineScore, rule: Letters = Letters.GRAPHEMES) -> Iterator[Facing]:
    """The letters of both sides in pairs, as the alignment of the page has them: the unlike are `line.wrong`.

    `rule`: by which the line was scored. What the line end lost or got stands at an end of the line.
    """
    letters, at = letters_of(line.truth, rule), 0
    for (truth, found), place in zip(line.wrong, line.wrong_at, strict=True):
        yield from ((letter, letter) for letter in letters[at:place])
        at = max(at, place)
        yield truth, found
        at += truth != "" and letters[at : at + 1] == [truth]
    yield from ((letter, letter) for letter in letters[at:])


def kinds_of(pairs: Iterable[Facing]) -> Counter[ErrorKind]:
    """How many errors of each kind; an error is counted once, under the first kind that fits."""
    return Counter(_kind(truth, found) for truth, found in pairs if truth != found)


def _kind(truth: str, found: str) -> ErrorKind:
    if truth.casefold() == found.casefold():
        return ErrorKind.CASE
    if " " in {truth, found}:
        return ErrorKind.SPACE
    if all(unicodedata.category(letter[0])[0] in "PSZ" for letter in (truth, found) if letter):
        return ErrorKind.PUNCTUATION
    if truth in _OLD or found in _OLD:
        return ErrorKind.OLD
    if not found:
        return ErrorKind.LEFT_OUT
    return ErrorKind.MISREAD if truth else ErrorKind.ADDED
