"""What the header of a TEI file says about the page: whose hand, which notebook, when, in what style."""

import re
from dataclasses import replace
from pathlib import Path

from lxml import etree

from ocr.corrections.view import view
from ocr.errors import RecordError
from ocr.formats.outside import number, tag
from ocr.page import ScanFacts
from ocr.tei.names import STATES, XML_ID, local, q
from ocr.tei.tree import load, parse_safely
from ocr.text import squeeze


def pictured(path: Path) -> ScanFacts | None:
    """The scan that a TEI, PAGE or ALTO file names, by its bare name, without folders; what else the file
    knows of it. None when it names none or cannot be read as XML."""
    try:
        root = parse_safely(path.read_bytes(), str(path))
    except (RecordError, OSError):
        return None
    scan = root.find(f".//{q('sourceDesc')}/{q('bibl')}[@type='scan']")
    return _ours(scan) if scan is not None else _foreign(root)


def _ours(scan: etree._Element) -> ScanFacts | None:
    held = {e.get("type"): e for e in scan.iter(q("idno"), q("measure"), q("note"))}
    scope = scan.find(q("biblScope"))
    sheet = None if scope is None else number(scope.get("from"))

    def said(kind: str) -> str:
        return squeeze(held[kind].text or "") if kind in held else ""

    def measured(kind: str) -> float | None:
        return number(held[kind].get("quantity")) if kind in held else None

    named = _named(said("file"), measured("width"), measured("height"))
    return named and replace(
        named,
        sheet=max(int(sheet or 1), 1),
        sha256=said("sha256") or None,
        dpi=measured("resolution"),
        media_type=said("media-type"),
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


def _pixels(told: str | None) -> float | None:
    return number((told or "").removesuffix("px"))


def _named(told: str | None, width: float | None, height: float | None) -> ScanFacts | None:
    name = (told or "").strip().replace("\\", "/").rpartition("/")[2]
    if not name:
        return None
    size = (int(width), int(height)) if width and height else (None, None)
    return ScanFacts(name, width_px=size[0], height_px=size[1])


_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})(?!\d)")
_DATES = ("origDate", "creation", "origin")
_WHEN = ("when", "notBefore", "from", "notAfter", "to")


def about(path: Path) -> dict[str, str]:
    """What is said, by key; keys about which nothing is said are not there.

    hand: the handNote(s), by their xml:id, else by their words; style: their @script; notebook: idno of
    this type in sourceDesc; date: origDate, else the date of creation, by its attributes, else its words;
    year: four digits of the date. Any other idno or note with a @type in msDesc or bibl goes by that type.
    RecordError when the file cannot be read as TEI.
    """
    header = load(path).find(q("teiHeader"))
    if header is None:
        return {}
    told: dict[str, str] = {}
    for element in header.iterfind(f".//{q('sourceDesc')}//*[@type]"):
        if local(element) in {"idno", "note"} and _said(element):
            told.setdefault(element.get("type", ""), _said(element))
    hands = list(header.iter(q("handNote")))
    told |= _joined("hand", [hand.get(XML_ID) or _said(hand) for hand in hands])
    told |= _joined("style", [hand.get("script", "") for hand in hands])
    date = _date(header)
    if date:
        told["date"] = date
        year = _YEAR.search(date)
        told |= {} if year is None else {"year": year[1]}
    return told


def about_or_nothing(path: Path) -> dict[str, str]:
    """The same; nothing for files that are no TEI (plain text, PAGE, ALTO, hOCR)."""
    if path.suffix.lower() != ".xml":
        return {}
    try:
        return about(path)
    except RecordError:
        return {}


def is_done(path: Path) -> bool:
    """Is it a record that a person has accepted, as a whole or in all its lines? Not if it is no TEI."""
    try:
        held = path.read_bytes() if path.suffix.lower() == ".xml" else b""
        if not any(state.encode() in held for state in STATES[1:]):
            return False  # of a page of which nothing is accepted not even the words are there
        record = view(held)
    except (RecordError, OSError):
        return False
    states = [line.state for line in record.lines if line.outline is not None]
    return record.state != STATES[0] or (bool(states) and STATES[0] not in states)


def _joined(key: str, values: list[str]) -> dict[str, str]:
    held = " + ".join(dict.fromkeys(value for value in values if value))
    return {key: held} if held else {}


def _date(header: etree._Element) -> str:
    for name in _DATES:
        for place in header.iter(q(name)):
            for element in (place, *place.iter(q("date"))):
                told = "/".join(value for key in _WHEN if (value := element.get(key)))
                if told:
                    return told
            if name == "origDate" and _said(place):
                return _said(place)
    return ""


def _said(element: etree._Element) -> str:
    return squeeze("".join(str(text) for text in element.itertext()))
