"""Flaws of a truth that would spoil its figures: letters of the wrong alphabet, odd spaces, marks, NFD.

What is a flaw is judged by the truth as a whole: where one sign is written in two ways (Latin i and Cyrillic
і in Russian words, ' and ’), the rarer way is the flaw, for a transcriber may have chosen either.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from pathlib import Path

import regex

from ocr.evaluate.pair import PageText, files_of, read
from ocr.tei.flow import TextRules
from ocr.text import natural, nfc

_AROUND = 24  # letters shown on either side


class FlawKind(StrEnum):
    """What is wrong."""

    ALPHABET = "alphabet"
    """A letter of another alphabet that looks the same."""
    MIXED = "mixed"
    """A letter of another alphabet that does not."""
    SPACES = "spaces"
    """Two spaces and more, a space at the end of a line, a tab or an unusual space."""
    QUOTES = "quotes"
    """An odd quotation mark or apostrophe, or one of two ways to write it."""
    FORM = "form"
    """Not in the composed normal form NFC."""
    CONTROL = "control"
    """A character that cannot be seen, has no meaning, or stands for a lost one."""
    BRACKETS = "brackets"
    """A bracket closed by one of another kind."""
    EMPTY = "empty"
    """A line without text."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flaw and its place; leaf, line and column count from 1."""

    page: str
    leaf: int
    line: int
    column: int
    kind: FlawKind
    found: str
    """What stands there."""
    better: str | None
    """What should stand there, where that is known; "" is nothing."""
    around: str
    """The text around it."""


def lint_path(root: Path, rules: TextRules | None = None) -> tuple[Flaw, ...]:
    """The flaws of a file or of a folder of truth."""
    rules = rules or TextRules()
    files = sorted(files_of(root).items(), key=lambda item: natural(item[0]))
    return lint((name, read(path, rules)) for name, path in files)


def lint(pages: Iterable[tuple[str, PageText]]) -> tuple[Flaw, ...]:
    """The flaws of pages with their names, in order of their places."""
    lines = [
        (name, leaf, number, text, written.file_lines is not None or not written.text.strip())
        for name, written in pages
        for leaf, whole in enumerate(written.leaves, 1)
        for number, text in enumerate(whole.split("\n"), 1)
    ]
    ways = _Ways.of(text for *_, text, _ in lines)
    return tuple(
        Flaw(page, leaf, number, at + 1, kind, found, better, _around(text, at, at + len(found)))
        for page, leaf, number, text, is_told in lines
        for at, kind, found, better in sorted(_flaws(text, ways, is_told), key=itemgetter(0))
    )


def _around(text: str, start: int, end: int) -> str:
    return text[max(start - _AROUND, 0) : end + _AROUND].strip("\n")


_Found = tuple[int, FlawKind, str, str | None]
_TWINS = dict(zip("aceiopxyABCEHIKMOPTXYkvVëïËÏ", "асеіорхуАВСЕНІКМОРТХУкѵѴёїЁЇ", strict=True))
_CHOSEN = "iIïÏvV"  # taken for і and ѵ on purpose by some, there being no such keys on a modern keyboard
_TWINS_BACK = {cyrillic: latin for latin, cyrillic in _TWINS.items()}
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_CYRILLIC, _LATIN = regex.compile(r"\p{Cyrillic}"), regex.compile(r"\p{Latin}")
_FOREIGN = regex.compile(r"[\p{L}--\p{Cyrillic}--\p{Latin}]", regex.V1)
_NOT_CYRILLIC = regex.compile(r"[\p{L}--\p{Cyrillic}]", regex.V1)
_ROMAN = regex.compile(r"[IVXLCDM]+")
_SPACES = regex.compile(r"[^\S\n]{2,}|[\p{Zs}\t\v\f--\x20]|[^\S\n]+$", regex.V1)
_CONTROL = regex.compile(r"[\p{Cc}\p{Cf}\p{Co}\p{Cn}\uFFFD--\t\v\f\x85\u00AD]", regex.V1)
_ODD_QUOTE = regex.compile("[`´ʹ′‛″‟❝❞〝〞＂＇]")
_APOSTROPHE = regex.compile(r"(?<=\p{L}\p{M}*)['’ʼ](?=\p{L})")
_PAIRED = {")": "(", "]": "[", "}": "{", "⟩": "⟨"}


@dataclass(frozen=True, slots=True)
class _Ways:
    """Which way of writing a sign is the usual one in this truth."""

    latin: frozenset[str]
    """Latin letters that stand in Russian words more often than their Cyrillic twins."""
    apostrophe: str

    @staticmethod
    def of(lines: Iterable[str]) -> "_Ways":
        """The ways of all lines together."""
        letters: Counter[str] = Counter()
        marks: Counter[str] = Counter()
        texts = [nfc(line) for line in lines]
        is_chosen = any(letter in line for line in texts for letter in _CHOSEN)
        for line in texts:
            marks.update(_APOSTROPHE.findall(line))
            for word in _WORD.findall(line) if is_chosen else ():
                if _CYRILLIC.search(word) or len(word) == 1:
                    letters.update(word)
        return _Ways(
            frozenset(latin for latin in _CHOSEN if letters[latin] > letters[_TWINS[latin]]),
            max(marks, key=marks.__getitem__, default="'"),
        )


def _flaws(text: str, ways: _Ways, is_told: bool) -> Iterator[_Found]:
    """The flaws of a line; `is_told`: the file says that there is a line, whatever stands on it."""
    if not text.strip():
        if text or is_told:
            yield 0, FlawKind.EMPTY, text, None
        return
    for match in _SPACES.finditer(text):
        yield match.start(), FlawKind.SPACES, match[0], "" if match.end() == len(text) else " "
    if text[0] == " " != text[1:2]:
        yield 0, FlawKind.SPACES, " ", ""
    for match in _CONTROL.finditer(text):
        yield match.start(), FlawKind.CONTROL, match[0], None if match[0] == "\ufffd" else ""
    for match in _ODD_QUOTE.finditer(text):
        yield match.start(), FlawKind.QUOTES, match[0], None
    for match in _APOSTROPHE.finditer(text):
        if match[0] != ways.apostrophe:
            yield match.start(), FlawKind.QUOTES, match[0], ways.apostrophe
    for match in regex.finditer(r"\X", text) if nfc(text) != text else ():
        if nfc(match[0]) != match[0]:
            yield match.start(), FlawKind.FORM, match[0], nfc(match[0])
    if any(mark in text for mark in _PAIRED):
        yield from _brackets(text)
    if ways.latin or _NOT_CYRILLIC.search(text):
        yield from _letters(text, ways)


def _brackets(text: str) -> Iterator[_Found]:
    """Closing brackets of another kind than the one open on the line; those open before it are unknown."""
    opened: list[str] = []
    for at, mark in enumerate(text):
        if mark in _PAIRED.values():
            opened.append(mark)
        elif mark in _PAIRED and opened and opened.pop() != _PAIRED[mark]:
            yield at, FlawKind.BRACKETS, mark, None


def _letters(text: str, ways: _Ways) -> Iterator[_Found]:
    words = list(_WORD.finditer(text))
    for at, word in enumerate(words):
        spelt = word[0]
        cyrillic, latin = len(_CYRILLIC.findall(spelt)), len(_LATIN.findall(spelt))
        near = [words[i][0] for i in (at - 1, at + 1) if 0 <= i < len(words)]
        if cyrillic:
            for match in _FOREIGN.finditer(spelt):
                yield word.start() + match.start(), FlawKind.MIXED, match[0], None
        if cyrillic and cyrillic >= latin:
            yield from _misspelt(word, ways)
        elif cyrillic:
            for match in _CYRILLIC.finditer(spelt):
                yield word.start() + match.start(), *_other(match[0], _TWINS_BACK)
        elif latin and _is_russian(spelt, near):
            yield from _misspelt(word, ways)
        if spelt in _TWINS_BACK and any(_is_latin(other) for other in near):
            yield word.start(), FlawKind.ALPHABET, spelt, _TWINS_BACK[spelt]


def _misspelt(word: "regex.Match[str]", ways: _Ways) -> Iterator[_Found]:
    """Letters of a Russian word that are Latin, or Cyrillic where the truth writes the Latin twin."""
    for at, letter in enumerate(word[0], word.start()):
        if letter in ways.latin:
            continue
        if _TWINS_BACK.get(letter) in ways.latin:
            yield at, FlawKind.ALPHABET, letter, _TWINS_BACK[letter]
        elif _LATIN.match(letter):
            yield at, *_other(letter, _TWINS)


def _other(letter: str, twins: dict[str, str]) -> tuple[FlawKind, str, str | None]:
    twin = twins.get(letter)
    return (FlawKind.MIXED, letter, None) if twin is None else (FlawKind.ALPHABET, letter, twin)


def _is_russian(word: str, near: Sequence[str]) -> bool:
    """Could a word of Latin letters be a Russian one? All have twins, no numeral, Russian words around."""
    return (
        all(letter in _TWINS for letter in word)
        and not _ROMAN.fullmatch(word)
        and any(_CYRILLIC.search(other) for other in near)
        and not any(_is_latin(other) for other in near)
    )


def _is_latin(word: str) -> bool:
    """Is it surely Latin: no Cyrillic, a letter that Cyrillic has not?"""
    return (
        not _CYRILLIC.search(word)
        and any(_LATIN.match(letter) and letter not in _TWINS for letter in word)
        and not _ROMAN.fullmatch(word)
    )
