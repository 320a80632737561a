"""What a person sees of a scan beside its text: a line as a strip, or any box, as a small JPEG picture.

What a recogniser sees is cut in ocr.lines.strips.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import Pixels
from ocr.geometry import Affine, Box, Outline, Point
from ocr.scan.leaf import pixel_matrix
from ocr.scan.tiles import jpeg

WIDEST_PX = 8000
"""Longer strips are squeezed."""
ROOM = 0.35
"""Paper around a line in its strip, in heights of the line."""


def cut(pixels: Pixels, boxes: Iterable[Box], *, width_px: int = 1000, quality: int = 62) -> list[bytes]:
    """One JPEG for each box (pixels of the upright scan), at most `width_px` wide and half as tall.

    A box outside gives a picture of the scan's edge, one pixel at least.
    """
    tall, wide = pixels.shape[:2]
    pictures = []
    for box in boxes:
        left, top = min(max(int(box.left), 0), wide - 1), min(max(int(box.top), 0), tall - 1)
        right, bottom = max(left + 1, round(box.right)), max(top + 1, round(box.bottom))
        piece = pixels[top:bottom, left:right]
        scale = min(1.0, width_px / piece.shape[1], width_px / 2 / piece.shape[0])
        if scale < 1:
            size = (max(1, round(piece.shape[1] * scale)), max(1, round(piece.shape[0] * scale)))
            piece = np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_AREA), np.uint8)
        pictures.append(jpeg(piece, quality))
    return pictures


def reduced(pixels: Pixels, longest_px: int, *, quality: int = 80) -> bytes:
    """The whole scan as JPEG, its longer side at most `longest_px`."""
    height, width = pixels.shape[:2]
    scale = min(1.0, longest_px / max(height, width))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return jpeg(pixels, quality)


@dataclass(frozen=True, slots=True)
class LineCut:
    """Where the strip of a line lies: upright along its baseline, with some paper around."""

    width: int
    height: int
    """In pixels, one for one with the scan."""
    there: Affine
    """From scan pixels to strip pixels."""


def line_cut(outline: Outline, baseline: Sequence[Point]) -> LineCut:
    """The strip around a line, turned so that the baseline lies level from left to right.

    A baseline shorter than a pixel turns nothing.
    """
    angle_deg = 0.0
    if len(baseline) > 1:
        dx, dy = baseline[-1].x - baseline[0].x, baseline[-1].y - baseline[0].y
        if math.hypot(dx, dy) >= 1:
            angle_deg = math.degrees(math.atan2(dy, dx))
    turned = Affine.turn(angle_deg, outline.box.centre)
    around = turned.outline(outline).box
    pad = max(8.0, ROOM * around.height)
    there = Affine.shift(pad - around.left, pad - around.top).after(turned)
    return LineCut(math.ceil(around.width + 2 * pad), math.ceil(around.height + 2 * pad), there)


def line_strip(pixels: Pixels, cut: LineCut, height_px: int) -> bytes:
    """The strip of a line as JPEG, so many pixels tall (its width in proportion, WIDEST_PX at most)."""
    scale = height_px / cut.height
    width = max(1, min(round(cut.width * scale), WIDEST_PX))
    matrix = pixel_matrix(Affine(a=width / cut.width, e=scale).after(cut.there))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    strip = cv2.warpAffine(
        pixels, matrix, (width, height_px), flags=how, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8, copy=False)
    return jpeg(strip)
