"""Places in a record, read leniently: what cannot be read, or lies too far out, is no place."""

from collections.abc import Iterable
from functools import lru_cache

from ocr.corrections.spans import Document, Element
from ocr.geometry import Box, Outline, Point

EDGES = ("ulx", "uly", "lrx", "lry")
_FAR = 1e6
"""Places farther out, in pixels, are no places on a scan."""


def points_of(element: Element) -> tuple[Point, ...]:
    """The points of a zone, path or surface (four corners for a box); none when they cannot be read."""
    points = element.get("points")
    if points is not None:
        return _points(points)
    try:
        corners = Box(*(float(element.get(edge) or "") for edge in EDGES)).corners
    except ValueError:
        return ()
    return corners if _is_near(corners) else ()


@lru_cache(maxsize=8192)  # a page has thousands of points, and is read again after every correction
def _points(spelt: str) -> tuple[Point, ...]:
    try:
        pairs = [pair.split(",") for pair in spelt.split()]
        points = tuple(Point(float(x), float(y)) for x, y in pairs)
    except ValueError:
        return ()
    return points if _is_near(points) else ()


def _is_near(points: Iterable[Point]) -> bool:
    return all(abs(v) < _FAR for point in points for v in point)


def box_of(zone: Element) -> Box | None:
    """The box around a zone or surface."""
    points = points_of(zone)
    return Box.around(points) if points else None


def box_around(doc: Document, zones: Iterable[str]) -> Box | None:
    """The box around several zones, by their ids."""
    points = [point for zone in zones if zone in doc.by_id for point in points_of(doc.by_id[zone])]
    return Box.around(points) if points else None


def outline_of(zone: Element) -> Outline | None:
    """The outline of a zone: its points, or the box around what is no outline."""
    points, box = points_of(zone), box_of(zone)
    return Outline(points) if len(points) > 2 else None if box is None else box.outline()


def baseline_of(zone: Element) -> tuple[Point, ...]:
    """The baseline in a zone; empty when it has none."""
    path = zone.child("path")
    return () if path is None else points_of(path)


def surface_of(element: Element) -> Element | None:
    """The surface that an element is, or stands in."""
    return next((e for e in (element, *element.above()) if e.name == "surface"), None)
