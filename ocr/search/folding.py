"""Words as they are compared: without case, old spelling and marks; endings; how near two words are.

Endings are told by a list, not by a stemmer: of a word of the query its longest ending is taken off, and any
word that is the rest and an ending of the list is a form of it. That asks nothing of the words of the index,
of which a reader makes millions that no stemmer knows.
"""

import codecs
import math
import re
from collections.abc import Sequence
from functools import lru_cache

import regex

from ocr.text import nfc

_NOT_COMPARED = regex.compile(r"[^\p{L}\p{N}\n]|[\U00010000-\U0010FFFF]")
_FOLDED = str.maketrans({"ѣ": "е", "і": "и", "ї": "и", "ѳ": "ф", "ѵ": "и", "ё": "е", "ъ": ""})
_OLD_Z = re.compile("з(?=[кпстфхцчшщ])")
_PREFIXES = ("бе", "во", "и", "ни", "ра", "ро", "чре", "чере")
_BEFORE_Z = frozenset((*_PREFIXES, *(f"не{prefix}" for prefix in _PREFIXES)))
"""Of old spelling: разсказъ, безпокойный."""
HYPHENS = "-‐¬\u00ad="
_BEHIND = ".,;:!?"
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


@lru_cache(maxsize=1 << 16)
def key_of(word: str) -> str:
    """A word as it is compared; empty of what holds neither letter nor digit.

    Small letters and digits alone; old letters as new ones, no ъ, ё is е; prefixes with s before a voiceless
    consonant as the new spelling has them.
    """
    return _folded(word.replace("\n", " "))


def each_key(words: Sequence[str]) -> list[str]:
    """The key of each of many words, in a third of the time."""
    keys = _folded("\n".join(words)).split("\n")
    return keys if len(keys) == len(words) else [key_of(word) for word in words]


def _folded(words: str) -> str:
    """The keys of words, each a line."""
    codes = _coded(words)
    if codes is None:
        bare = _letters(words)
    else:  # letter by letter the same, in a tenth of the time
        bare = codecs.charmap_decode(codes.translate(*_LETTERS_OF_CODES), "strict", _TABLE)[0]
    return _OLD_Z.sub(_voiceless, bare)


def _letters(words: str) -> str:
    return _NOT_COMPARED.sub("", nfc(words.lower())).translate(_FOLDED)


def _voiceless(z: re.Match[str]) -> str:
    begin = z.string.rfind("\n", 0, z.start()) + 1
    return "с" if z.string[begin : z.start()] in _BEFORE_Z else z.group()


def keys_of(text: str, whole: str | None = None) -> tuple[str, ...]:
    """The keys a token is found by: its own (`whole`, if known), and those of its parts where a hyphen parts
    it."""
    whole = key_of(text) if whole is None else whole
    if is_whole(text) or not whole:
        return (whole,) if whole else ()
    parts = [key for part in _PARTS.split(text) if (key := key_of(part))]
    return (whole, *parts) if len(parts) > 1 else (whole,)


def is_whole(text: str) -> bool:
    """Is a text seen at once to be a word of letters alone, so that it has one key?"""
    return text.rstrip(_BEHIND).isalpha()


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
_OTHERS = "щъэюфцёѣіїѳѵАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁѢІЇѲѴ«»—–…„“”’№·\x80\x81\x82\x83\x84"
_TABLE = ("".join(map(chr, range(128))) + _USUAL + _OTHERS).ljust(256, "\ufffe")
"""What nearly all pages are written with: a byte for each letter makes much of many texts at once."""
_CODES, _EXCHANGED_TABLE = codecs.charmap_build(_TABLE), _TABLE.translate(_EXCHANGED)


def _coded(text: str) -> bytes | None:
    """The text with a byte for each letter; None when it holds others."""
    try:
        return codecs.charmap_encode(text, "strict", _CODES)[0]
    except UnicodeEncodeError:
        return None


def _letters_of_codes() -> tuple[bytes, bytes]:
    """What codes are folded to, and those that are left out."""
    folded = {code: _letters(letter) for code, letter in enumerate(_TABLE)}
    kept = {letter: code for code, letter in enumerate(_TABLE)}
    to = bytes([kept.get(letter, 0) for letter in folded.values()])
    return to, bytes([code for code, letter in folded.items() if not letter])


_LETTERS_OF_CODES = _letters_of_codes()


def exchanged(text: str) -> str:
    """The text with its usual Cyrillic letters and the ASCII ones exchanged, which gives half of the bytes;
    exchanged again it is as it was."""
    codes = _coded(text)
    if codes is None:
        return text.translate(_EXCHANGED)
    return codecs.charmap_decode(codes, "strict", _EXCHANGED_TABLE)[0]
