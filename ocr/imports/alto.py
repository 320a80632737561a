"""The pages of an ALTO file: blocks, lines, Strings, and what tags and styles say of them."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from lxml import etree

from ocr.formats.alto import alto_elements
from ocr.formats.found_lines import ElementLine
from ocr.formats.metadata import programs_of
from ocr.formats.outside import box_around, children, number, numbers, tag
from ocr.geometry import Box, Outline, Point
from ocr.imports.foreign import (
    OURS,
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
from ocr.page import Kind, Rival
from ocr.tei.names import STATES
from ocr.text import squeeze

_BOX = "HPOS VPOS WIDTH HEIGHT"
_KNOWN = {
    "alto": "schemaLocation SCHEMAVERSION",
    "Description": "",
    "MeasurementUnit": "",
    "sourceImageInformation": "",
    "fileName": "",
    "fileIdentifier": "fileIdentifierLocation",
    "Processing": "ID",
    "OCRProcessing": "ID",
    "ocrProcessingStep": "ID",
    "processingDateTime": "",
    "processingStepDescription": "",
    "processingSoftware": "",
    "softwareName": "",
    "softwareVersion": "",
    "softwareCreator": "",
    "Tags": "",
    "ReadingOrder": "",
    "OrderedGroup": "ID REF",
    "UnorderedGroup": "ID REF",
    "ElementRef": "ID REF",
    "Layout": "STYLEREFS",
    "Page": "ID PHYSICAL_IMG_NR WIDTH HEIGHT",
    "PrintSpace": f"ID {_BOX}",
    "TopMargin": f"ID {_BOX}",
    "LeftMargin": f"ID {_BOX}",
    "RightMargin": f"ID {_BOX}",
    "BottomMargin": f"ID {_BOX}",
    "ComposedBlock": f"ID {_BOX}",
    "TextBlock": f"ID {_BOX} TAGREFS IDNEXT",
    "TextLine": f"ID {_BOX} TAGREFS BASELINE",
    "Shape": "",
    "Polygon": "POINTS",
    "String": f"ID {_BOX} TAGREFS CONTENT STYLE WC CS CC SUBS_TYPE SUBS_CONTENT",
    "SP": f"ID {_BOX}",
    "HYP": f"ID {_BOX} CONTENT",
    "Glyph": f"ID {_BOX} CONTENT GC",
    "ALTERNATIVE": "PURPOSE",
}
"""What is read of an ALTO file; everything else is counted as left out."""
_TAGS = ("LayoutTag", "StructureTag", "RoleTag", "NamedEntityTag", "OtherTag")
_STYLES = {"strikethrough": "del", "superscript": "superscript", "underline": "hi"}
_MARKS = frozenset({"del", "add", "supplied", "unclear", "foreign", "hi", "superscript", "abbr"})
_CONFIDENCE = "confidence "
STATE = "state: "
"""How a page is said to be corrected or verified, in a processingStepDescription of ours."""


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag that elements refer to."""

    kind: str
    label: str
    confidence: float | None


def pages_of(root: etree._Element) -> list[ForeignPage]:
    """The pages of an ALTO file of any version."""
    tags = {
        e.get("ID", ""): _Tag(e.get("TYPE", ""), e.get("LABEL", ""), confidence_in(e.get("DESCRIPTION")))
        for e in root.iter()
        if tag(e) in _TAGS
    }
    left_out = _others(root)
    unit = next((squeeze(e.text or "") for e in root.iter() if tag(e) == "MeasurementUnit"), "pixel")
    digest = next(
        (
            e.text
            for e in root.iter()
            if tag(e) == "fileIdentifier" and e.get("fileIdentifierLocation") == "sha256"
        ),
        None,
    )
    image = next((e.text or "" for e in root.iter() if tag(e) == "fileName"), "")
    program = next((f"{each.name} {each.version}".strip() for each in programs_of(root)), "")
    notes = [squeeze(e.text or "") for e in root.iter() if tag(e) == "processingStepDescription"]
    state = next((note.removeprefix(STATE) for note in notes if note.startswith(STATE)), STATES[0])
    pages: list[ForeignPage] = []
    for page, lines in alto_elements(root, any_unit=True):
        regions = []
        for _, group in groupby(lines, key=lambda each: each.block):
            regions.append(_region(list(group), tags, left_out))
        width, height = number(page.get("WIDTH")), number(page.get("HEIGHT"))
        sheet = number(page.get("PHYSICAL_IMG_NR")) if program.startswith(OURS) else None
        pages.append(
            ForeignPage(
                "ALTO",
                tuple(regions),
                squeeze(image),
                size_of(width, height),
                unit == "pixel",
                sha256=digest,
                sheet=max(int(sheet or 1), 1),
                program=program,
                state=state if state in STATES else STATES[0],
                left_out=left_out if not pages else Counter(),
            )
        )
    return pages


def confidence_in(description: str | None) -> float | None:
    """The probability that a description or purpose of ours tells: "confidence 0.97"."""
    if not (description or "").startswith(_CONFIDENCE):
        return None
    value = number((description or "").removeprefix(_CONFIDENCE))
    return value if value is not None and 0.0 <= value <= 1.0 else None


def _others(root: etree._Element) -> Counter[str]:
    """Elements and attributes that nothing is made of; what stands in such an element is not counted."""
    left_out: Counter[str] = Counter()
    idents: set[str] = set()

    def visit(element: etree._Element) -> None:
        name = tag(element)
        known = _KNOWN.get(name)
        if name in _TAGS:
            return  # counted where it is referred to
        if known is None:
            left_out[name] += bool(name)
            return
        for attribute in element.attrib:
            plain = str(attribute).rpartition("}")[2]
            if plain not in known.split():
                left_out[f"{name}/@{plain}"] += 1
        if name == "TextBlock" and not any(tag(e) in {"TextLine", "String"} for e in element.iter()):
            left_out["TextBlock without lines"] += 1
        ident = element.get("ID")
        if ident and ident in idents:
            left_out[f"id {ident}, which stands twice"] += 1
        idents.add(ident or "")
        for child in element:
            visit(child)

    visit(root)
    return +left_out


def _refs(element: etree._Element, tags: dict[str, _Tag]) -> list[_Tag]:
    return [tags[ident] for ident in (element.get("TAGREFS") or "").split() if ident in tags]


def _region(rows: list[ElementLine], tags: dict[str, _Tag], left_out: Counter[str]) -> ForeignRegion:
    block = rows[0].block
    kind = Kind.TEXT
    for each in _refs(block, tags):
        named = kind_of(each.label)
        if named is None:
            left_out[f"block tagged {each.label}"] += 1
        kind = named or kind
    lines = tuple(_line(each, kind, tags, left_out) for each in rows)
    outline = outline_of(_polygon(block), _box(block)) if tag(block).endswith("Block") else None
    return ForeignRegion(lines, outline, kind)


def _line(each: ElementLine, kind: Kind, tags: dict[str, _Tag], left_out: Counter[str]) -> ForeignLine:
    element = each.element
    sure, state, silence = None, STATES[0], "unread" if each.line.gaps else None
    for reference in _refs(element, tags) if element is not each.block else ():
        if reference.kind == "state" and reference.label in STATES:
            state = reference.label
        elif reference.kind == "silence":
            silence = None if reference.label == "blank" else reference.label
        elif (named := kind_of(reference.label)) is not None:
            kind, sure = named, reference.confidence
        else:
            left_out[f"line tagged {reference.label}"] += 1
    outline = outline_of(_polygon(element), _box(element))
    return ForeignLine(
        tuple(_word(pair, tags, left_out) for pair in paired(each, left_out)),
        outline,
        _baseline(element, outline),
        kind,
        sure,
        state,
        silence=None if each.line.text else silence,
    )


def _word(pair: Pair, tags: dict[str, _Tag], left_out: Counter[str]) -> ForeignWord:
    word, element = pair
    if element is None or tag(element) != "String":
        return ForeignWord(word.text, word.box, word.confidence, word.letters)
    marks: dict[str, float | None] = {}
    box = word.box
    for style in (element.get("STYLE") or "").split():
        if style in _STYLES:
            marks[_STYLES[style]] = None
        else:
            left_out[f"style {style}"] += 1
    for reference in _refs(element, tags):
        if reference.kind == "mark" and reference.label in _MARKS:
            marks[reference.label] = reference.confidence
        elif (reference.kind, reference.label) == ("place", "shared"):
            box = None
        else:
            left_out[f"word tagged {reference.label}"] += 1
    rivals = []
    for other in children(element, "ALTERNATIVE"):
        text, sure = squeeze(other.text or ""), confidence_in(other.get("PURPOSE"))
        if sure is None:
            left_out["alternatives without a probability"] += 1
        elif text and text != word.text:
            rivals.append(Rival(text, sure))
    spans = tuple(MarkSpan(0, len(word.text), mark, None, sure) for mark, sure in marks.items())
    is_persons = (element.get("CS") or "").lower() in {"true", "1"}
    return ForeignWord(word.text, box, word.confidence, word.letters, tuple(rivals), spans, is_persons)


def _polygon(element: etree._Element) -> tuple[Point, ...]:
    shape = next(children(element, "Shape"), None)
    polygon = None if shape is None else next(children(shape, "Polygon"), None)
    return () if polygon is None else points_of(numbers(polygon.get("POINTS")))


def _box(element: etree._Element) -> Box | None:
    left, top, wide, high = (number(element.get(name)) for name in _BOX.split())
    if left is None or top is None or wide is None or high is None:
        return None
    return box_around((left, top, left + wide, top + high))


def _baseline(line: etree._Element, outline: Outline | None) -> tuple[Point, ...]:
    """The points (ALTO 4.2), or a level line at the height that ALTO before has."""
    values = numbers(line.get("BASELINE"))
    if len(values) == 1 and values[0] is not None and outline is not None:
        return Point(outline.box.left, values[0]), Point(outline.box.right, values[0])
    points = points_of(values)
    return points if len(points) > 1 else ()
