"""Which scan a file of any format says it was made from."""

from dataclasses import replace
from pathlib import Path

from lxml import etree

from ocr.errors import RecordError
from ocr.tei.names import q
from ocr.tei.outside import number, tag
from ocr.tei.tree import parse_safely
from ocr.tei.view import ScanView
from ocr.text import squeeze


def pictured(path: Path) -> ScanView | None:
    """The scan that a TEI, PAGE or ALTO file names, by its bare name, without folders; what else the file
    knows of it. None when it names none or cannot be read as XML."""
    try:
        root = parse_safely(path.read_bytes(), str(path))
    except (RecordError, OSError):
        return None
    scan = root.find(f".//{q('sourceDesc')}/{q('bibl')}[@type='scan']")
    return _ours(scan) if scan is not None else _foreign(root)


def _ours(scan: etree._Element) -> ScanView | None:
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


def _foreign(root: etree._Element) -> ScanView | None:
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


def _named(told: str | None, width: float | None, height: float | None) -> ScanView | None:
    name = (told or "").strip().replace("\\", "/").rpartition("/")[2]
    if not name:
        return None
    size = (int(width), int(height)) if width and height else (None, None)
    return ScanView(name, width_px=size[0], height_px=size[1])
