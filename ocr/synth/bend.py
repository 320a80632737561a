"""What a hand does to letters: slant, width, size, wave, tremor, a fine or a broad pen."""

import cv2
import numpy as np

from ocr.arrays import F32

Ink = F32


def smooth(rng: np.random.Generator, length: int, step: float, size: float) -> F32:
    """A smooth random curve of that length: a new value every `step` px, of standard deviation `size`."""
    knots = max(int(length / step) + 2, 4)
    values = rng.normal(0, size, (1, knots)).astype(np.float32)
    return np.asarray(cv2.resize(values, (max(length, 1), 1), interpolation=cv2.INTER_CUBIC)[0], np.float32)


def thicken(rng: np.random.Generator, ink: Ink) -> Ink:
    """Ink of a finer or broader pen; strokes never vanish."""
    kind = rng.random()
    if kind < 0.25:
        return ink
    soft = cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.6, 1.2)))
    peak = max(float(np.percentile(soft[soft > 0.05], 90)) if (soft > 0.05).any() else 1.0, 0.1)
    edge = peak * float(rng.uniform(0.36, 0.66))
    return np.asarray(np.clip((soft - edge) / (peak * float(rng.uniform(0.15, 0.5))) + 0.5, 0, 1), np.float32)


def bend(rng: np.random.Generator, ink: Ink, base: int, x_px: int) -> tuple[Ink, int, int]:
    """The sheet slanted, widened, waved, shaken; now the row of the baseline and the height of small letters.

    x_px is the height of the small letters before; their height after is drawn from 0.6 to 1.2 of it.
    """
    height, width = ink.shape
    size_y = float(np.exp(rng.uniform(np.log(0.6), np.log(1.2))))
    # narrower than that, and nobody can read it
    size_x = size_y * max(float(np.exp(rng.normal(0.16, 0.28))), 0.68)
    slant = float(rng.choice([rng.uniform(-0.1, 0.15), rng.uniform(0, 0.55), rng.uniform(0, 1.15)]))
    lean = slant * size_x
    above, below = round(base * size_y), round((height - base) * size_y)
    left, right = max(lean, 0) * below, max(lean, 0) * above
    if lean < 0:
        left, right = -lean * above, -lean * below
    new_w, new_h = max(round(width * size_x + left + right), 8), above + below
    columns = np.arange(new_w, dtype=np.float32)
    rows = np.arange(new_h, dtype=np.float32)[:, None] - above
    run = float(rng.choice([0.0, rng.normal(0, 0.009)]))
    wave = smooth(rng, new_w, x_px * rng.uniform(4, 20), x_px * rng.choice([0.0, 0.05, 0.12]))
    rise = wave + run * (columns - new_w / 2)
    zoom = 1 + smooth(
        rng, new_w, x_px * 3, float(rng.choice([0.0, 0.04, 0.1]))
    )  # small letters of unequal size
    stretch = smooth(rng, new_w, x_px * 2, x_px * float(rng.choice([0.0, 0.08, 0.2])))
    from_y = (rows - rise) / (size_y * zoom) + base
    from_x = (columns - left + stretch + lean * (rows - rise)) / size_x
    if rng.random() < 0.7:
        from_x, from_y = _shake(rng, from_x, from_y, x_px)
    bent = cv2.remap(ink, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR)
    return np.asarray(bent, np.float32), above, round(x_px * size_y)


def _shake(rng: np.random.Generator, xs: F32, ys: F32, x_px: int) -> tuple[F32, F32]:
    """Elastic distortion: a coarse field of shifts."""
    height, width = ys.shape
    step = x_px * float(rng.uniform(0.4, 1.2))
    knots = (max(int(height / step), 2), max(int(width / step), 2))
    size = step * float(rng.uniform(0.01, 0.1))
    field = rng.normal(0, size, (*knots, 2)).astype(np.float32)
    wide = cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)
    return xs + wide[..., 0], ys + wide[..., 1]
