"""The only room that knows Unicode: normal form, graphemes, words, what XML can hold, spelling profiles."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import regex

UNICODE_VERSION = unicodedata.unidata_version

_GRAPHEME = regex.compile(r"\X")
# By UAX 29 a space takes the marks behind it; a reader sees a space, and a word that begins with a mark.
_SPACE = regex.compile(r"(\p{Zs})")
# Characters that are a cluster by themselves: Latin and Cyrillic letters without marks, common signs.
_SINGLE = regex.compile(r"[\n\x20-\u02FF\u0400-\u0482\u048A-\u052F\u2010-\u2027\u2116]*")
# XML 1.0, production [2] Char: everything else must not stand in a document.
_NOT_XML = regex.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_PUNCTUATED = regex.compile(r"(\p{P}*)(.*?)(\p{P}*)", regex.DOTALL)


def nfc(text: str) -> str:
    """The composed normal form: й is one character, not и with a breve."""
    return unicodedata.normalize("NFC", text)


FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def normal(text: str, form: str) -> str:
    """The text in one of the FORMS of Unicode; those with a K make ﬁ, ², № two letters, a figure, No."""
    return unicodedata.normalize(form, text)  # type: ignore[arg-type]  # one of FORMS


def squeeze(text: str) -> str:
    """White space made single spaces, none at the ends."""
    return " ".join(text.split())


def graphemes(text: str) -> list[str]:
    """What a reader calls letters: extended grapheme clusters (UAX 29), each space one by itself.

    So the letters of words joined by spaces are those of the words, and the spaces.
    """
    if _SINGLE.fullmatch(text):
        return list(text)
    return [letter for part in _SPACE.split(text) for letter in _GRAPHEME.findall(part)]


def fit_for_xml(text: str) -> tuple[str, int]:
    """The text without characters that XML forbids, and how many were taken out."""
    return _NOT_XML.subn("", text)


def printable(text: str) -> str:
    """What of a text (also a file's name in no encoding at all) can be written."""
    return fit_for_xml(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))[0]


@lru_cache(maxsize=65536)
def bare_word(token: str) -> tuple[str, str, str]:
    """Punctuation before, the word, punctuation after. All three rebuild the token.

    A token of punctuation alone is all "before". Inner marks stay in the word: об'явление, т.т, ВКП(б).
    """
    if "(" in token and token.endswith(")") and not token.startswith("("):
        return "", token, ""  # ВКП(б): the bracket belongs to the word
    match = _PUNCTUATED.fullmatch(token)
    assert match is not None  # the pattern matches any string
    before, word, after = match.groups()
    return before, word, after


# Word boundaries of UAX 29; plain \b of the regex module is simpler than that.
_BOUNDARY = regex.compile(r"\b", regex.WORD | regex.V1)
_WORDLIKE = regex.compile(r"[\p{L}\p{N}]")


def codepoints(text: str) -> list[str]:
    """Single Unicode characters, as tools that know no graphemes count them."""
    return list(text)


def words_by_space(text: str) -> list[str]:
    """What stands between white space, punctuation included."""
    return text.split()


def words_uax29(text: str) -> list[str]:
    """Words by UAX 29 word boundaries, without what holds neither letter nor digit."""
    return [piece for piece in _BOUNDARY.split(text) if _WORDLIKE.search(piece)]


_SINGLE_MARKS = "'`´ʹʼ′‘’‚‛‹›＇"
_DOUBLE_MARKS = "«»“”„‟″❝❞〝〞〟＂"
_QUOTE = regex.compile(f"[{_SINGLE_MARKS}{_DOUBLE_MARKS}]")
_HARD_SIGN = regex.compile(
    rf"(?<=[\p{{L}}&&\p{{Cyrillic}}]\p{{M}}*)[{_SINGLE_MARKS}](?=([\p{{L}}&&\p{{Cyrillic}}]))", regex.V1
)
_DASH = regex.compile(r"[\p{Pd}\u2212\u00AD]")
_SPLIT_WORD = regex.compile(r"(?<=[\p{L}\p{M}])-\s*\n\s*(?=\p{L})")
_FINAL_HARD_SIGN = regex.compile(r"(?<=[\p{L}--ъ]\p{M}*)ъ+(?![\p{L}\p{M}])", regex.V1)
_PUNCTUATION = regex.compile(r"\p{P}+")
_E_MARKED = regex.compile("[еЕ]\\p{M}+")


def _same_yo(text: str) -> str:
    if "\u0308" not in text:
        return text.replace("ё", "е").replace("Ё", "Е")
    apart = unicodedata.normalize("NFD", text)
    return nfc(_E_MARKED.sub(lambda match: match[0].replace("\u0308", ""), apart))


def _new_letters(text: str) -> str:
    # four times replace: many times quicker than str.translate beyond Latin-1
    return text.replace("ѣ", "е").replace("і", "и").replace("ѳ", "ф").replace("ѵ", "и")


def _hard_sign(text: str) -> str:
    return _HARD_SIGN.sub(lambda match: "Ъ" if match[1].isupper() else "ъ", text)


def _no_punctuation(text: str) -> str:
    # Twice the hard sign: из-за and изъ-за must meet, and so must а.ъ and а.
    bare = _PUNCTUATION.sub("", _FINAL_HARD_SIGN.sub("", text))
    return _FINAL_HARD_SIGN.sub("", bare)


@dataclass(frozen=True, slots=True)
class Rule:
    """One difference a profile does not count, told in words, and the change that takes it away."""

    description: str
    change: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Profile:
    """A named choice of what counts as a difference between two texts. No profile strips combining marks."""

    name: str
    rules: tuple[Rule, ...] = ()
    form: str = "NFC"
    """Normal form of Unicode in which letters are counted, of FORMS."""

    @property
    def descriptions(self) -> tuple[str, ...]:
        """Its rules in words, in the order they are applied."""
        return (
            f"Unicode {self.form}",
            *(rule.description for rule in self.rules),
            "white space collapsed, line ends included",
        )

    def apply(self, text: str) -> str:
        """The text as this profile sees it: one line, in its normal form.

        `text` has its lines parted by newlines. Idempotent; a text and its NFD give the same.
        """
        return squeeze(self.changed(text))

    def changed(self, text: str) -> str:
        """The text before white space is collapsed: line ends stay, except those a rule takes away."""
        text = normal(text, self.form.replace("D", "C"))  # rules know letters composed
        for rule in self.rules:
            text = rule.change(text)
        return normal(text, self.form)


_YO = Rule("ё is е", _same_yo)
_SIGNS = (
    Rule("an apostrophe between Cyrillic letters is ъ", _hard_sign),
    Rule("all dashes, the minus and the soft hyphen are one hyphen", lambda text: _DASH.sub("-", text)),
    Rule("all quotation marks and remaining apostrophes are one", lambda text: _QUOTE.sub('"', text)),
)

STRICT = Profile("strict")
LENIENT = Profile("lenient", (_YO, *_SIGNS))
READING = Profile(
    "reading",
    (
        Rule("lower case", str.lower),
        Rule("ѣ is е, і is и, ѳ is ф, ѵ is и", _new_letters),
        *_SIGNS,
        Rule("words parted by a hyphen at a line end are joined", lambda text: _SPLIT_WORD.sub("", text)),
        Rule("no ъ at the end of a word, no punctuation (Unicode category P)", _no_punctuation),
        _YO,  # last: punctuation gone, a stray diaeresis can come to stand on an е
    ),
)
PROFILES = (STRICT, LENIENT, READING)


def whole_number(figures: str) -> int | None:
    """The number that figures say, up to nine of them; None of anything else (²٣ are digits, too)."""
    return int(figures) if figures.isascii() and figures.isdigit() and len(figures) < 10 else None


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts page 2 before page 10, small letters like capitals."""
    parts = regex.split(r"([0-9]+)", name.casefold())
    figures = ((part, part.lstrip("0")) for part in parts if part)
    # by length, then by figures: a number of any length, without making one of it
    return [(0, len(digits), digits) if part.isdecimal() else (1, 0, part) for part, digits in figures]
