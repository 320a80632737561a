"""Places as TEI spells them, read leniently: what cannot be read is no place."""

from lxml import etree

from ocr.geometry import Box, Point


def corners(element: etree._Element) -> list[Point]:
    """The points of a zone, path or surface (two corners for a box); none when they cannot be read."""
    try:
        if element.get("points") is not None:
            pairs = (pair.split(",") for pair in (element.get("points") or "").split())
            return [Point(float(x), float(y)) for x, y in pairs]
        left, top, right, bottom = (float(element.get(edge, "")) for edge in ("ulx", "uly", "lrx", "lry"))
    except ValueError:
        return []
    return [Point(left, top), Point(right, bottom)]


def box_of(element: etree._Element | None) -> Box | None:
    """The box around a zone; None when it has no readable place."""
    points = [] if element is None else corners(element)
    return Box.around(points) if points and all(abs(v) < 1e9 for p in points for v in p) else None


def shared(one: Box | None, other: Box | None) -> float:
    """How much of the smaller of two boxes the other covers, 0..1; boxes without area must be equal."""
    if one is None or other is None:
        return 0.0
    smaller = min(one.area, other.area)
    return one.overlap(other) / smaller if smaller > 0 else float(one == other)


def widen(surface: etree._Element, other: etree._Element) -> None:
    """Makes a surface hold what another, of the same leaf, holds too."""
    held, more = box_of(surface), box_of(other)
    if held is None or more is None:
        return
    box = Box.around([*held.corners, *more.corners])
    for edge, value, before in zip(
        ("ulx", "uly", "lrx", "lry"),
        (box.left, box.top, box.right, box.bottom),
        (held.left, held.top, held.right, held.bottom),
        strict=True,
    ):
        if value != before:
            surface.set(edge, str(round(value)))
