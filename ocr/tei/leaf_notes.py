"""What a surface says of its leaf besides its place: how it lies, its rules, its ink, why it is empty."""

from collections.abc import Callable

from lxml import etree

from ocr.page import InkAccount, RuleKind, Ruling, Skew, Surface
from ocr.tei.flow import confidence_of
from ocr.tei.names import cert, number, q
from ocr.tei.words import clean
from ocr.text import squeeze

ANGLE_DIGITS = 4
Number = Callable[[etree._Element | None, str], float]
"""The number an attribute of an element holds; raises where there is none."""


def put_leaf_notes(element: etree._Element, surface: Surface) -> None:
    """Puts the notes of a surface into its element."""
    if surface.skew is not None:
        _put_skew(element, surface.skew)
    if surface.ruling is not None:
        _put_ruling(element, surface.ruling)
    if surface.ink is not None:
        note = etree.SubElement(element, q("note"), type="ink")
        note.set("subtype", "partial" if surface.ink.partial else "covered")
        _measure(note, "marked", "px", str(surface.ink.marked_px))
        _measure(note, "uncovered", "px", str(surface.ink.uncovered_px))
    if clean(surface.remark):
        etree.SubElement(element, q("note"), type="remark").text = clean(surface.remark)


def _put_skew(element: etree._Element, skew: Skew) -> None:
    note = etree.SubElement(element, q("note"), type="skew")
    note.set("subtype", "applied" if skew.applied else "refused")
    note.set("cert", cert(skew.confidence))
    measure = _measure(note, "angle", "deg", number(skew.angle_deg, ANGLE_DIGITS))
    if clean(skew.reason):
        measure.tail = " " + clean(skew.reason)


def _put_ruling(element: etree._Element, ruling: Ruling) -> None:
    note = etree.SubElement(element, q("note"), type="ruling", subtype=str(ruling.kind))
    note.set("cert", cert(ruling.confidence))
    if ruling.colour is not None:
        note.set("style", colour_style(ruling.colour))
    _measure(note, "angle", "deg", number(ruling.angle_deg, ANGLE_DIGITS))
    if ruling.pitch_px is not None:
        _measure(note, "pitch", "px", number(ruling.pitch_px))
    if ruling.margins:
        _measure(note, "margins", "count", str(ruling.margins))


def _measure(note: etree._Element, kind: str, unit: str, quantity: str) -> etree._Element:
    measure = etree.SubElement(note, q("measure"), type=kind, unit=unit, quantity=quantity)
    measure.text = quantity + {"deg": "°", "px": " px", "count": ""}[unit]
    return measure


def skew_of(surface: etree._Element, read: Number) -> Skew | None:
    """How the leaf of a surface lies; None when nothing is said of it."""
    note = surface.find(f"{q('note')}[@type='skew']")
    if note is None:
        return None
    measure = note.find(q("measure"))
    angle = read(measure, "quantity")
    reason = squeeze((measure.tail if measure is not None else "") or "")
    return Skew(angle, confidence_of(note) or 0.0, note.get("subtype") == "applied", reason)


def ruling_of(surface: etree._Element, read: Number) -> Ruling | None:
    """The rules of the leaf of a surface; None when nothing is said of them, or only in a person's words."""
    note = surface.find(f"{q('note')}[@type='ruling']")
    kind = None if note is None else next((k for k in RuleKind if k == note.get("subtype")), None)
    if note is None or kind is None:
        return None
    measures = {measure.get("type"): measure for measure in note.iterchildren(q("measure"))}
    margins = measures.get("margins")
    return Ruling(
        kind,
        read(measures.get("angle"), "quantity"),
        confidence_of(note) or 0.0,
        read(measures["pitch"], "quantity") if "pitch" in measures else None,
        colour_of(note),
        0 if margins is None else int(read(margins, "quantity")),
    )


def ink_of(surface: etree._Element, read: Number) -> InkAccount | None:
    """How much of what is marked as writing stands in no line; None when nobody counted."""
    note = surface.find(f"{q('note')}[@type='ink']")
    if note is None:
        return None
    measures = {measure.get("type"): measure for measure in note.iterchildren(q("measure"))}
    marked, uncovered = (int(read(measures.get(name), "quantity")) for name in ("marked", "uncovered"))
    return InkAccount(marked, uncovered, note.get("subtype") == "partial")


def colour_style(colour: tuple[int, int, int]) -> str:
    """Red, green, blue (0..255) as @style says them."""
    return "color:#" + bytes(colour).hex()


def colour_of(element: etree._Element) -> tuple[int, int, int] | None:
    """The colour that @style tells; None when it tells none."""
    digits = element.get("style", "").partition("color:#")[2][:6]
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError:  # no hexadecimal digits, or not three times two
        return None
    return red, green, blue
