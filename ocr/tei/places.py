"""Places as TEI spells them, read leniently: what cannot be read is no place."""

from collections.abc import Sequence

from lxml import etree

from ocr.geometry import Box, Outline, Point

FAR_PX = 1e9
"""What is said to lie farther out than this is no place."""
_GRID = 24
"""Rows and columns of points that a place is looked at by."""
_ROOM_ABOVE, _ROOM_BESIDE = 0.5, 1.0
"""Free height, and free width, that could hold more writing: in heights of the lowest line that is there."""


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
    return Box.around(points) if points and all(abs(v) < FAR_PX for p in points for v in p) else None


def is_covered(place: Outline, lines: Sequence[Outline]) -> bool:
    """Do lines cover a place so far that it has no room for another line, or another word beside them?

    The place is looked at by points: a row or column of them counts as covered when half of its points do.
    """
    box = place.box
    near = [line for line in lines if line.box.overlap(box) > 0]
    if not near or not box.area:
        return any(line.box == box for line in lines)
    across, down = box.width / _GRID, box.height / _GRID
    rows: list[list[bool | None]] = []
    for row in range(_GRID):
        points = [Point(box.left + (i + 0.5) * across, box.top + (row + 0.5) * down) for i in range(_GRID)]
        rows.append([any(line.holds(p) for line in near) if place.holds(p) else None for p in points])
    low = min(line.box.height for line in near)
    free_height = _longest_free(rows) * down
    free_width = _longest_free(list(zip(*rows, strict=True))) * across
    fits = any(any(row) for row in rows)
    return fits and free_height < _ROOM_ABOVE * low and free_width < _ROOM_BESIDE * low


def _longest_free(rows: Sequence[Sequence[bool | None]]) -> int:
    """The most rows on end of which less than half is covered; None is a point outside the place."""
    longest = here = 0
    for row in rows:
        inside = [covered for covered in row if covered is not None]
        here = here + 1 if inside and sum(inside) * 2 < len(inside) else 0
        longest = max(longest, here)
    return longest


def shared(box: Box | None, other: Box | None) -> float:
    """How much of the smaller of two boxes the other covers, 0..1; boxes without area must be equal."""
    if box is None or other is None:
        return 0.0
    smaller = min(box.area, other.area)
    return box.overlap(other) / smaller if smaller > 0 else float(box == other)
