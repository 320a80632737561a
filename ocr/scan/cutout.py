"""A line that was cut out of its page along a polygon, black around, as if it stood on paper."""

import cv2
import numpy as np

from ocr.arrays import GreyImage, Mask

_BLACK = 24
"""Darker than any ink of a photograph: what stands around a line that was cut out."""
_LEAST_SHARE = 0.02
"""Ink that runs to the edge is dark too; a real surround makes up this share of the picture."""
_EDGE_PX = 3
"""So far the black runs into the paper where the picture was saved with loss."""
_CLOSED_PX = (15, 15)
"""Wider than strokes of writing."""
_NEAR_PX = (4.0, 16.0, 64.0)
"""Spreads at which paper is looked for beside the black; the nearer says more."""


def on_paper(grey: GreyImage) -> GreyImage:
    """A line with the black around it filled with paper, and level; as it is when nothing black touches its
    edge."""
    black = _surround(grey)
    if not black.any() or black.all():
        return grey
    filled = _filled(grey, black)
    slope = _slope(~black)
    if abs(slope) < 0.5 / grey.shape[1]:
        return filled
    height, width = grey.shape
    middle = (width - 1) / 2
    shear = np.array([[1, 0, 0], [-slope, 1, slope * middle]], np.float32)
    level = cv2.warpAffine(filled, shear, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return level.astype(np.uint8, copy=False)


def _surround(grey: GreyImage) -> Mask:
    """What is black and reaches the edge of the picture, and a little more."""
    dark = np.pad((grey < _BLACK).astype(np.uint8), 1, constant_values=1)
    _, labels = cv2.connectedComponents(dark, connectivity=4)
    black = (labels == labels[0, 0])[1:-1, 1:-1]
    if black.mean() < _LEAST_SHARE:
        return np.zeros(grey.shape, np.bool_)
    grown = cv2.dilate(black.astype(np.uint8), np.ones((2 * _EDGE_PX + 1, 2 * _EDGE_PX + 1), np.uint8))
    return grown > 0


def _filled(grey: GreyImage, black: Mask) -> GreyImage:
    """The black replaced by the paper of its surroundings: a mean weighed by nearness, ink closed before."""
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones(_CLOSED_PX, np.uint8)).astype(np.float32)
    known = np.where(black, 0, 1).astype(np.float32)
    paper, weight = np.zeros(grey.shape, np.float32), np.zeros(grey.shape, np.float32)
    for spread in _NEAR_PX:
        share = cv2.GaussianBlur(known, (0, 0), spread) + 1e-6
        mean = cv2.GaussianBlur(known * closed, (0, 0), spread) / share
        part = np.minimum(share, 0.05) / spread
        paper, weight = paper + part * mean, weight + part
    return np.where(black, paper / weight, grey).round().clip(0, 255).astype(np.uint8)


def _slope(inside: Mask) -> float:
    """Rise of the middle of what is inside, rows per column; 0 where too few columns tell."""
    counts = inside.sum(0)
    columns = np.flatnonzero(counts > 0)
    if len(columns) < 2 * inside.shape[0]:  # short ones tell more of their letters than of the line
        return 0.0
    rows = np.arange(inside.shape[0])[:, None]
    middles = (inside * rows).sum(0)[columns] / counts[columns]
    return float(np.polyfit(columns, middles, 1)[0])
