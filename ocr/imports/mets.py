"""What a METS file says of an export: which files make a page, and in which order the pages follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from lxml import etree

from ocr.formats.leaves import foreign_root
from ocr.formats.outside import children, tag
from ocr.tei.tree import read

_OTHERS = ("dmdSec", "amdSec", "structLink", "behaviorSec")


@dataclass(frozen=True, slots=True)
class Mets:
    """The pages of an export."""

    pages: tuple[tuple[Path, ...], ...]
    """The files of each page (pictures, PAGE, ALTO), in the order of the pages."""
    others: tuple[str, ...]
    """The names of the sections that nothing is taken from."""


def read_mets(path: Path) -> Mets:
    """What a METS file says; files are named, not opened, and none outside its folder is.

    Of several structMaps the first that names files counts, a physical one before others. RecordError when it
    cannot be read.
    """
    root, _ = foreign_root(read(path), path)
    places = {
        element.get("ID", ""): place
        for element in root.iter()
        if tag(element) == "file"
        for place in [_place(element, path.parent)]
        if place is not None
    }
    maps = sorted(
        children(root, "structMap"), key=lambda each: (each.get("TYPE") or "").lower() != "physical"
    )
    pages: list[tuple[Path, ...]] = []
    for each in maps:
        files = (tuple(places[ident] for ident in _idents(div) if ident in places) for div in _divs(each))
        pages = [page for page in files if page]
        if pages:
            break
    others = [name for name in map(tag, root) if name in _OTHERS]
    return Mets(tuple(pages), tuple(others + ["structMap"] * max(len(maps) - 1, 0)))


def _place(file: etree._Element, folder: Path) -> Path | None:
    """Where a file lies: below the folder of the METS; None when it says nothing of that, or otherwise."""
    location = next(children(file, "FLocat"), None)
    href = (
        ""
        if location is None
        else next(
            (str(value) for key, value in location.attrib.items() if str(key).rpartition("}")[2] == "href"),
            "",
        )
    )
    parts = PurePosixPath(unquote(href.removeprefix("file:///").removeprefix("file:")).replace("\\", "/"))
    if not parts.parts or ":" in parts.parts[0] or parts.is_absolute() or ".." in parts.parts:
        return None
    return folder / parts


def _divs(element: etree._Element) -> Iterator[etree._Element]:
    """The divisions of a structMap in their order: as ORDER says where all beside one another have it."""
    inner = list(children(element, "div"))
    orders = [order.strip() for div in inner if (order := div.get("ORDER")) is not None]
    if len(orders) == len(inner) and all(order.isdecimal() for order in orders):
        numbered = sorted(
            zip(map(int, orders), range(len(inner)), inner, strict=True), key=lambda item: item[:2]
        )
        inner = [div for _, _, div in numbered]
    for div in inner:
        yield div
        yield from _divs(div)


def _idents(div: etree._Element) -> Iterator[str]:
    """The files that a division itself points to."""
    for pointer in children(div, "fptr"):
        for element in pointer.iter():
            if ident := element.get("FILEID"):
                yield ident
