"""The same strip as another scan would show it: stretched, warped, faded, with parts hidden.

What a net sees only once it does not learn by heart; hidden parts make it look at more than one trait
of a letter (after Park et al., SpecAugment, 2019, and Simard et al., elastic distortions, 2003).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.lines.strips import HEIGHT_PX, Fitted


@dataclass(frozen=True, slots=True)
class Variety:
    """How often and how much strips are changed."""

    often: float = 0.5
    """Chance of each kind of change."""
    stretch: float = 0.3
    """Greatest change of width, as a share."""
    grow: float = 0.15
    """Greatest change of height, as a share; what leaves the strip is lost."""
    shift_px: float = 4.0
    """Greatest way up or down."""
    lean: float = 0.3
    """Greatest change of slant, px to the side per px of height."""
    wave_px: float = 2.5
    """Greatest way of a point in a warp."""
    hidden: int = 4
    """Greatest number of hidden parts, one per 300 px of width at least."""


def varied(strip: Fitted, rng: np.random.Generator, how: Variety) -> Fitted:
    """A fitted strip (float32, 48 by W, paper near +1) changed; its width may change, its height never."""
    if rng.random() < how.often:
        strip = _moved(strip, rng, how)
    if rng.random() < how.often:
        strip = _toned(strip, rng)
    if rng.random() < how.often:
        strip = _hidden(strip, rng, how)
    return np.ascontiguousarray(np.clip(strip, -1.5, 1.2), np.float32)


def _moved(strip: Fitted, rng: np.random.Generator, how: Variety) -> Fitted:
    height, width = strip.shape
    wide = max(int(width * (1 + how.stretch * rng.uniform(-1, 1))), 8)
    across, down = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(height, dtype=np.float32))
    grow = 1 + how.grow * rng.uniform(-1, 1)
    middle = height / 2
    down = (down - middle) / grow + middle + how.shift_px * rng.uniform(-1, 1)
    lean = how.lean * rng.uniform(-1, 1)
    across = (across - lean * (down - middle)) * (width / wide)
    for period, share in ((rng.uniform(150, 900), 1.0), (rng.uniform(30, 120), 0.4)):
        angle = 2 * np.pi * (across / period + rng.random())
        down = down + how.wave_px * share * rng.uniform(0, 1) * np.sin(angle)
        across = across + how.wave_px * share * rng.uniform(0, 1) * np.cos(angle)
    moved = cv2.remap(
        strip,
        across.astype(np.float32),
        down.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return moved.astype(np.float32)


def _toned(strip: Fitted, rng: np.random.Generator) -> Fitted:
    kind = rng.integers(5)
    if kind == 0:  # fades in and out, as a pen that is dipped
        knots = rng.uniform(0.3, 1.0, strip.shape[1] // 120 + 2)
        fade = np.interp(np.linspace(0, len(knots) - 1, strip.shape[1]), np.arange(len(knots)), knots)
        return np.asarray(1 - (1 - strip) * fade[None], np.float32)
    if kind == 1:  # thicker or thinner ink
        body = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2, 2))
        changed = cv2.erode(strip, body) if rng.random() < 0.5 else cv2.dilate(strip, body)
        return np.asarray(strip + rng.uniform(0.3, 1.0) * (changed - strip), np.float32)
    if kind == 2:  # out of focus
        return np.asarray(cv2.GaussianBlur(strip, (0, 0), rng.uniform(0.5, 1.3)), np.float32)
    if kind == 3:  # grain
        grain = rng.normal(0, rng.uniform(0.03, 0.2), strip.shape)
        return np.asarray(strip + cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.3, 1.0)), np.float32)
    power = np.exp(rng.uniform(-0.7, 0.7))  # harder or softer
    return np.asarray(2 * ((strip + 1) / 2).clip(0, 1) ** power - 1, np.float32)


def _hidden(strip: Fitted, rng: np.random.Generator, how: Variety) -> Fitted:
    strip = strip.copy()
    width = strip.shape[1]
    for _ in range(int(rng.integers(1, min(how.hidden, 1 + width // 300) + 1))):
        wide, high = int(rng.integers(3, 14)), int(rng.integers(4, HEIGHT_PX))
        left, top = int(rng.integers(max(width - wide, 1))), int(rng.integers(-high // 2, HEIGHT_PX))
        strip[max(top, 0) : max(top + high, 0), left : left + wide] = rng.uniform(0.2, 1.0)
    if rng.random() < 0.3:  # a crease, a ruling, a cut of the scanner
        row = int(rng.integers(HEIGHT_PX))
        strip[row : row + int(rng.integers(1, 4))] = rng.uniform(0.0, 1.0)
    return strip
