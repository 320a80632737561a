"""What PAGE, ALTO and hOCR have in common: elements by their local name, numbers that may be nonsense."""

import math
from collections.abc import Iterable, Iterator

from lxml import etree

from ocr.geometry import Box, Point
from ocr.tei.names import is_element

_FAR_PX = 1e9


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
    return value if math.isfinite(value) and abs(value) < _FAR_PX else None


def around(places: Iterable[tuple[float | None, float | None]]) -> Box | None:
    """The box around points, or None when one of them is none or there are fewer than two."""
    points = []
    for x, y in places:
        if x is None or y is None:
            return None
        points.append(Point(x, y))
    return Box.around(points) if len(points) > 1 else None


def pairs(text: str | None) -> list[tuple[float | None, float | None]]:
    """ "1,2 3,4" (PAGE, ALTO 4) or "1 2 3 4" (ALTO before) as pairs of numbers."""
    values = [number(part) for part in (text or "").replace(",", " ").split()]
    return list(zip(values[::2], values[1::2], strict=False))
