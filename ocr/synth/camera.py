"""From the flat notebook to the scan: how it lies, how it is lit, what the machine makes of it.

Everything is drawn through one map, `Lie`, so that places on the scan are known exactly.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import cv2
import numpy as np

from ocr.arrays import F64, ColourImage
from ocr.synth.compose import Places, Written
from ocr.synth.paper import Leaf, Tones, aged, cloud, grain
from ocr.synth.pen import Sheet, draw

Banded = TypeVar("Banded", ColourImage, Tones)
_BAND = 256


class Look(StrEnum):
    """What took the picture."""

    SCAN = "scan"
    PHOTO = "photo"
    MICROFILM = "microfilm"
    COPY = "copy"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Lie:
    """How the flat notebook lies under the lens: flat pixels to scan pixels."""

    matrix: F64
    """3x3, after the curl."""
    curl_px: float
    """How far the middle of a leaf's lines is lifted."""
    gutter: float | None
    """Flat x of the fold of a spread, where lines sink..."""
    dip_px: float
    """...by so much."""
    width: float
    """Of the flat notebook."""
    shape: tuple[int, int]
    """Height and width of the scan."""

    def __call__(self, places: Places) -> Places:
        """Where flat points (n, 2) are on the scan."""
        x, y = places[:, 0].astype(np.float64), places[:, 1].astype(np.float64)
        y = y - self.curl_px * np.sin(np.pi * np.clip(x / self.width, 0, 1))
        if self.gutter is not None:
            y = y + self.dip_px * np.exp(-np.abs(x - self.gutter) / (self.width * 0.04))
        put = np.stack([x, y, np.ones_like(x)]).T @ self.matrix.T
        return np.asarray(put[:, :2] / put[:, 2:], np.float32)

    @property
    def scale(self) -> float:
        """Scan pixels per flat pixel."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:2, :2]))))


def lie_down(
    rng: np.random.Generator, look: Look, size: tuple[float, float], gutter: float | None, dpi: int
) -> Lie:
    """A lie for a notebook of that flat size (width, height), with a border of the table around it."""
    width, height = size
    photo = look is Look.PHOTO
    edge = dpi * (rng.uniform(0.1, 0.5, 4) if photo else rng.uniform(0.0, 0.25, 4))
    turn = np.radians(float(rng.normal(0, 1.2 if photo else 0.5)))
    cos, sin = np.cos(turn), np.sin(turn)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    centre = np.array([width, height]) / 2
    turned = (corners - centre) @ np.array([[cos, sin], [-sin, cos]]) + centre
    if photo:
        turned += rng.normal(0, 0.008 * width, (4, 2))
    turned += edge[:2] - turned.min(axis=0)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), turned.astype(np.float32))
    wide, tall = np.ceil(turned.max(axis=0) + edge[2:]).astype(int).tolist()
    curl = float(rng.normal(0, 0.012)) * height if photo else float(rng.normal(0, 0.002)) * height
    dip = float(rng.uniform(0, 0.02)) * height if gutter is not None else 0.0
    return Lie(np.asarray(matrix, np.float64), curl, gutter, dip, width, (tall, wide))


def ink_of(lie: Lie, written: list[Written], finer: int) -> Sheet:
    """All writing as ink on the scan, drawn `finer` times as fine and brought down."""
    height, width = lie.shape
    sheet = np.zeros((height * finer, width * finer), np.uint8)
    for line in written:
        draw_written(sheet, lie, line, finer)
    if finer == 1:
        return sheet
    return cv2.resize(sheet, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def draw_written(sheet: Sheet, lie: Lie, line: Written, finer: int) -> None:
    """One line of writing on a sheet that is `finer` times the scan."""
    by = lie.scale * finer
    for piece in line.pieces:
        draw(
            sheet,
            lie(piece.places) * np.float32(finer),
            piece.widths * np.float32(by),
            piece.track,
            piece.strength,
        )
    for stroke in line.strokes:
        points = np.round(lie(bowed(stroke)) * finer * 8).astype(np.int32)
        cv2.polylines(sheet, [points], False, (230,), stroke_width(line, by), cv2.LINE_8, 3)


def stroke_width(line: Written, by: float) -> int:
    """Width in the sheet's pixels of what is drawn under or through a line."""
    return max(round(line.stroke_px * by), 1)


def bowed(stroke: Places) -> Places:
    """A curve through the three points of a stroke (a caret keeps its sharp top)."""
    if stroke[1, 0] - stroke[0, 0] < 0.6 * abs(float(stroke[1, 1] - stroke[0, 1])):
        return stroke
    t = np.linspace(0, 1, 16, dtype=np.float32)[:, None]
    a, b, c = stroke[0], 2 * stroke[1] - (stroke[0] + stroke[2]) / 2, stroke[2]
    return np.asarray((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c, np.float32)


def photograph(
    rng: np.random.Generator,
    look: Look,
    lie: Lie,
    leaves: list[Leaf],
    ink: Sheet,
    verso: Sheet | None,
    pencil: bool,
) -> ColourImage:
    """The scan, in colour: paper, rulings, the verso shining through, ink, light, lens."""
    shape = lie.shape
    tones, tint = aged(rng, shape)
    tones *= cv2.resize(_light(rng, look, lie), tones.shape[::-1], interpolation=cv2.INTER_LINEAR)
    wet = ink
    if pencil:
        rough = np.clip(190 + 65 * grain(rng, (_BAND, shape[1])), 0, 255).astype(np.uint8)
        wet = np.vstack(
            [cv2.multiply(part, rough[: len(part)], scale=1 / 255) for part in _bands(ink)]
        ).astype(np.uint8, copy=False)
    shade = np.float32(rng.uniform(0.02, 0.22) / 255) if verso is not None else np.float32(0)
    dark = _ink_colour(rng, pencil)
    level = float(rng.uniform(0.8, 0.97))
    table, inside = _table(rng, lie, leaves)
    full = cv2.resize(tones, shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32, copy=False)
    left = [
        (level * tint[k] * 255 * (1 - np.arange(256) / 255 * (1 - dark[k]))).astype(np.float32)
        for k in range(3)
    ]
    parts = []
    for number, (tone, drops, within) in enumerate(
        zip(_bands(full), _bands(wet), _bands(inside), strict=True)
    ):
        if verso is not None:
            behind = verso[number * _BAND : number * _BAND + len(tone)]
            tone = tone - behind.astype(np.float32) * shade  # noqa: PLW2901  (the same band, shone through)
        planes = [cv2.multiply(tone, cv2.LUT(drops, left[k])) for k in range(3)]
        if not within.all() or within.min() < 255:
            share = within.astype(np.float32) / np.float32(255)
            planes = [table[k] + (plane - table[k]) * share for k, plane in enumerate(planes)]
        parts.append(cv2.convertScaleAbs(cv2.merge([np.maximum(plane, 0) for plane in planes])))
    scan = np.vstack(parts).astype(np.uint8, copy=False)
    return _machine(rng, look, _ruled(scan, lie, leaves))


def _bands(sheet: Banded) -> list[Banded]:
    """The sheet in pieces of _BAND rows: small enough to stay in the processor's cache."""
    return [sheet[top : top + _BAND] for top in range(0, len(sheet), _BAND)]


def _ruled(scan: ColourImage, lie: Lie, leaves: list[Leaf]) -> ColourImage:
    """The scan with what was printed on the paper."""
    if not any(leaf.rules for leaf in leaves):
        return scan
    rules = np.full(scan.shape, 255, np.uint8)
    for leaf in leaves:
        for rule in leaf.rules:
            steps = np.linspace(rule.start, rule.end, 24, dtype=np.float32)
            steps[:, 0] += leaf.left
            points = np.round(lie(steps) * 8).astype(np.int32)
            colour = tuple(255 * c for c in rule.colour)
            cv2.polylines(rules, [points], False, colour, max(round(rule.width_px), 1), cv2.LINE_AA, 3)
    return cv2.multiply(scan, rules, scale=1 / 255).astype(np.uint8, copy=False)


def _ink_colour(rng: np.random.Generator, pencil: bool) -> tuple[float, float, float]:
    if pencil:
        grey = float(rng.uniform(0.3, 0.5))
        return (grey, grey, grey * 1.05)
    inks = ((0.1, 0.12, 0.3), (0.25, 0.1, 0.4), (0.08, 0.08, 0.1), (0.3, 0.18, 0.1), (0.12, 0.2, 0.5))
    red, green, blue = inks[rng.integers(len(inks))]
    pale = float(rng.uniform(0, 0.3))
    return (red + pale * (1 - red), green + pale * (1 - green), blue + pale * (1 - blue))


def _light(rng: np.random.Generator, look: Look, lie: Lie) -> Tones:
    """Light over the scan, near 1, coarse: even under a scanner, less under a lamp, dark in a gutter."""
    height, width = lie.shape
    small = (max(height // 16, 2), max(width // 16, 2))
    uneven = {Look.PHOTO: 0.35, Look.MICROFILM: 0.3, Look.COPY: 0.08}.get(look, 0.04)
    light = 1 - (cloud(rng, small, 2)) * np.float32(rng.uniform(0, uneven))
    if lie.gutter is not None:
        fold = lie(np.array([[lie.gutter, lie.shape[0] / 2]], np.float32))[0, 0] / 16
        away = np.abs(np.arange(small[1], dtype=np.float32) - fold) / (small[1] * 0.03)
        light *= 1 - np.float32(rng.uniform(0.1, 0.45)) * np.exp(-away)
    return np.asarray(light, np.float32)


def _table(
    rng: np.random.Generator, lie: Lie, leaves: list[Leaf]
) -> tuple[tuple[float, float, float], Sheet]:
    """Colour of what lies under the notebook, and where the notebook is (0..255)."""
    tall = max(leaf.height for leaf in leaves)
    run = np.linspace(0, 1, 24, dtype=np.float32)
    top = np.stack([run * lie.width, np.zeros(24, np.float32)], axis=1)
    edge = lie(np.concatenate([top, top[::-1] + np.array([0, tall], np.float32)]))
    inside = np.zeros(lie.shape, np.uint8)
    cv2.fillPoly(inside, [np.round(edge * 8).astype(np.int32)], (255,), cv2.LINE_AA, 3)
    tone = float(rng.choice(rng.uniform((5, 60, 220), (60, 200, 250))))
    warm = float(rng.uniform(0.7, 1.0))
    return (tone, tone * (1 + warm) / 2, tone * warm), inside


def _machine(rng: np.random.Generator, look: Look, scan: ColourImage) -> ColourImage:
    """Blur, noise, loss of colour, contrast, dirt of copies."""
    shape = scan.shape[:2]
    blur = {Look.PHOTO: (0.4, 1.3), Look.MICROFILM: (0.7, 1.5), Look.COPY: (0.5, 1.0)}.get(look, (0.0, 0.7))
    spread = float(rng.uniform(*blur))
    if spread > 0.25:
        scan = cv2.GaussianBlur(scan, (0, 0), spread).astype(np.uint8, copy=False)
    if look in (Look.MICROFILM, Look.COPY):
        grey = cv2.transform(scan, np.full((1, 3), 1 / 3)).astype(np.uint8, copy=False)
        low, high = np.percentile(grey[::8, ::8], (1, 70))
        steep = float(rng.uniform(1.3, 2.2) if look is Look.MICROFILM else rng.uniform(2.5, 6))
        middle = low + (high - low) * float(rng.uniform(0.55, 0.7))
        curve = np.clip(128 + (np.arange(256) - middle) * (110 * steep / max(high - low, 1.0)), 0, 255)
        grey = cv2.LUT(grey, curve.astype(np.uint8)).astype(np.uint8, copy=False)
        if look is Look.COPY:  # toner falls where it should not
            dots = grain(rng, (_BAND, shape[1])) > float(rng.uniform(3.0, 3.6))
            for part in _bands(grey):
                part[dots[: len(part)]] = 40
        else:  # scratches along the film
            for _ in range(int(rng.poisson(1.5))):
                x = int(rng.integers(shape[1]))
                grey[:, x] = np.clip(grey[:, x] + float(rng.normal(0, 50)), 0, 255)
        scan = cv2.merge([grey, grey, grey]).astype(np.uint8, copy=False)
    noise = {Look.PHOTO: (1, 6), Look.MICROFILM: (4, 12), Look.COPY: (0, 4)}.get(look, (0, 3))
    rough = np.round(grain(rng, (_BAND, shape[1])) * np.float32(rng.uniform(*noise))).astype(np.int16)
    three = np.repeat(rough[..., None], 3, axis=2)
    for part in _bands(scan):
        cv2.add(part, three[: len(part)], dst=part, dtype=cv2.CV_8U)
    return scan
