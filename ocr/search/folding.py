"""Words as they are compared: without case, old spelling and marks; endings; how near two words are.

Endings are told by a list, not by a stemmer: of a word of the query its longest ending is taken off, and any
word that is the rest and an ending of the list is a form of it. That asks nothing of the words of the index,
of which a reader makes millions that no stemmer knows.
"""

import math
import re
from functools import lru_cache

import regex

from ocr.text import nfc

_NOT_COMPARED = regex.compile(r"[^\p{L}\p{N}]|[\U00010000-\U0010FFFF]")
_PLAIN = re.compile("[а-яё0-9ѣіѳѵ]*")
_FOLDED = str.maketrans({"ѣ": "е", "і": "и", "ї": "и", "ѳ": "ф", "ѵ": "и", "ё": "е", "ъ": ""})
_PREFIX = re.compile(r"^(не)?(бе|во|и|ни|ра|ро|чре|чере)з(?=[кпстфхцчшщ])")
"""Of old spelling: разсказъ, безпокойный."""
HYPHENS = "-‐¬\u00ad="
_PARTS = regex.compile(r"[^\p{L}\p{M}\p{N}'’ʼ]+")

_ENDING_TEXT = """
    а я о е и ы у ю й ь ам ям ом ем ой ей ою ею ами ями ах ях ов ев ий ый ия ие ию ью ья ье ьи ии иям иями иях
    ием ией ьям ьями ьях ьев ьем ьей ого его аго яго ому ему ым им ых их ую юю ая яя ое ее ые ыми ими ыя
    ть ти ешь ет ем ете ут ют ишь ит им ите ат ят ал ала ало али ял яла яло яли ил ила ило или ел ела ело ели
    ыл ыла ыло ыли ул ула уло ули л ла ло ли
    ать ять ить еть уть ся сь ться тся лся лась лось лись ется ются утся ится атся ятся ыться иться аться
    яться     аю яю аешь яешь ает яет аем яем аете яете ают яют еет еют
"""
ENDINGS = frozenset(_ENDING_TEXT.split())
_LONGEST_ENDING = max(map(len, ENDINGS))
LEAST_STEM = 3
"""What is shorter is no stem: it begins too many other words."""


@lru_cache(maxsize=1 << 17)
def key_of(word: str) -> str:
    """A word as it is compared; empty of what holds neither letter nor digit.

    Small letters and digits alone; old letters as new ones, no ъ, ё is е; prefixes with с before a voiceless
    consonant as the new spelling has them.
    """
    bare = word.lower()
    if not _PLAIN.fullmatch(bare):
        bare = _NOT_COMPARED.sub("", nfc(bare))
    bare = bare.translate(_FOLDED)
    if not bare.isascii() and "з" in bare:
        bare = _PREFIX.sub(lambda match: match.group()[:-1] + "с", bare)
    return bare


@lru_cache(maxsize=1 << 17)
def keys_of(text: str) -> tuple[str, ...]:
    """The keys a token is found by: its own, and those of its parts where a hyphen parts it."""
    whole = key_of(text)
    if not whole:
        return ()
    parts = [key for part in _PARTS.split(text) if (key := key_of(part))]
    return (whole, *parts) if len(parts) > 1 else (whole,)


def stem_of(key: str) -> str:
    """The key without its longest ending that leaves three letters; the key itself when none does."""
    for length in range(min(_LONGEST_ENDING, len(key) - LEAST_STEM), 0, -1):
        if key[-length:] in ENDINGS:
            return key[:-length]
    return key


def is_form(key: str, stem: str) -> bool:
    """Is a key the stem, or the stem with an ending?"""
    return key.startswith(stem) and (len(key) == len(stem) or key[len(stem) :] in ENDINGS)


def edits_allowed(key: str, most: int) -> int:
    """So many letters of a key may be otherwise: one in three, `most` at most."""
    return min(most, len(key) // 3)


NEARNESS = 2.0
"""Each letter that is otherwise makes it so many times (as natural logarithm) less likely to be meant."""


def nearness(edits: int) -> float:
    """How much of what a reading leaves open goes to a word that is so many letters from it."""
    return math.exp(-NEARNESS * edits)


_USUAL = "оаеинтсрвлкмдпуяыьгзбчйхжш"
_ASCII = "abcdefghijklmnopqrstuvwxyz"
_EXCHANGED = str.maketrans(_USUAL + _ASCII, _ASCII + _USUAL)


def exchanged(text: str) -> str:
    """The text with its usual Cyrillic letters and the ASCII ones exchanged, which gives half of the bytes;
    exchanged again it is as it was."""
    return text.translate(_EXCHANGED)
