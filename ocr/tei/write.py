"""A page written as TEI: the one record. What is written and why: docs/tei.md."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast
from urllib.parse import quote

from lxml import etree

from ocr.geometry import Box, Point
from ocr.page import Kind, Line, MarkKind, Page, Reading, Region, Surface
from ocr.tei.header import put_header
from ocr.tei.leaf_notes import put_leaf_notes
from ocr.tei.names import (
    BORDER,
    FAILED,
    ILLEGIBLE,
    MODEL_HREF,
    PICTURE,
    PLACES_INDENT,
    REVIEW_THRESHOLD,
    TEI,
    UNREAD,
    XML_ID,
    XML_LANG,
    cert,
    name_token,
    number,
    q,
)
from ocr.tei.seal import put_seal
from ocr.tei.tables import put_table
from ocr.tei.words import WordPlace, append_text, clean, hyphenated, put_word, set_mark
from ocr.text import fit_for_xml

_CHANGE = "#ch1"
MARKER = "tetradi"
"""The step that says what a line is."""


def to_tei(page: Page, *, review_threshold: float = REVIEW_THRESHOLD, when: str | None = None) -> bytes:
    """The record of a page, UTF-8 with a declaration. The same page gives the same bytes.

    Words and letters with a confidence under `review_threshold` are marked unclear. `when` (ISO 8601) dates
    the machine's change, as docs/decisions/0005 says; without it nothing is dated. Places are clipped into
    their surface: word boxes and outlines to whole pixels, baselines to tenths; confidences have four digits.
    """
    page = _with_note_of_loss(page)
    readers = _readers(page)
    root = etree.Element(q("TEI"), nsmap=cast(dict[str, str], {None: TEI}))
    root.set(XML_LANG, "ru")
    put_header(root, page, readers, threshold=review_threshold, when=when)
    places = _Places(page, readers, review_threshold)
    if page.surfaces:
        facsimile = etree.SubElement(root, q("facsimile"))
        for n, surface in enumerate(page.surfaces, 1):
            _put_surface(facsimile, surface, f"s{n}", page, readers.get(MARKER, ""))
        etree.indent(facsimile, space=PLACES_INDENT)
    if any(len(line.readings) > 1 for line in page.lines):
        apps = etree.SubElement(etree.SubElement(root, q("standOff")), q("listApp"), type="readings")
        for n, surface in enumerate(page.surfaces, 1):
            places.put_earlier(apps, surface, f"s{n}")
    body = etree.SubElement(etree.SubElement(root, q("text")), q("body"))
    body.text = "\n"
    for n, surface in enumerate(page.surfaces, 1):
        places.put_text(body, surface, n)
    if not page.surfaces:
        etree.SubElement(body, q("div"))
    root.text = "\n"
    for child in root:
        child.tail = "\n"
    put_seal(root)
    return serialize(root)


def serialize(root: etree._Element) -> bytes:
    """The bytes of a record: declaration, what stands before the root, root, one line end."""
    above = list(reversed(list(root.itersiblings(preceding=True))))
    if not any(getattr(node, "target", "") == "xml-model" for node in above):
        model = etree.ProcessingInstruction(
            "xml-model",
            f'href="{MODEL_HREF}" type="application/xml" schematypens="http://relaxng.org/ns/structure/1.0"',
        )
        above.insert(0, model)
    nodes = [*above, root, *root.itersiblings()]
    spelt = [etree.tostring(node, encoding="unicode", with_tail=False) for node in nodes]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *spelt, ""]).encode()


def line_id(surface: int | str, region: int, line: int) -> str:
    """The xml:id of a line zone: s1_r2_l3."""
    return f"{surface}_r{region}_l{line}"


def _unread_id(surface: str, place: int) -> str:
    """The xml:id of the zone of a place that looks like writing and stands in no line: s1_u1."""
    return f"{surface}_u{place}"


def _with_note_of_loss(page: Page) -> Page:
    """The page with a note when it holds characters that XML cannot."""

    def texts() -> Iterable[str]:
        yield page.name
        yield from page.notes
        for surface in page.surfaces:
            yield surface.remark
            yield from (place.reason for place in surface.unread)
        for line in page.lines:
            for reading in line.readings:
                yield reading.failure or ""
                for word in reading.words:
                    yield word.text
                    yield from (rival.text for rival in word.rivals)

    lost = sum(fit_for_xml(text)[1] for text in texts())
    if not lost:
        return page
    what = "1 character" if lost == 1 else f"{lost} characters"
    return replace(page, notes=(*page.notes, f"{what} that XML forbids left out of the text."))


def _readers(page: Page) -> dict[str, str]:
    """Each reader of something on the page, as the page names it, with its xml:id: programs first.

    A program that was asked and read nothing here is told of in appInfo, and answers for nothing. Who says
    what a line is (struck out, put in above, a page number, in the margin), or letters, or doubts its border,
    is among them.
    """
    read = dict.fromkeys(reading.by for line in page.lines for reading in line.readings if reading.by)
    names = [step.ident for step in page.steps if step.reads and step.ident in read]
    marked = [MARKER] if any(_is_marked(line) for line in page.lines) else []
    taken: dict[str, str] = {}
    for name in dict.fromkeys([*names, *read, *marked]):
        token = name_token(name)
        while token in taken.values():
            token += "_"
        taken[name] = token
    return taken


def _is_marked(line: Line) -> bool:
    """Does the machine say what it is, or what letters of it are, or doubt its border?"""
    return (line.kind_confidence, line.border_confidence) != (None, None) or any(
        word.marks for reading in line.readings for word in reading.words
    )


def _frame(surface: Surface) -> Box:
    box = surface.box
    return Box(math.floor(box.left), math.floor(box.top), math.ceil(box.right), math.ceil(box.bottom))


def _set_box(element: etree._Element, box: Box) -> None:
    edges = (("ulx", box.left), ("uly", box.top), ("lrx", box.right), ("lry", box.bottom))
    for name, value in edges:
        element.set(name, str(round(value)))


def _spell_points(points: Sequence[Point], frame: Box, digits: int = 0) -> str:
    """Points as TEI spells them, each brought into the frame."""
    inside = (
        (min(max(p.x, frame.left), frame.right), min(max(p.y, frame.top), frame.bottom)) for p in points
    )
    return " ".join(f"{number(x, digits)},{number(y, digits)}" for x, y in inside)


def _zone(parent: etree._Element, zone_id: str, kind: str) -> etree._Element:
    zone = etree.SubElement(parent, q("zone"))
    zone.set(XML_ID, zone_id)
    zone.set("type", kind)
    return zone


def _put_surface(
    facsimile: etree._Element, surface: Surface, surface_id: str, page: Page, marked_by: str
) -> None:
    source, frame = page.source, _frame(surface)
    element = etree.SubElement(facsimile, q("surface"))
    element.set(XML_ID, surface_id)
    element.set("n", surface_id[1:])
    _set_box(element, frame)
    whole = Box(0, 0, source.width_px, source.height_px)
    holder = element
    if frame != whole:  # the picture shows more than this leaf: "a zone larger than its surface" (TEI P5, PH)
        holder = etree.SubElement(element, q("zone"), type=PICTURE)
        _set_box(holder, whole)
    graphic = etree.SubElement(holder, q("graphic"))
    # RFC 8118 gives #page=N its meaning for PDF; for other files of several sheets it is as clear
    sheet = f"#page={source.sheet}" if source.sheets > 1 else ""
    graphic.set("url", quote(clean(source.file), safe="/") + sheet)
    if source.media_type:
        graphic.set("mimeType", clean(source.media_type).replace(" ", ""))
    graphic.set("width", f"{source.width_px}px")
    graphic.set("height", f"{source.height_px}px")
    put_leaf_notes(element, surface)
    for r, region in enumerate(surface.regions, 1):
        zone = _zone(element, f"{surface_id}_r{r}", "region")
        zone.set("points", _spell_points(region.outline.points, frame))
        for n, line in enumerate(region.lines, 1):
            _put_line_zone(zone, line, line_id(surface_id, r, n), frame, marked_by)
    for n, place in enumerate(surface.unread, 1):
        points = _spell_points(place.outline.points, frame)
        _zone(element, _unread_id(surface_id, n), UNREAD).set("points", points)


def _put_line_zone(parent: etree._Element, line: Line, zone_id: str, frame: Box, marked_by: str) -> None:
    zone = _zone(parent, zone_id, "line")
    zone.set("points", _spell_points(line.outline.points, frame))
    if len(line.baseline) >= 2:
        points = _spell_points(line.baseline, frame, 1)
        etree.SubElement(zone, q("path"), type="baseline", points=points)
    if line.border_confidence is not None:
        doubt = etree.SubElement(zone, q("certainty"), locus="value", match=BORDER)
        doubt.set("degree", cert(line.border_confidence))
        doubt.set("resp", f"#{marked_by}")
    for which, reading in enumerate(reversed(line.readings)):
        for n, word in enumerate(reading.words, 1):
            if word.box is not None:
                _set_box(_zone(zone, _word_id(zone_id, which, n), "word"), word.box.clip(frame))


def _word_id(zone: str, which: int, word: int) -> str:
    """The id of a word zone; `which` counts readings back from the one that is the text."""
    return f"{zone}_w{word}" if which == 0 else f"{zone}_e{which}_w{word}"


class _Places:
    """Writes readings: knows who may be pointed to, and the threshold."""

    def __init__(self, page: Page, readers: dict[str, str], threshold: float) -> None:
        self._page, self._readers, self._threshold = page, readers, threshold

    def put_text(self, body: etree._Element, surface: Surface, count: int) -> None:
        """One div for a surface: where its page begins, one ab for a region, gaps for what is in no line."""
        surface_id = f"s{count}"
        div = etree.SubElement(body, q("div"))
        div.tail = "\n"
        page_break = etree.SubElement(div, q("pb"), n=str(count), facs=f"#{surface_id}")
        page_break.tail = "\n"
        position = 0
        tables: dict[int, dict[tuple[int, int], etree._Element]] = {}
        for r, region in enumerate(surface.regions, 1):
            holder, cell = div, region.cell
            if cell is not None and cell.table not in tables:
                cells = [other.cell for other in surface.regions if other.cell is not None]
                tables[cell.table] = put_table(div, [each for each in cells if each.table == cell.table])
            if cell is not None:
                holder = tables[cell.table][cell.row, cell.column]
            ab = etree.SubElement(
                holder, q("ab"), type=str(region.kind), facs=f"#{surface_id}_r{r}", change=_CHANGE
            )
            if region.hand is not None:
                ab.set("hand", f"#{name_token(region.hand)}")
            notes = [line.kind_confidence for line in region.lines if line.kind is Kind.MARGIN]
            known = [confidence for confidence in notes if confidence is not None]
            if region.kind is Kind.MARGIN and known and len(known) == len(notes):
                ab.set("cert", cert(min(known)))
                ab.set("resp", f"#{self._readers[MARKER]}")
            ab.tail = "\n" if cell is None else None
            ends = False
            for n, line in enumerate(region.lines, 1):
                position += 1
                begins = _goes_on(region, n - 1)
                zone_id = line_id(surface_id, r, n)
                if n > 1 and not ends:
                    append_text(ab, "\n")
                self._put_line(ab, line, zone_id, position, begins=begins, ends=ends)
                ends = begins
        for n, place in enumerate(surface.unread, 1):
            gap = etree.SubElement(div, q("gap"), reason=UNREAD, facs=f"#{_unread_id(surface_id, n)}")
            gap.tail = "\n"
            if clean(place.reason):
                etree.SubElement(gap, q("desc")).text = clean(place.reason)

    def put_earlier(self, apps: etree._Element, surface: Surface, surface_id: str) -> None:
        """The readings that are not the text, most trusted first: one app for each line."""
        for r, region in enumerate(surface.regions, 1):
            for n, line in enumerate(region.lines, 1):
                if len(line.readings) < 2:
                    continue
                zone_id = line_id(surface_id, r, n)
                app = etree.SubElement(apps, q("app"), corresp=f"#{zone_id}")
                for which, reading in enumerate(reversed(line.readings)):
                    if which:
                        rdg = etree.SubElement(app, q("rdg"))
                        self._put_reader(rdg, reading)
                        self._put_reading(rdg, reading, zone_id, which)

    def _put_reader(self, element: etree._Element, reading: Reading) -> None:
        if reading.confidence is not None:
            element.set("cert", cert(reading.confidence))
        if reading.by:
            element.set("resp", f"#{self._readers[reading.by]}")

    def _put_line(
        self, ab: etree._Element, line: Line, zone_id: str, n: int, *, begins: bool, ends: bool
    ) -> None:
        lb = etree.SubElement(ab, q("lb"), n=str(n), facs=f"#{zone_id}")
        if ends:
            lb.set("break", "no")
        if line.kind is not Kind.TEXT:
            lb.set("type", str(line.kind))
        if line.reading is None:
            etree.SubElement(ab, q("gap"), reason=UNREAD, unit="line", quantity="1")
            return
        self._put_reader(lb, line.reading)
        parent = ab
        if line.reading.words or line.reading.failure is not None:
            if line.kind is Kind.INSERTION:
                parent = etree.SubElement(ab, q("add"), place="above")
            elif line.kind is Kind.STRUCK:
                parent = etree.SubElement(ab, q("del"))
            elif line.kind is Kind.NUMBER:
                parent = etree.SubElement(ab, q("fw"), type="pageNum")
            if parent is not ab and line.kind_confidence is not None:
                parent.set("cert", cert(line.kind_confidence))
                parent.set("resp", f"#{self._readers[MARKER]}")
        self._put_reading(parent, line.reading, zone_id, 0, begins=begins, ends=ends)

    def _put_reading(
        self,
        parent: etree._Element,
        reading: Reading,
        zone_id: str,
        which: int,
        *,
        begins: bool = False,
        ends: bool = False,
    ) -> None:
        """Words with single spaces between them, then the failure when there is one."""
        resp = self._readers.get(reading.by)
        last = len(reading.words)
        for n, word in enumerate(reading.words, 1):
            if n > 1:
                append_text(parent, " ")
            facs = None if word.box is None else _word_id(zone_id, which, n)
            if clean(word.text):
                begun, ended = begins and n == last, ends and n == 1
                place = WordPlace(self._threshold, facs, begun, ended, self._readers.get(MARKER, ""))
                struck = word.mark(MarkKind.STRUCK)
                holder = parent
                if struck is not None and parent.tag != q("del"):
                    holder = set_mark(etree.SubElement(parent, q("del")), struck, place.marked_by)
                put_word(holder, word, place)
            else:
                gap = self._gap(parent, ILLEGIBLE, resp)
                if facs:
                    gap.set("facs", f"#{facs}")
                if word.confidence is not None:
                    gap.set("cert", cert(word.confidence))
        if reading.failure is not None:
            if reading.words:
                append_text(parent, " ")
            gap = self._gap(parent, FAILED, resp)
            if clean(reading.failure):
                etree.SubElement(gap, q("desc")).text = clean(reading.failure)

    @staticmethod
    def _gap(parent: etree._Element, reason: str, resp: str | None) -> etree._Element:
        gap = etree.SubElement(parent, q("gap"), reason=reason)
        if resp:
            gap.set("resp", f"#{resp}")
        return gap


def _goes_on(region: Region, index: int) -> bool:
    """Does the last word of this line go on in the next one of the region?"""
    if index + 1 >= len(region.lines):
        return False
    here, after = region.lines[index], region.lines[index + 1]
    if here.kind is not after.kind or not here.reading or not after.reading:
        return False
    if not here.reading.words or not after.reading.words or here.reading.failure is not None:
        return False
    last, first = clean(here.reading.words[-1].text), clean(after.reading.words[0].text)
    return hyphenated(last, first)
