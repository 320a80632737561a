"""Where the rules of paper lie: their angle, their rows and their pitch, found without touching a pixel.

What is dark for a few pixels on end is noted in narrow strips across the leaf. Rules run on from strip to
strip while writing does not, so the shift under which strips agree best is the lean of the rules; it is
followed over ever longer distances, in the manner of staff lines in printed music. Level rules here; for
upright ones the leaf is given on its side.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr.arrays import F32, F64, GreyImage

STRIP_LETTERS = 0.8
"""Width of a strip, in heights of small letters."""
WIDEST_DEG = 12.0
"""Rules that lean more are not looked for."""
FILLED_SHARE = 0.75
"""A rule darkens more than this of a strip, from side to side."""
LEAST_PRESENCE = 0.65
"""A rule is seen in so large a share of the strips: the writing on it hides some of it."""
PRESENCE_IN_THIRD = 0.8
"""The same where only a third of the leaf is looked at, which writing fills more easily."""
MARGIN_LETTERS = 2.0
"""Nearer to the edge of the leaf than so many heights of small letters, edges of paper look like rules."""
LEAST_ROWS = 3
"""Rules with a pitch are at least so many."""
EVEN_SHARE = 0.15
"""Rules lie evenly when their distances are whole pitches but for this share of a pitch."""


@dataclass(frozen=True, slots=True)
class RuleRows:
    """Parallel rules, in pixels of the leaf (for upright ones: of the leaf on its side)."""

    places: tuple[float, ...]
    """Where they cross the middle column, from the top."""
    slope: float
    """By how many rows they go down per column."""
    agreement: float
    """How alike strips far apart are once shifted, 0..1."""
    pitch_px: float | None
    """From one to the next; None when they are few or lie unevenly."""


def find_rules(dark: GreyImage, letter_px: float, least_dark: int, thick_px: int) -> RuleRows | None:
    """The level rules of a leaf given as darkness (0 paper, 255 ink); None when there are none.

    On curled paper rules are bent: where the whole width shows no pitch, the best third tells it.
    """
    along = max(2, round(letter_px / 5))
    thin = _thin(dark, along, least_dark, thick_px)
    strip = max(1, round(STRIP_LETTERS * letter_px / along))
    height, width = thin.shape
    if width < 8 * strip or height < 4 * letter_px:
        return None
    whole = _rows(thin, along, strip, (thick_px, letter_px, LEAST_PRESENCE))
    if (whole and whole.pitch_px) or width < 24 * strip:
        return whole
    thirds = (np.ascontiguousarray(third) for third in np.array_split(thin, 3, axis=1))
    parts = [_rows(third, along, strip, (thick_px, letter_px, PRESENCE_IN_THIRD)) for third in thirds]
    even = [part for part in parts if part and part.pitch_px]
    if not even:
        return whole
    best = max(even, key=lambda part: len(part.places))
    return replace(best, slope=sum(part.slope for part in even) / len(even))


def _thin(dark: GreyImage, along: int, least_dark: int, thick_px: int) -> GreyImage:
    """1 where thin darkness is level for so many pixels; of so many columns one is kept."""
    level = cv2.erode(cv2.dilate(dark, np.ones((3, 1), np.uint8)), np.ones((1, along), np.uint8))
    level = np.ascontiguousarray(level[:, along // 2 :: along])
    thick = cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((thick_px + 2, 1), np.uint8))
    return np.asarray(
        cv2.threshold(cv2.subtract(level, thick), least_dark, 1, cv2.THRESH_BINARY)[1], np.uint8
    )


def _rows(thin: GreyImage, along: int, strip: int, sizes: tuple[int, float, float]) -> RuleRows | None:
    thick_px, letter_px, least = sizes
    height, width = thin.shape
    size = (max(1, width // strip), height)
    strips = cv2.resize(thin.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    slope, agreement = slope_of(np.asarray(strips, np.float32), along * width / size[0])
    # Rows are straightened column by column, so that a rule fills its strips and writing does not.
    shear = np.array([[1.0, 0.0, 0.0], [slope * along, 1.0, -slope * along * width / 2]])
    level = cv2.warpAffine(thin, shear, (width, height), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    level = cv2.dilate(level, np.ones((3, 1), np.uint8)).astype(np.float32)
    filled = cv2.resize(level, size, interpolation=cv2.INTER_AREA) > FILLED_SHARE
    places = peaks_of(filled.mean(axis=1), least, 2 * thick_px, margin=round(MARGIN_LETTERS * letter_px))
    return RuleRows(tuple(places), slope, agreement, pitch_of(places)) if places else None


def slope_of(strips: F32, step_px: float) -> tuple[float, float]:
    """Rows per column under which strips agree, and how well they do at half the width of the leaf."""
    height, count = strips.shape
    even = np.ascontiguousarray((strips - strips.mean(axis=0)).T)
    # As much room as strips are shifted by, the longest and with what that is searched around: no shift wraps
    # around. Prime factors above 5 take several times as long.
    furthest = math.ceil(math.tan(math.radians(WIDEST_DEG)) * count * step_px) + 8
    length = cv2.getOptimalDFTSize(height + min(furthest, height))
    spectra = np.fft.rfft(even, length)
    energy = float((even.astype(np.float64) ** 2).sum()) / count
    if energy <= 0:
        return 0.0, 0.0
    apart, slope, agreement = min(4, count // 2), 0.0, 0.0
    reach = math.ceil(math.tan(math.radians(WIDEST_DEG)) * apart * step_px)
    while True:
        both = (spectra[:-apart].conj() * spectra[apart:]).sum(axis=0)
        alike = np.fft.irfft(both, length) / (energy * (count - apart))
        middle = round(slope * apart * step_px)
        shifts = middle + np.arange(-reach, reach + 1)
        values = cv2.GaussianBlur(alike[shifts][None], (3, 1), 0)[0]
        best = int(values.argmax())
        place, agreement = float(shifts[best]), float(values[best])
        if 0 < best < len(values) - 1:
            left, top, right = values[best - 1 : best + 2]
            bend = left - 2 * top + right
            place += 0.5 * (left - right) / bend if bend < 0 else 0.0
        slope = place / (apart * step_px)
        if 2 * apart > count // 2:
            return slope, min(max(agreement, 0.0), 1.0)
        apart, reach = 2 * apart, 3


def peaks_of(presence: F64, least: float, thickest: int, margin: int) -> list[float]:
    """The middles of the runs of rows where rules are present, none at the edge, none thicker than a rule."""
    there = np.concatenate([[False], presence > least, [False]])
    starts, ends = np.flatnonzero(there[1:] & ~there[:-1]), np.flatnonzero(~there[1:] & there[:-1])
    peaks = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start <= thickest and margin < start and end < len(presence) - margin:
            weight = presence[start:end]
            peaks.append(float((weight * np.arange(start, end)).sum() / weight.sum()) + 0.5)
    return peaks


def pitch_of(places: list[float]) -> float | None:
    """The distance of neighbouring rules, some of which may be missing."""
    if len(places) < LEAST_ROWS:
        return None
    gaps = np.diff(places)
    guess = float(np.median(gaps))
    near = gaps[np.abs(gaps - guess) < EVEN_SHARE * guess]
    if not len(near):
        return None
    pitch = float(near.mean())
    steps = np.rint(gaps / pitch)
    fits = (np.abs(gaps - steps * pitch) < EVEN_SHARE * pitch) & (steps > 0)
    if fits.sum() < max(LEAST_ROWS - 1, 0.6 * len(gaps)):
        return None
    return float(gaps[fits].sum() / steps[fits].sum())
