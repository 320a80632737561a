"""A page of another program brought into the frame of its scan: scaled if asked, every line with a place."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from ocr.errors import ScanError
from ocr.geometry import Box, Outline, Point
from ocr.imports.foreign import ForeignLine, ForeignPage, ForeignRegion, ForeignWord

_SAME_SHAPE = 0.02
"""Width and height may have been scaled as unlike as this; more is another picture, or a part of it."""
_OF_A_LINE = 0.6
"""A line of which only the baseline is known reaches so far above it, in heights of the other lines."""
_BELOW = 0.3
"""And so far below."""
_LINES_OF_A_PAGE = 40
"""A line is as high as this part of the page, where no other line tells."""


def fitted(page: ForeignPage, width: int, height: int, *, scale: bool) -> ForeignPage:
    """The page with its places in pixels of a scan of that size, each line and region with an outline.

    What reaches beyond the scan is clipped, and counted in `left_out`, as are places that are made up.
    ScanError when the file was made on a scan of another size, and not told to scale.
    """
    if page.size is not None and page.size != (width, height):
        if page.is_pixels and not scale:
            raise ScanError(
                f"The scan measures {width} by {height} pixels, and the places were drawn on "
                f"{page.size[0]:g} by {page.size[1]:g}. Give that scan, or --scale if it is the same picture."
            )
        across, down = width / page.size[0], height / page.size[1]
        if abs(across / down - 1) > _SAME_SHAPE:
            raise ScanError(
                f"The scan measures {width} by {height}, and the places were drawn on {page.size[0]:g} by "
                f"{page.size[1]:g}: another shape, so another picture. Give the scan that was transcribed."
            )
        page = _moved(page, lambda point: Point(point.x * across, point.y * down))
    frame = Box(0, 0, width, height)
    regions = tuple(_placed(region, frame, page) for region in page.regions)
    return _clipped(replace(page, regions=regions), frame)


def _moved(page: ForeignPage, move: Callable[[Point], Point]) -> ForeignPage:
    """The page with all its points moved."""

    def outline(old: Outline | None) -> Outline | None:
        return None if old is None else Outline(tuple(map(move, old.points)))

    def line(old: ForeignLine) -> ForeignLine:
        items = tuple(
            replace(item, box=Box.around(map(move, item.box.corners)))
            if isinstance(item, ForeignWord) and item.box is not None
            else item
            for item in old.items
        )
        return replace(
            old, items=items, outline=outline(old.outline), baseline=tuple(map(move, old.baseline))
        )

    regions = (
        replace(region, outline=outline(region.outline), lines=tuple(map(line, region.lines)))
        for region in page.regions
    )
    return replace(page, regions=tuple(regions))


def _placed(region: ForeignRegion, frame: Box, page: ForeignPage) -> ForeignRegion:
    """The region with outlines: of a line from its words or baseline, of a region from its lines."""
    heights = sorted(line.outline.box.height for line in page.lines if line.outline is not None)
    height = heights[len(heights) // 2] if heights else frame.height / _LINES_OF_A_PAGE
    lines = []
    for line in region.lines:
        outline = line.outline
        if outline is None:
            outline = _of_words(line) or _of_baseline(line, height) or region.outline or frame.outline()
            page.left_out["lines without a place of their own, put where their words or region are"] += 1
        lines.append(replace(line, outline=outline))
    around = [point for line in lines if line.outline for point in line.outline.points]
    outline = region.outline or (Box.around(around).outline() if around else frame.outline())
    return replace(region, lines=tuple(lines), outline=outline)


def _of_words(line: ForeignLine) -> Outline | None:
    corners = [corner for word in line.words if word.box is not None for corner in word.box.corners]
    return Box.around(corners).outline() if corners else None


def _of_baseline(line: ForeignLine, height: float) -> Outline | None:
    if not line.baseline:
        return None
    box = Box.around(line.baseline)
    return Box(box.left, box.top - _OF_A_LINE * height, box.right, box.bottom + _BELOW * height).outline()


def _clipped(page: ForeignPage, frame: Box) -> ForeignPage:
    """The page within the frame; each line that reaches beyond is counted."""

    def clip(point: Point) -> Point:
        return Point(min(max(point.x, 0), frame.right), min(max(point.y, 0), frame.bottom))

    beyond = sum(any(clip(point) != point for point in _points(line)) for line in page.lines)
    if beyond:
        page.left_out["lines that reach beyond the scan, clipped to it"] += beyond
    return _moved(page, clip)


def _points(line: ForeignLine) -> Iterator[Point]:
    yield from line.outline.points if line.outline else ()
    yield from line.baseline
    for word in line.words:
        yield from word.box.corners if word.box else ()
