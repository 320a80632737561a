"""From a scan to its leaves: light evened, turned straight, ink parted from paper, each with its way home."""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import numpy.typing as npt

from ocr.geometry import Affine, Box, Point
from ocr.page import Skew
from ocr.scan import ink as inks
from ocr.scan import skew as skews
from ocr.scan.ink import InkSettings
from ocr.scan.load import Scan
from ocr.scan.skew import SkewSettings

Grey = npt.NDArray[np.uint8]
"""Pixels of shape (height, width), 0 black to 255 white."""


@dataclass(frozen=True, slots=True)
class LeafSettings:
    """How leaves are prepared."""

    ink: InkSettings = field(default_factory=InkSettings)
    """How paper and ink are told apart."""
    skew: SkewSettings = field(default_factory=SkewSettings)
    """How the angle of the lines is found."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of writing, clean and straight. Pixels here are leaf pixels; `home` leads back to the scan."""

    grey: Grey
    """Light evened, paper near 255, not binarized: for recognisers that want grey."""
    ink: Grey
    """0 where there is ink, 255 where there is paper; same shape as grey."""
    home: Affine
    """From leaf pixels to pixels of the upright scan."""
    box: Box
    """Where the leaf lies on the scan, in scan pixels."""
    skew: Skew | None = None
    remark: str = ""


def prepare(scan: Scan, settings: LeafSettings) -> tuple[Leaf, ...]:
    """The leaves of a scan in reading order; for now always one.

    The turn is made only when its angle is believed, and taken back when lines stand no sharper after it.
    """
    grey = inks.even(grey_of(scan.pixels), settings.ink)
    ink = inks.part(grey, settings.ink)
    height, width = grey.shape
    box = Box(0, 0, width, height)
    skew = skews.measure(ink, settings.skew)
    if skew.confidence < settings.skew.least_confidence:
        return (Leaf(grey, ink, Affine(), box, replace(skew, reason=skew.reason or "no angle stands out")),)
    if abs(skew.angle_deg) < settings.skew.least_deg:
        return (Leaf(grey, ink, Affine(), box, replace(skew, reason="straight enough")),)
    turned, home = turn(grey, skew.angle_deg)
    turned_ink = inks.part(turned, settings.ink)
    after = skews.measure(turned_ink, settings.skew)
    if abs(after.angle_deg) >= abs(skew.angle_deg):
        return (Leaf(grey, ink, Affine(), box, replace(skew, reason="no straighter after the turn")),)
    return (Leaf(turned, turned_ink, home, box, replace(skew, applied=True)),)


def grey_of(pixels: npt.NDArray[np.uint8]) -> Grey:
    """Grey (height, width) from colour in the order red, green, blue; grey stays as it is."""
    if pixels.ndim == 2:
        return pixels
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)


def turn(grey: Grey, angle_deg: float) -> tuple[Grey, Affine]:
    """The page turned counter-clockwise on larger, white paper, and the way home."""
    height, width = grey.shape
    there = Affine.turn(angle_deg, Point(width / 2, height / 2))
    bounds = there.box(Box(0, 0, width, height))
    there = Affine.shift(-np.floor(bounds.left), -np.floor(bounds.top)).after(there)
    size = (
        int(np.ceil(bounds.right) - np.floor(bounds.left)),
        int(np.ceil(bounds.bottom) - np.floor(bounds.top)),
    )
    turned = cv2.warpAffine(grey, pixel_matrix(there), size, flags=cv2.INTER_LINEAR, borderValue=(255.0,))
    return turned.astype(np.uint8, copy=False), there.inverse


def pixel_matrix(there: Affine) -> npt.NDArray[np.float64]:
    """The 2x3 matrix that cv2 wants: it counts from the middle of a pixel, we from its corner."""
    m = Affine.shift(-0.5, -0.5).after(there).after(Affine.shift(0.5, 0.5))
    return np.array([[m.a, m.b, m.c], [m.d, m.e, m.f]])
