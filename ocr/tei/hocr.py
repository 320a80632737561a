"""The lines of an hOCR file (HTML with classes ocr_*; Tesseract, kraken, OCRopus write it)."""

import re
from collections.abc import Iterator

from lxml import etree

from ocr.errors import RecordError
from ocr.geometry import Box
from ocr.tei.outside import around, number, tag
from ocr.tei.piece import Leaves, Piece, Token, by_words, tokens_of
from ocr.text import graphemes, squeeze

# hOCR 1.2: what holds one line, a word, a letter
_LINES = frozenset({"ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"})
_WORD, _LETTER, _PAGE = "ocrx_word", "ocrx_cinfo", "ocr_page"
_NUMBERS = re.compile(r"\S+")


def hocr_leaves(root: etree._Element, name: str) -> Leaves:
    """The lines, a leaf for each ocr_page, in the order of the file.

    Confidences are x_wconf of words and x_conf or x_confs of letters, given in per cent. RecordError when
    the HTML has neither page nor line of hOCR.
    """
    pages = [e for e in root.iter() if _PAGE in _classes(e)]
    if not pages and not any(_LINES & _classes(e) for e in root.iter()):
        raise RecordError(
            f"{name} is HTML, but no hOCR: it has neither ocr_page nor ocr_line. Give an hOCR file."
        )
    return tuple(tuple(map(_piece, _lines(page))) for page in pages or [root])


def _classes(element: etree._Element) -> set[str]:
    return set((element.get("class") or "").split()) if tag(element) else set()


def _lines(page: etree._Element) -> Iterator[etree._Element]:
    """The outermost lines: a header that holds ocr_line is its lines."""
    for element in page.iter():
        if _LINES & _classes(element) and not any(_LINES & _classes(e) for e in element.iterdescendants()):
            yield element


def _piece(line: etree._Element) -> Piece:
    told = _told(line)
    text = squeeze(_text(line))
    held = [e for e in line.iterdescendants() if _WORD in _classes(e)]
    words = [token for word in held for token in _word(word)]
    if len(held) > 1 and " " not in text:  # written without white space between the words
        text = " ".join(word.text for word in words)
    return Piece(text, line.get("id"), _box(told), None, by_words(text, words))


def _word(word: etree._Element) -> list[Token]:
    told = _told(word)
    text = squeeze(_text(word))
    letters = [
        Token(_text(e).strip(), _sure(_told(e).get("x_conf")))
        for e in word.iterdescendants()
        if _LETTER in _classes(e)
    ]
    each, spelt = _NUMBERS.findall(told.get("x_confs", "")), graphemes(text)
    if not letters and len(each) == len(spelt):
        letters = [Token(letter, _sure(sure)) for letter, sure in zip(spelt, each, strict=True)]
    return tokens_of(text, _sure(told.get("x_wconf")), _box(told), letters)


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def _told(element: etree._Element) -> dict[str, str]:
    """What @title tells: "bbox 1 2 3 4; x_wconf 93" by its names."""
    told = {}
    for part in (element.get("title") or "").split(";"):
        key, _, value = part.strip().partition(" ")
        told[key] = value
    return told


def _box(told: dict[str, str]) -> Box | None:
    edges = [number(part) for part in told.get("bbox", "").split()]
    return around([(edges[0], edges[1]), (edges[2], edges[3])]) if len(edges) == 4 else None


def _sure(text: str | None) -> float | None:
    """Per cent as a probability."""
    value = number(text)
    return None if value is None or not 0.0 <= value <= 100.0 else value / 100.0
