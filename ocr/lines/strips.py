"""A line cut out of its leaf, with the way home."""

import cv2
import numpy as np

from ocr.geometry import Affine, Box
from ocr.page import Line
from ocr.scan.leaf import Grey, Leaf


def strip(leaf: Leaf, line: Line, *, height_px: int | None = None) -> tuple[Grey, Affine]:
    """A line cut upright out of the leaf's grey, all ink outside its outline made paper, and the way home.

    The strip covers the box of the line's outline on the leaf; with `height_px` it is scaled to that height.
    """
    to_leaf = leaf.home.inverse
    outline = to_leaf.outline(line.outline)
    height, width = leaf.grey.shape
    box = outline.box.clip(Box(0, 0, width, height))
    left, top = int(box.left), int(box.top)
    right, bottom = max(left + 1, int(np.ceil(box.right))), max(top + 1, int(np.ceil(box.bottom)))
    right, bottom = min(right, width), min(bottom, height)
    left, top = min(left, right - 1), min(top, bottom - 1)
    cut = leaf.grey[top:bottom, left:right]
    polygon = np.array([[round(p.x - left - 0.5), round(p.y - top - 0.5)] for p in outline.points], np.int32)
    inside = np.zeros(cut.shape, np.uint8)
    cv2.fillPoly(inside, [polygon], 255)
    cut = np.where(inside > 0, cut, np.uint8(255))
    home = leaf.home.after(Affine.shift(left, top))
    if height_px is None or height_px == cut.shape[0]:
        return cut, home
    wanted = (max(1, round(cut.shape[1] * height_px / cut.shape[0])), height_px)
    way = cv2.INTER_AREA if height_px < cut.shape[0] else cv2.INTER_CUBIC
    scaled = cv2.resize(cut, wanted, interpolation=way).astype(np.uint8, copy=False)
    return scaled, home.after(Affine(a=cut.shape[1] / wanted[0], e=cut.shape[0] / height_px))
