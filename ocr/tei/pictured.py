"""Which scan a file of any format says it was made from."""

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from ocr.errors import RecordError
from ocr.tei.names import q
from ocr.tei.outside import number, tag
from ocr.tei.tree import parse_safely


@dataclass(frozen=True, slots=True)
class Pictured:
    """A scan by name."""

    name: str
    """The bare name of the file, without folders."""
    sheet: int = 1
    frame: tuple[int, int] | None = None
    """Width and height, in pixels, that places in the file are measured on."""


def pictured(path: Path) -> Pictured | None:
    """The scan that a TEI, PAGE or ALTO file names; None when it names none or cannot be read as XML."""
    try:
        root = parse_safely(path.read_bytes(), str(path))
    except (RecordError, OSError):
        return None
    scan = root.find(f".//{q('sourceDesc')}/{q('bibl')}[@type='scan']")
    return _ours(scan) if scan is not None else _foreign(root)


def _ours(scan: etree._Element) -> Pictured | None:
    held = {e.get("type"): e for e in scan.iter(q("idno"), q("measure"))}
    scope = scan.find(q("biblScope"))
    sheet = None if scope is None else number(scope.get("from"))
    width, height = (number(held[k].get("quantity")) if k in held else None for k in ("width", "height"))
    return _named(held["file"].text if "file" in held else None, int(sheet or 1), width, height)


def _foreign(root: etree._Element) -> Pictured | None:
    for element in root.iter():
        match tag(element):
            case "graphic" if element.get("url"):
                size = (_pixels(element.get("width")), _pixels(element.get("height")))
                return _named(element.get("url"), 1, *size)
            case "Page" if element.get("imageFilename"):
                size = (number(element.get("imageWidth")), number(element.get("imageHeight")))
                return _named(element.get("imageFilename"), 1, *size)
            case "fileName":
                return _named(element.text, 1, None, None)
    return None


def _pixels(told: str | None) -> float | None:
    return number((told or "").removesuffix("px"))


def _named(told: str | None, sheet: int, width: float | None, height: float | None) -> Pictured | None:
    name = (told or "").strip().replace("\\", "/").rpartition("/")[2]
    if not name:
        return None
    return Pictured(name, max(sheet, 1), (int(width), int(height)) if width and height else None)
