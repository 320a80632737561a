"""Whether a word on a strip is struck out: a long, even, level stroke through its small letters."""

from dataclasses import dataclass

import numpy as np

from ocr.arrays import F64, I64, GreyImage, Mask
from ocr.lines.kinds import probability
from ocr.lines.strips import HALF_CORES, StripCut

# 54 pages of bench/marks.py --words --share 0.12 and 40 of bench/raised.py: 401 of 10,163 words with a long
# stroke, 360 of them struck out.
STRIKE_WEIGHTS = (-5.152, 2.529, 2.004, -2.17, 3.176, -5.29, 1.753)
"""Of `features`."""

BAND = 1.3
"""So far above and below the middle of small letters ink is looked at. All lengths are in cores: heights of
small letters."""
LEAST_WIDE = 3.5
"""In a narrower word the bar of a letter may be as long as a strike."""
ZONE = (-0.55, 0.45)
"""The middle of a strike is in these rows about the middle of small letters."""
SLOPES = tuple(0.025 * step for step in range(-6, 7))
MOST_RISE = 0.6
"""From the middle of a word to its end a strike rises or falls by no more."""
TOUCH = 0.07
"""What is so near to a straight line is on it."""
MOST_THIN = 0.4
"""Where a stroke crosses no other, the run of ink is lower."""
CLEAR = 0.2
"""So far beyond a stroke the letters that it crosses begin."""

MOST_PEN = 0.46
"""In a thicker pen letters close up, and a row of them is as long, even and dark as a strike: usual pens are
0.3 to 0.42 thick, words taken for struck out in pens made thicker 0.49 and more."""

LEAST_RUN = 0.75
"""A strike runs unbroken through at least this share of a word."""
MOST_UNEVEN = 0.08
"""Its middle leaves a smooth curve by no more, which a row of letters joined up does."""
LEAST_CROSSED = 0.25
"""At least so many strokes of letters in a core go on above it, and as many below, where a line under a word
has none."""
LEAST_DARK = 0.66
"""It is darker than this share of the letters' ink: what is paler is a rule of the paper."""
DARKEST_PERCENT = 75
"""The ink of letters is as dark as this percentile: their edges are pale."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """The straightest way through the ink of a word, and what of its ink is beside it. Lengths in cores."""

    run: float
    """The share of the word's width that it runs through ink unbroken."""
    crossed: float
    """How many strokes in a core stand on it, or hang from it, whichever are fewer."""
    offset: float
    """How far from the middle of the small letters."""
    width: float
    """Of the word."""
    uneven: float
    """How far its middle leaves a smooth curve, where it crosses nothing."""
    thick: float
    dark: float
    """Beside the darker ink of the letters: 1 is as dark."""
    pen: float
    """How thick the strokes of the whole strip are."""


def strike_probability(cut: StripCut, left: float, right: float) -> float:
    """How sure it is that the word between two columns of a strip is struck out."""
    stroke = stroke_through(cut, left, right)
    if stroke is None or not may_strike(stroke):
        return 0.0
    return probability(features(stroke), STRIKE_WEIGHTS)


def may_strike(stroke: Stroke) -> bool:
    """Is a stroke long, even, dark and crossed enough to be looked at, and its pen thin enough to tell?"""
    return (
        stroke.run >= LEAST_RUN
        and stroke.uneven < MOST_UNEVEN
        and stroke.crossed >= LEAST_CROSSED
        and stroke.dark > LEAST_DARK
        and stroke.pen <= MOST_PEN
    )


def features(stroke: Stroke) -> tuple[float, ...]:
    """What a strike is told by."""
    return (
        stroke.run,
        min(stroke.crossed, 1.0),
        stroke.offset,
        min(stroke.width, 12.0) / 10,
        10 * stroke.uneven,
        5 * min(stroke.thick, 0.4),
    )


def stroke_through(cut: StripCut, left: float, right: float) -> Stroke | None:
    """The stroke between two columns; None where there is no long one."""
    core, middle = len(cut.grey) / (2 * HALF_CORES), len(cut.grey) // 2
    half = round(BAND * core)
    first = max(int(left), 0)
    grey = cut.grey[middle - half : middle + half, first : int(np.ceil(right))]
    ink = grey <= cut.dark
    columns = np.flatnonzero(ink.any(axis=0))
    if not len(columns) or columns[-1] + 1 - columns[0] < LEAST_WIDE * core:
        return None
    within = np.s_[:, columns[0] : columns[-1] + 1]
    grey, ink = grey[within], ink[within]
    width = ink.shape[1]
    near = _thickened(ink, max(1, round(TOUCH * core)))
    reach = round((MOST_RISE + ZONE[1] - ZONE[0]) * core)
    inked = near[max(half - reach, 0) : half + reach]
    if _longest(np.asarray(inked.any(axis=0))) < LEAST_RUN * width:
        return None
    rows, hit = _straightest(near, core)
    if _longest(hit) < LEAST_RUN * width:
        return None
    at, on = _nearest(ink, rows, max(1, round(TOUCH * core)))
    above, below = _reach(ink, at, on, -1), _reach(ink, at, on, 1)
    tall = above + below + 1
    thin = on & (tall <= MOST_THIN * core)
    if np.count_nonzero(thin) <= 5:
        return None
    thick = float(np.median(tall[thin]))
    clear = max(2, round(thick / 2 + CLEAR * core))
    places, centres = np.flatnonzero(thin), (at + (below - above) / 2)[thin]
    smooth = np.polyval(np.polyfit(places, centres, 2 if width > 4 * core else 1), places)
    return Stroke(
        run=_longest(hit) / width,
        crossed=min(_beyond(ink, at, side * clear) for side in (-1, 1)) * core / width,
        offset=abs(float(np.median(at)) - half) / core,
        width=width / core,
        uneven=float(np.median(np.abs(centres - smooth))) / core,
        thick=thick / core,
        dark=_darkness(grey, ink, at, thin, clear),
        pen=_pen(cut),
    )


def _pen(cut: StripCut) -> float:
    """How thick strokes of a strip are, in cores: their area over half of their edge, ends left out."""
    core, middle = len(cut.grey) / (2 * HALF_CORES), len(cut.grey) // 2
    half = round(BAND * core)
    ink = cut.grey[middle - half : middle + half] <= cut.dark
    across, down = ink[:, 1:] ^ ink[:, :-1], ink[1:] ^ ink[:-1]
    edge = np.hypot(np.count_nonzero(across), np.count_nonzero(down))
    return float(2 * np.count_nonzero(ink) / max(edge, 1.0) / core)


def _thickened(ink: Mask, by: int) -> Mask:
    """The ink with so many rows above and below it."""
    height = len(ink)
    near = np.zeros_like(ink)
    for step in range(-by, by + 1):
        near[max(step, 0) : height + min(step, 0)] |= ink[max(-step, 0) : height - max(step, 0)]
    return near


def _straightest(near: Mask, core: float) -> tuple[I64, Mask]:
    """The row in each column of the straight line that is on ink in most columns; in which it is."""
    height, width = near.shape
    columns = np.arange(width)
    zone = np.arange(round(ZONE[0] * core), round(ZONE[1] * core) + 1) + height // 2
    best: tuple[int, I64, Mask] | None = None
    for slope in SLOPES:
        if abs(slope * width / 2) > MOST_RISE * core:
            continue
        lines = zone[:, None] + np.rint(slope * (columns - width / 2)).astype(np.int64)
        lines = np.clip(lines, 0, height - 1)
        on = near[lines, columns]
        counts = on.sum(axis=1)
        most = int(counts.argmax())
        if best is None or counts[most] > best[0]:
            best = int(counts[most]), lines[most], on[most]
    assert best is not None  # a level line is always looked at
    return best[1], best[2]


def _nearest(ink: Mask, rows: I64, reach: int) -> tuple[I64, Mask]:
    """The row of ink nearest to a given row in each column; in which columns one is within reach."""
    columns = np.arange(ink.shape[1])
    at, on = rows.copy(), np.zeros(len(rows), bool)
    for step in sorted(range(-reach, reach + 1), key=abs):
        row = np.clip(rows + step, 0, len(ink) - 1)
        new = ink[row, columns] & ~on
        at[new] = row[new]
        on |= new
    return at, on


def _reach(ink: Mask, at: I64, on: Mask, way: int) -> I64:
    """How many rows of ink go on from a place in each column, up (-1) or down (1)."""
    columns, count, alive = np.arange(ink.shape[1]), np.zeros(len(at), np.int64), on.copy()
    for step in range(1, len(ink)):
        row = at + way * step
        alive &= (row >= 0) & (row < len(ink))
        alive &= ink[np.clip(row, 0, len(ink) - 1), columns]
        if not alive.any():
            break
        count[alive] = step
    return count


def _longest(hit: Mask) -> int:
    """The length of the longest unbroken run."""
    edges = np.flatnonzero(np.diff(hit.astype(np.int8), prepend=0, append=0))
    return int(np.max(edges[1::2] - edges[::2], initial=0))


def _beyond(ink: Mask, at: I64, away: int) -> int:
    """How many strokes there are so many rows below a stroke (above: negative)."""
    row = at + away
    shown = ink[np.clip(row, 0, len(ink) - 1), np.arange(ink.shape[1])] & (row >= 0) & (row < len(ink))
    return int(np.count_nonzero(np.diff(shown.astype(np.int8), prepend=0) > 0))


def _darkness(grey: GreyImage, ink: Mask, at: I64, thin: Mask, clear: int) -> float:
    """How dark a stroke is where nothing else is in its columns, if anywhere, beside the rest of the ink."""
    beside = ink & (np.abs(np.arange(len(ink))[:, None] - at) >= clear)
    alone = thin & ~beside.any(axis=0)
    shown = np.flatnonzero(alone if np.count_nonzero(alone) > 2 else thin)
    own = 255 - float(np.median(grey[at[shown], shown]))
    other: F64 = 255.0 - grey[beside]
    return own / max(float(np.percentile(other, DARKEST_PERCENT)), 1.0) if len(other) else 1.0
