"""hOCR 1.2, the HTML of OCR programs: one file for each page."""

import math
from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

from ocr import __version__
from ocr.exports.layout import LayoutLine, LayoutWord, layout_of
from ocr.exports.output import GroupOutput
from ocr.exports.pages import ExportPage, Group
from ocr.exports.reading import ExportSettings
from ocr.geometry import Box

_ELEMENTS = {"del": "del", "superscript": "sup", "hi": "u"}
_CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf"


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NAM_e.hocr of a page. RecordError when it is no TEI, or tells no places."""
    out.put(".hocr", hocr(group.page, settings))


def hocr(page: ExportPage, settings: ExportSettings) -> bytes:
    """The hOCR file of a record: well-formed, in no namespace but XHTML's."""
    record, layout = page.view, layout_of(page)
    image = f"{settings.images}{record.scan.file or page.name}".replace('"', "%22")
    whole = Box(0, 0, layout.width, layout.height)
    body = _e(
        "div",
        {
            "class": "ocr_page",
            "id": "page_1",
            "title": f'image "{image}"; {_box(whole)}; ppageno {record.scan.sheet - 1}',
        },
    )
    for region in layout.regions:
        area = {"class": "ocr_carea", "id": region.ident, "title": _box(region.outline.box)}
        paragraph = {"class": "ocr_par", "id": f"{region.ident}_par", "lang": "ru", "title": area["title"]}
        body.append(_e("div", area, _e("p", paragraph, *map(_line, region.lines))))
    head = _e(
        "head",
        _e("title", page.name),
        _e("meta", {"http-equiv": "Content-Type", "content": "text/html;charset=utf-8"}),
        _e("meta", {"name": "ocr-system", "content": f"tetradi {__version__}"}),
        _e("meta", {"name": "ocr-capabilities", "content": _CAPABILITIES}),
    )
    html = _e("html", {"xmlns": "http://www.w3.org/1999/xhtml", "lang": "ru"}, head, _e("body", body))
    etree.indent(html, " ")
    for word in html.iterfind(".//span[@class='ocrx_word']"):  # within a word white space would part it
        word.text = (word.text or "").strip() or None
        for mark in word.iterdescendants():
            mark.text, mark.tail = ((each or "").strip() or None for each in (mark.text, mark.tail))
    return etree.tostring(html, encoding="UTF-8", xml_declaration=True, doctype="<!DOCTYPE html>")


def _line(line: LayoutLine) -> etree._Element:
    title = f"{_box(line.outline.box)}; baseline {_baseline(line)}"
    element = _e("span", {"class": "ocr_line", "id": line.line.ident, "title": title})
    for number, word in enumerate(line.words):
        if number:
            element[-1].tail = " "
        element.append(_word(word))
    return element


def _word(word: LayoutWord) -> etree._Element:
    title = _box(word.box)
    if word.token.cert is not None:
        title += f"; x_wconf {round(100 * word.token.cert)}"
    return _e("span", {"class": "ocrx_word", "id": word.ident, "title": title}, *_runs(word))


def _runs(word: LayoutWord) -> Iterator[etree._Element | str]:
    """The letters of a word, in the elements of HTML that its marks have."""
    text = word.token.text
    spans = [(start, start + count, mark) for start, count, mark in word.marked if mark in _ELEMENTS]
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    for begin, end in pairwise(edges):
        run: etree._Element | str = text[begin:end]
        for start, stop, mark in spans:
            if start <= begin and end <= stop:
                run = _e(_ELEMENTS[mark], run)
        yield run


def _baseline(line: LayoutLine) -> str:
    """Slope, and height above the lower left corner, as hOCR wants it (y grows upwards)."""
    (x0, y0), (x1, y1) = line.baseline[0], line.baseline[-1]
    box = line.outline.box
    slope = (y1 - y0) / (x1 - x0) if not math.isclose(x1, x0) else 0.0
    return f"{slope:.4f} {y0 + slope * (box.left - x0) - box.bottom:.0f}"


def _box(box: Box) -> str:
    sides = (max(round(side), 0) for side in (box.left, box.top, box.right, box.bottom))
    return " ".join(map(str, ("bbox", *sides)))


def _e(tag: str, *parts: dict[str, str] | etree._Element | str) -> etree._Element:
    """An element with its attributes, children and text."""
    element = etree.Element(tag)
    for part in parts:
        if isinstance(part, dict):
            for name, value in part.items():
                element.set(name, value)
        elif isinstance(part, str) and len(element):
            element[-1].tail = part
        elif isinstance(part, str):
            element.text = part
        else:
            element.append(part)
    return element
