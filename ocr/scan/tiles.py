"""A scan in tiles, for looking at it closely: halved again and again, each size cut into squares of JPEG."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import Pixels

TILE_PX = 512
"""Side of a tile: a 26-megapixel spread has 108 of them at full size."""
OVERLAP_PX = 1
"""Tiles share a seam of so many pixels with each neighbour, so that no gap shows between them."""
QUALITY = 85
"""Of JPEG, 0 to 100."""


@dataclass(frozen=True, slots=True)
class Pyramid:
    """The sizes of a scan at hand, largest first; level n measures the full size over 2 ** (top - n)."""

    width: int
    height: int
    """Of the scan at full size."""
    top: int
    """The level of the full size; level 0 is a single pixel (the numbering of Deep Zoom images)."""
    levels: tuple[Pixels, ...]
    first: int
    """The level of `levels[0]`; below `top` while only a glimpse is at hand."""

    @property
    def nbytes(self) -> int:
        """Memory taken, in bytes."""
        return sum(level.nbytes for level in self.levels)

    def holds(self, level: int) -> bool:
        """Can tiles of that level be cut?"""
        return 0 <= level <= self.first

    def tile(self, level: int, across: int, down: int) -> bytes | None:
        """One tile as JPEG, its column and row counted from 0; None when there is none at that place."""
        if not self.holds(level):
            return None
        pixels = self.levels[min(self.first - level, len(self.levels) - 1)]
        for _ in range(self.first - level - len(self.levels) + 1):
            pixels = _halved(pixels)
        height, width = pixels.shape[:2]
        left, upper = across * TILE_PX, down * TILE_PX
        if not (0 <= left < width and 0 <= upper < height):
            return None
        cut = pixels[
            max(upper - OVERLAP_PX, 0) : upper + TILE_PX + OVERLAP_PX,
            max(left - OVERLAP_PX, 0) : left + TILE_PX + OVERLAP_PX,
        ]
        return jpeg(cut)


def pyramid(pixels: Pixels, width: int, height: int) -> Pyramid:
    """All sizes of a scan that measures width by height; `pixels` may be a half, a fourth ... of that."""
    top = top_level(width, height)
    first = top - round(math.log2(max(width, height) / max(pixels.shape[:2])))
    levels = [np.ascontiguousarray(pixels)]
    while max(levels[-1].shape[:2]) > TILE_PX // 2:
        levels.append(_halved(levels[-1]))
    return Pyramid(width, height, top, tuple(levels), first)


def top_level(width: int, height: int) -> int:
    """The level of the full size."""
    return math.ceil(math.log2(max(width, height, 1)))


def _halved(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    size = ((width + 1) // 2, (height + 1) // 2)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def jpeg(pixels: Pixels, quality: int = QUALITY) -> bytes:
    """Grey or red, green, blue pixels as a JPEG file; `quality` is 0 to 100."""
    ordered = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) if pixels.ndim == 3 else pixels
    done, coded = cv2.imencode(".jpg", ordered, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done  # a picture in memory, no side longer than JPEG takes
    return coded.tobytes()
