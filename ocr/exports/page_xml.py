"""PAGE XML 2019-07-15 (PRImA), as Transkribus, eScriptorium and OCR-D take it: one file for each page.

Marks and states stand in @custom in the manner of Transkribus ("textStyle {offset:0; length:3;
strikethrough:true;}"); alternatives are further TextEquiv, likeliest first.
"""

from collections.abc import Iterator, Sequence
from typing import cast

from lxml import etree

from ocr import __version__
from ocr.exports.layout import LayoutLine, LayoutRegion, LayoutWord, layout_of
from ocr.exports.output import GroupOutput
from ocr.exports.pages import ExportPage, Group
from ocr.exports.reading import ExportSettings
from ocr.geometry import Box, Outline, Point
from ocr.page import Kind

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_SCHEMA = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15/pagecontent.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_TYPES = {
    Kind.TEXT: "paragraph",
    Kind.HEADING: "heading",
    Kind.MARGIN: "marginalia",
    Kind.NUMBER: "page-number",
    Kind.INSERTION: "paragraph",
    Kind.STRUCK: "paragraph",
}
_STYLES = {"del": "strikethrough", "superscript": "superscript", "hi": "underlined"}
_TAGS = {"add": "add", "supplied": "supplied", "unclear": "unclear", "foreign": "foreign", "abbr": "abbrev"}


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NAME.page.xml of a page. RecordError when it is no TEI, or tells no places."""
    out.put(".page.xml", page_xml(group.page, settings))


def page_xml(page: ExportPage, settings: ExportSettings) -> bytes:
    """The PAGE file of a record."""
    record, layout = page.view, layout_of(page)
    frame = Box(0, 0, layout.width, layout.height)
    root = etree.Element(_q("PcGts"), nsmap=cast(dict[str, str], {None: NAMESPACE, "xsi": _XSI}))
    root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {_SCHEMA}")
    metadata = _put(root, "Metadata")
    _put(metadata, "Creator").text = f"tetradi {__version__}"
    times = [_time(change.when) for change in record.changes if change.when] or [_time("1970-01-01")]
    _put(metadata, "Created").text = times[-1]
    _put(metadata, "LastChange").text = times[0]
    _put(metadata, "MetadataItem", type="other", name="state", value=record.state)
    if record.scan.sha256:
        _put(metadata, "MetadataItem", type="imageProperties", name="sha256", value=record.scan.sha256)
    if record.scan.sheet != 1:
        _put(metadata, "MetadataItem", type="imageProperties", name="sheet", value=str(record.scan.sheet))
    image = f"{settings.images}{record.scan.file or page.name}"
    body = _put(
        root, "Page", imageFilename=image, imageWidth=str(layout.width), imageHeight=str(layout.height)
    )
    if layout.regions:
        order = _put(_put(body, "ReadingOrder"), "OrderedGroup", id="reading_order")
        for index, region in enumerate(layout.regions):
            _put(order, "RegionRefIndexed", index=str(index), regionRef=region.ident)
    tables: dict[int, etree._Element] = {}
    for index, region in enumerate(layout.regions):
        table = region.lines[0].line.cell
        if table is not None and table.table not in tables:
            of_table = [each for each in layout.regions if _is_in(each, table.table)]
            tables[table.table] = _table(body, of_table, frame, f"table_{table.table}")
        _region(body if table is None else tables[table.table], region, index, frame)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _is_in(region: LayoutRegion, table: int) -> bool:
    cell = region.lines[0].line.cell
    return cell is not None and cell.table == table


def _table(body: etree._Element, cells: Sequence[LayoutRegion], frame: Box, ident: str) -> etree._Element:
    places = [cell for region in cells if (cell := region.lines[0].line.cell) is not None]
    while body.find(f".//*[@id='{ident}']") is not None or any(region.ident == ident for region in cells):
        ident += "x"
    element = _put(body, "TableRegion", id=ident)
    element.set("rows", str(max(cell.row + cell.rows for cell in places)))
    element.set("columns", str(max(cell.column + cell.columns for cell in places)))
    around = Box.around(point for region in cells for point in region.outline.points)
    _put(element, "Coords", points=_spelt(Outline(around.corners).points, frame))
    return element


def _region(body: etree._Element, region: LayoutRegion, index: int, frame: Box) -> None:
    custom = f"readingOrder {{index:{index};}} structure {{type:{_TYPES[region.kind]};}}"
    element = _put(body, "TextRegion", id=region.ident, type=_TYPES[region.kind], custom=custom)
    _put(element, "Coords", points=_spelt(region.outline.points, frame))
    cell = region.lines[0].line.cell
    if cell is not None:
        role = _put(
            _put(element, "Roles"), "TableCellRole", rowIndex=str(cell.row), columnIndex=str(cell.column)
        )
        for name, count in (("rowSpan", cell.rows), ("colSpan", cell.columns)):
            if count > 1:
                role.set(name, str(count))
    for number, line in enumerate(region.lines):
        _line(element, line, number, frame)
    text = "\n".join(line.text for line in region.lines)
    if text.strip():
        _put(_put(element, "TextEquiv"), "Unicode").text = text


def _line(region: etree._Element, line: LayoutLine, number: int, frame: Box) -> None:
    element = _put(region, "TextLine", id=line.line.ident, custom=" ".join(_customs(line, number)))
    coords = _put(element, "Coords", points=_spelt(line.outline.points, frame))
    if line.line.border is not None:
        coords.set("conf", _share(line.line.border))
    _put(element, "Baseline", points=_spelt(line.baseline, frame))
    for word in line.words:
        _word(element, word, frame)
    if line.line.silence is None or line.line.silence == "blank":
        _equiv(element, line.text, line.line.confidence)


def _word(line: etree._Element, word: LayoutWord, frame: Box) -> None:
    element = _put(line, "Word", id=word.ident)
    customs = [] if word.has_own_place else [_place(word)]
    customs += ["status {type:corrected;}"] if word.token.by else []
    if customs:
        element.set("custom", " ".join(customs))
    _put(element, "Coords", points=_spelt(Outline(word.box.corners).points, frame))
    _equiv(element, word.token.text, word.token.cert, 0 if word.token.rivals else None)
    for index, rival in enumerate(word.token.rivals, 1):
        _equiv(element, rival.text, rival.cert, index)


def _place(word: LayoutWord) -> str:
    """How a word whose place is shared with others is said to have its own place, or none."""
    own = word.token.box if word.token.id is not None else None
    if own is None:
        return "place {type:shared;}"
    sides = {"left": own.left, "top": own.top, "right": own.right, "bottom": own.bottom}
    return "place {" + " ".join(f"{side}:{value:g};" for side, value in sides.items()) + "}"


def _equiv(element: etree._Element, text: str, confidence: float | None, index: int | None = None) -> None:
    equiv = _put(element, "TextEquiv")
    if index is not None:
        equiv.set("index", str(index))
    if confidence is not None:
        equiv.set("conf", _share(confidence))
    _put(equiv, "Unicode").text = text


def _customs(line: LayoutLine, number: int) -> Iterator[str]:
    """What is told of a line and of the letters of its text: order, kind, state, marks, gaps."""
    yield f"readingOrder {{index:{number};}}"
    if line.line.kind is not Kind.TEXT:
        yield f"structure {{type:{line.line.kind.value};{_sure(line.kind_confidence)}}}"
    if line.line.state != "draft":
        yield f"status {{type:{line.line.state};}}"
    if line.line.silence == "failed":
        yield "silence {type:failed;}"
    offset = 0
    words = iter(line.words)
    for token in line.line.tokens:
        if token.gap is not None:
            extent = "" if token.gap.extent is None else f" extent:{token.gap.extent};"
            yield f"gap {{offset:{max(offset - 1, 0)}; length:0; reason:{_plain(token.gap.reason)};{extent}}}"
        if not token.text:
            continue
        word = next(words)
        for start, length, mark in word.marked:
            where = f"offset:{offset + start}; length:{length};{_sure(word.sure.get(mark))}"
            if mark in _STYLES:
                yield f"textStyle {{{where} {_STYLES[mark]}:true;}}"
            elif mark == "abbr" and token.expan:
                yield f"abbrev {{{where} expansion:{_plain(token.expan)};}}"
            else:
                yield f"{_TAGS[mark]} {{{where}}}"
        offset += len(token.text) + 1


def _sure(confidence: float | None) -> str:
    """How likely a machine's mark is right."""
    return "" if confidence is None else f" conf:{_share(confidence)};"


def _share(confidence: float) -> str:
    return f"{confidence:.4f}".rstrip("0").rstrip(".")


def _plain(text: str) -> str:
    """A value within @custom, whose own signs it must not hold (Transkribus spells them by number)."""
    return "".join(f"\\u{ord(c):04x}" if c in ":;{}\\" else c for c in text)


def _spelt(points: Sequence[Point], frame: Box) -> str:
    """Whole pixels within the picture."""
    return " ".join(
        f"{min(max(round(x), 0), round(frame.right))},{min(max(round(y), 0), round(frame.bottom))}"
        for x, y in points
    )


def _time(when: str) -> str:
    """A date or time of revisionDesc as xs:dateTime."""
    return f"{when}T00:00:00" if len(when) == 10 else when


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _put(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _q(tag), attributes)
