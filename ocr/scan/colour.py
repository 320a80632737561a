"""Ink parted from coloured rules by colour: each pixel is taken as so much ink and so much of the rule's dye.

Dyes add up in optical density (the logarithm of paper over pixel, channel by channel: Beer and Lambert), so
two of them come apart by least squares, as stains of tissue do (Ruifrok and Johnston 2001).
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import F64, ColourImage, GreyImage, Mask

LEAST_INK = 0.12
"""Less than this share of full ink is noise."""
_LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, slots=True)
class Unmixing:
    """The colours of ink and rules on one leaf."""

    ink: F64
    """(3,): optical density of full ink in red, green, blue."""
    rule: F64
    """(3,): of the rules."""
    paper: F64
    """(3,): red, green, blue of paper, 0..255."""
    rule_rgb: tuple[int, int, int]
    """As the scan shows the rules."""

    @property
    def apart_deg(self) -> float:
        """By what angle the two densities differ: 0 is the same dye, more or less of it."""
        lengths = float(np.linalg.norm(self.ink) * np.linalg.norm(self.rule))
        return math.degrees(math.acos(min(1.0, float(self.ink @ self.rule) / lengths))) if lengths else 0.0


def unmixing_of(
    colour: ColourImage, dark: GreyImage, on_rule: Mask, tones: tuple[float, float]
) -> Unmixing | None:
    """What dyes the leaf shows; None when it has no colour.

    `dark` is its darkness once evened, `tones` the darkness of rules and of ink there.
    """
    tone, ink_tone = tones
    rule = usual_colour(colour, on_rule & (dark > 0.7 * tone) & (dark < 1.3 * tone))
    ink = usual_colour(colour, ~on_rule & (dark > 0.8 * ink_tone))
    paper = usual_colour(colour[::3, ::3], dark[::3, ::3] < 0.1 * tone)
    if max(np.ptp(rule), np.ptp(ink), np.ptp(paper)) < 2:
        return None
    red, green, blue = (round(float(v)) for v in rule)
    return Unmixing(_density(ink, paper), _density(rule, paper), paper, (red, green, blue))


def unmix_rules(
    evened: GreyImage, colour: ColourImage, rules: GreyImage, dyes: Unmixing, ink_tone: float
) -> GreyImage:
    """The evened leaf with only the ink left where `rules` is not 0."""
    at = np.flatnonzero(rules)
    pixels = colour.reshape(-1, 3)[at].astype(np.float64)
    before = evened.ravel()[at].astype(np.float64)
    # The light of the place: what paper would be here, told by how the grey was evened.
    light = (pixels @ _LUMA) / np.maximum(before / 255, 1 / 255) / float(dyes.paper @ _LUMA)
    density = np.log(np.maximum(light[:, None] * dyes.paper, 1) / np.maximum(pixels, 1))
    both = np.linalg.pinv(np.stack([dyes.ink, dyes.rule], axis=1))
    amounts = density @ both.T
    alone = density @ dyes.ink / float(dyes.ink @ dyes.ink)
    ink = np.where(amounts[:, 1] < 0, alone, amounts[:, 0])
    ink[ink < LEAST_INK] = 0
    full = math.log(255 / max(255 - ink_tone, 1))
    left = np.maximum(255 * np.exp(-full * ink), before)
    clean = evened.copy()
    clean.ravel()[at] = np.rint(np.minimum(left, 255))
    return clean


def usual_colour(colour: ColourImage, where: Mask) -> F64:
    """(3,): the median of each channel over some pixels; zeros where there are none."""
    pixels, mask = np.ascontiguousarray(colour), np.ascontiguousarray(where).view(np.uint8)
    usual = np.zeros(3)
    for n in range(3):  # counting the 256 levels is much faster than ordering the pixels
        reached = np.cumsum(cv2.calcHist([pixels], [n], mask, [256], [0, 256]).ravel().astype(np.int64))
        if reached[-1]:
            middle = np.searchsorted(reached, ((reached[-1] - 1) // 2, reached[-1] // 2), side="right")
            usual[n] = middle.mean()
    return usual


def _density(colour: F64, paper: F64) -> F64:
    return np.asarray(np.log(np.maximum(paper, 1) / np.maximum(colour, 1)), np.float64)
