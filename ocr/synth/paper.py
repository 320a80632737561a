"""Paper: its size, its rulings, its colour and its age.

Flat frame here and in `compose`: pixels at the scan's resolution, origin at the top left corner of the open
notebook laid flat, x right, y down.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from ocr.arrays import F32

Tones = F32
_MM_PER_INCH = 25.4


class Paper(StrEnum):
    """What is printed on the paper."""

    BLANK = "blank"
    RULED = "ruled"
    SQUARED = "squared"
    SCHOOL = "school"
    LEDGER = "ledger"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Rule:
    """One printed line, between two flat points."""

    start: tuple[float, float]
    end: tuple[float, float]
    width_px: float
    colour: tuple[float, float, float]
    """Shares of red, green, blue that it leaves."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One side of a leaf, ready to be written on."""

    paper: Paper
    left: float
    """Where it begins in the flat frame: not 0 for the right leaf of a spread."""
    width: float
    height: float
    pitch: float
    """From baseline to baseline."""
    first: float
    """Row of the first baseline."""
    text_left: float
    text_right: float
    rules: tuple[Rule, ...]

    @property
    def baselines(self) -> list[float]:
        """Rows of all baselines that keep a foot margin."""
        room = self.height - self.pitch * 1.1 - self.first
        return [self.first + k * self.pitch for k in range(int(room / self.pitch) + 1)] if room > 0 else []


def draw_leaf(rng: np.random.Generator, paper: Paper, dpi: int, size_mm: tuple[float, float]) -> Leaf:
    """A leaf of that paper and size (width, height)."""
    if paper is Paper.MIXED:
        paper = list(Paper)[rng.integers(len(Paper) - 1)]
    px = dpi / _MM_PER_INCH
    width, height = size_mm[0] * px, size_mm[1] * px
    cell = float(rng.uniform(4.8, 5.2)) * px
    if paper is Paper.SQUARED:
        pitch = cell * (2 if rng.random() < 0.7 else 1.5)
    else:
        pitch = float(rng.uniform(7, 10)) * px
    first = float(rng.uniform(1.6, 2.6)) * pitch
    broad = paper in (Paper.SCHOOL, Paper.LEDGER)
    inner = float(rng.uniform(16, 26) if broad else rng.uniform(6, 16)) * px
    outer = float(rng.uniform(4, 10)) * px
    rules = _rules(rng, paper, (width, height), (pitch, first, inner, cell), px)
    return Leaf(paper, 0.0, width, height, pitch, first, inner, width - outer, rules)


def _rules(
    rng: np.random.Generator,
    paper: Paper,
    size: tuple[float, float],
    places: tuple[float, float, float, float],
    px: float,
) -> tuple[Rule, ...]:
    width, height = size
    pitch, first, inner, cell = places
    fine = float(rng.uniform(0.1, 0.22)) * px
    pale = float(rng.uniform(0.55, 0.85))
    blue = (pale * 0.9, pale, min(pale * 1.15, 1.0))
    grey = (pale, pale, pale)
    ink = blue if rng.random() < 0.7 else grey
    rules: list[Rule] = []
    if paper in (Paper.RULED, Paper.SCHOOL, Paper.LEDGER):
        y = first % pitch
        while y < height:
            rules.append(Rule((0, y), (width, y), fine, ink))
            y += pitch
    if paper is Paper.SQUARED:
        y = first % cell
        while y < height:
            rules.append(Rule((0, y), (width, y), fine, ink))
            y += cell
        x = float(rng.uniform(0, cell))
        while x < width:
            rules.append(Rule((x, 0), (x, height), fine, ink))
            x += cell
    red = (0.9, pale * 0.75, pale * 0.75)
    if paper is Paper.SCHOOL:
        x = inner - float(rng.uniform(1, 3)) * px
        rules.append(Rule((x, 0), (x, height), fine * 1.3, red))
    if paper is Paper.LEDGER:
        for x in (inner - 2 * px, width - 22 * px, width - 12 * px):
            rules += [Rule((x + d, 0), (x + d, height), fine, red) for d in (0, 0.7 * px)]
    return tuple(rules)


def cloud(rng: np.random.Generator, shape: tuple[int, int], cells: float) -> Tones:
    """Smooth noise in 0..1 with so many cells along the longer side."""
    height, width = shape
    step = max(height, width) / cells
    coarse = rng.random((max(int(height / step), 2) + 1, max(int(width / step), 2) + 1), np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def grain(rng: np.random.Generator, shape: tuple[int, int]) -> Tones:
    """Noise of deviation 1 from pixel to pixel, tiled from a patch: quick, and nobody sees the seams."""
    patch = rng.standard_normal((256, 384), np.float32)
    tall, wide = -(-shape[0] // 256), -(-shape[1] // 384)
    return np.tile(patch, (tall, wide))[: shape[0], : shape[1]]


def aged(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[Tones, tuple[float, float, float]]:
    """How light the paper is (near 1, a quarter as fine as the shape), and its colour: shares of RGB."""
    small = (max(shape[0] // 4, 2), max(shape[1] // 4, 2))
    tones = 1 - (cloud(rng, small, 6) - 0.5) * np.float32(rng.uniform(0, 0.1))
    tones += (cloud(rng, small, 160) - 0.5) * np.float32(rng.uniform(0, 0.05))
    height, width = small
    for _ in range(int(rng.poisson(0.6))):  # stains: a darker edge, as of tea or damp
        mask = np.zeros(small, np.float32)
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        axes = tuple(int(v) for v in rng.uniform(0.03, 0.2, 2) * width)
        cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        soft = cv2.GaussianBlur(mask, (0, 0), max(width * 0.006, 1))
        rim = np.clip(soft - cv2.GaussianBlur(mask, (0, 0), max(width * 0.02, 1)), 0, 1)
        tones -= soft * np.float32(rng.uniform(0.01, 0.08)) + rim * np.float32(rng.uniform(0, 0.15))
    for _ in range(int(rng.poisson(0.5))):  # folds
        mask = np.zeros(small, np.float32)
        if rng.random() < 0.5:
            x = int(rng.uniform(0.2, 0.8) * width)
            cv2.line(mask, (x, 0), (x + int(rng.normal(0, 4)), height), 1.0, 1)
        else:
            y = int(rng.uniform(0.2, 0.8) * height)
            cv2.line(mask, (0, y), (width, y + int(rng.normal(0, 4))), 1.0, 1)
        tones -= cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.6, 1.5))) * np.float32(
            rng.uniform(-0.1, 0.25)
        )
    yellow = float(rng.uniform(0, 1)) ** 1.5
    tint = (1.0 - 0.08 * yellow, 0.985 - 0.14 * yellow, 0.96 - 0.3 * yellow)
    return tones, tint
