"""Rules so faint that no pixel of them stands out from the grain of the paper: found by whole rows.

What is free of ink is averaged in strips across the leaf; a rule is a thin row, darker than the paper above
it and below it in nearly every strip. Only rules that lie evenly are told: edges, folds and grain do not.
"""

import cv2
import numpy as np

from ocr.arrays import F32, GreyImage, Mask
from ocr.scan.rules import MARGIN_LETTERS, RuleRows, peaks_of, pitch_of, slope_of

INK_LEVELS = 28
"""So much darker than paper is ink, and its rim is left out with it."""
RIM_LETTERS = 0.12
"""The rim of ink, in heights of small letters."""
STRIP_LETTERS = 1.2
"""Width of a strip, in heights of small letters."""
LEAST_FREE = 0.3
"""A strip tells of a row where so much of it is free of ink."""
LEAST_LEVELS = 0.8
"""In a strip a rule is darker than the paper above and below by so many grey levels on average."""
LEAST_NOISE = 2.5
"""And by so many times what strips of paper differ by."""
PRESENCE = 0.6
"""A rule is seen in so large a share of the strips that tell."""
LEAST_STRIPS = 8
"""A narrower leaf tells nothing sure."""
LEAST_ROWS = 4
"""Fewer faint rows may be chance."""
LEAST_PITCH_LETTERS = 1.0
"""Laid paper has lines nearer to each other."""
THICK_PX = 5
"""No faint rule is thicker."""


def find_faint_rules(dark: GreyImage, letter_px: float) -> RuleRows | None:
    """The even level rules of a leaf given as darkness (0 paper, 255 ink); None when there are none."""
    height, width = dark.shape
    count = round(width / (STRIP_LETTERS * letter_px))
    if count < LEAST_STRIPS or height < 8 * letter_px:
        return None
    rim = 2 * max(1, round(RIM_LETTERS * letter_px)) + 1
    free = (cv2.dilate(dark, np.ones((rim, rim), np.uint8)) < INK_LEVELS).view(np.uint8)
    share, mean = (
        cv2.resize(each.astype(np.float32), (count, height), interpolation=cv2.INTER_AREA)
        for each in (free, dark * free)
    )
    mean = mean / np.maximum(share, 1e-3)
    tells = share >= LEAST_FREE
    darker = np.where(tells, _ridges(mean.astype(np.float32), tells), 0).astype(np.float32)
    noise = float(np.median(np.abs(darker[tells]))) * 1.48 if tells.any() else 0.0
    least = max(LEAST_LEVELS, LEAST_NOISE * noise)
    step = width / count
    slope, agreement = slope_of(np.clip(darker, 0, 3 * least), step)
    seen_in = _straightened(darker, slope * step) > least
    telling = _straightened(tells.astype(np.float32), slope * step) > 0.5
    known = telling.sum(axis=1)
    presence = np.where(
        known >= LEAST_STRIPS / 2, (seen_in & telling).sum(axis=1) / np.maximum(known, 1), 0.0
    )
    places = peaks_of(presence, PRESENCE, 2 * THICK_PX, margin=round(MARGIN_LETTERS * letter_px))
    pitch = pitch_of(places)
    if pitch is None or len(places) < LEAST_ROWS or pitch < LEAST_PITCH_LETTERS * letter_px:
        return None
    return RuleRows(tuple(places), slope, agreement, pitch)


def remove_faint_rules(grey: GreyImage, rows: RuleRows, *, upright: bool = False) -> GreyImage:
    """The leaf without faint rules: paper along their rows, ink and its rim as they were."""
    if upright:
        return np.ascontiguousarray(remove_faint_rules(np.ascontiguousarray(grey.T), rows).T)
    height, width = grey.shape
    mask = np.zeros_like(grey)
    first, last, pitch = rows.places[0], rows.places[-1], rows.pitch_px or height
    hidden = np.linspace(first, last, round((last - first) / pitch) + 1).tolist()  # by the writing on them
    for place in (*rows.places, *hidden):
        ends = [place + rows.slope * (x - width / 2) for x in (0, width - 1)]
        cv2.line(mask, (0, round(ends[0])), (width - 1, round(ends[1])), (255,), THICK_PX)
    ink = cv2.dilate((grey <= 255 - INK_LEVELS).astype(np.uint8), np.ones((3, 3), np.uint8))
    clean = grey.copy()
    clean[(mask > 0) & (ink == 0)] = 255
    return clean


def _ridges(mean: F32, tells: Mask) -> F32:
    """By how much each row of each strip is darker than both what is above it and what is below it."""
    weight = tells.astype(np.float32)

    def rows(first: int, last: int) -> F32:
        kernel = np.zeros((2 * THICK_PX * 2 + 1, 1), np.float32)
        middle = len(kernel) // 2
        kernel[middle + first : middle + last + 1] = 1
        total = cv2.filter2D(mean * weight, -1, kernel, borderType=cv2.BORDER_REPLICATE)
        count = cv2.filter2D(weight, -1, kernel, borderType=cv2.BORDER_REPLICATE)
        return np.asarray(np.where(count > 0, total / np.maximum(count, 1), 255), np.float32)

    around = np.maximum(rows(-THICK_PX - 3, -THICK_PX + 1), rows(THICK_PX - 1, THICK_PX + 3))
    return np.asarray(rows(-1, 1) - around, np.float32)


def _straightened(strips: F32, shift_px: float) -> F32:
    """Each strip shifted up by so many rows more than the one before, the middle one in its place."""
    height, count = strips.shape
    rows = np.arange(height)
    moved = [
        np.interp(rows + shift_px * (n - (count - 1) / 2), rows, strips[:, n], left=0, right=0)
        for n in range(count)
    ]
    return np.stack(moved, axis=1).astype(np.float32)
