"""What a file says of itself beside its text: whose hand, which notebook, when; its scan; who read it."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from ocr.corrections.view import view
from ocr.errors import RecordError
from ocr.files import refuse_drive
from ocr.formats.outside import children, number, tag
from ocr.page import ScanFacts
from ocr.tei.names import STATES, XML_ID, local, q
from ocr.tei.tree import load, parse_safely, read, text_of
from ocr.text import squeeze

_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})(?!\d)")
_DATES = ("origDate", "creation", "origin")
_WHEN = ("when", "notBefore", "from", "notAfter", "to")


@dataclass(frozen=True, slots=True)
class MadeBy:
    """A program that read."""

    name: str
    version: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    """What it says of its settings, its model and the model's digest among them."""


def metadata_of(path: Path) -> dict[str, str]:
    """What the header of a TEI file says of the page, by key; keys about which nothing is said are not there,
    none is of a file that is no TEI (plain text, PAGE, ALTO, hOCR).

    hand: the handNote(s), by their xml:id, else by their words; style: their @script; notebook: idno of
    this type in sourceDesc; date: origDate, else the date of creation, by its attributes, else its words;
    year: four digits of the date. Any other idno or note with a @type in msDesc or bibl goes by that type.
    """
    if path.suffix.lower() != ".xml":
        return {}
    try:
        header = load(path).find(q("teiHeader"))
    except RecordError as error:
        refuse_drive(error)
        return {}
    if header is None:
        return {}
    values: dict[str, str] = {}
    for element in header.iterfind(f".//{q('sourceDesc')}//*[@type]"):
        if local(element) in {"idno", "note"} and text_of(element):
            values.setdefault(element.get("type", ""), text_of(element))
    hands = list(header.iter(q("handNote")))
    date = _date(header)
    year = _YEAR.search(date)
    values |= {
        "hand": _joined([hand.get(XML_ID) or text_of(hand) for hand in hands]) or values.get("hand", ""),
        "style": _joined([hand.get("script", "") for hand in hands]) or values.get("style", ""),
        "date": date or values.get("date", ""),
        "year": year[1] if year else values.get("year", ""),
    }
    return {key: value for key, value in values.items() if value}


def _joined(values: list[str]) -> str:
    return " + ".join(dict.fromkeys(value for value in values if value))


def _date(header: etree._Element) -> str:
    for name in _DATES:
        for place in header.iter(q(name)):
            for element in (place, *place.iter(q("date"))):
                dates = "/".join(value for key in _WHEN if (value := element.get(key)))
                if dates:
                    return dates
            if name == "origDate" and text_of(place):
                return text_of(place)
    return ""


def scan_facts(path: Path) -> ScanFacts | None:
    """The scan that a TEI, PAGE or ALTO file names, by its bare name, without folders; what else the file
    knows of it. None when it names none or cannot be read as XML."""
    root = _root(path)
    if root is None:
        return None
    scan = root.find(f".//{q('sourceDesc')}/{q('bibl')}[@type='scan']")
    return _ours(scan) if scan is not None else _foreign(root)


def _root(path: Path) -> etree._Element | None:
    try:
        return parse_safely(read(path), str(path))
    except RecordError as error:
        refuse_drive(error)
        return None


def _ours(scan: etree._Element) -> ScanFacts | None:
    typed = {e.get("type"): e for e in scan.iter(q("idno"), q("measure"), q("note"))}
    scope = scan.find(q("biblScope"))
    sheet = None if scope is None else number(scope.get("from"))

    def text(kind: str) -> str:
        return squeeze(typed[kind].text or "") if kind in typed else ""

    def measured(kind: str) -> float | None:
        return number(typed[kind].get("quantity")) if kind in typed else None

    named = _named(text("file"), measured("width"), measured("height"))
    return named and replace(
        named,
        sheet=max(int(sheet or 1), 1),
        sha256=text("sha256") or None,
        dpi=measured("resolution"),
        media_type=text("media-type"),
    )


def _foreign(root: etree._Element) -> ScanFacts | None:
    for element in root.iter():
        match tag(element):
            case "graphic" if element.get("url"):
                size = (_pixels(element.get("width")), _pixels(element.get("height")))
                return _named(element.get("url"), *size)
            case "Page" if element.get("imageFilename"):
                size = (number(element.get("imageWidth")), number(element.get("imageHeight")))
                return _named(element.get("imageFilename"), *size)
            case "fileName":
                return _named(element.text, None, None)
    return None


def _pixels(text: str | None) -> float | None:
    return number((text or "").removesuffix("px"))


def _named(path: str | None, width: float | None, height: float | None) -> ScanFacts | None:
    name = (path or "").strip().replace("\\", "/").rpartition("/")[2]
    if not name:
        return None
    size = (int(width), int(height)) if width and height else (None, None)
    return ScanFacts(name, width_px=size[0], height_px=size[1])


def made_by(path: Path) -> tuple[MadeBy, ...]:
    """The programs that a TEI, PAGE, ALTO or hOCR file names; none when it names none, or is no XML."""
    root = _root(path)
    return () if root is None else programs_of(root)


def programs_of(root: etree._Element) -> tuple[MadeBy, ...]:
    """The same, of a file that is parsed."""
    programs = [_application(e) for e in root.iter(q("application")) if e.get("type") == "reader"]
    for element in root.iter():
        match tag(element):
            case "processingSoftware":
                name, version = (
                    text_of(next(children(element, f"software{part}"), None)) for part in ("Name", "Version")
                )
                programs.append(MadeBy(name, version))
            case "Creator":
                programs.append(MadeBy(text_of(element)))
            case "meta" if element.get("name") == "ocr-system":
                programs.append(MadeBy(squeeze(element.get("content") or "")))
    return tuple(p for at, p in enumerate(programs) if p.name and p not in programs[:at])


def _application(element: etree._Element) -> MadeBy:
    labels = {label.get("type", ""): text_of(label) for label in children(element, "label")}
    pairs = (text_of(p).partition("=") for p in children(element, "p"))
    return MadeBy(
        labels.get("") or element.get("ident") or "",
        labels.get("version") or element.get("version") or "",
        {key: value for key, _, value in pairs},
    )


def is_done(path: Path) -> bool:
    """Is it a record that a person has accepted, as a whole or in all its lines? Not if it is no TEI."""
    try:
        content = read(path) if path.suffix.lower() == ".xml" else b""
        if not any(state.encode() in content for state in STATES[1:]):
            return False  # of a page of which nothing is accepted not even the words are there
        record = view(content)
    except RecordError as error:
        refuse_drive(error)
        return False
    states = [line.state for line in record.lines if line.outline is not None]
    return record.state != STATES[0] or (bool(states) and STATES[0] not in states)
