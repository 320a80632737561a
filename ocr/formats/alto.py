"""The lines of an ALTO file of any version (Library of Congress; kraken, ABBYY, Transkribus write it)."""

from collections.abc import Iterator

from lxml import etree

from ocr.formats.found_lines import ElementLine, FoundLine, FoundWord, Leaves, box_of_words, words_of
from ocr.formats.outside import box_around, children, number, numbers, tag
from ocr.geometry import Box
from ocr.tei.flow import probability
from ocr.text import graphemes, squeeze

_SPACES = (  # as they are read; the schema writes PrintSpace last
    "TopMargin",
    "LeftMargin",
    "PrintSpace",
    "RightMargin",
    "BottomMargin",
)

_SPACE = 0.3
"""Width of a space at least, in heights of its words."""


def alto_leaves(root: etree._Element, name: str) -> Leaves:
    """The text lines, a leaf for each Page, in the order of ReadingOrder (ALTO 4.3), else of the file.

    HYP at a line end is part of the text, SUBS_CONTENT (a parted word made whole) is not. Strings without
    SP between them are words of their own unless the line writes SP elsewhere and they stand close together.
    Confidences are WC of
    String, GC of Glyph or else the digits of CC, where 0 is sure and 9 is not. Places are kept when they are
    in pixels. A line without String counts as unread.
    """
    return tuple(tuple(each.line for each in lines) for _, lines in alto_elements(root)) or ((),)


def alto_elements(
    root: etree._Element, *, any_unit: bool = False
) -> Iterator[tuple[etree._Element, list[ElementLine]]]:
    """Each Page with the same lines, each of them with its elements. With `any_unit`, places are kept in
    whatever unit the file has."""
    unit = next((squeeze(e.text or "") for e in root.iter() if tag(e) == "MeasurementUnit"), "pixel")
    order = {
        ref.get("REF", ""): at
        for at, ref in enumerate(e for e in root.iter() if tag(e) == "ElementRef" and e.get("REF"))
    }
    pages = [e for e in root.iter() if tag(e) == "Page"]
    reader = _Lines(any_unit or unit == "pixel", order)
    for page in pages:
        yield page, [reader.line(element) for element in reader.elements(page)]


class _Lines:
    """How the lines of one file are read."""

    def __init__(self, is_pixel: bool, order: dict[str, int]) -> None:
        self._is_pixel = is_pixel
        self._order = order

    def elements(self, page: etree._Element) -> list[etree._Element]:
        """The TextLines of a page; what the reading order names first, what it does not last."""
        spaces = sorted(page, key=lambda e: _SPACES.index(tag(e)) if tag(e) in _SPACES else len(_SPACES))
        placed = [pair for space in spaces for pair in self._within(space, ())]
        last = len(self._order)

        def rank(path: tuple[str, ...]) -> int:
            return min((self._order[ident] for ident in path if ident in self._order), default=last)

        return [line for path, line in sorted(placed, key=lambda pair: rank(pair[0]))]

    def _within(
        self, parent: etree._Element, path: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, ...], etree._Element]]:
        if (
            tag(parent) == "TextLine" or next(children(parent, "String"), None) is not None
        ):  # a block may hold words outside lines
            yield (*path, parent.get("ID", "")), parent
        if tag(parent) != "TextLine":
            for child in parent:
                yield from self._within(child, (*path, parent.get("ID", "")))

    def line(self, line: etree._Element) -> ElementLine:
        """One TextLine."""
        parts = list(children(line, "String", "SP", "HYP"))
        spaced = any(tag(part) == "SP" for part in parts)
        words = list[FoundWord]()
        elements = list[etree._Element]()
        before: etree._Element | None = None  # the String that the next one touches
        for part in parts:
            if tag(part) == "SP":
                before = None
                continue
            content = part.get("CONTENT") or "".join(e.get("CONTENT") or "" for e in children(part, "Glyph"))
            if tag(part) == "HYP":
                if not words:
                    words += words_of(content, None, self._box(part), ())
                    elements += [part] * len(words)
                elif not words[-1].text.endswith((content or "-", "-", "\u00ad", "¬")):
                    words[-1] = _longer(words[-1], FoundWord(content))
                continue
            new = words_of(content, probability(part.get("WC")), self._box(part), _letters(part))
            if new and words and spaced and before is not None and not _apart(before, part):
                words[-1] = _longer(words[-1], new.pop(0))
            words += new
            elements += [part] * len(new)
            before = part
        is_unread = not any(tag(part) == "String" for part in parts)
        text = " ".join(word.text for word in words)
        whole = FoundLine(text, line.get("ID"), self._box(line), None, tuple(words), int(is_unread))
        parent = line.getparent() if tag(line) == "TextLine" else line
        block = line if parent is None else parent
        return ElementLine(whole, line, block, tuple(zip(words, elements, strict=True)))

    def _box(self, element: etree._Element) -> Box | None:
        if not self._is_pixel:
            return None
        left, top, wide, high = (number(element.get(a)) for a in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
        if left is not None and top is not None and wide is not None and high is not None:
            return box_around((left, top, left + wide, top + high))
        shape = next(children(element, "Shape"), None)
        polygon = None if shape is None else next(children(shape, "Polygon"), None)
        return None if polygon is None else box_around(numbers(polygon.get("POINTS")))


def _apart(string: etree._Element, other: etree._Element) -> bool:
    """Is there room for a space between two Strings? Not if the file does not say where they stand."""
    places = [[number(e.get(name)) for name in ("HPOS", "WIDTH", "HEIGHT")] for e in (string, other)]
    known = [[value for value in place if value is not None] for place in places]
    if any(len(place) < 3 for place in known):
        return False
    (left, wide, high), (other_left, other_wide, other_high) = known
    gap = max(other_left - left - wide, left - other_left - other_wide)
    return gap > _SPACE * max(high, other_high)


def _letters(string: etree._Element) -> list[FoundWord]:
    glyphs = [FoundWord(e.get("CONTENT") or "", probability(e.get("GC"))) for e in children(string, "Glyph")]
    digits = "".join((string.get("CC") or "").split())
    letters = graphemes(string.get("CONTENT") or "")
    if not glyphs and len(digits) == len(letters) and digits.isascii() and digits.isdigit():
        return [FoundWord(letter, 1 - int(digit) / 9) for letter, digit in zip(letters, digits, strict=True)]
    return glyphs


def _longer(word: FoundWord, end: FoundWord) -> FoundWord:
    """Two words that touch, as one: the lower confidence is its, letters have none any more."""
    confidence = min((c for c in (word.confidence, end.confidence) if c is not None), default=None)
    return FoundWord(word.text + end.text, confidence, box_of_words((word, end)))
