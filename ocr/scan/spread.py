"""Which leaves a scan shows: the table around the paper and neighbours' edges cut off, double pages parted.

All on the reduced scan with its map of writing. A gutter or a fold is a valley of light that runs down the
whole paper and that (nearly) no line of writing crosses; a printed rule ends before the paper does.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import I32, Floats, GreyImage
from ocr.geometry import Box
from ocr.scan.counting import percentile
from ocr.scan.finder import TEXT_THRESHOLD, ReducedScan

MIDDLE = 0.3
"""A gutter lies at least so far from either side, as a share of the width."""
LEAST_RUN = 0.8
"""A gutter is seen in at least this share of the height."""
EDGE = 0.2
"""Neighbouring leaves that show at a side are no wider than this."""
MOST_RIVAL = 0.6
"""Where another valley is deeper than this share of the deepest, they are the ruling of the paper."""
RULE_PX = 3.0
"""Printed rules are no broader on the map."""
LEAST_LIKE = 0.4
"""Another rule is at least this share as dark."""
LEAST_DIP_LEVELS = 5.0
"""A valley is at least so many grey levels deep."""


@dataclass(frozen=True, slots=True)
class SpreadSettings:
    """When a scan shows two leaves, and where a leaf ends."""

    table_share: float = 0.72
    """What reaches the border and is darker than this share of bright paper is table, film or shadow."""
    least_aspect: float = 0.95
    """Two leaves side by side are at least so wide, as a share of their height."""
    crossing: float = 0.1
    """At most this share of the lines runs across a gutter."""


@dataclass(frozen=True, slots=True)
class _Valley:
    """A line down the paper that is darker than both its sides: middle and ends (map pixels), share seen."""

    middle: float
    top: float
    bottom: float
    run: float
    wide: float
    rival: float
    """The depth of the next deepest valley, as a share of this one's: near 1 on ruled paper."""
    ends: float
    """The share seen in the outermost bands, of top or bottom the lesser: a printed rule ends before."""
    depth: float
    """How many grey levels it lies below both its sides."""


def leaves(scan: ReducedScan, settings: SpreadSettings, *, laid_straight: bool = False) -> tuple[Box, ...]:
    """One box, or two from left to right, in pixels of the map. All writing found lies inside, or beyond a
    neighbour's edge.

    Above and below a scan that was `laid_straight` lie wedges of what was around it, where no gutter can be
    seen: it is looked for along the written rows alone.
    """
    grey = cv2.cvtColor(scan.pixels, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
    blobs = scan.text.blobs
    box = _paper(grey, blobs, settings)
    # Shadows darken all colours; coloured rules leave one of them bright.
    light = np.asarray(scan.pixels.max(axis=2), np.uint8)
    rows = box
    if laid_straight and len(blobs):
        rows = Box(box.left, blobs[:, 1].min(), box.right, (blobs[:, 1] + blobs[:, 3]).max())
    cut = _gutter(light, scan.text.probability, rows, blobs, settings)
    boxes = [box]
    if cut is not None:
        left, right = min(cut.top, cut.bottom), max(cut.top, cut.bottom)
        middle = (left + right) / 2
        boxes = [Box(box.left, box.top, middle, box.bottom), Box(middle, box.top, box.right, box.bottom)]
    outer = [
        _without_neighbours(light, scan.text.probability, half, blobs, left=n == 0, right=n == len(boxes) - 1)
        for n, half in enumerate(boxes)
    ]
    return tuple(outer)


def _paper(grey: GreyImage, blobs: I32, settings: SpreadSettings) -> Box:
    """The box of the paper: without dark surroundings that reach the border; all writing stays inside."""
    height, width = grey.shape
    calm = cv2.medianBlur(grey, 5)
    bright = percentile(np.asarray(calm, np.uint8), 80)
    dark = (calm < settings.table_share * bright).astype(np.uint8)
    _, labels = cv2.connectedComponents(dark)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    outside = np.isin(labels, np.unique(rim[rim > 0]))
    if outside.mean() > 0.8:
        return Box(0, 0, width, height)
    columns = np.flatnonzero((~outside).mean(axis=0) > 0.5 * float((~outside).mean(axis=0).max()))
    rows = np.flatnonzero((~outside).mean(axis=1) > 0.5 * float((~outside).mean(axis=1).max()))
    left, right, top, bottom = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
    if len(blobs):
        left = min(left, blobs[:, 0].min() - 4)
        top = min(top, blobs[:, 1].min() - 4)
        right = max(right, (blobs[:, 0] + blobs[:, 2]).max() + 4)
        bottom = max(bottom, (blobs[:, 1] + blobs[:, 3]).max() + 4)
    return Box(max(int(left), 0), max(int(top), 0), min(int(right), width), min(int(bottom), height))


def _gutter(
    grey: GreyImage,
    probability: GreyImage,
    box: Box,
    blobs: I32,
    settings: SpreadSettings,
) -> _Valley | None:
    """The valley that parts two leaves; None on a single page."""
    if box.width < settings.least_aspect * box.height:
        return None
    valley = _valley(
        grey,
        probability,
        box,
        (box.left + MIDDLE * box.width, box.right - MIDDLE * box.width),
    )
    if valley is None or valley.run < LEAST_RUN or valley.rival > MOST_RIVAL:
        return None
    if not valley.ends or _is_ledger_rule(grey, probability, box, valley):
        return None
    return None if _crossed(valley, box, blobs) > settings.crossing * len(blobs) else valley


def _is_ledger_rule(
    grey: GreyImage,
    probability: GreyImage,
    box: Box,
    valley: _Valley,
) -> bool:
    """Whether a thin valley has its like nearer to a side: ledgers have many rules, books one gutter."""
    if valley.wide > RULE_PX:
        return False
    reach = MIDDLE * box.width
    for span in (
        (box.left + 0.02 * box.width, box.left + reach),
        (box.right - reach, box.right - 0.02 * box.width),
    ):
        other = _valley(grey, probability, box, span)
        if other is None or other.run < LEAST_RUN or other.wide > RULE_PX:
            continue
        if other.depth > LEAST_LIKE * valley.depth:
            return True
    return False


def _crossed(valley: _Valley, box: Box, blobs: I32) -> int:
    """How many lines run across a valley, reaching well beyond either side."""
    if not len(blobs):
        return 0
    rows = (blobs[:, 1] + blobs[:, 3] / 2 - box.top) / max(box.height, 1)
    at = valley.top + (valley.bottom - valley.top) * rows
    reach = 0.02 * box.width
    return int(((blobs[:, 0] < at - reach) & (blobs[:, 0] + blobs[:, 2] > at + reach)).sum())


def _valley(
    grey: GreyImage,
    probability: GreyImage,
    box: Box,
    span: tuple[float, float],
) -> _Valley | None:
    """The valley between two columns that is seen in most bands of the box; None when there is none at all.

    Each band's profile is its usual brightness outside writing; a valley's depth at a place is how far it
    lies below the brightest of both sides within a twentieth of the width.
    """
    first, last = max(int(span[0]), int(box.left)), min(int(span[1]), int(box.right))
    if last - first < 8:
        return None
    reach = max(4, round(0.05 * min(box.width, box.height)))
    left, right = max(first - reach, 0), min(last + reach, grey.shape[1])
    bands = np.array_split(np.arange(int(box.top), int(box.bottom)), 40)
    depth = []
    for rows in bands:
        if not len(rows):
            return None
        part = grey[rows[0] : rows[-1] + 1, left:right]
        written = probability[rows[0] : rows[-1] + 1, left:right] >= TEXT_THRESHOLD // 2
        clean = np.where(written, np.uint8(0), part)  # writing is dark: above the median of the rest it sinks
        share = written.mean(axis=0)
        middle = np.sort(clean, axis=0)[-max(1, len(rows) * 2 // 5)].astype(np.float32)
        middle[share > 0.6] = np.nan
        depth.append(_depth(middle, reach))
    deep = np.asarray(depth, np.float32)[:, first - left : last - left]
    noise = float(np.median(deep))
    valleys = (deep > max(LEAST_DIP_LEVELS, 4 * noise)).astype(np.float32)
    if not valleys.any():
        return None
    return _straightest(np.asarray(cv2.dilate(valleys, np.ones((1, 3), np.uint8)), np.float32), deep, first)


def _depth(profile: Floats, reach: int) -> Floats:
    """How far each place lies below the brightest on both its sides; 0 where nothing is known."""
    known = np.flatnonzero(~np.isnan(profile))
    if len(known) < 4:
        return np.zeros_like(profile)
    level = np.interp(np.arange(len(profile)), known, profile[known]).astype(np.float32)
    padded = np.pad(level, reach, mode="edge")
    highest = cv2.dilate(padded[None], np.ones((1, reach), np.uint8), anchor=(0, 0))[0]  # from a place on
    low_side = np.minimum(highest[: len(level)], highest[reach + 1 :][: len(level)])
    return np.asarray(np.maximum(low_side - level, 0), np.float32)


def _straightest(valleys: Floats, deep: Floats, first: int) -> _Valley:
    """Of all leaning lines the one along which the valley is seen longest, then deepest."""
    count, width = valleys.shape
    levels = np.linspace(-0.5, 0.5, count)
    best, best_valley = -1.0, (0.0, 0.0, 0.0, 0.0)
    lean_most = round(0.12 * count * 24 / 2)  # about three degrees either way on a usual page
    for lean in range(-lean_most, lean_most + 1, 2):
        shifts = np.rint(lean * levels).astype(np.int64)
        places = np.arange(width)[None, :] + shifts[:, None]
        inside = (places >= 0) & (places < width)
        at = np.clip(places, 0, width - 1)
        run = (np.take_along_axis(valleys, at, 1) * inside).mean(axis=0)
        dark = (np.take_along_axis(deep, at, 1) * inside).mean(axis=0)
        score = run + 0.002 * np.minimum(dark, 100)
        n = int(score.argmax())
        if score[n] > best:
            best = float(score[n])
            half = dark > 0.5 * dark[n]
            wide = 1
            while n + wide < width and half[n + wide]:
                wide += 1
            back = 1
            while n - back >= 0 and half[n - back]:
                back += 1
            best_valley = (float(n), float(lean), float(run[n]), float(dark[n]))
            breadth = wide + back - 1
            along = np.take_along_axis(valleys, at, 1)[:, n]
            ends = float(min(along[:2].mean(), along[-2:].mean()))
            others = np.where(np.abs(np.arange(width) - n) > breadth + 4, dark, 0)
            others[run < 0.5] = 0
            rival = float(others.max()) / max(float(dark[n]), 1e-6)
    middle, lean_px, share, depth = best_valley
    at_top, at_bottom = first + middle - lean_px / 2, first + middle + lean_px / 2
    return _Valley(first + middle, at_top, at_bottom, share, float(breadth), rival, ends, depth)


def _without_neighbours(
    grey: GreyImage,
    probability: GreyImage,
    box: Box,
    blobs: I32,
    *,
    left: bool,
    right: bool,
) -> Box:
    """The box without slivers of other leaves at its outer sides: beyond a fold that no line crosses."""
    edges = {"left": box.left, "right": box.right}
    reach = EDGE * box.width
    for side, wanted in (("left", left), ("right", right)):
        if not wanted:
            continue
        span = (box.left + 3, box.left + reach) if side == "left" else (box.right - reach, box.right - 3)
        valley = _valley(grey, probability, box, span)
        if valley is None or valley.run < LEAST_RUN or valley.rival > MOST_RIVAL:
            continue
        if _crossed(valley, box, blobs):
            continue
        middles = blobs[:, 0] + blobs[:, 2] / 2
        beyond = (middles < valley.middle) if side == "left" else (middles > valley.middle)
        ends = blobs[:, 0] <= box.left + 4 if side == "left" else blobs[:, 0] + blobs[:, 2] >= box.right - 4
        outermost = min(valley.top, valley.bottom) if side == "left" else max(valley.top, valley.bottom)
        broad = valley.wide > 0.01 * box.width
        # Notes in the margin stay; letters cut off by the border of the scan belong to a neighbour.
        if (beyond & ~ends).any() or not (broad or abs(outermost - edges[side]) < 0.05 * box.width):
            continue
        edges[side] = float(np.clip(outermost, box.left, box.right))
    return Box(edges["left"], box.top, max(edges["right"], edges["left"] + 1), box.bottom)
