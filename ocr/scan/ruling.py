"""Ruled, squared and margin-lined paper: its rules told, and taken away without cutting strokes.

A rule is a level or upright run of darkness, thin and much longer than any letter. Where it has a colour of
its own, ink on it is told by colour; else, where it is paler than ink, by tone; where it is as dark as ink,
only what is no taller than the rule itself goes, so that strokes that cross it stay whole.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr.arrays import ColourImage, GreyImage
from ocr.page import RuleKind, Ruling
from ocr.scan.colour import unmix_rules, unmixing_of
from ocr.scan.counting import label_components, percentile
from ocr.scan.faint import find_faint_rules, remove_faint_rules
from ocr.scan.rules import RuleRows, find_rules

MOST_MARGINS = 6
"""So many upright rules may be margins or columns of a ledger; more are a grid."""
PALE = 0.35
"""Rules paler than this share of the ink hide no stroke, and their colour is too weak to go by."""

PIECE_LETTERS = 2.0
"""Unbroken for at least so long, piece by piece."""
PALEST_INK = 0.65
"""Rules darker than this share of the ink count as dark as ink."""
SPREAD_OF_TONE = 1.6
"""Up to so many times the usual darkness of the rules is still rule; what is darker is a stroke on it."""
STROKE_SHARE = 0.4
"""What is darker than the rules by this share of the way to ink is a stroke, too."""
LEAST_AGREEMENT = 0.35
"""Strips of the leaf that agree so well make the angle of the rules sure."""
OWN_COLOUR_DEG = 12.0
"""Rules have a colour of their own when it differs from the ink's by this angle (of optical density)."""


@dataclass(frozen=True, slots=True)
class RulingSettings:
    """What counts as a rule. Lengths are multiples of the height of small letters."""

    least_length: float = 0.2
    """As a whole at least this share of the leaf's side."""
    thickest_letters: float = 0.35
    """No thicker than this."""
    least_dark_levels: int = 7
    """At least so many grey levels darker than paper."""


def remove_ruling(
    evened: GreyImage, letter_px: float, settings: RulingSettings, colour: ColourImage | None = None
) -> tuple[GreyImage, Ruling | None]:
    """The leaf without its ruling, and what the ruling is; None when it has none.

    A leaf without any rules or edges of paper comes back as the very same.

    `colour` (height, width, 3) is the same leaf before its light was evened. The pitch is in pixels of this
    leaf. Rules that lean by more than some 3 degrees are told but stay: turn the leaf and come again.
    """
    dark = np.asarray(cv2.bitwise_not(evened), np.uint8)
    thick = max(3, round(settings.thickest_letters * letter_px))
    level = find_rules(dark, letter_px, settings.least_dark_levels, thick)
    side = find_rules(_transposed(dark), letter_px, settings.least_dark_levels, thick)
    ruling = _ruling_of(level, side)
    if level is None or level.pitch_px is None:
        ruling, evened = _without_faint(evened, dark, letter_px, side) or (ruling, evened)
        dark = np.asarray(cv2.bitwise_not(evened), np.uint8)
    # On a leaf that is not ruled, long pale runs are edges of paper and folds: they go as well.
    level_rules = _rules(dark, letter_px, settings)
    side_rules = _rules(dark, letter_px, settings, upright=True)
    rules = np.asarray(cv2.max(level_rules, side_rules), np.uint8)
    on_rules = (rules > 0) & (dark >= settings.least_dark_levels)
    if not on_rules.any():
        return evened, ruling
    ink_tone = percentile(dark[::3, ::3], 99)
    # Most of a rule's pixels are its pale rims: its tone is that of its middle, if it is sure to be a rule.
    tone = float(np.median((cv2.dilate(dark, np.ones((3, 3), np.uint8)) if ruling else dark)[on_rules]))
    pale = tone <= PALEST_INK * ink_tone
    if not pale:  # then only what was found twice is no stroke
        level_rules = level_rules if level and level.pitch_px else np.zeros_like(dark)
        side_rules = side_rules if ruling and side else np.zeros_like(dark)
        rules = np.asarray(cv2.max(level_rules, side_rules), np.uint8)
        if not rules.any():
            return evened, ruling
    dyes = None
    if colour is not None and ruling is not None:
        dyes = unmixing_of(colour, dark, on_rules, (tone, ink_tone))
        ruling = replace(ruling, colour=dyes.rule_rgb if dyes else None)
    own = dyes is not None and tone > PALE * ink_tone and dyes.apart_deg > OWN_COLOUR_DEG
    if colour is not None and dyes is not None and own:
        return unmix_rules(evened, colour, rules, dyes, ink_tone), ruling
    if pale:
        between = tone + STROKE_SHARE * (ink_tone - tone)
        strokes = (dark >= min(SPREAD_OF_TONE * tone, between)).astype(np.uint8)
    else:
        ink = (dark > 0.4 * tone).astype(np.uint8)
        strokes = cv2.max(
            _crossing(ink, level_rules, side_rules, thick),
            _crossing(ink.T, side_rules.T, level_rules.T, thick).T,
        ).astype(np.uint8)
    # A stroke is pale at its rim: what touches its dark core stays.
    core = cv2.dilate(np.ascontiguousarray(strokes), np.ones((3, 3), np.uint8))
    clean = evened.copy()
    clean[(rules > 0) & (core == 0)] = 255
    return clean, ruling


def _without_faint(
    evened: GreyImage, dark: GreyImage, letter_px: float, side: RuleRows | None
) -> tuple[Ruling | None, GreyImage] | None:
    """The ruling of a leaf whose level rules are faint, and the leaf without it; None when there is none."""
    level = find_faint_rules(dark, letter_px)
    if level is None:
        return None
    clean = remove_faint_rules(evened, level)
    if side is None or side.pitch_px is None:
        across = find_faint_rules(_transposed(dark), letter_px)
        if across is not None:
            clean, side = remove_faint_rules(clean, across, upright=True), across
    return _ruling_of(level, side), clean


def _ruling_of(level: RuleRows | None, side: RuleRows | None) -> Ruling | None:
    """What kind of paper such rules make; upright rules lean to the left when level ones run down."""
    sure = side is not None and side.agreement >= LEAST_AGREEMENT
    if level and level.pitch_px:
        angle = math.degrees(math.atan(level.slope))
        sureness = min(1.0, level.agreement / LEAST_AGREEMENT)
        squared = side is not None and side.pitch_px is not None and len(side.places) > MOST_MARGINS
        kind = RuleKind.SQUARED if squared else RuleKind.RULED
        margins = len(side.places) if side and not squared else 0
        return Ruling(kind, angle, sureness, level.pitch_px, margins=margins)
    if side and len(side.places) <= MOST_MARGINS:
        angle = -math.degrees(math.atan(side.slope))
        return Ruling(RuleKind.MARGIN, angle, 0.5 if sure else 0.25, margins=len(side.places))
    return None


def _crossing(ink: GreyImage, rules: GreyImage, others: GreyImage, thick_px: int) -> GreyImage:
    """1 where ink is taller than the level rules usually are: strokes that cross or touch them."""
    ink = np.ascontiguousarray(np.where(others > 0, 0, ink))
    on_rule = (rules > 0) & (ink > 0)
    total = int(on_rule.sum())
    if not total:
        return np.zeros_like(ink)
    for height in range(2, thick_px + 1):
        taller = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((height, 1), np.uint8))
        if int(taller[on_rule].sum()) < 0.5 * total:
            break
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((height + 1, 1), np.uint8)), np.uint8)


def _rules(
    dark: GreyImage, letter_px: float, settings: RulingSettings, *, upright: bool = False
) -> GreyImage:
    """255 on level (or upright) rules, a pixel around them included. They may lean by a pixel in a piece."""
    height, width = dark.shape[::-1] if upright else dark.shape
    piece = max(8, round(PIECE_LETTERS * letter_px))
    thick = max(3, round(settings.thickest_letters * letter_px))
    if width < 2 * piece or height < 2 * thick:
        return np.zeros_like(dark)
    # A run is dark in each of its parts: of every few pixels along it the palest is enough to look at.
    along = max(1, piece // 10)
    ways = (1, 3), (along, 1)
    across, parts = ways if upright else (ways[0][::-1], ways[1][::-1])
    leaning = np.asarray(
        cv2.erode(cv2.dilate(dark, np.ones(across, np.uint8)), np.ones(parts, np.uint8)), np.uint8
    )
    at = along // 2
    leaning = _transposed(leaning[at::along]) if upright else np.ascontiguousarray(leaning[:, at::along])
    piece //= along
    run = cv2.morphologyEx(leaning, cv2.MORPH_OPEN, np.ones((1, piece), np.uint8))
    # Shadows are as long as rules, and thicker.
    run = cv2.subtract(run, cv2.morphologyEx(run, cv2.MORPH_OPEN, np.ones((thick + 2, 1), np.uint8)))
    dark_runs = cv2.threshold(run, settings.least_dark_levels, 255, cv2.THRESH_BINARY)[1]
    joined = cv2.morphologyEx(dark_runs, cv2.MORPH_CLOSE, np.ones((1, piece), np.uint8))
    labels, stats = label_components(np.asarray(joined, np.uint8))
    long = stats[:, cv2.CC_STAT_WIDTH] > settings.least_length * width / along
    long[0] = False
    if not long.any():
        return np.zeros_like(dark)
    rules = np.where(long[labels], dark_runs, 0).astype(np.uint8)
    rules = np.repeat(rules, along, axis=1)[:, :width]
    rules = np.pad(rules, ((0, 0), (0, width - rules.shape[1])))
    # What was left of a run's outermost parts.
    rules = cv2.dilate(rules, np.ones((1, 2 * along - 1), np.uint8)).astype(np.uint8, copy=False)
    return _transposed(rules) if upright else rules


def _transposed(grey: GreyImage) -> GreyImage:
    """Rows made columns, as numpy does it and much quicker."""
    return np.asarray(cv2.transpose(grey), np.uint8)
