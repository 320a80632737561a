"""The pages of an hOCR file: areas, lines, words with their boxes and percents."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from lxml import etree

from ocr.formats.found_lines import ElementLine
from ocr.formats.hocr import classes_of, hocr_elements, properties_of
from ocr.formats.metadata import programs_of
from ocr.formats.outside import box_around, number, numbers, tag
from ocr.geometry import Box, Outline, Point
from ocr.imports.foreign import (
    OURS,
    ForeignLine,
    ForeignPage,
    ForeignRegion,
    ForeignWord,
    MarkSpan,
    outline_of,
    paired,
    points_of,
    size_of,
)
from ocr.page import Kind

_IMAGE = re.compile(r"""(?:^|;)\s*image\s+(?:"([^"]*)"|'([^']*)'|([^;]*)(?:;|$))""")
_AREAS = frozenset({"ocr_carea", "ocr_par", "ocrx_block", "ocr_column"})
_READ = frozenset({"ocr_page", "ocr_line", "ocrx_line", "ocrx_word", "ocrx_cinfo", "ocr", *_AREAS})
_MARKS = {"del": "del", "s": "del", "sup": "superscript", "u": "hi"}
_PROPERTIES = frozenset({"bbox", "baseline", "x_wconf", "x_conf", "x_confs", "image", "ppageno", "poly"})


def pages_of(root: etree._Element, name: str) -> list[ForeignPage]:
    """The pages of an hOCR file. RecordError when the HTML has neither page, line nor word of hOCR."""
    left_out = _others(root)
    program = next((each.name for each in programs_of(root)), "")
    pages: list[ForeignPage] = []
    for page, lines in hocr_elements(root, name):
        title = "" if page is None else page.get("title", "")
        image = _IMAGE.search(title)
        properties = {} if page is None else properties_of(page)
        box = _box(properties)
        regions = []
        for _, group in groupby(lines, key=lambda each: _area(each.block)):
            rows = list(group)
            area = _area(rows[0].block)
            outline = None if area is None else outline_of((), _box(properties_of(area)))
            regions.append(ForeignRegion(tuple(_line(each, left_out) for each in rows), outline))
        sheet = number(properties.get("ppageno")) if program.startswith(OURS) else None
        pages.append(
            ForeignPage(
                "hOCR",
                tuple(regions),
                next((part for part in image.groups() if part), "").strip().replace("%22", '"')
                if image
                else "",
                None if box is None else size_of(box.right, box.bottom),
                sheet=max(int(sheet or 0), 0) + 1,
                program=program,
                left_out=left_out if not pages else Counter(),
            )
        )
    return pages


def _others(root: etree._Element) -> Counter[str]:
    """Classes of hOCR and properties of @title that nothing is made of."""
    left_out: Counter[str] = Counter()
    for element in root.iter():
        for name in classes_of(element):
            if name.startswith("ocr") and name not in _READ:
                left_out[f"class {name}"] += 1
        if element.get("title") and any(name.startswith("ocr") for name in classes_of(element)):
            title = _IMAGE.sub(";", element.get("title", ""))  # names of files may hold semicolons
            keys = {part.strip().partition(" ")[0] for part in title.split(";")}
            left_out.update(f"property {key}" for key in keys - _PROPERTIES - {""})
    return left_out


def _area(block: etree._Element) -> etree._Element | None:
    """The innermost area or paragraph around a line."""
    element: etree._Element | None = block
    while element is not None and not classes_of(element) & _AREAS:
        element = element.getparent()
    return element


def _line(each: ElementLine, left_out: Counter[str]) -> ForeignLine:
    properties = properties_of(each.element) if each.element is not each.block else {}
    box = _box(properties) or each.line.box
    outline = outline_of(points_of(numbers(properties.get("poly"))), box)
    words = []
    for word, element in paired(each, left_out):
        spans = () if element is None else tuple(dict.fromkeys(_spans(element, word.text)))
        words.append(ForeignWord(word.text, word.box, word.confidence, word.letters, (), spans))
    struck = [MarkSpan(0, len(word.text), "del") in word.spans for word in words]
    kind = Kind.STRUCK if struck and all(struck) else Kind.TEXT
    return ForeignLine(tuple(words), outline, _baseline(properties, outline, left_out), kind)


def _spans(element: etree._Element, text: str) -> Iterator[MarkSpan]:
    """The marks of a word and the letters that they are on; on all of it when it is not spelt as its text."""
    spelt = "".join(map(str, element.itertext()))
    before = len(spelt) - len(spelt.lstrip()) if spelt.strip() == text else None
    at, begins = 0, dict[etree._Element, int]()
    for event, each in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            begins[each] = at
            at += len(each.text or "")
            continue
        mark = _MARKS.get(tag(each).lower())
        start, end = (0, len(text)) if before is None else (begins[each] - before, at - before)
        if mark is not None and min(end, len(text)) > max(start, 0):
            yield MarkSpan(max(start, 0), min(end, len(text)), mark)
        at += len(each.tail or "")


def _baseline(
    properties: dict[str, str], outline: Outline | None, left_out: Counter[str]
) -> tuple[Point, ...]:
    """Of slope and height above the lower left corner, two points."""
    values = [value for value in numbers(properties.get("baseline")) if value is not None]
    if outline is None or not values:
        return ()
    if len(values) != 2:
        left_out["bent baselines"] += 1
        return ()
    slope, height = values
    box = outline.box
    start = box.bottom + height
    return Point(box.left, start), Point(box.right, start + slope * box.width)


def _box(properties: dict[str, str]) -> Box | None:
    edges = numbers(properties.get("bbox"))
    return box_around(edges) if len(edges) == 4 else None
