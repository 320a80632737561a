"""A page of a PAGE file: regions, lines, words, and what @custom says of them."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from lxml import etree

from ocr.formats.found_lines import ElementLine
from ocr.formats.metadata import programs_of
from ocr.formats.outside import box_around, children, number, numbers, tag
from ocr.formats.page_xml import equivs_of, page_elements
from ocr.geometry import Box, Point
from ocr.imports.custom import CustomEntry, entries_of
from ocr.imports.foreign import (
    CORRECTED,
    ForeignGap,
    ForeignLine,
    ForeignPage,
    ForeignRegion,
    ForeignWord,
    MarkSpan,
    Pair,
    outline_of,
    paired,
    points_of,
    size_of,
)
from ocr.imports.kinds import kind_of
from ocr.page import Cell, Kind, Rival
from ocr.tei.names import STATES
from ocr.text import squeeze

_KNOWN = {
    "PcGts": "schemaLocation pcGtsId",
    "Metadata": "externalRef",
    "Creator": "",
    "Created": "",
    "LastChange": "",
    "MetadataItem": "type name value date",
    "TranskribusMetadata": "status docId pageId pageNr tsid userId imgUrl xmlUrl imageId",
    "Page": "imageFilename imageWidth imageHeight",
    "ReadingOrder": "conf",
    "OrderedGroup": "id caption regionRef",
    "UnorderedGroup": "id caption regionRef",
    "OrderedGroupIndexed": "id index caption regionRef",
    "UnorderedGroupIndexed": "id index caption regionRef",
    "RegionRef": "regionRef",
    "RegionRefIndexed": "regionRef index",
    "TextRegion": "id type custom",
    "TableRegion": "id custom rows columns",
    "TableCell": "id row col rowSpan colSpan custom",
    "Roles": "",
    "TableCellRole": "rowIndex columnIndex rowSpan colSpan",
    "TextLine": "id custom",
    "Word": "id custom",
    "Glyph": "id",
    "TextEquiv": "index conf",
    "Unicode": "",
    "PlainText": "",
    "Coords": "points conf",
    "Point": "x y",
    "Baseline": "points",
}
"""What is read of a PAGE file; everything else is counted as left out."""
_MOST_ROWS, _MOST_COLUMNS = 1000, 100
"""A cell beyond is in no table: each row and column in between would be written."""
_OURS = {"state", "sha256", "sheet"}
_DONE = {"GT", "DONE", "FINAL"}
"""What Transkribus calls a page that a person has transcribed."""
_STYLES = {"strikethrough": "del", "superscript": "superscript", "underlined": "hi"}
_MARKS = {"add": "add", "supplied": "supplied", "unclear": "unclear", "foreign": "foreign", "abbrev": "abbr"}
_MARK_VALUES = {"offset", "length", "expansion", "conf", "continued"}
_NO_MARKS = {"readingOrder", "structure", "status", "silence", "place"}


def page_of(root: etree._Element) -> ForeignPage:
    """The page of a PAGE file of any version."""
    left_out = _others(root)
    page = next(children(root, "Page"), root)
    items = {e.get("name"): e.get("value") for e in root.iter() if tag(e) == "MetadataItem"}
    sheet = number(items.get("sheet"))
    width, height = number(page.get("imageWidth")), number(page.get("imageHeight"))
    regions = []
    for _, group in groupby(page_elements(root), key=lambda each: each.block):
        rows = list(group)
        regions.append(_region(rows[0].block, rows, left_out))
    program = next((each for each in programs_of(root)), None)
    return ForeignPage(
        "PAGE",
        tuple(regions),
        page.get("imageFilename", ""),
        size_of(width, height),
        sha256=items.get("sha256"),
        sheet=max(int(sheet or 1), 1),
        program=program.name if program else "",
        state=_state(root, items.get("state")),
        left_out=left_out,
    )


def _state(root: etree._Element, own: str | None) -> str:
    if own in STATES:
        return str(own)
    statuses = (e.get("status") for e in root.iter() if tag(e) == "TranskribusMetadata")
    return "corrected" if _DONE & {(status or "").upper() for status in statuses} else "draft"


def _others(root: etree._Element) -> Counter[str]:
    """Elements and attributes that nothing is made of; what stands in such an element is not counted."""
    left_out: Counter[str] = Counter()
    idents: set[str] = set()

    def visit(element: etree._Element) -> None:
        name = tag(element)
        known = _KNOWN.get(name)
        if known is None:
            if not name.endswith("Region"):
                left_out[name] += bool(name)
                return
            known = "id custom"
            if not any(tag(e) == "TextLine" for e in element.iter()):
                left_out[name] += 1
                return
        if name == "MetadataItem" and element.get("name") not in _OURS:
            left_out[f"MetadataItem {element.get('name', '')}".strip()] += 1
        elif name == "TextRegion" and not any(tag(e) in {"TextLine", "TextEquiv"} for e in element.iter()):
            left_out["TextRegion without lines"] += 1
        elif name in {"TableCell", "TableCellRole"} and _span_of(element) is None:
            left_out["the place of a cell in its table"] += 1
        for attribute in element.attrib:
            plain = str(attribute).rpartition("}")[2]
            if plain not in known.split():
                left_out[f"{name}/@{plain}"] += 1
        ident = element.get("id")
        if ident and ident in idents:
            left_out[f"id {ident}, which stands twice"] += 1
        idents.add(ident or "")
        for child in element:
            visit(child)

    visit(root)
    return +left_out


def _region(region: etree._Element, rows: list[ElementLine], left_out: Counter[str]) -> ForeignRegion:
    kind = Kind.TEXT
    structures = [e for e in entries_of(region.get("custom")) if e.name == "structure"]
    for label in (region.get("type"), *(entry.values.get("type") for entry in structures)):
        named = kind_of(label) if label else None
        if label and named is None and label not in {"", region.get("type") if structures else ""}:
            left_out[f"region of the type {label}"] += 1
        kind = named or kind
    lines = tuple(_line(each, region, kind, left_out) for each in rows)
    return ForeignRegion(lines, outline_of(*_place(region)), kind, _cell(region))


def _cell(region: etree._Element) -> Cell | None:
    """Its place in the table around it: by its role, or by itself, as Transkribus has it."""
    table = next((e for e in region.iterancestors() if tag(e) == "TableRegion"), None)
    roles = next(children(region, "Roles"), region)
    span = _span_of(next(children(roles, "TableCellRole"), region))
    if table is None or span is None:
        return None
    tables = (e for e in table.getroottree().iter() if tag(e) == "TableRegion")
    return Cell(next(n for n, each in enumerate(tables, 1) if each is table), *span)


def _span_of(element: etree._Element) -> tuple[int, int, int, int] | None:
    """Row, column, and how many of both are covered; None when that is not told, or no table is so large."""
    names = ("rowIndex", "columnIndex") if tag(element) == "TableCellRole" else ("row", "col")
    row, column = (number(element.get(name)) for name in names)
    down, across = (number(element.get(name, "1")) for name in ("rowSpan", "colSpan"))
    if (
        row is None
        or column is None
        or down is None
        or across is None
        or min(row, column, down - 1, across - 1) < 0
    ):
        return None
    fits = row + down <= _MOST_ROWS and column + across <= _MOST_COLUMNS
    return (int(row), int(column), int(down), int(across)) if fits else None


def _line(each: ElementLine, region: etree._Element, kind: Kind, left_out: Counter[str]) -> ForeignLine:
    entries = [] if each.element is region else list(entries_of(each.element.get("custom")))
    raw = _raw_text(each)
    words = _words(each, raw, entries, left_out)
    gaps = [entry for entry in entries if entry.name == "gap"]
    line = ForeignLine(
        tuple(_with_gaps(words, gaps)),
        outline_of(*_place(each.element)),
        kind=kind,
        confidence=each.line.confidence,
        border_confidence=_conf_of_place(each.element),
        silence="unread" if each.line.gaps and not each.line.text and not gaps else None,
    )
    baseline = next(children(each.element, "Baseline"), None)
    if baseline is not None:
        points = points_of(numbers(baseline.get("points")))
        line = replace(line, baseline=points if len(points) > 1 else ())
    if len(list(children(each.element, "TextEquiv"))) > 1 and each.element is not region:
        left_out["other readings of a whole line"] += len(equivs_of(each.element)) - 1
    for entry in entries:
        line = _told(line, entry, left_out)
    return line


def _told(line: ForeignLine, entry: CustomEntry, left_out: Counter[str]) -> ForeignLine:
    """The line with what an entry says of all of it."""
    label = entry.values.get("type", "")
    match entry.name:
        case "structure":
            kind = kind_of(label)
            if kind is None:
                left_out[f"line of the type {label}"] += 1
                return line
            return replace(line, kind=kind, kind_confidence=entry.share("conf"))
        case "status" if label in CORRECTED:
            return replace(line, state=label)
        case "silence" if label == "failed":
            return replace(line, silence=label)
    return line


def _raw_text(each: ElementLine) -> str:
    """The text as the file spells it, which offsets in @custom count in."""
    text = next((text for text, _ in equivs_of(each.element) if " ".join(text.split()) == each.line.text), "")
    return text or each.line.text


def _words(
    each: ElementLine, raw: str, entries: list[CustomEntry], left_out: Counter[str]
) -> list[tuple[int, ForeignWord]]:
    """The words, each with where it ends in the raw text."""
    spots = [(match.start(), match.end()) for match in re.finditer(r"\S+", raw)]
    words = []
    spans = list(_spans(entries, left_out))
    pairs = paired(each, left_out)
    if len(spots) != len(pairs):  # words of a line that gives itself no text
        spots, at = [], 0
        for word, _ in pairs:
            spots.append((at, at + len(word.text)))
            at += len(word.text) + 1
    for pair, (start, end) in zip(pairs, spots, strict=True):
        own = tuple(
            replace(span, start=max(span.start, start) - start, end=min(span.end, end) - start)
            for span in spans
            if span.start < end and span.end > start
        )
        words.append((end, _word(pair, own, left_out)))
    return words


def _word(pair: Pair, spans: tuple[MarkSpan, ...], left_out: Counter[str]) -> ForeignWord:
    word, element = pair
    if element is None or tag(element) != "Word":
        return ForeignWord(word.text, spans=spans)
    rivals = tuple(_rivals(element, word.text, left_out))
    box, is_persons = word.box, False
    for entry in entries_of(element.get("custom")):
        if entry.name == "place":
            box = _own_place(entry)
        is_persons |= entry.name == "status" and entry.values.get("type") in CORRECTED
    return ForeignWord(word.text, box, word.confidence, word.letters, rivals, spans, is_persons)


def _own_place(entry: CustomEntry) -> Box | None:
    """The place of a word of ours whose place in the file is shared with others; None when it has none."""
    values = [entry.number(side) for side in ("left", "top", "right", "bottom")]
    left, top, right, bottom = (value or 0.0 for value in values)
    return None if None in values or right < left or bottom < top else Box(left, top, right, bottom)


def _rivals(element: etree._Element, text: str, left_out: Counter[str]) -> Iterator[Rival]:
    others = [(squeeze(other), sure) for other, sure in equivs_of(element) if other.strip()]
    for other, sure in others[1:]:
        if text != others[0][0]:
            left_out["alternatives of two words together"] += 1
        elif sure is None:
            left_out["alternatives without a probability"] += 1
        elif other != text:
            yield Rival(other, sure)


def _spans(entries: list[CustomEntry], left_out: Counter[str]) -> Iterator[MarkSpan]:
    """The marks that entries put on letters of the line."""
    for entry in entries:
        start, length = entry.whole("offset"), entry.whole("length")
        marks = []
        if entry.name == "textStyle":
            for style, value in entry.values.items():
                if style in _STYLES and value == "true":
                    marks.append(_STYLES[style])
                elif style not in _MARK_VALUES and value not in {"false", "0", "0.0", ""}:
                    left_out[f"style {style}"] += 1
        elif entry.name in _MARKS:
            marks.append(_MARKS[entry.name])
            for key in entry.values.keys() - _MARK_VALUES:
                left_out[f"{key} of {entry.name}"] += 1
        elif entry.name != "gap" and entry.name not in _NO_MARKS:
            left_out[f"tag {entry.name}"] += 1
        if start is None or not length:
            continue
        for mark in marks:
            expan = entry.values.get("expansion") or None
            yield MarkSpan(start, start + length, mark, expan, entry.share("conf"))


def _with_gaps(
    words: list[tuple[int, ForeignWord]], gaps: list[CustomEntry]
) -> Iterator[ForeignWord | ForeignGap]:
    """Words and gaps in their order: a gap stands behind the words that end where it is, or before."""
    waiting = sorted(gaps, key=lambda entry: entry.whole("offset") or 0)
    for end, word in words:
        while waiting and (waiting[0].whole("offset") or 0) < end:
            yield _gap(waiting.pop(0))
        yield word
    yield from map(_gap, waiting)


def _gap(entry: CustomEntry) -> ForeignGap:
    return ForeignGap(entry.values.get("reason") or "illegible", entry.whole("extent"))


def _conf_of_place(element: etree._Element) -> float | None:
    """How likely the outline of an element is right, where a program doubts it."""
    conf = next((number(coords.get("conf")) for coords in children(element, "Coords")), None)
    return conf if conf is not None and 0.0 <= conf < 1.0 else None


def _place(element: etree._Element) -> tuple[tuple[Point, ...], Box | None]:
    """The points of an element, and the box around them."""
    coords = next(children(element, "Coords"), None)
    if coords is None:
        return (), None
    values = numbers(coords.get("points"))
    if coords.get("points") is None:  # 2010
        values = [number(p.get(axis)) for p in children(coords, "Point") for axis in "xy"]
    return points_of(values), box_around(values)
