"""The lines of a PAGE file of any version (PRImA; Transkribus, eScriptorium, OCR-D write it)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from ocr.formats.found_lines import FoundLine, FoundWord, Leaves, by_words, tokens_of
from ocr.formats.outside import around, children, number, pairs, tag
from ocr.geometry import Box
from ocr.tei.flow import probability
from ocr.text import squeeze

_NO_REGION = frozenset({"TextLine", "Word", "TextEquiv", "ReadingOrder", ""})
"""Whatever else stands in a page may hold lines: regions, cells of a table, what a later version adds."""
_ORDER = re.compile(r"readingOrder\s*\{\s*index\s*:\s*(\d{1,9})\s*;?\s*\}")  # Transkribus, in @custom


def page_leaves(root: etree._Element, name: str) -> Leaves:
    """The text lines of the page as one leaf, regions by its ReadingOrder, then those it does not name.

    Of several TextEquiv with a text the one with the lowest index counts; a line without one is told by its
    words or letters, a region with no text inside by its own. A line that has no TextEquiv anywhere counts
    as unread, and so does an empty one where the region's own text says more than its lines.
    """
    page = next(children(root, "Page"), root)
    return (tuple(_Regions(page).pieces()),)


class _Regions:
    """The regions of a page while they are gone through, each once."""

    def __init__(self, page: etree._Element) -> None:
        self._page = page
        regions = [e for e in page.iter() if tag(e).endswith("Region") and e.get("id")]
        self._known = {e.get("id", ""): e for e in regions}
        order = next(children(page, "ReadingOrder"), None)
        self._order = [] if order is None else list(_references(order))
        self._told = set(self._order)

    def pieces(self) -> Iterator[FoundLine]:
        """The lines of all regions."""
        for ident in dict.fromkeys(self._order):
            if ident in self._known:
                yield from self._inside(self._known[ident])
        yield from self._unnamed(self._page)

    def _unnamed(self, parent: etree._Element) -> Iterator[FoundLine]:
        """What stands in the regions (and cells of a table) of another that the reading order leaves out."""
        for region in _ordered([child for child in parent if tag(child) not in _NO_REGION]):
            ident = region.get("id", "")
            if ident not in self._told or self._known.get(ident) is not region:
                yield from self._inside(region)

    def _inside(self, region: etree._Element) -> Iterator[FoundLine]:
        lines = _ordered(list(children(region, "TextLine")))
        given = _equiv(region)
        rows = [] if given is None else list(filter(None, map(squeeze, given[0].splitlines())))
        if rows and not any(_has_text(child) for child in region if tag(child) != "TextEquiv"):
            yield from _rows(region, rows, lines)
            return
        pieces = list(map(_line, lines))
        loose = [token for word in children(region, "Word") for token in _word(word)]
        if loose:
            text = " ".join(token.text for token in loose)
            pieces.append(FoundLine(text, region.get("id"), _box(region), None, tuple(loose)))
        inner = list(self._unnamed(region))
        lost = _letters(rows) > _letters(piece.text for piece in (*pieces, *inner))
        yield from (replace(piece, gaps=1) if lost and not piece.text else piece for piece in pieces)
        yield from inner


def _letters(texts: Iterable[str]) -> int:
    return sum(len(text.replace(" ", "")) for text in texts)


def _rows(region: etree._Element, rows: list[str], lines: list[etree._Element]) -> Iterator[FoundLine]:
    """The text of a region row by row, each at its line where there are as many lines."""
    places = lines if len(lines) == len(rows) else [region] * len(rows)
    for text, place in zip(rows, places, strict=True):
        yield FoundLine(text, place.get("id"), _box(place), None)


def _has_text(element: etree._Element) -> bool:
    """Does it, or anything in it, give itself a text?"""
    texts = (e for e in element.iter() if tag(e) in {"Unicode", "PlainText"})
    return any("".join(str(part) for part in text.itertext()).strip() for text in texts)


def _references(group: etree._Element) -> Iterator[str]:
    """The regions a reading order names, in its order: indexed ones by their index."""
    members = [e for e in group if tag(e).startswith(("RegionRef", "OrderedGroup", "UnorderedGroup"))]
    members.sort(key=lambda e: number(e.get("index")) or 0.0)
    for member in members:
        ident = member.get("regionRef")
        if ident:
            yield ident
        if not tag(member).startswith("RegionRef"):
            yield from _references(member)


def _ordered(elements: list[etree._Element]) -> list[etree._Element]:
    """By row and column of the cells of a table, by the order that Transkribus notes in @custom, where all
    have it; else as they stand."""
    cells = [(number(element.get("row")), number(element.get("col"))) for element in elements]
    places = [(row, column) for row, column in cells if row is not None and column is not None]
    if len(places) < len(elements):
        found = [_ORDER.search(element.get("custom", "")) for element in elements]
        places = [(int(one[1]), 0) for one in found if one]
    if len(places) < len(elements):
        return elements
    return [elements[at] for at in sorted(range(len(elements)), key=places.__getitem__)]


def _line(line: etree._Element) -> FoundLine:
    words = [token for word in children(line, "Word") for token in _word(word)]
    told = _equiv(line)
    text = squeeze(told[0] if told is not None else "") or " ".join(word.text for word in words)
    is_unread = told is None and not words
    sure = None if told is None else told[1]
    return FoundLine(text, line.get("id"), _box(line), sure, by_words(text, words), int(is_unread))


def _word(word: etree._Element) -> list[FoundWord]:
    letters = [
        FoundWord(told[0], told[1])
        for glyph in children(word, "Glyph")
        if (told := _equiv(glyph)) is not None
    ]
    text, sure = _equiv(word) or ("", None)
    text = text if text.strip() else "".join(letter.text for letter in letters)
    return tokens_of(text, sure, _box(word), letters)


def _equiv(element: etree._Element) -> tuple[str, float | None] | None:
    """The text that an element gives itself, and its confidence; None when it gives none, not even ""."""
    every = sorted(children(element, "TextEquiv"), key=lambda e: number(e.get("index")) or 0.0)
    given = [(_given(one), probability(one.get("conf"))) for one in every]
    return next((one for one in given if one[0].strip()), given[0] if given else None)


def _given(equiv: etree._Element) -> str:
    texts = [
        "".join(map(str, e.itertext())) for name in ("Unicode", "PlainText") for e in children(equiv, name)
    ]
    return next((text for text in texts if text.strip()), "")


def _box(element: etree._Element) -> Box | None:
    coords = next(children(element, "Coords"), None)
    if coords is None:
        return None
    if coords.get("points") is not None:
        return around(pairs(coords.get("points")))
    return around((number(p.get("x")), number(p.get("y"))) for p in children(coords, "Point"))  # 2010
