"""A text as it is compared: letters and digits, case, ё and old spelling folded, each with its place."""

from dataclasses import dataclass

import numpy as np

from ocr.arrays import I32
from ocr.text import nfc

_FOLDED = str.maketrans(dict(zip("ёѣіїѵѳй", "ееииифи", strict=True)))
HYPHENS = "-‐‑¬=⸗—–"
"""What may stand at the end of a line where a word goes on."""


@dataclass(frozen=True)
class Letters:
    """A text in words (what stands between white space), and the letters of it that are compared."""

    words: tuple[str, ...]
    codes: I32
    """A number for each letter, the same for letters that are not told apart. (letters,)"""
    word_of: I32
    """The word that a letter stands in. (letters,)"""
    within: I32
    """Which character of that word it is. (letters,)"""


def folded(character: str) -> str:
    """The letter that a character counts as; empty when it is not compared (signs, ъ)."""
    low = character.casefold().translate(_FOLDED)
    return low if low.isalnum() and low != "ъ" else ""


def fold(text: str) -> str:
    """A text as it is compared."""
    return "".join(map(folded, text))


def letters_of(text: str) -> Letters:
    """The letters of a text."""
    words = tuple(nfc(text).split())
    codes: list[int] = []
    word_of: list[int] = []
    within: list[int] = []
    for number, word in enumerate(words):
        for at, character in enumerate(word):
            for letter in folded(character):
                codes.append(ord(letter))
                word_of.append(number)
                within.append(at)
    return Letters(words, *(np.array(each, np.int32) for each in (codes, word_of, within)))
