"""The lines of a PAGE file of any version (PRImA; Transkribus, eScriptorium, OCR-D write it)."""

import re
from collections.abc import Iterator

from lxml import etree

from ocr.geometry import Box
from ocr.tei.flow import probability
from ocr.tei.outside import around, children, number, pairs, tag
from ocr.tei.piece import Leaves, Piece, Token, by_words, tokens_of
from ocr.text import squeeze

_ORDER = re.compile(r"readingOrder\s*\{\s*index\s*:\s*(\d{1,9})\s*;?\s*\}")  # Transkribus, in @custom


def page_leaves(root: etree._Element, name: str) -> Leaves:
    """The text lines of the page as one leaf, regions by its ReadingOrder, then those it does not name.

    Of several TextEquiv the one with the lowest index counts; a line without one is told by its words or
    letters, a region without lines by its own text. A line that has no text anywhere counts as unread.
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

    def pieces(self) -> Iterator[Piece]:
        """The lines of all regions."""
        for ident in dict.fromkeys(self._order):
            if ident in self._known:
                yield from self._inside(self._known[ident])
        yield from self._unnamed(self._page)

    def _unnamed(self, parent: etree._Element) -> Iterator[Piece]:
        regions = [child for child in parent if tag(child).endswith("Region")]
        for region in _ordered(regions):
            ident = region.get("id", "")
            if ident not in self._told or self._known[ident] is not region:
                yield from self._inside(region)

    def _inside(self, region: etree._Element) -> Iterator[Piece]:
        lines = _ordered(list(children(region, "TextLine")))
        yield from map(_line, lines)
        told = _equiv(region)
        inner = any(tag(child).endswith("Region") for child in region)
        if told is not None and not lines and not inner:
            for text in filter(None, map(squeeze, told[0].splitlines())):
                yield Piece(text, region.get("id"), _box(region), None)
        yield from self._unnamed(region)


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
    """By the order that Transkribus notes in @custom, when all have it; else as they stand."""
    found = [_ORDER.search(element.get("custom", "")) for element in elements]
    places = [int(one[1]) for one in found if one]
    if len(places) < len(elements):
        return elements
    return [elements[at] for at in sorted(range(len(elements)), key=places.__getitem__)]


def _line(line: etree._Element) -> Piece:
    words = [token for word in children(line, "Word") for token in _word(word)]
    told = _equiv(line)
    text = squeeze(told[0]) if told is not None else " ".join(word.text for word in words)
    is_unread = told is None and not words
    sure = None if told is None else told[1]
    return Piece(text, line.get("id"), _box(line), sure, by_words(text, words), int(is_unread))


def _word(word: etree._Element) -> list[Token]:
    letters = [
        Token(told[0], told[1]) for glyph in children(word, "Glyph") if (told := _equiv(glyph)) is not None
    ]
    text, sure = _equiv(word) or ("".join(letter.text for letter in letters), None)
    return tokens_of(text, sure, _box(word), letters)


def _equiv(element: etree._Element) -> tuple[str, float | None] | None:
    """The text that an element gives itself, and its confidence."""
    every = list(children(element, "TextEquiv"))
    if not every:
        return None
    best = min(every, key=lambda e: number(e.get("index")) or 0.0)
    held = next(children(best, "Unicode"), None)
    if held is None:
        held = next(children(best, "PlainText"), None)
    text = "" if held is None else "".join(str(part) for part in held.itertext())
    return text, probability(best.get("conf"))


def _box(element: etree._Element) -> Box | None:
    coords = next(children(element, "Coords"), None)
    if coords is None:
        return None
    if coords.get("points") is not None:
        return around(pairs(coords.get("points")))
    return around((number(p.get("x")), number(p.get("y"))) for p in children(coords, "Point"))  # 2010
