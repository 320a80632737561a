"""The index of the site's words: sorted outside memory, written in parts that a browser loads as it needs.

A part holds some keys (words as they are compared) in the order of their letters, each with its places; of
the first keys of all parts a list is written, by which a reader's word, or its beginning, finds its parts.
Keys that may be slips of others lie beside them, by length. What is a word, how it is compared and how likely
it is are as in the search of records (`ocr.search`); `find.js` answers as `ocr.search.answer` does. A part is
a script, since a page opened from the disk may load nothing else.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Self

from ocr.errors import OutputError
from ocr.exports.site_page import SiteLine, SitePage
from ocr.search.folding import ENDINGS, LEAST_STEM, NEARNESS
from ocr.search.forms import LETTERS, LONGEST, MOST_NEAR, SHORTEST, may_be_slip
from ocr.search.query import MOST_BETWEEN, MOST_TERMS, NEAR_WORDS
from ocr.search.record import Item, SearchLine, items_of, spot_shown
from ocr.search.rows import LEAST, is_doubtful

PART_BYTES = 20_000
"""About how long the text of a part is: a slip may stand in any of them, so they are small."""
MOST_PARTS = 48
"""So many parts are loaded for a word before its reader is asked for the rest."""
PAGES_OF_TEXT = 8
"""Pages whose text lies in one file, for results."""
Write = Callable[[str, bytes], None]
"""Writes a file below the site."""


class _Place(NamedTuple):
    """Where a key stands, in the order in which places are written."""

    key: str
    page: int
    line: int
    """Which of the lines that have words, from 0."""
    item: int
    """Which of its words, from 0; marks alone are none, and a word that a line end breaks is one."""
    after: int
    """So many words follow it on the line."""
    kind: str
    """Nothing of what is read there, ~ of what it may be instead, ^ of a part of it that a hyphen parts."""
    likely: int
    """Its probability in hundredths."""
    is_doubtful: int
    """1 of what may be a slip of another word."""

    @property
    def text(self) -> str:
        """As it is written: 12.3-4 of a certain word, 12.3-4_83 and 12.3-4~12 of others."""
        bare = f"{self.line}.{self.item}-{self.after}"
        return bare if not self.kind and self.likely == _CERTAIN else f"{bare}{self.kind or '_'}{self.likely}"


_CERTAIN = 100


class SearchIndex:
    """Gathers pages in order, one at a time, in a `with`; `write_all` writes what they are found by.

    Places wait on the disk, in a file of SQLite's own that has no name, and SQLite sorts them there: neither
    memory nor open files grow with the pages.
    """

    def __init__(self, write: Write) -> None:
        self.write = write
        self._places = sqlite3.connect("", isolation_level=None)
        self._forms: dict[int, list[str]] = {}
        """Keys that may be slips of others, by length."""
        self._texts: list[str] = []
        self._pages = 0
        self._places.executescript(
            "PRAGMA temp_store=FILE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE places (key, page, line, item, after, kind, likely, is_doubtful); BEGIN"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._places.close()

    def add(self, page: SitePage) -> None:
        """Takes a page in. OutputError when there is no room to sort."""
        lines = _searched(page)
        items = list(_items(lines))
        for n, of_line in enumerate(items):
            with _room_to_sort():
                self._places.executemany(
                    "INSERT INTO places VALUES (?,?,?,?,?,?,?,?)", _places(self._pages, n, of_line)
                )
        self._texts.append(_dumped(_shown(page, lines, items)))
        self._pages += 1
        if len(self._texts) == PAGES_OF_TEXT:
            self._write_texts()

    def write_all(self) -> None:
        """Writes the parts and their list. OutputError when there is no room to sort."""
        self._write_texts()
        firsts: list[str] = []
        first_pages: list[int] = []
        part: list[str] = []
        size = 0
        for key, places in _by_key(self._slips(self._sorted())):
            if part and size + len(places) > PART_BYTES:
                self._write_part(len(firsts) - 1, part)
                part, size = [], 0
            if not part:
                firsts.append(key)
                first_pages.append(int(places.partition(":")[0]))
            part.append(f"{_dumped(key)}:{_dumped(places)}")
            size += len(places) + len(key) + 6
        if part:
            self._write_part(len(firsts) - 1, part)
        for length, forms in sorted(self._forms.items()):
            self.write(
                f"search/forms-{length}.js", f"SITE.forms({length},{_dumped(' '.join(forms))});\n".encode()
            )
        contents = {
            "firsts": firsts,
            "firstPages": first_pages,
            "pages": self._pages,
            "block": PAGES_OF_TEXT,
            "partBytes": PART_BYTES,
            "mostParts": MOST_PARTS,
            "forms": sorted(self._forms),
            "endings": sorted(ENDINGS),
            "leastStem": LEAST_STEM,
            "letters": LETTERS,
            "mostNear": MOST_NEAR,
            "nearness": NEARNESS,
            "lengths": [SHORTEST, LONGEST],
            "nearWords": NEAR_WORDS,
            "mostBetween": MOST_BETWEEN,
            "mostTerms": MOST_TERMS,
            "sure": LEAST[0],
            "doubtful": LEAST[-2],
        }
        self.write("search/parts.js", f"SITE.contents({_dumped(contents)});\n".encode())

    def _sorted(self) -> Iterator[_Place]:
        with _room_to_sort():
            yield from map(
                _Place._make, self._places.execute("SELECT * FROM places ORDER BY 1,2,3,4,5,6,7,8")
            )

    def _slips(self, places: Iterable[_Place]) -> Iterator[_Place]:
        """Gathers the keys that may be slips of others from what passes."""
        last = ""
        for place in places:
            if place.is_doubtful and place.key != last and may_be_slip(place.key):
                last = place.key
                self._forms.setdefault(len(last), []).append(last)
            yield place

    def _write_part(self, number: int, part: Sequence[str]) -> None:
        self.write(f"search/{number}.js", f"SITE.part({number},{{{','.join(part)}}});\n".encode())

    def _write_texts(self) -> None:
        if self._texts:
            number = (self._pages - 1) // PAGES_OF_TEXT
            content = ",\n".join(self._texts)
            self.write(f"search/text-{number}.js", f"SITE.texts({number},[{content}]);\n".encode())
            self._texts = []


@contextmanager
def _room_to_sort() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise OutputError(
            f"The words of the site cannot be sorted in the folder for temporary files: {error}."
        ) from error


def _by_key(places: Iterable[_Place]) -> Iterator[tuple[str, str]]:
    """Keys with their places as text, 12:3.5-2,4.1-0~12;15:2.0-7 (page:line.word-words after it). A key with
    more places than a part holds comes several times, a page never in two of them."""
    key: str | None = None
    page, size = -1, 0
    texts: list[str] = []
    for place in places:
        if place.key != key or (place.page != page and size > PART_BYTES):
            if key is not None:
                yield key, "".join(texts)
            key, page, texts, size = place.key, -1, [], 0
        text = place.text
        if place.page != page:
            text = f"{';' if texts else ''}{place.page}:{text}"
            page = place.page
        else:
            text = f",{text}"
        texts.append(text)
        size += len(text)
    if key is not None:
        yield key, "".join(texts)


class _Searched(NamedTuple):
    """A line as it is searched."""

    number: int
    """Which line of the page it is, from 1."""
    line: SiteLine
    search: SearchLine
    words: tuple[int, ...]
    """Of each spot which word of the line it is, from 0."""


def _searched(page: SitePage) -> list[_Searched]:
    """The lines that have words, as the search of records has them."""
    searched = []
    for number, line in enumerate(page.lines, 1):
        words = tuple(at for at, word in enumerate(line.words) if word.token.text and not word.token.gap)
        if words:
            spots = tuple(spot_shown(line.line, line.words[at].token) for at in words)
            searched.append(_Searched(number, line, SearchLine(line.line.ident, spots), words))
    return searched


def _items(lines: Sequence[_Searched]) -> Iterator[list[Item]]:
    for n, line in enumerate(lines):
        before = lines[n - 1].search.spots[-1] if n else None
        following = lines[n + 1].search.spots[0] if n + 1 < len(lines) else None
        yield items_of(before, line.search, following)


def _places(page: int, line: int, items: Sequence[Item]) -> Iterator[_Place]:
    for at, item in enumerate(items):
        for n, reading in enumerate(item.readings):
            kind = "^" if reading.is_part else "~" if n else ""
            slip = is_doubtful(n, reading.likely)
            likely = round(reading.likely * _CERTAIN)
            yield _Place(reading.key, page, line, at, len(items) - 1 - at, kind, likely, int(slip))


def _shown(page: SitePage, lines: Sequence[_Searched], items: Sequence[Sequence[Item]]) -> list[object]:
    """What results show of a page: address, titles, picture, its size, and lines: place, words, their places,
    number, which word each item is (or how many they are, each its own), does the last go on in the next
    line, which word is the first."""
    shown: list[object] = []
    for searched, of_line in zip(lines, items, strict=True):
        line = searched.line
        box = line.box
        places = [
            side
            for word in line.words
            for side in ((0, 0) if word.box is None else (round(word.box.left), round(word.box.width)))
        ]
        place = [] if box is None else [round(v) for v in (box.left, box.top, box.width, box.height)]
        text = " ".join(word.text for word in line.words)
        starts = [searched.words[item.start] for item in of_line]
        is_broken = bool(of_line) and of_line[-1].is_broken
        order = len(starts) if starts == list(range(len(starts))) else starts
        shown.append([place, text, places, searched.number, order, int(is_broken), searched.words[0]])
    picture = page.picture.name if page.picture else ""
    return [page.address, page.title, page.notebook, picture, page.width, page.height, shown]


def _dumped(value: object) -> str:
    """JSON that a script takes as it is: U+2028 and U+2029 end lines in old ones."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
