"""What paper, ink, time and camera do to a strip of writing."""

import cv2
import numpy as np

from ocr.arrays import F32, GreyImage, Mask
from ocr.synth.bend import smooth

Ink = F32


def degrade(rng: np.random.Generator, ink: Ink, base: int, x_px: int) -> GreyImage:
    """A grey strip, cut as line finders cut, of ink in 0..1. Baseline: row `base`; small letters: x_px.

    Some strips look like a raw piece of a scan, others like a line of a leaf as our reader gets it: paper
    even, rulings taken away, cut close, all beyond the outline of the line white.
    """
    if rng.random() < 0.05:
        ink = _blot(rng, ink, base, x_px)
    top, bottom = _cut(rng, ink.shape[0], base, x_px)
    ink, base = ink[top:bottom], base - top
    if rng.random() < 0.07:
        ink = _strike(rng, ink, base, x_px)
    ink = _flow(rng, ink, x_px)
    tone = float(rng.uniform(0.05, 0.8))
    return (_cleaned if rng.random() < 0.45 else _raw)(rng, ink, base, x_px, tone)


def _raw(rng: np.random.Generator, ink: Ink, base: int, x_px: int, tone: float) -> GreyImage:
    """As it stands on a scan."""
    height, width = ink.shape
    paper = _paper(rng, height, width)
    if rng.random() < 0.35:
        paper = _rulings(rng, paper, base, x_px, 1 - (1 - tone * 0.85) * float(rng.uniform(0.05, 0.6)))
    if rng.random() < 0.25:
        paper = paper - _through(rng, ink) * float(rng.uniform(3, 30))
    grey = paper - ink * paper * (1 - tone * 0.85)
    if rng.random() < 0.6:
        grey = cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.3, 1.0)))
    if rng.random() < 0.3:
        grey = _coarse(rng, grey)
    if rng.random() < 0.6:
        contrast = float(paper.mean()) * (1 - tone * 0.85)
        grey = grey + rng.standard_normal(grey.shape, np.float32) * np.float32(
            contrast * rng.uniform(0.01, 0.1)
        )
    out = np.clip(grey, 0, 255).astype(np.uint8)
    if rng.random() < 0.25:
        _, encoded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])
        read = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
        assert read is not None  # it was encoded a line above
        out = read.astype(np.uint8)
    if rng.random() < 0.05 and tone < 0.5 and float(paper.std()) < 12:
        _, parted = cv2.threshold(out, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        out = parted.astype(np.uint8)
    return np.ascontiguousarray(out)


def _cleaned(rng: np.random.Generator, ink: Ink, base: int, x_px: int, tone: float) -> GreyImage:
    """As the reader gets it out of a leaf."""
    inside = _outline(rng, ink, base, x_px)
    columns = np.flatnonzero(inside.any(axis=0))
    first, last = int(columns[0]), int(columns[-1]) + 1
    ink, inside = ink[:, first:last], inside[:, first:last]
    height, width = ink.shape
    dirt = _cloud(rng, height, width, float(rng.uniform(2, 12))) ** 2 * np.float32(rng.uniform(0, 30))
    if rng.random() < 0.25:  # what is left of a ruling after it was taken away
        y = int(np.clip(base + rng.normal(1, x_px * 0.3), 0, height - 1))
        patches = _cloud(rng, 2, width, x_px * float(rng.uniform(0.3, 3)))[0]
        dirt[y : y + 2] += np.maximum(patches - 0.5, 0) * np.float32(rng.uniform(20, 160))
    grey = 255 - dirt - ink * np.float32(255 * (1 - tone * 0.85))
    if rng.random() < 0.5:
        grey = cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.3, 0.9)))
    if rng.random() < 0.25:
        grey = _coarse(rng, grey)
    if rng.random() < 0.3:
        grey = grey + rng.standard_normal(grey.shape, np.float32) * np.float32(rng.uniform(0.5, 5))
    return np.where(inside, np.clip(grey, 0, 255), 255).astype(np.uint8)


def _outline(rng: np.random.Generator, ink: Ink, base: int, x_px: int) -> Mask:
    """Where the line is, in steps that follow its ink; neighbours are cut off but for what juts in."""
    height, width = ink.shape
    top, bottom = max(round(base - 2.2 * x_px), 0), min(round(base + 1.2 * x_px), height)
    wet = ink > 0.12
    wet[:top] = wet[bottom:] = False
    columns = np.flatnonzero(wet[max(round(base - 1.1 * x_px), 0) : base + 1].any(axis=0))
    if not len(columns):
        return np.ones(ink.shape, np.bool_)
    first = max(int(columns[0]) + round(float(rng.uniform(-0.5, 0.08)) * x_px), 0)
    last = min(int(columns[-1]) + 1 + round(float(rng.uniform(-0.08, 0.5)) * x_px), width)
    step = max(round(x_px * float(rng.uniform(0.6, 3))), 2)
    margin = round(x_px * float(rng.uniform(0.05, 0.6)))
    inside = np.zeros(ink.shape, np.bool_)
    for begin in range(first, last, step):
        rows = np.flatnonzero(wet[:, max(begin - step // 2, 0) : begin + step + step // 2].any(axis=1))
        upper, lower = (int(rows[0]), int(rows[-1])) if len(rows) else (base - x_px, base)
        inside[max(upper - margin, 0) : lower + margin + 1, begin : min(begin + step, last)] = True
    if last - first < 4 or not (wet & inside).any():
        return np.ones(ink.shape, np.bool_)
    return inside


def _flow(rng: np.random.Generator, ink: Ink, x_px: int) -> Ink:
    """Ink that comes unevenly: from letter to letter, from dip to dip, pencil; fine lines paler or fuller."""
    height, width = ink.shape
    pen = 1 + smooth(rng, width, x_px * 2, float(rng.choice([0.0, 0.08, 0.2])))
    if rng.random() < 0.15:  # the pen runs dry and is dipped again
        reach = x_px * float(rng.uniform(8, 40))
        dry = (np.arange(width, dtype=np.float32) + float(rng.uniform(0, reach))) / reach % 1
        pen = pen * (1.05 - dry * float(rng.uniform(0.2, 0.6)))
    if rng.random() < 0.35:
        ink = np.asarray(cv2.pow(ink, float(np.exp(rng.uniform(-0.5, 0.6)))), np.float32)
    if rng.random() < 0.25:
        ink = ink * (1 - _cloud(rng, height, width, 2.0) * float(rng.uniform(0.1, 0.6)))  # pencil, dry nib
    return np.asarray(ink * np.clip(pen, 0.4, 1.1), np.float32)


def _blot(rng: np.random.Generator, ink: Ink, base: int, x_px: int) -> Ink:
    """Drops of ink fallen on the line, too small to hide a letter."""
    out = ink.copy()
    for _ in range(int(rng.integers(1, 4))):
        at = (int(rng.integers(0, ink.shape[1])), base - round(float(rng.normal(0.4, 1.2)) * x_px))
        axes = tuple(max(round(x_px * float(v)), 1) for v in rng.uniform(0.04, 0.26, 2))
        cv2.ellipse(out, at, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.5, 1)), -1)
    return out


def _cut(rng: np.random.Generator, height: int, base: int, x_px: int) -> tuple[int, int]:
    """First row and row after the last: loose or tight, rarely symmetric."""
    head, foot = (1.5, 0.55) if rng.random() < 0.25 else (2.0, 0.9)
    top = max(round(base - x_px * (head + rng.uniform(0, 1.2))), 0)
    bottom = min(round(base + x_px * (foot + rng.uniform(0, 1.2))), height)
    return top, bottom


def _cloud(rng: np.random.Generator, height: int, width: int, step: float) -> Ink:
    """Noise in 0..1 that changes over `step` px."""
    coarse = rng.random((max(int(height / step), 2), max(int(width / step), 2)), np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _paper(rng: np.random.Generator, height: int, width: int) -> Ink:
    """Blank paper in grey levels: tone, uneven light, fibres, stains."""
    paper = np.full((height, width), rng.uniform(110, 252), np.float32)
    paper *= 1 - _cloud(rng, height, width, max(width / rng.uniform(1, 5), 8)) * np.float32(
        rng.uniform(0, 0.3)
    )
    if rng.random() < 0.6:
        paper += (_cloud(rng, height, width, rng.uniform(1.2, 5)) - 0.5) * np.float32(rng.uniform(2, 20))
    if rng.random() < 0.12:  # the dark edge of a page or a fold
        at, wide = int(rng.integers(0, width)), int(rng.integers(2, 14))
        paper[:, at : at + wide] *= np.float32(rng.uniform(0.4, 1.1))
    return paper


def _rulings(rng: np.random.Generator, paper: Ink, base: int, x_px: int, dark: float) -> Ink:
    """Ruled or squared paper, its lines `dark` times as light; mostly they lie under the writing."""
    height, width = paper.shape
    thick = int(rng.integers(1, 3))
    lean = rng.normal(0, 0.006) * width
    pitch = x_px * float(rng.choice([rng.uniform(0.9, 1.4), rng.uniform(2, 4)]))
    start = base + rng.normal(1, x_px * 0.25)
    lines = np.ones((height, width), np.float32)
    for k in range(-6, 7):
        y = round(start + k * pitch)
        cv2.line(lines, (0, y), (width, round(y + lean)), dark, thick)
    if rng.random() < 0.4:
        step = pitch if pitch < 1.5 * x_px else float(rng.uniform(3, 20)) * x_px
        x = float(rng.uniform(0, step))
        while x < width:
            cv2.line(lines, (round(x), 0), (round(x + lean), height), dark, thick)
            x += step
    return paper * cv2.GaussianBlur(lines, (0, 0), 0.6)


def _through(rng: np.random.Generator, ink: Ink) -> Ink:
    """The verso's writing shining through: mirrored, shifted, soft."""
    mirrored = np.roll(ink[:, ::-1], (int(rng.integers(-12, 13)), int(rng.integers(0, ink.shape[1]))), (0, 1))
    return np.asarray(
        cv2.GaussianBlur(np.ascontiguousarray(mirrored), (0, 0), float(rng.uniform(0.8, 2.5))), np.float32
    )


def _strike(rng: np.random.Generator, ink: Ink, base: int, x_px: int) -> Ink:
    """A stroke of the pen under some words, rarely a fine one through them (they stay readable)."""
    width = ink.shape[1]
    left = int(rng.integers(0, max(width - 2 * x_px, 1)))
    right = min(left + int(rng.uniform(2, 14) * x_px), width)
    through = rng.random() < 0.2
    y = base + round((-0.45 if through else rng.uniform(0.12, 0.6)) * x_px)
    out = ink.copy()
    cv2.line(
        out, (left, y), (right, y + int(rng.integers(-2, 3))), float(rng.uniform(0.6, 1)), 1 if through else 2
    )
    return out


def _coarse(rng: np.random.Generator, grey: Ink) -> Ink:
    """Fewer pixels, and back: a distant camera."""
    height, width = grey.shape
    by = float(rng.uniform(0.45, 0.85))
    small = cv2.resize(
        grey, (max(int(width * by), 4), max(int(height * by), 4)), interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
