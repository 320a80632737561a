"""The index of the site's words: sorted outside memory, written in parts that a browser loads as it needs.

A part holds some keys (words as they are compared) in the order of their letters, each with its places; of
the first keys of all parts a list is written, by which a reader's word, or its beginning, finds its parts. A
part is a script, since a page opened from the disk may load nothing else.
"""

import heapq
import json
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from typing import IO

import regex

from ocr.exports.modern import modern
from ocr.exports.site_page import SitePage

PART_BYTES = 60_000
"""About how long the text of a part is."""
PAGES_OF_TEXT = 8
"""Pages whose text lies in one file, for results."""
_SPILLED = 100_000
"""Places that are sorted in memory at a time."""
_LEAST_RIVAL = 0.05
"""Other readings less likely than this are not searched."""
_OLD = str.maketrans("ѣіїѳѵ", "еиифи")
_NOT_COMPARED = regex.compile(r"[^\p{L}\p{N}]|[\U00010000-\U0010FFFF]")
_HYPHEN = regex.compile(r"(?<=[\p{L}\p{M}])[-‐‑¬=⸗]$")
Write = Callable[[str, bytes], None]
"""Writes a file below the site."""


@lru_cache(maxsize=65536)
def key_of(word: str) -> str:
    """A word as it is compared: letters and digits alone, in small letters, without accents (ё is е, й is и),
    old letters as new ones, no ъ. The script does the same with what a reader looks for."""
    bare = _NOT_COMPARED.sub("", unicodedata.normalize("NFKD", word)).lower()
    return _NOT_COMPARED.sub("", bare).translate(_OLD).replace("ъ", "")


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Where a key stands."""

    key: str
    page: int
    line: int
    word: int
    is_rival: bool


@dataclass
class SearchIndex:
    """Gathers pages in order, one at a time; `close` writes what they are found by."""

    write: Write
    _stack: ExitStack
    _places: list[_Place] = field(default_factory=list)
    _runs: list[IO[str]] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _pages: int = 0

    def add(self, page: SitePage) -> None:
        """Takes a page in."""
        for line, words in enumerate(_searched(page), 1):
            for at, (key, is_rival) in words:
                self._places.append(_Place(key, self._pages, line, at, is_rival))
        if len(self._places) >= _SPILLED:
            self._spill()
        self._texts.append(_dumped(_shown(page)))
        self._pages += 1
        if len(self._texts) == PAGES_OF_TEXT:
            self._write_texts()

    def close(self) -> None:
        """Writes the parts and their list."""
        self._write_texts()
        self._places.sort()
        merged = heapq.merge(*map(_read, self._runs), self._places)
        firsts: list[str] = []
        part: list[str] = []
        size = 0
        for key, places in _by_key(merged):
            if part and size + len(places) > PART_BYTES:
                self._write_part(len(firsts) - 1, part)
                part, size = [], 0
            if not part:
                firsts.append(key)
            part.append(f"{_dumped(key)}:{_dumped(places)}")
            size += len(places) + len(key) + 6
        if part:
            self._write_part(len(firsts) - 1, part)
        contents = {"firsts": firsts, "pages": self._pages, "block": PAGES_OF_TEXT}
        self.write("search/parts.js", f"SITE.contents({_dumped(contents)});\n".encode())

    def _spill(self) -> None:
        self._places.sort()
        run = self._stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))  # noqa: SIM115  closed by the stack
        run.writelines(f"{p.key}\t{p.page}\t{p.line}\t{p.word}\t{p.is_rival:d}\n" for p in self._places)
        self._runs.append(run)
        self._places = []

    def _write_part(self, number: int, part: Sequence[str]) -> None:
        self.write(f"search/{number}.js", f"SITE.part({number},{{{','.join(part)}}});\n".encode())

    def _write_texts(self) -> None:
        if self._texts:
            number = (self._pages - 1) // PAGES_OF_TEXT
            content = ",\n".join(self._texts)
            self.write(f"search/text-{number}.js", f"SITE.texts({number},[{content}]);\n".encode())
            self._texts = []


def _read(run: IO[str]) -> Iterator[_Place]:
    run.seek(0)
    for row in run:
        key, page, line, word, is_rival = row.split("\t")
        yield _Place(key, int(page), int(line), int(word), int(is_rival) == 1)


def _by_key(places: Iterable[_Place]) -> Iterator[tuple[str, str]]:
    """Keys with their places as text, 12:3.5,4.1~;15:2.0 (page:line.word, ~ of another reading). A key with
    more places than a part holds comes several times, a page never in two of them."""
    key: str | None = None
    page, size = -1, 0
    texts: list[str] = []
    last = None
    for place in places:
        if place == last:
            continue
        last = place
        if place.key != key or (place.page != page and size > PART_BYTES):
            if key is not None:
                yield key, "".join(texts)
            key, page, texts, size = place.key, -1, [], 0
        text = f"{place.line}.{place.word}{'~' if place.is_rival else ''}"
        if place.page != page:
            text = f"{';' if texts else ''}{place.page}:{text}"
            page = place.page
        else:
            text = f",{text}"
        texts.append(text)
        size += len(text)
    if key is not None:
        yield key, "".join(texts)


def _searched(page: SitePage) -> Iterator[list[tuple[int, tuple[str, bool]]]]:
    """Of each line the keys of its words: (which word, (key, is it another reading?)). A word that goes on in
    the next line is there as a whole, too."""
    for line, next_line in zip_longest(page.lines, page.lines[1:]):
        keys: list[tuple[int, tuple[str, bool]]] = []
        for at, word in enumerate(line.words):
            if word.token.gap:
                continue
            own = {key for text in word.text.split() for key in (*_keys(text), *_keys(modern(text)))}
            if at == len(line.words) - 1 and next_line and next_line.words and _HYPHEN.search(word.text):
                own |= set(_keys(_HYPHEN.sub("", word.text) + next_line.words[0].text))
            keys += ((at, (key, False)) for key in sorted(own))
            others = {
                key
                for rival in word.token.rivals
                if rival.cert is None or rival.cert >= _LEAST_RIVAL
                for key in _keys(rival.text)
            }
            keys += ((at, (key, True)) for key in sorted(others - own))
        yield keys


def _keys(text: str) -> Iterator[str]:
    """The key of a word, and of its parts when a hyphen or another sign stands in it."""
    whole = key_of(text)
    if whole:
        yield whole
    parts = [key for part in regex.split(r"[^\p{L}\p{M}\p{N}'’ʼ]+", text) if (key := key_of(part))]
    if len(parts) > 1:
        yield from parts


def _shown(page: SitePage) -> list[object]:
    """What results show of a page: address, titles, picture, its size, lines (place, words, their places)."""
    lines: list[object] = []
    for line in page.lines:
        box = line.box
        places = [
            side
            for word in line.words
            for side in ((0, 0) if word.box is None else (round(word.box.left), round(word.box.width)))
        ]
        place = [] if box is None else [round(v) for v in (box.left, box.top, box.width, box.height)]
        lines.append([place, " ".join(word.text for word in line.words), places])
    picture = page.picture.name if page.picture else ""
    return [page.address, page.title, page.notebook, picture, page.width, page.height, lines]


def _dumped(value: object) -> str:
    """JSON that a script takes as it is: U+2028 and U+2029 end lines in old ones."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
