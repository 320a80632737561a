"""The edges of a scan and of its leaf, and what ink runs into them."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import Floats, GreyImage, Mask, Pixels
from ocr.geometry import Affine, Box, Point
from ocr.scan.leaf import Leaf

BESIDE_LETTERS = 0.6
"""Ink of a word reaches beyond its place by so many heights of small letters: half of one is hardly read."""
RIM_PX = 2.5
"""Ink touches an edge that is so near, in pixels of the leaf: a turn or a blur takes one away."""
LEAST_STROKE_LETTERS = 0.1
"""And along so much of it; dust does not."""
LEAF_STROKES = 2
"""Who writes to the end of the paper touches it with a last stroke: where the scan goes on, more of them tell
that the edge of a leaf cuts letters."""
LETTER_STROKES = 1.0
"""Heads and feet may be cut and a word be read; with so many strokes for each of its letters it is not."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A side of a leaf, in pixels of the leaf: a point on it, and the way inwards with length 1."""

    at: Point
    inwards: Point
    least_strokes: int
    """Words beside it are cut when so many strokes touch it."""

    def away(self, x: Floats | float, y: Floats | float) -> Floats | float:
        """How far inside it places are, in pixels."""
        return (x - self.at.x) * self.inwards.x + (y - self.at.y) * self.inwards.y

    @property
    def is_end(self) -> bool:
        """Does it go across lines, and not along them?"""
        return abs(self.inwards.x) > abs(self.inwards.y)


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of a leaf and of its scan, with the ink that may run into them."""

    edges: tuple[Edge, ...]
    ink: GreyImage
    """0 where the leaf has ink of any colour."""
    letter_px: float
    """The height of small letters, in pixels of the leaf."""
    from_scan: Affine

    def cutting(self, box: Box, letters: int) -> tuple[Edge, ...]:
        """The edges that cut through a word with that place (scan pixels) and so many letters."""
        here = self.from_scan.box(box)
        return tuple(
            edge for edge in self.edges if self._reaches(edge, here) and self._is_cut(edge, here, letters)
        )

    def is_near(self, edge: Edge, box: Box) -> bool:
        """May the ink of a word or letter with that place (scan pixels) reach the edge?"""
        return self._reaches(edge, self.from_scan.box(box))

    def _reaches(self, edge: Edge, here: Box) -> bool:
        """The same of a place in leaf pixels."""
        reach = abs(edge.inwards.x) * here.width / 2 + abs(edge.inwards.y) * here.height / 2
        return float(edge.away(*here.centre)) - reach < BESIDE_LETTERS * self.letter_px

    def _is_cut(self, edge: Edge, box: Box, letters: int) -> bool:
        """Does the ink of a word with that place (leaf pixels) run into an edge that is near?"""
        room = round(BESIDE_LETTERS * self.letter_px)
        height, width = self.ink.shape
        left, top = max(int(box.left) - room, 0), max(int(box.top) - room, 0)
        right, bottom = min(int(box.right) + 1 + room, width), min(int(box.bottom) + 1 + room, height)
        if right <= left or bottom <= top:
            return False
        ys, xs = np.mgrid[top:bottom, left:right] + 0.5
        ink = self.ink[top:bottom, left:right] == 0
        _, labels = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
        in_rows, in_columns = (ys > box.top) & (ys < box.bottom), (xs > box.left) & (xs < box.right)
        own = ink & np.isin(labels, np.unique(labels[in_rows & in_columns & ink]))
        beside = in_rows if edge.is_end else in_columns
        touching = own & beside & (np.asarray(edge.away(xs, ys)) < RIM_PX)
        strokes = _runs(touching.any(axis=1 if edge.is_end else 0), LEAST_STROKE_LETTERS * self.letter_px)
        return strokes >= max(edge.least_strokes, 0 if edge.is_end else LETTER_STROKES * letters)


def edges_of(leaf: Leaf, pixels: Pixels) -> Edges | None:
    """The edges of a leaf; `pixels` are those of its scan. None where nobody found writing."""
    letter = leaf.text_map.line_px_on(len(leaf.ink)) if leaf.text_map else 0.0
    if not letter:
        return None
    ink = leaf.ink
    for other in leaf.other_inks:
        ink = np.minimum(ink, other.ink)
    there, (height, width) = leaf.to_scan.inverse, ink.shape
    scan = Box(0, 0, pixels.shape[1], pixels.shape[0])
    outlines = (
        (there.outline(scan.outline()).points, 1),
        (there.outline(leaf.box.outline()).points, LEAF_STROKES),
        (Box(0, 0, width, height).corners, LEAF_STROKES),
    )
    sides = tuple(edge for corners, strokes in outlines for edge in _sides(corners, strokes))
    return Edges(sides, ink, letter, there)


def _sides(corners: tuple[Point, ...], least_strokes: int) -> Iterator[Edge]:
    """The sides of a convex outline."""
    middle = Box.around(corners).centre
    for a, b in zip(corners, (*corners[1:], corners[0]), strict=True):
        length = max(((b.x - a.x) ** 2 + (b.y - a.y) ** 2) ** 0.5, 1e-6)
        inwards = Point((a.y - b.y) / length, (b.x - a.x) / length)
        if (middle.x - a.x) * inwards.x + (middle.y - a.y) * inwards.y < 0:
            inwards = Point(-inwards.x, -inwards.y)
        yield Edge(a, inwards, least_strokes)


def _runs(touching: Mask, least: float) -> int:
    """How many stretches of a row are true for so long."""
    ends = np.flatnonzero(np.diff(touching.astype(np.int8), prepend=0, append=0))
    return int((ends[1::2] - ends[::2] >= least).sum())
