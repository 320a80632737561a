"""A truth and its reading letter by letter, and what kinds of error stand between them."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from ocr.evaluate.align import align
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


def facing(truth: str, found: str, rule: Letters = Letters.GRAPHEMES) -> list[Facing]:
    """The letters of both sides in pairs, with as few unlike ones as can be."""
    one, other = letters_of(truth, rule), letters_of(found, rule)
    pairs: list[Facing] = []
    for _, start, end, found_start, found_end in align(one, other).stretches:
        long, wide = end - start, found_end - found_start
        pairs.extend(
            (
                one[start + place] if place < long else "",
                other[found_start + place] if place < wide else "",
            )
            for place in range(max(long, wide))
        )
    return pairs


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
