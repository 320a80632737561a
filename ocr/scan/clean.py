"""Clean pictures of the leaves of a scan: straight, cut out, unruled, grey and black on white, as PNG."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ocr.arrays import GreyImage
from ocr.geometry import Box
from ocr.scan.leaf import Leaf, LeafSettings, other_way_up, prepare, under
from ocr.scan.load import Scan


@dataclass(frozen=True, slots=True)
class CleanLeaf:
    """A leaf, and its two pictures, which have one shape and one way home: `leaf.to_scan`."""

    leaf: Leaf
    grey: bytes
    """PNG: light evened, paper near white, its ruling gone."""
    ink: bytes
    """PNG of one bit: black where there is ink."""
    dpi: float | None
    """Pixels of the pictures on an inch of paper; None when the scan tells no resolution."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures."""
        return self.leaf.grey.shape[1], self.leaf.grey.shape[0]


def clean_leaves(
    scan: Scan,
    settings: LeafSettings,
    surfaces: Sequence[tuple[Box, float | None]] = (),
    *,
    every_ink: bool = True,
) -> Iterator[CleanLeaf]:
    """The leaves of a scan in reading order.

    `surfaces`: what a record tells of its leaves, the box of each in scan pixels and by how many degrees it
    was turned, so that none stands on its head. Without `every_ink` only the main writer's ink is there.
    """
    leaves = prepare(scan, settings)
    if any(other_way_up(leaves[under(leaves, box)], skew_deg) for box, skew_deg in surfaces):
        leaves = prepare(scan, settings, other_way_up=True)
    for leaf in leaves:
        layers = (leaf, *leaf.other_inks) if every_ink else (leaf,)
        way = leaf.to_scan
        dpi = scan.source.dpi and scan.source.dpi * abs(way.a * way.e - way.b * way.d) ** -0.5
        grey, ink = _darkest([layer.grey for layer in layers]), _darkest([layer.ink for layer in layers])
        yield CleanLeaf(leaf, _png(Image.fromarray(grey), dpi), _png(Image.fromarray(ink > 127), dpi), dpi)


def _darkest(pictures: Sequence[GreyImage]) -> GreyImage:
    darkest = pictures[0]
    for picture in pictures[1:]:
        darkest = np.minimum(darkest, picture)
    return darkest


def _png(picture: Image.Image, dpi: float | None) -> bytes:
    content = io.BytesIO()
    if dpi:
        picture.save(content, "PNG", optimize=True, dpi=(dpi, dpi))
    else:
        picture.save(content, "PNG", optimize=True)
    return content.getvalue()
