"""Ruled and squared paper: its lines found by their straight run, and taken away without cutting strokes.

A rule is a level or upright run of darkness, thin, much longer than any letter, and paler than the ink.
Only what is as pale as the rule itself becomes paper, so that strokes that cross it stay whole.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class RulingSettings:
    """What counts as a rule. Lengths are multiples of the height of small letters."""

    piece_letters: float = 2.0
    """Unbroken for at least so long, piece by piece."""
    least_length: float = 0.2
    """As a whole at least this share of the leaf's side."""
    thickest_letters: float = 0.35
    """No thicker than this."""
    least_dark_levels: int = 7
    """At least so many grey levels darker than paper."""
    palest_ink: float = 0.65
    """Its darkness is less than this share of the ink's: rules as dark as ink are left to the line finder."""
    spread_of_tone: float = 1.6
    """Up to so many times the usual darkness of the rules is still rule; what is darker is a stroke on it."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was found: how dark rules are (grey levels below paper), what shares of the leaf they take."""

    tone_levels: float
    level_share: float
    upright_share: float


def unruled(evened: Grey, letter_px: float, settings: RulingSettings) -> tuple[Grey, Ruling | None]:
    """The leaf without its ruling, and what was taken away; the very same leaf and None when it has none."""
    dark = np.asarray(cv2.bitwise_not(evened), np.uint8)
    ink_tone = float(np.percentile(dark[::3, ::3], 99))
    level = _rules(dark, letter_px, settings)
    upright = _rules(dark, letter_px, settings, upright=True)
    rules = cv2.max(level, upright)
    if not cv2.countNonZero(rules):
        return evened, None
    tone = float(np.median(dark[(rules > 0) & (dark >= settings.least_dark_levels)]))
    if tone > settings.palest_ink * ink_tone:
        return evened, None
    pale = dark < min(settings.spread_of_tone * tone, 0.9 * ink_tone)
    # A stroke is pale at its rim: what touches its dark core stays.
    core = cv2.dilate((~pale).astype(np.uint8), np.ones((3, 3), np.uint8))
    taken = (rules > 0) & (core == 0)
    clean = evened.copy()
    clean[taken] = 255
    return clean, Ruling(tone, float((level > 0).mean()), float((upright > 0).mean()))


def _rules(dark: Grey, letter_px: float, settings: RulingSettings, *, upright: bool = False) -> Grey:
    """255 on level (or upright) rules, a pixel around them included. They may lean by a pixel in a piece."""
    height, width = dark.shape[::-1] if upright else dark.shape
    piece = max(8, round(settings.piece_letters * letter_px))
    thick = max(3, round(settings.thickest_letters * letter_px))
    if width < 2 * piece or height < 2 * thick:
        return np.zeros_like(dark)
    # A run is dark in each of its parts: of every few pixels along it the palest is enough to look at.
    along = max(1, piece // 10)
    ways = (1, 3), (along, 1)
    across, parts = ways if upright else (ways[0][::-1], ways[1][::-1])
    leaning = cv2.erode(cv2.dilate(dark, np.ones(across, np.uint8)), np.ones(parts, np.uint8))
    at = along // 2
    leaning = np.ascontiguousarray(leaning[at::along].T if upright else leaning[:, at::along])
    piece //= along
    run = cv2.morphologyEx(leaning, cv2.MORPH_OPEN, np.ones((1, piece), np.uint8))
    # Shadows are as long as rules, and thicker.
    run = cv2.subtract(run, cv2.morphologyEx(run, cv2.MORPH_OPEN, np.ones((thick + 2, 1), np.uint8)))
    seen = cv2.threshold(run, settings.least_dark_levels, 255, cv2.THRESH_BINARY)[1]
    joined = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((1, piece), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        joined.astype(np.uint8, copy=False), connectivity=8
    )
    long = stats[:, cv2.CC_STAT_WIDTH] > settings.least_length * width / along
    long[0] = False
    if not long.any():
        return np.zeros_like(dark)
    found = np.where(long[labels], seen, 0).astype(np.uint8)
    found = np.repeat(found, along, axis=1)[:, :width]
    found = np.pad(found, ((0, 0), (0, width - found.shape[1])))
    # What was left of a run's outermost parts.
    found = cv2.dilate(found, np.ones((1, 2 * along - 1), np.uint8)).astype(np.uint8, copy=False)
    return np.ascontiguousarray(found.T) if upright else found
