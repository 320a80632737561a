"""Which program read the text of a file, in which version, with which model, as the file itself says."""

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from ocr.errors import RecordError
from ocr.formats.outside import children, tag
from ocr.tei.names import q
from ocr.tei.tree import parse_safely
from ocr.text import squeeze


@dataclass(frozen=True, slots=True)
class MadeBy:
    """A program that read."""

    name: str
    version: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    """What it says of its settings, its model and the model's digest among them."""

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"name": self.name, "version": self.version, "settings": dict(self.settings)}


def made_by(path: Path) -> tuple[MadeBy, ...]:
    """The programs that a TEI, PAGE, ALTO or hOCR file names; none when it names none, or is no XML."""
    try:
        root = parse_safely(path.read_bytes(), str(path))
    except (RecordError, OSError):
        return ()
    made = [_application(e) for e in root.iter(q("application")) if e.get("type") == "reader"]
    for element in root.iter():
        match tag(element):
            case "processingSoftware":
                made.append(MadeBy(_said(element, "softwareName"), _said(element, "softwareVersion")))
            case "Creator" if _text(element):
                made.append(MadeBy(_text(element)))
            case "meta" if element.get("name") == "ocr-system":
                made.append(MadeBy(squeeze(element.get("content") or "")))
    return tuple(dict.fromkeys(one for one in made if one.name))


def _application(element: etree._Element) -> MadeBy:
    labels = {label.get("type", ""): _text(label) for label in children(element, "label")}
    pairs = (_text(p).partition("=") for p in children(element, "p"))
    return MadeBy(
        labels.get("") or element.get("ident") or "",
        labels.get("version") or element.get("version") or "",
        tuple((key, value) for key, _, value in pairs),
    )


def _said(element: etree._Element, name: str) -> str:
    return next((_text(e) for e in children(element, name)), "")


def _text(element: etree._Element) -> str:
    return squeeze("".join(str(part) for part in element.itertext()))
