"""The only room that knows Unicode: normal form, graphemes, what XML can hold."""

import unicodedata
from functools import lru_cache

import regex

_GRAPHEME = regex.compile(r"\X")
_SPACE = regex.compile(r"\s+")
# XML 1.0, production [2] Char: everything else must not stand in a document.
_NOT_XML = regex.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_PUNCTUATED = regex.compile(r"^(\p{P}*)(.*?)(\p{P}*)$", regex.DOTALL)


def nfc(text: str) -> str:
    """The composed normal form: й is one character, not и with a breve."""
    return unicodedata.normalize("NFC", text)


def squeeze(text: str) -> str:
    """White space made single spaces, none at the ends."""
    return _SPACE.sub(" ", text).strip()


def graphemes(text: str) -> list[str]:
    """What a reader calls letters: extended grapheme clusters (UAX 29)."""
    if text.isascii() and "\r" not in text:  # CR LF is the one ASCII cluster longer than a character
        return list(text)
    return _GRAPHEME.findall(text)


def fit_for_xml(text: str) -> tuple[str, int]:
    """The text without characters that XML forbids, and how many were taken out."""
    return _NOT_XML.subn("", text)


@lru_cache(maxsize=65536)
def bare_word(token: str) -> tuple[str, str, str]:
    """Punctuation before, the word, punctuation after. All three rebuild the token.

    A token of punctuation alone is all "before". Inner marks stay in the word: об'явление, т.т, ВКП(б).
    """
    if "(" in token and token.endswith(")") and not token.startswith("("):
        return "", token, ""  # ВКП(б): the bracket belongs to the word
    match = _PUNCTUATED.match(token)
    assert match is not None  # the pattern matches any string
    before, word, after = match.groups()
    return before, word, after
