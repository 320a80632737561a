"""Places on a scan: Point, Box, Outline, Affine. Plain numbers, no numpy, no cv2.

Frame everywhere: pixels, origin top left, x right, y down. A pixel's area is [x, x+1) by [y, y+1),
so a box from 0 to 10 holds ten pixels.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Point(NamedTuple):
    """A place, in pixels."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle, in pixels; right and bottom lie just outside it."""

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not (self.right >= self.left and self.bottom >= self.top):
            raise ValueError(f"a box cannot end before it begins: {self}")

    @property
    def width(self) -> float:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height

    @property
    def centre(self) -> Point:
        """The middle."""
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """Top left, top right, bottom right, bottom left."""
        return (
            Point(self.left, self.top),
            Point(self.right, self.top),
            Point(self.right, self.bottom),
            Point(self.left, self.bottom),
        )

    def outline(self) -> "Outline":
        """The same rectangle as an outline."""
        return Outline(self.corners)

    def overlap(self, other: "Box") -> float:
        """Square pixels shared with another box."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)

    def clip(self, frame: "Box") -> "Box":
        """The part inside a frame; an edge of the frame, without area, when there is none."""
        left = min(max(self.left, frame.left), frame.right)
        top = min(max(self.top, frame.top), frame.bottom)
        right = max(min(self.right, frame.right), left)
        bottom = max(min(self.bottom, frame.bottom), top)
        return Box(left, top, right, bottom)

    @staticmethod
    def around(points: Iterable[Point]) -> "Box":
        """The smallest box that holds all points (at least one)."""
        corners = list(points)
        if not corners:
            raise ValueError("no points, no box")
        xs, ys = [p.x for p in corners], [p.y for p in corners]
        return Box(min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True, slots=True)
class Outline:
    """A closed polygon of three points or more, in pixels; the last point joins the first."""

    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.points) < 3:
            raise ValueError("an outline needs three points or more")

    @property
    def box(self) -> Box:
        """The smallest box around it."""
        return Box.around(self.points)

    @property
    def area(self) -> float:
        """Square pixels (shoelace formula); positive whichever way it turns."""
        around = zip(self.points, self.points[1:] + self.points[:1], strict=True)
        return abs(sum(a.x * b.y - b.x * a.y for a, b in around)) / 2

    def holds(self, point: Point) -> bool:
        """Is the point inside? (even-odd rule)"""
        inside = False
        for a, b in zip(self.points, self.points[1:] + self.points[:1], strict=True):
            if (a.y > point.y) != (b.y > point.y):
                crossing = a.x + (point.y - a.y) * (b.x - a.x) / (b.y - a.y)
                inside ^= point.x < crossing
        return inside


@dataclass(frozen=True, slots=True)
class Affine:
    """A straight map of the plane: x' = a x + b y + c, y' = d x + e y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    e: float = 1.0
    f: float = 0.0

    def __call__(self, point: Point) -> Point:
        """Where a point goes."""
        x, y = point
        return Point(self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f)

    def after(self, first: "Affine") -> "Affine":
        """The map that does `first`, then this one."""
        return Affine(
            self.a * first.a + self.b * first.d,
            self.a * first.b + self.b * first.e,
            self.a * first.c + self.b * first.f + self.c,
            self.d * first.a + self.e * first.d,
            self.d * first.b + self.e * first.e,
            self.d * first.c + self.e * first.f + self.f,
        )

    @property
    def inverse(self) -> "Affine":
        """The way back; ValueError when the map flattens the plane."""
        det = self.a * self.e - self.b * self.d
        if abs(det) < 1e-12:
            raise ValueError("this map has no way back")
        a, b, d, e = self.e / det, -self.b / det, -self.d / det, self.a / det
        return Affine(a, b, -(a * self.c + b * self.f), d, e, -(d * self.c + e * self.f))

    def box(self, box: Box) -> Box:
        """The upright box around where a box goes."""
        return Box.around(self._where(box.corners))

    def outline(self, outline: Outline) -> Outline:
        """Where an outline goes."""
        return Outline(self._where(outline.points))

    def _where(self, points: Iterable[Point]) -> tuple[Point, ...]:
        """Where points go; of many, that is much quicker than one by one."""
        a, b, c, d, e, f = self.a, self.b, self.c, self.d, self.e, self.f
        return tuple([Point(a * x + b * y + c, d * x + e * y + f) for x, y in points])

    @staticmethod
    def shift(dx: float, dy: float) -> "Affine":
        """Moves by dx, dy pixels."""
        return Affine(c=dx, f=dy)

    @staticmethod
    def scale(factor: float) -> "Affine":
        """Enlarges about the origin."""
        return Affine(a=factor, e=factor)

    @staticmethod
    def turn(angle_deg: float, about: Point) -> "Affine":
        """Turns about a point; a positive angle is counter-clockwise as seen on the screen (y down)."""
        cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
        turned = Affine(cos, sin, 0.0, -sin, cos, 0.0)
        return Affine.shift(about.x, about.y).after(turned).after(Affine.shift(-about.x, -about.y))


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A map that lays a straight strip along a curve, rows square to it.

    The curve is known at even steps of the strip's x; between them places and directions are interpolated,
    beyond its ends it runs straight on.
    """

    curve: tuple[Point, ...]
    """Where the strip's row `base` lies, at x = 0, `step`, 2 `step` and so on; two points or more."""
    step: float
    base: float
    before: Affine = Affine()
    """Done first, in the frame of the strip."""
    onward: Affine = Affine()
    """Done last, from the frame of the curve."""
    _down: tuple[Point, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.curve) < 2:
            raise ValueError("a ribbon needs two points or more")
        ends = zip((self.curve[0], *self.curve[:-1]), (*self.curve[1:], self.curve[-1]), strict=True)
        down = []
        for a, b in ends:
            length = math.hypot(b.x - a.x, b.y - a.y)
            if not length:
                raise ValueError("a ribbon cannot stand still")
            down.append(Point((a.y - b.y) / length, (b.x - a.x) / length))
        object.__setattr__(self, "_down", tuple(down))

    @property
    def down(self) -> tuple[Point, ...]:
        """Which way a strip's rows run at each point of the curve: unit vectors."""
        return self._down

    def __call__(self, point: Point) -> Point:
        """Where a point goes."""
        x, y = self.before(point)
        n = min(max(int(x / self.step), 0), len(self.curve) - 2)
        share = x / self.step - n
        near = min(max(share, 0.0), 1.0)  # a direction does not change beyond the ends
        (ax, ay), (bx, by) = self.curve[n], self.curve[n + 1]
        (au, av), (bu, bv) = self._down[n], self._down[n + 1]
        deep = y - self.base
        return self.onward(
            Point(
                ax + share * (bx - ax) + deep * (au + near * (bu - au)),
                ay + share * (by - ay) + deep * (av + near * (bv - av)),
            )
        )

    def after(self, first: Affine) -> "Ribbon":
        """The map that does `first`, then this one."""
        return Ribbon(self.curve, self.step, self.base, self.before.after(first), self.onward)

    def box(self, box: Box) -> Box:
        """The upright box around where a box goes."""
        pace = self.step / max(math.hypot(self.before.a, self.before.d), 1e-9)
        count = max(1, math.ceil(box.width / pace))
        xs = [box.left + box.width * n / count for n in range(count + 1)]
        return Box.around(self(Point(x, y)) for x in xs for y in (box.top, box.bottom))


Way = Affine | Ribbon
"""A way home: from the pixels of a picture cut out of another to those of the other."""
