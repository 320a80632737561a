"""A leaf with one curved line, for tests."""

import cv2
import numpy as np

from ocr.geometry import Affine, Box, Outline, Point
from ocr.page import Line
from ocr.scan.leaf import Leaf

WIDTH, HEIGHT = 700, 260


def curved(rise: float, waves: float, *, dots: bool = False) -> tuple[Leaf, Line, list[Point]]:
    """A leaf with one line along a wave (bars, as a row of и, or single dots), and where its marks are."""
    xs = np.arange(30, WIDTH - 30, 40 if dots else 9)
    ys = 130 + rise * np.sin(waves * np.pi * xs / WIDTH)
    grey = np.full((HEIGHT, WIDTH), 255, np.uint8)
    marks = []
    for n, (x, height) in enumerate(zip(xs.tolist(), ys.tolist(), strict=True)):
        y = height + (-14, 0, 9)[n % 3] if dots else height
        if dots:
            cv2.circle(grey, (x, round(y)), 3, (0,), -1)
            marks.append(Point(x + 0.5, round(y) + 0.5))
        else:
            cv2.line(grey, (x, round(y) - 15), (x, round(y)), (30,), 2)
    along = np.linspace(15, WIDTH - 15, 15)
    heights = 130 + rise * np.sin(waves * np.pi * along / WIDTH)
    base = tuple(Point(float(x), float(y)) for x, y in zip(along, heights, strict=True))
    around = (*(Point(p.x, p.y - 30) for p in base), *(Point(p.x, p.y + 22) for p in reversed(base)))
    to_scan = Affine.shift(40, 90).after(Affine.scale(1.5))
    leaf = Leaf(grey, grey, to_scan, Box(0, 0, WIDTH, HEIGHT))
    line = Line(to_scan.outline(Outline(around)), tuple(to_scan(p) for p in base))
    return leaf, line, [to_scan(p) for p in marks]
