"""The leaves of a page in an edition of its notebook: surfaces and zones with ids of their own."""

from collections.abc import Callable, Iterator
from copy import deepcopy

from lxml import etree

from ocr.exports.pages import ExportPage
from ocr.exports.reading import ExportSettings, Layers
from ocr.tei.names import XML_ID, is_element, local, q

Pointer = Callable[[int, str | None], str | None]
"""The number of a page and an id of its record, as the edition points to it."""


def surfaces_of(page: ExportPage, number: int, settings: ExportSettings, pointer: Pointer) -> Iterator[bytes]:
    """Its surfaces with their pictures and the places of regions and lines; of words where their layer is
    kept. What programs noted of the paper is left out."""
    facsimile = page.tree.find(q("facsimile"))
    for surface in () if facsimile is None else facsimile.iterchildren(q("surface")):
        own = deepcopy(surface)
        own.tail = None
        _thin(own, settings)
        for element in own.iter():
            if is_element(element):
                _adapt(element, number, settings, pointer)
        etree.indent(own, space="")
        spelt = etree.tostring(own, encoding="UTF-8")
        yield spelt.replace(b' xmlns="http://www.tei-c.org/ns/1.0"', b"", 1)


def _thin(surface: etree._Element, settings: ExportSettings) -> None:
    kept = {"zone", "graphic", "path", "desc", "label"}
    for element in list(surface.iter()):
        is_word = local(element) == "zone" and element.get("type") == "word"
        parent = element.getparent()
        if element is surface or parent is None:
            continue
        if local(element) not in kept or (is_word and settings.layers is Layers.TEXT):
            parent.remove(element)


def _adapt(element: etree._Element, number: int, settings: ExportSettings, pointer: Pointer) -> None:
    ident = element.get(XML_ID)
    if ident:
        element.set(XML_ID, f"p{number}_{ident}")
    for name in ("change", "corresp", "next", "prev", "sameAs", "start", "ana", "hand", "cert"):
        element.attrib.pop(name, "")
    resp = str(element.attrib.pop("resp", ""))
    who = pointer(number, resp.removeprefix("#"))
    if who is not None:
        element.set("resp", who)
    if local(element) == "graphic" and element.get("url"):
        element.set("url", settings.images + element.get("url", ""))
    if local(element) == "surface":
        element.attrib.pop("n", "")
