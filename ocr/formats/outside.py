"""What PAGE, ALTO and hOCR have in common: elements by their local name, numbers that may be nonsense."""

import math
from collections.abc import Iterable, Iterator

from lxml import etree

from ocr.geometry import Box, Point
from ocr.tei.names import is_element
from ocr.tei.places import FAR_PX


def tag(node: etree._Element) -> str:
    """The name of an element in whatever namespace: each version of a format has one. "" for comments."""
    return node.tag.rpartition("}")[2] if is_element(node) else ""


def children(parent: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The children of these names."""
    return (child for child in parent if tag(child) in names)


def number(text: str | None) -> float | None:
    """A finite number, or None."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < FAR_PX else None


def numbers(text: str | None) -> list[float | None]:
    """The numbers of "1,2 3,4" (PAGE, ALTO 4) or "1 2 3 4" (ALTO before, hOCR)."""
    return [number(part) for part in (text or "").replace(",", " ").split()]


def box_around(values: Iterable[float | None]) -> Box | None:
    """The box around points, given as x and y of each in turn, in pixels; None when one of them cannot be
    read or there are fewer than two."""
    known = list[float]()
    for value in values:
        if value is None:
            return None
        known.append(value)
    return Box.around(map(Point, known[::2], known[1::2])) if len(known) > 3 else None
