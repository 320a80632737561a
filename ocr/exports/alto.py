"""ALTO 4.3 (Library of Congress), as eScriptorium, kraken and libraries take it: one file for each page.

Kinds and states of lines and marks of words are tags; struck, raised, underlined words have their style, too.
"""

from typing import cast

from lxml import etree

from ocr import __version__
from ocr.exports.layout import LayoutLine, LayoutRegion, LayoutWord, layout_of
from ocr.exports.output import GroupOutput
from ocr.exports.pages import ExportPage, Group
from ocr.exports.reading import ExportSettings
from ocr.geometry import Box, Outline, Point
from ocr.page import Kind

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA = "http://www.loc.gov/standards/alto/v4/alto-4-3.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_STYLES = {"del": "strikethrough", "superscript": "superscript", "hi": "underline"}


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NAME.alto.xml of a page. RecordError when it is no TEI, or tells no places."""
    out.put(".alto.xml", alto(group.page))


def alto(page: ExportPage) -> bytes:
    """The ALTO file of a record."""
    record, layout = page.view, layout_of(page)
    root = etree.Element(_q("alto"), nsmap=cast(dict[str, str], {None: NAMESPACE, "xsi": _XSI}))
    root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {_SCHEMA}")
    root.set("SCHEMAVERSION", "4.3")
    description = _put(root, "Description")
    _put(description, "MeasurementUnit").text = "pixel"
    source = _put(description, "sourceImageInformation")
    _put(source, "fileName").text = record.scan.file or page.name
    if record.scan.sha256:
        _put(source, "fileIdentifier", fileIdentifierLocation="sha256").text = record.scan.sha256
    step = _put(description, "Processing", ID="tetradi")
    if record.changes and record.changes[0].when:
        _put(step, "processingDateTime").text = record.changes[0].when
    if record.state != "draft":
        _put(step, "processingStepDescription").text = f"state: {record.state}"
    software = _put(step, "processingSoftware")
    _put(software, "softwareName").text = "tetradi"
    _put(software, "softwareVersion").text = __version__
    tags = _Tags(_put(root, "Tags"))
    order = etree.Element(_q("OrderedGroup"), ID="reading_order")
    body = _put(
        _put(root, "Layout"),
        "Page",
        ID="page_of_scan",
        PHYSICAL_IMG_NR=str(record.scan.sheet),
        WIDTH=str(layout.width),
        HEIGHT=str(layout.height),
    )
    space = _put(body, "PrintSpace", **_place(Box(0, 0, layout.width, layout.height)))
    for number, region in enumerate(layout.regions, 1):
        _put(order, "ElementRef", ID=f"order_{number}", REF=region.ident)
        _block(space, region, tags)
    if len(order):
        holder = etree.Element(_q("ReadingOrder"))
        holder.append(order)
        root.insert(2, holder)
    if not len(tags.element):
        root.remove(tags.element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


class _Tags:
    """The tags of a page, each put down when it is needed first."""

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self._known: set[str] = set()

    def refs(self, *tags: tuple[str, str, float | None]) -> dict[str, str]:
        """The attribute that refers to tags, given as (type, label, how likely it is right)."""
        idents = []
        for kind, label, sure in tags:
            ident = f"{kind}_{label}" + ("" if sure is None else f"_{_spelt(sure, 4)}")
            idents.append(ident)
            if ident not in self._known:
                tag = _put(self.element, "OtherTag", ID=ident, TYPE=kind, LABEL=label)
                self._known.add(ident)
                if sure is not None:
                    tag.set("DESCRIPTION", _confidence(sure))
        return {"TAGREFS": " ".join(idents)} if idents else {}


def _block(space: etree._Element, region: LayoutRegion, tags: _Tags) -> None:
    kind = [("region", region.kind.value, None)] if region.kind is not Kind.TEXT else []
    block = _put(space, "TextBlock", ID=region.ident, **tags.refs(*kind), **_place(region.outline.box))
    _shape(block, region.outline)
    for line in region.lines:
        _line(block, line, tags)


def _line(block: etree._Element, line: LayoutLine, tags: _Tags) -> None:
    refs: list[tuple[str, str, float | None]] = []
    if line.line.kind is not Kind.TEXT:
        refs.append(("line", line.line.kind.value, line.kind_confidence))
    if line.line.state != "draft":
        refs.append(("state", line.line.state, None))
    if line.line.silence:
        refs.append(("silence", line.line.silence, None))
    element = _put(
        block,
        "TextLine",
        ID=line.line.ident,
        **tags.refs(*refs),
        **_place(line.outline.box),
        BASELINE=" ".join(f"{_spelt(x)},{_spelt(y)}" for x, y in line.baseline),
    )
    _shape(element, line.outline)
    for number, word in enumerate(line.words):
        if number:
            before = line.words[number - 1].box
            width = word.box.left - before.right
            _put(
                element, "SP", HPOS=_spelt(before.right), VPOS=_spelt(before.top), WIDTH=_spelt(max(width, 0))
            )
        _string(element, word, tags)
    if not line.words:
        _put(element, "String", CONTENT="", **_place(line.outline.box))


def _string(line: etree._Element, word: LayoutWord, tags: _Tags) -> None:
    token = word.token
    marks = dict.fromkeys(mark for _, _, mark in word.marked)
    styles = " ".join(_STYLES[mark] for mark in marks if mark in _STYLES)
    refs = [("mark", mark, word.sure.get(mark)) for mark in marks]
    refs += [] if word.has_own_place else [("place", "shared", None)]
    element = _put(line, "String", ID=word.ident, **tags.refs(*refs))
    for name, value in _place(word.box).items():
        element.set(name, value)
    element.set("CONTENT", token.text)
    if styles:
        element.set("STYLE", styles)
    if token.cert is not None:
        element.set("WC", _spelt(token.cert, 4))
    if token.by:
        element.set("CS", "true")
    for rival in token.rivals:
        other = _put(element, "ALTERNATIVE")
        other.text = rival.text
        if rival.cert is not None:
            other.set("PURPOSE", _confidence(rival.cert))


def _confidence(sure: float) -> str:
    return f"confidence {_spelt(sure, 4)}"


def _shape(element: etree._Element, outline: Outline) -> None:
    points: tuple[Point, ...] = outline.points
    _put(_put(element, "Shape"), "Polygon", POINTS=" ".join(f"{_spelt(x)},{_spelt(y)}" for x, y in points))


def _place(box: Box) -> dict[str, str]:
    return {
        "HPOS": _spelt(box.left),
        "VPOS": _spelt(box.top),
        "WIDTH": _spelt(box.width),
        "HEIGHT": _spelt(box.height),
    }


def _spelt(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _put(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _q(tag), attributes)
