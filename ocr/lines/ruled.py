"""Tables by their rules: upright and level strokes too long for letters, and the grid that they make.

Looked for on the scan itself, where no rule has been taken away yet. A grid is a table only when writing
keeps to its columns: prose runs across the rules of squared paper, a notebook's margin has text on one side,
and columns of a book are filled from edge to edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from ocr.arrays import Floats, GreyImage, Ints, Mask, MaskImage, Pixels
from ocr.geometry import Affine, Box
from ocr.scan.components import Components
from ocr.scan.counting import label_components
from ocr.scan.leaf import grey_of, pixel_matrix

RUN_PITCHES = 1.5
"""A rule is dark without a break for at least so long, in distances of lines."""
BREAK_PITCHES = 1.0
"""Across a gap so long it goes on."""
LEAST_UPRIGHT_PITCHES = 2.5
LEAST_LEVEL_PITCHES = 3.0
"""Shorter rules part no columns, no rows."""
LEAST_DARK = 12
"""A rule is darker than the paper beside it by so many tones at least."""
THICK_LETTERS = 0.5
"""It is thinner than this, in heights of letters."""
SAME_PITCHES = 0.35
"""Rules nearer to each other are one."""
LEAST_TOGETHER = 0.5
"""Upright rules are of one table when one has so much of its length beside the other."""

LEAST_HEIGHT = 0.6
"""Two of them at least run down so much of the height of the table."""

RULE_PITCHES = 0.07
"""Ink so near to a rule may be what is left of it."""
CROSSED_PITCHES = 0.2
"""Writing crosses a rule where it leaves less than this free around it."""
NEAR_PITCHES = 3.0
"""What stands farther from a rule than this tells nothing of it."""
MOST_CROSSED = 0.2
"""Where more rows than this share cross it, a rule parts nothing."""
LEAST_SLICES = 3
"""Fewer rows tell nothing."""
LEAST_FILLED = 0.6
"""Of the rows of a table at least this share has writing in two columns."""
FULL_WIDTH = 0.75
MOST_FULL = 0.65
LEAST_WIDTH = 0.5
LEAST_FULL = 5
"""Where two columns have so many rows, and more than `MOST_FULL` of them are nearly as long as the longest,
which takes up half of the width, they are columns of a book."""
WIDE_PITCHES = 6.0
"""Such columns are at least so wide."""
LEAF_PITCHES = 1.2
"""What shows of a leaf under the one that is read is narrower than this."""
SQUARE_PITCHES = 1.6
MOST_SQUARES = 5
UNEVEN = 0.15
"""So many upright rules, evenly spaced and no wider apart than that, are squared paper."""
BOUND = 0.25
"""Where a rule is drawn along less than this share of the side of a cell, and writing crosses, it parts
nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An upright rule (or a level one, x and y exchanged), in working pixels."""

    at: float
    """Where it lies, half way along."""
    start: float
    end: float
    slope: float
    """How far it moves to the right for each pixel down."""

    def where(self, along: float) -> float:
        """Where it lies so far along."""
        return self.at + self.slope * (along - (self.start + self.end) / 2)


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table in working pixels: edges of columns and of rows, each a rule or the end of the table."""

    columns: tuple[Rule, ...]
    rows: tuple[Rule, ...]
    spans: tuple[tuple[int, int, int, int], ...]
    """Row, column, and how many of both it covers, of each cell."""

    def row_at(self, x: float, y: float) -> int:
        """The row that a point stands in, the nearest one of those outside."""
        return sum(y >= rule.where(x) for rule in self.rows[1:-1])


def grids_of(pieces: Components, pixels: Pixels) -> list[Grid]:
    """The ruled tables of a leaf, top to bottom. `pixels` are those of the scan."""
    grey = _on_leaf(pieces, pixels)
    ink = pieces.labels > 0
    upright = _rules(grey, pieces, upright=True)
    if len(upright) < 2:
        return []
    level = _rules(grey, pieces, upright=False)
    grids = [grid for group in _groups(upright) if (grid := _grid(group, level, ink, pieces.pitch_px))]
    return sorted(grids, key=lambda grid: grid.rows[0].at)


def _on_leaf(pieces: Components, pixels: Pixels) -> GreyImage:
    """The scan as it lies on the leaf, in working pixels; only what lies under the leaf is looked at."""
    height, width = pieces.labels.shape
    to_scan = pieces.to_scan
    scale = max((to_scan.a**2 + to_scan.d**2) ** 0.5, 1.0)
    under = to_scan.box(Box(-1, -1, width + 1, height + 1)).clip(Box(0, 0, *pixels.shape[1::-1]))
    left, top = int(under.left), int(under.top)
    grey = grey_of(pixels[top : int(under.bottom) + 1, left : int(under.right) + 1])
    size = (max(1, round(grey.shape[1] / scale)), max(1, round(grey.shape[0] / scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    matrix = pixel_matrix(Affine.shift(-left, -top).after(to_scan))
    matrix *= [[size[0] / grey.shape[1]], [size[1] / grey.shape[0]]]
    return cv2.warpAffine(
        small,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.uint8, copy=False)


def _rules(grey: GreyImage, pieces: Components, *, upright: bool) -> list[Rule]:
    """The rules that run down (or across), left to right (or top to bottom)."""
    pitch = pieces.pitch_px
    picture = grey if upright else np.ascontiguousarray(grey.T)
    thick = max(3, round(THICK_LETTERS * pieces.letter_px)) | 1
    dark = cv2.morphologyEx(picture, cv2.MORPH_BLACKHAT, _bar(1, 2 * thick + 1))
    run, gap = max(5, round(RUN_PITCHES * pitch)), max(3, round(BREAK_PITCHES * pitch))
    # Where rules cross, neither is darker than what lies beside it, but both are than what lies around.
    around = cv2.morphologyEx(picture, cv2.MORPH_BLACKHAT, _bar(2 * thick + 1, 2 * thick + 1))
    dark = cv2.dilate(dark, _bar(1, 3))
    dark = cv2.max(dark, cv2.min(around, cv2.morphologyEx(dark, cv2.MORPH_CLOSE, _bar(2 * thick + 1, 1))))
    runs = cv2.morphologyEx(dark, cv2.MORPH_OPEN, _bar(run, 1))
    marks = (runs >= LEAST_DARK).astype(np.uint8)
    joined = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, _bar(gap, 1))
    labels, stats = label_components(np.asarray(joined, np.uint8))
    least = (LEAST_UPRIGHT_PITCHES if upright else LEAST_LEVEL_PITCHES) * pitch
    rules = []
    for n in np.flatnonzero(stats[:, cv2.CC_STAT_HEIGHT] >= least):
        left, top, width, height, _ = stats[n]
        if n == 0 or width > 0.1 * height + 2 * thick:
            continue
        ys, xs = np.nonzero(labels[top : top + height, left : left + width] == n)
        slope, middle = np.polyfit(ys - height / 2, xs, 1)
        rules.append(Rule(float(left + middle + 0.5), float(top), float(top + height), float(slope)))
    return _joined(sorted(rules, key=lambda rule: rule.at), SAME_PITCHES * pitch)


def _bar(height: int, width: int) -> MaskImage:
    return np.ones((height, width), np.uint8)


def _joined(rules: list[Rule], near_px: float) -> list[Rule]:
    """Pieces of one rule made one, where one lies on the way of the other."""
    kept: list[Rule] = []
    for rule in sorted(rules, key=lambda each: each.start - each.end):
        middle = (rule.start + rule.end) / 2
        same = next((n for n, other in enumerate(kept) if abs(other.where(middle) - rule.at) < near_px), None)
        if same is None:
            kept.append(rule)
            continue
        other = kept[same]
        start, end = min(other.start, rule.start), max(other.end, rule.end)
        kept[same] = Rule(other.where((start + end) / 2), start, end, other.slope)
    return sorted(kept, key=lambda rule: rule.at)


def _groups(rules: list[Rule]) -> list[list[Rule]]:
    """Upright rules that stand beside each other."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda each: each.start - each.end):
        for group in groups:
            shared = min(rule.end, group[0].end) - max(rule.start, group[0].start)
            if shared > LEAST_TOGETHER * (rule.end - rule.start):
                group.append(rule)
                break
        else:
            groups.append([rule])
    return [sorted(group, key=lambda rule: rule.at) for group in groups if len(group) > 1]


def _grid(group: list[Rule], levels: list[Rule], ink: Mask, pitch: float) -> Grid | None:
    """The table that upright rules make with level ones; None when they make none."""
    if _is_squared(group, pitch):
        return None
    top, bottom = min(rule.start for rule in group), max(rule.end for rule in group)
    if sum(rule.end - rule.start > LEAST_HEIGHT * (bottom - top) for rule in group) < 2:
        return None
    left, right = group[0].at, group[-1].at
    across = [
        rule
        for rule in levels
        if top - pitch < rule.at < bottom + pitch and rule.end > left and rule.start < right
    ]
    # Rules of the paper run on beyond the columns: what is written beside them belongs to the table as well.
    within = ink[int(max(top, 0)) : int(bottom)]
    written = np.flatnonzero(within.any(axis=0))
    if not len(written):
        return None
    reach = [
        min((rule.start for rule in across), default=left),
        max((rule.end for rule in across), default=right),
    ]
    first = max(min(reach[0], left), float(written[0]) - 0.5 * pitch)
    last = min(max(reach[1], right), float(written[-1]) + 0.5 * pitch)
    ends = [Rule(x, top, bottom, 0.0) for x in (first, last)]
    edges = list(group)
    if left - first > pitch and _has_ink(ink, ends[0], group[0], top, bottom):
        edges.insert(0, ends[0])
    if last - right > pitch and _has_ink(ink, group[-1], ends[1], top, bottom):
        edges.append(ends[1])
    parted = [n for n in range(1, len(edges) - 1) if _parts(edges, n, ink, pitch)]
    if len(group) < 3 and len(parted) < 2:
        return None
    columns = [edges[0], *(edges[n] for n in parted), edges[-1]]
    if len(columns) < 3 or len(parted) < 0.6 * (len(edges) - 2) or not _is_filled(columns, ink, pitch):
        return None
    rows = _row_edges(across, columns, (top, bottom), pitch)
    if _is_book(columns, ink, pitch) and len(rows) < 5:
        return None
    if len(rows) < 3 and _are_leaves(group, ink.shape[1], pitch):
        return None
    return Grid(tuple(columns), tuple(rows), tuple(_spans(columns, rows, across, ink, pitch)))


def _are_leaves(group: list[Rule], width: int, pitch: float) -> bool:
    """May upright rules be the edges of leaves that lie under this one, and what shows of those be no column?
    So it is when not two stand apart from each other and from the sides."""
    sides = [0.0, *(rule.at for rule in group), float(width)]
    return (
        sum(
            min(b - a, c - b) > LEAF_PITCHES * pitch
            for a, b, c in zip(sides, sides[1:], sides[2:], strict=False)
        )
        < 2
    )


def _is_squared(group: list[Rule], pitch: float) -> bool:
    steps = np.diff([rule.at for rule in group])
    if len(steps) < MOST_SQUARES:
        return False
    usual = float(np.median(steps))
    even = float((np.abs(steps / usual - np.rint(steps / usual)) < UNEVEN).mean())
    return usual < SQUARE_PITCHES * pitch and even > 0.7


def _slices(left: Rule, right: Rule, ink: Mask, pitch: float) -> list[tuple[float, Floats]]:
    """Of each thin slice between two rules: its middle, and where it has ink, as shares of the way across."""
    top, bottom = max(left.start, right.start), min(left.end, right.end)
    step, beside = max(2, round(0.5 * pitch)), RULE_PITCHES * pitch
    slices = []
    for y in range(int(max(top, 0)), int(min(bottom, len(ink))) - step + 1, step):
        middle = y + step / 2
        start, end = left.where(middle), right.where(middle)
        first, last = max(int(start + beside) + 1, 0), min(int(end - beside), ink.shape[1])
        if last - first < 2:
            continue
        xs = np.flatnonzero(ink[y : y + step, first:last].sum(axis=0) > 1)
        slices.append((middle, (xs + first - start) / (end - start)))
    return slices


def _has_ink(ink: Mask, left: Rule, right: Rule, top: float, bottom: float) -> bool:
    """Is there writing between two rules?"""
    box = ink[int(max(top, 0)) : int(bottom), int(max(left.at, 0)) : int(right.at)]
    return bool(box.any())


def _parts(edges: Sequence[Rule], n: int, ink: Mask, pitch: float) -> bool:
    """Does writing keep off a rule, where it stands on both sides of it?"""
    before, rule, after = edges[n - 1 : n + 2]
    left = {
        y: (1 - xs[-1]) * (rule.where(y) - before.where(y))
        for y, xs in _slices(before, rule, ink, pitch)
        if len(xs)
    }
    right = {
        y: xs[0] * (after.where(y) - rule.where(y)) for y, xs in _slices(rule, after, ink, pitch) if len(xs)
    }
    if len(left) < LEAST_SLICES or len(right) < LEAST_SLICES:
        return True
    tops = sorted(left)
    gaps = []
    for y in tops:
        beside = [right[other] for other in right if abs(other - y) < 0.3 * pitch]
        if beside and left[y] < NEAR_PITCHES * pitch and min(beside) < NEAR_PITCHES * pitch:
            gaps.append(left[y] + min(beside))
    if len(gaps) < LEAST_SLICES:
        return True
    return float((np.array(gaps) < CROSSED_PITCHES * pitch).mean()) <= MOST_CROSSED


def _is_filled(columns: Sequence[Rule], ink: Mask, pitch: float) -> bool:
    """Do rows have writing in more than one column?"""
    counts: dict[int, int] = {}
    for left, right in pairwise(columns):
        rows = {int(y / pitch) for y, xs in _slices(left, right, ink, pitch) if len(xs)}
        for row in rows:
            counts[row] = counts.get(row, 0) + 1
    several = sum(count > 1 for count in counts.values())
    return several >= 2 and several >= LEAST_FILLED * len(counts)


def _is_book(columns: Sequence[Rule], ink: Mask, pitch: float) -> bool:
    """Are there two columns filled from edge to edge, as of a newspaper?"""
    full = 0
    for left, right in pairwise(columns):
        widths: dict[int, float] = {}
        for y, xs in _slices(left, right, ink, pitch):
            if len(xs) > 2:
                widths[int(y / pitch)] = max(widths.get(int(y / pitch), 0.0), float(np.ptp(xs)))
        if right.at - left.at < WIDE_PITCHES * pitch or len(widths) < LEAST_FULL:
            continue
        shares = np.array(list(widths.values()))
        usual = float(np.percentile(shares, 90))
        full += usual > LEAST_WIDTH and float((shares > FULL_WIDTH * usual).mean()) > MOST_FULL
    return full > 1


def _row_edges(
    levels: list[Rule], columns: Sequence[Rule], ends: tuple[float, float], pitch: float
) -> list[Rule]:
    """The edges of rows: the ends of the table, and the level rules that cross a column of it."""
    left, right = columns[0].at, columns[-1].at
    narrow = min(b.at - a.at for a, b in pairwise(columns))
    inner = [
        rule
        for rule in levels
        if min(rule.end, right) - max(rule.start, left) > 0.7 * narrow
        and ends[0] + 0.5 * pitch < rule.where((left + right) / 2) < ends[1] - 0.5 * pitch
    ]
    first, last = (Rule(y, left, right, 0.0) for y in ends)
    rows = [first]
    for rule in sorted(inner, key=lambda each: each.where((left + right) / 2)):
        if rule.where((left + right) / 2) - rows[-1].where((left + right) / 2) > 0.6 * pitch:
            rows.append(rule)
    return [*rows, last]


def _spans(
    columns: Sequence[Rule], rows: Sequence[Rule], levels: list[Rule], ink: Mask, pitch: float
) -> list[tuple[int, int, int, int]]:
    """The cells, those made one that writing runs across where no rule is drawn."""
    height, width = len(rows) - 1, len(columns) - 1
    taken: set[tuple[int, int]] = set()
    spans = []
    for r in range(height):
        for c in range(width):
            if (r, c) in taken:
                continue
            across = 1
            while (
                c + across < width
                and (r, c + across) not in taken
                and _runs_on(columns, rows, r, c + across, ink, pitch)
            ):
                across += 1
            taken |= {(r, c + i) for i in range(across)}
            spans.append((r, c, 1, across))
    return spans


def _runs_on(columns: Sequence[Rule], rows: Sequence[Rule], r: int, c: int, ink: Mask, pitch: float) -> bool:
    """Is no rule drawn before a cell, and does writing run on into it from the cell before?"""
    rule = columns[c]
    top, bottom = (rows[n].where(rule.at) for n in (r, r + 1))
    drawn = min(rule.end, bottom) - max(rule.start, top)
    if drawn > BOUND * (bottom - top):
        return False
    near = round(0.5 * CROSSED_PITCHES * pitch)
    x = round(rule.where((top + bottom) / 2))
    strip = ink[round(top) : round(bottom), max(x - near, 0) : x + near + 1]
    return bool(strip.any())


def cell_masks(grid: Grid, shape: tuple[int, int]) -> Ints:
    """(height, width): 0 outside the table, n in the nth of its cells."""
    masks = np.zeros(shape, np.int32)
    for n, (row, column, down, across) in enumerate(grid.spans, 1):
        left, right = grid.columns[column], grid.columns[column + across]
        top, bottom = grid.rows[row], grid.rows[row + down]
        corners = [
            (edge.where(level.where(edge.at)), level.where(edge.at))
            for edge, level in ((left, top), (right, top), (right, bottom), (left, bottom))
        ]
        cv2.fillPoly(masks, [np.rint(corners).astype(np.int32)], (n,))
    return masks.astype(np.int64)
