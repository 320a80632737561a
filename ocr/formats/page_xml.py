"""The lines of a PAGE file of any version (PRImA; Transkribus, eScriptorium, OCR-D write it)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from ocr.formats.found_lines import ElementLine, FoundLine, FoundWord, Leaves, by_words, words_of
from ocr.formats.outside import box_around, children, number, numbers, tag
from ocr.geometry import Box
from ocr.tei.flow import probability
from ocr.text import squeeze, whole_number

_NO_REGION = frozenset({"TextLine", "Word", "TextEquiv", "ReadingOrder", ""})
"""Whatever else stands in a page may hold lines: regions, cells of a table, what a later version adds."""
_ORDER = re.compile(r"readingOrder\s*\{\s*index\s*:\s*(\d{1,9})\s*;?\s*\}")  # Transkribus, in @custom


def page_leaves(root: etree._Element, name: str) -> Leaves:
    """The text lines of the page as one leaf, regions by its ReadingOrder, then those it does not name.

    Of several TextEquiv with a text the one with the lowest index counts; a line without one is told by its
    words or letters, a region with no text inside by its own. A line that has no TextEquiv anywhere counts
    as unread, and so does an empty one where the region's own text says more than its lines.
    """
    return (tuple(each.line for each in page_elements(root)),)


def page_elements(root: etree._Element) -> Iterator[ElementLine]:
    """The same lines, each with its elements."""
    return _Regions(next(children(root, "Page"), root)).lines()


class _Regions:
    """The regions of a page while they are gone through, each once."""

    def __init__(self, page: etree._Element) -> None:
        self._page = page
        regions = [e for e in page.iter() if tag(e).endswith("Region") and e.get("id")]
        self._known = {e.get("id", ""): e for e in regions}
        order = next(children(page, "ReadingOrder"), None)
        self._order = dict.fromkeys([] if order is None else _references(order))

    def lines(self) -> Iterator[ElementLine]:
        """The lines of all regions."""
        for ident in self._order:
            if ident in self._known:
                yield from self._inside(self._known[ident])
        yield from self._unnamed(self._page)

    def _unnamed(self, parent: etree._Element) -> Iterator[ElementLine]:
        """What stands in the regions (and cells of a table) of another that the reading order leaves out."""
        for region in _ordered([child for child in parent if tag(child) not in _NO_REGION]):
            ident = region.get("id", "")
            if ident not in self._order or self._known.get(ident) is not region:
                yield from self._inside(region)

    def _inside(self, region: etree._Element) -> Iterator[ElementLine]:
        elements = _ordered(list(children(region, "TextLine")))
        given = _equiv(region)
        rows = [] if given is None else list(filter(None, map(squeeze, given[0].splitlines())))
        if rows and not any(_has_text(child) for child in region if tag(child) != "TextEquiv"):
            yield from _rows(region, rows, elements)
            return
        lines = [_line(element, region) for element in elements]
        loose = _words_in(region)
        if loose:
            text = " ".join(word.text for word, _ in loose)
            words = tuple(word for word, _ in loose)
            line = FoundLine(text, region.get("id"), _box(region), None, words)
            lines.append(ElementLine(line, region, region, loose))
        inner = list(self._unnamed(region))
        lost = _letters(rows) > _letters(each.line.text for each in (*lines, *inner))
        for each in lines:
            unread = lost and not each.line.text
            yield replace(each, line=replace(each.line, gaps=1)) if unread else each
        yield from inner


def _letters(texts: Iterable[str]) -> int:
    return sum(len(text.replace(" ", "")) for text in texts)


def _rows(region: etree._Element, rows: list[str], lines: list[etree._Element]) -> Iterator[ElementLine]:
    """The text of a region row by row, each at its line where there are as many lines."""
    places = lines if len(lines) == len(rows) else [region] * len(rows)
    for text, place in zip(rows, places, strict=True):
        yield ElementLine(FoundLine(text, place.get("id"), _box(place), None), place, region)


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
        orders = [_ORDER.search(element.get("custom", "")) for element in elements]
        rows = (whole_number(order[1]) for order in orders if order)
        places = [(row, 0) for row in rows if row is not None]
    if len(places) < len(elements):
        return elements
    return [elements[at] for at in sorted(range(len(elements)), key=places.__getitem__)]


def _line(line: etree._Element, region: etree._Element) -> ElementLine:
    pairs = _words_in(line)
    words = [word for word, _ in pairs]
    given = _equiv(line)
    text = squeeze(given[0] if given is not None else "") or " ".join(word.text for word in words)
    is_unread = given is None and not words
    confidence = None if given is None else given[1]
    whole = FoundLine(text, line.get("id"), _box(line), confidence, by_words(text, words), int(is_unread))
    return ElementLine(whole, line, region, pairs)


def _words_in(holder: etree._Element) -> tuple[tuple[FoundWord, etree._Element], ...]:
    return tuple((word, element) for element in children(holder, "Word") for word in _words(element))


def _words(element: etree._Element) -> list[FoundWord]:
    letters = [FoundWord(*given) for given in map(_equiv, children(element, "Glyph")) if given is not None]
    text, confidence = _equiv(element) or ("", None)
    text = text if text.strip() else "".join(letter.text for letter in letters)
    return words_of(text, confidence, _box(element), letters)


def _equiv(element: etree._Element) -> tuple[str, float | None] | None:
    """The text that an element gives itself, and its confidence; None when it gives none, not even ""."""
    given = equivs_of(element)
    return next((text for text in given if text[0].strip()), given[0] if given else None)


def equivs_of(element: etree._Element) -> list[tuple[str, float | None]]:
    """All texts that an element gives itself, by their index, each with its confidence; the first that is
    not empty is its text, the others are alternatives."""
    every = sorted(children(element, "TextEquiv"), key=lambda e: number(e.get("index")) or 0.0)
    return [(_given(equiv), probability(equiv.get("conf"))) for equiv in every]


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
        return box_around(numbers(coords.get("points")))
    return box_around(number(p.get(axis)) for p in children(coords, "Point") for axis in "xy")  # 2010
