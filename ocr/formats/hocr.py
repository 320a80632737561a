"""The lines of an hOCR file (HTML with classes ocr_*; Tesseract, kraken, OCRopus write it)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from ocr.errors import RecordError
from ocr.formats.found_lines import (
    ElementLine,
    FoundLine,
    FoundWord,
    Leaves,
    box_of_words,
    by_words,
    words_of,
)
from ocr.formats.outside import box_around, number, numbers, tag
from ocr.geometry import Box
from ocr.text import graphemes, squeeze

# hOCR 1.2: what holds one line, a word, a letter
_LINES = frozenset({"ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"})
_WORD, _LETTER, _PAGE = "ocrx_word", "ocrx_cinfo", "ocr_page"
_INLINE = frozenset({"span", "strong", "em", "b", "i", "u", "a", "sub", "sup", "small", "font", "ins", "s"})
_NO_TEXT = frozenset({"", "head", "script", "style", "title"})


def hocr_leaves(root: etree._Element, name: str) -> Leaves:
    """The lines, a leaf for each ocr_page, in the order of the file.

    Text outside lines is a line of its own up to the next line, block or <br>; outside pages only words are
    read. Words that nothing parts are parted. Confidences are x_wconf of words and x_conf or x_confs of
    letters, given in per cent. RecordError when the HTML has neither page, line nor word of hOCR.
    """
    return tuple(tuple(each.line for each in leaf) for _, leaf in hocr_elements(root, name))


def hocr_elements(
    root: etree._Element, name: str
) -> Iterator[tuple[etree._Element | None, list[ElementLine]]]:
    """Each ocr_page (None: what stands outside them) with the same lines, each of them with its elements."""
    classes = {name for e in root.iter() for name in classes_of(e)}
    if not classes & {_PAGE, _WORD, *_LINES}:
        raise RecordError(
            f"{name} is HTML, but no hOCR: it has neither ocr_page nor ocr_line. Give an hOCR file."
        )
    walk = _Walk()
    walk.inside(root)
    outside = [row for row in walk.outside if row.is_line or row.words]
    leaves: list[tuple[etree._Element | None, list[_Row]]] = [*walk.leaves]
    if outside or not leaves:
        leaves.append((None, outside))
    for page, leaf in leaves:
        yield page, [row.line() for row in leaf if row.is_line or row.text]


def classes_of(element: etree._Element) -> set[str]:
    """The classes of an element."""
    return set((element.get("class") or "").split()) if tag(element) else set()


@dataclass(slots=True)
class _Row:
    """A line while it is gathered, or what stands between lines."""

    element: etree._Element
    is_line: bool
    parts: list[str] = field(default_factory=list)
    words: list[etree._Element] = field(default_factory=list)
    touches: bool = False
    """A word has ended, and nothing stands behind it yet."""

    @property
    def text(self) -> str:
        """White space single."""
        return squeeze("".join(self.parts))

    def line(self) -> ElementLine:
        """The line, gathered to its end."""
        pairs = [(word, element) for element in self.words for word in _words(element)]
        words = [word for word, _ in pairs]
        box = _box(properties_of(self.element)) if self.is_line else box_of_words(words)
        whole = FoundLine(self.text, self.element.get("id"), box, None, by_words(self.text, words))
        parent = self.element.getparent() if self.is_line else self.element
        return ElementLine(whole, self.element, self.element if parent is None else parent, tuple(pairs))


class _Walk:
    """Goes through the file once; lines are the innermost ones: a header that holds ocr_line is its lines."""

    def __init__(self) -> None:
        self.leaves: list[tuple[etree._Element, list[_Row]]] = []
        self.outside: list[_Row] = []
        self._rows = self.outside
        self._row: _Row | None = None

    def inside(self, block: etree._Element) -> None:
        """What an element holds that is no line, nor within one."""
        self._say(block.text, block)
        for child in block:
            self._visit(child, block)
            self._say(child.tail, block)

    def _visit(self, element: etree._Element, block: etree._Element) -> None:
        classes, name = classes_of(element), tag(element).lower()
        if name in _NO_TEXT:
            return
        if _PAGE in classes:
            outer, self._rows, self._row = self._rows, [], None
            self.leaves.append((element, self._rows))
            self.inside(element)
            self._rows, self._row = outer, None
        elif _LINES & classes and not any(_LINES & classes_of(e) for e in element.iterdescendants()):
            self._row = _Row(element, is_line=True)
            self._rows.append(self._row)
            _gather(element, self._row)
            self._row = None
        elif _WORD in classes:
            _word_of(element, self._loose(block))
        elif name in _INLINE and not any(c.startswith("ocr") for c in classes):
            self.inside(element)
        else:
            self._row = None
            self.inside(element)
            self._row = None

    def _loose(self, block: etree._Element) -> _Row:
        if self._row is None:
            self._row = _Row(block, is_line=False)
            self._rows.append(self._row)
        return self._row

    def _say(self, text: str | None, block: etree._Element) -> None:
        if text and (self._row is not None or text.strip()):
            _say(text, self._loose(block))


def _gather(element: etree._Element, row: _Row) -> None:
    """All that a line holds."""
    _say(element.text, row)
    for child in element:
        if _WORD in classes_of(child):
            _word_of(child, row)
        elif tag(child).lower() not in _NO_TEXT:
            _gather(child, row)
        _say(child.tail, row)


def _word_of(word: etree._Element, row: _Row) -> None:
    if row.touches:
        row.parts.append(" ")
    row.parts.append(_text(word))
    row.words.append(word)
    row.touches = True


def _say(text: str | None, row: _Row) -> None:
    if text:
        row.parts.append(text)
        row.touches = False


def _words(element: etree._Element) -> list[FoundWord]:
    properties = properties_of(element)
    text = squeeze(_text(element))
    letters = [
        FoundWord(_text(e).strip(), _from_percent(properties_of(e).get("x_conf")))
        for e in element.iterdescendants()
        if _LETTER in classes_of(e)
    ]
    confs, spelt = properties.get("x_confs", "").split(), graphemes(text)
    if not letters and len(confs) == len(spelt):
        letters = [FoundWord(letter, _from_percent(c)) for letter, c in zip(spelt, confs, strict=True)]
    return words_of(text, _from_percent(properties.get("x_wconf")), _box(properties), letters)


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def properties_of(element: etree._Element) -> dict[str, str]:
    """What @title holds, by name: "bbox 1 2 3 4; x_wconf 93"."""
    parts = (part.strip().partition(" ") for part in (element.get("title") or "").split(";"))
    return {name: value for name, _, value in parts}


def _box(properties: dict[str, str]) -> Box | None:
    edges = numbers(properties.get("bbox"))
    return box_around(edges) if len(edges) == 4 else None


def _from_percent(text: str | None) -> float | None:
    """A probability, 0..1."""
    value = number(text)
    return None if value is None or not 0.0 <= value <= 100.0 else value / 100.0
