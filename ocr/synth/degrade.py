"""What paper, ink, time and camera do to a strip of writing."""

import cv2
import numpy as np
import numpy.typing as npt

from ocr.scan.leaf import Grey
from ocr.synth.bend import smooth

Ink = npt.NDArray[np.float32]


def degrade(rng: np.random.Generator, ink: Ink, base: int, x_px: int) -> Grey:
    """A grey strip, cut as line finders cut, of ink in 0..1. Baseline: row `base`; small letters: x_px."""
    top, bottom = _cut(rng, ink.shape[0], base, x_px)
    ink, base = ink[top:bottom], base - top
    if rng.random() < 0.07:
        ink = _strike(rng, ink, base, x_px)
    height, width = ink.shape
    paper = _paper(rng, height, width)
    tone = float(rng.uniform(0.05, 0.8))
    if rng.random() < 0.35:
        paper = _rulings(rng, paper, base, x_px, 1 - (1 - tone * 0.85) * float(rng.uniform(0.1, 0.75)))
    if rng.random() < 0.25:
        paper = paper - _through(rng, ink) * float(rng.uniform(3, 30))
    pen = 1 + smooth(rng, width, x_px * 2, float(rng.choice([0.0, 0.08, 0.2])))
    if rng.random() < 0.25:
        ink = ink * (1 - _cloud(rng, height, width, 2.0) * float(rng.uniform(0.1, 0.6)))  # pencil, dry nib
    grey = paper - ink * np.clip(pen, 0.4, 1.1) * paper * (1 - tone * 0.85)
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
        _, held = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])
        read = cv2.imdecode(held, cv2.IMREAD_GRAYSCALE)
        assert read is not None  # it was encoded a line above
        out = read.astype(np.uint8)
    if rng.random() < 0.05 and tone < 0.5 and float(paper.std()) < 12:
        _, parted = cv2.threshold(out, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        out = parted.astype(np.uint8)
    return np.ascontiguousarray(out)


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
    seen = np.roll(ink[:, ::-1], (int(rng.integers(-12, 13)), int(rng.integers(0, ink.shape[1]))), (0, 1))
    return np.asarray(
        cv2.GaussianBlur(np.ascontiguousarray(seen), (0, 0), float(rng.uniform(0.8, 2.5))), np.float32
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
