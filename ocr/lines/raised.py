"""Small writing of a line that stands above or below its row: raised endings, stacked fractions."""

import cv2
import numpy as np

from ocr.arrays import F64, Ints, Mask
from ocr.lines.share import columns_by_line, heights_of
from ocr.scan.components import Components
from ocr.scan.counting import label_components

MOST_WIDE_LETTERS = 5.0
"""Raised endings and what stands over or under a bar are no wider, in heights of small letters."""
NEAR_LETTERS = 1.6
"""Raised letters begin so near to the number or letter that they follow."""
BAND_LETTERS = 0.4
"""The row of a line's small letters: so far above and below its middle."""
MOST_BENEATH = 0.3
"""The row beneath raised letters holds ink in no more than this share of their columns: they stand in its
gap, where words put in above stand over words."""
MOST_APART_PITCHES = 0.95
"""Raised letters are nearer to the middle of their line than the line before is."""
LEAST_BAR_LETTERS = 0.9
"""Bars of fractions are longer,"""
MOST_BAR_LETTERS = 4.5
"""and no longer,"""
MOST_BAR_THICK_LETTERS = 0.45
"""and so thin."""
STACK_LETTERS = 0.8
"""What a bar parts begins so near to it."""
OVERHANG_LETTERS = 0.5
"""It reaches beyond the bar by no more."""
OWN_ROW_PITCHES = 0.25
"""What is nearer to the middle of another line is a letter of that line."""
MOST_PART_LETTERS = 2.6
"""It is no taller,"""
LEAST_PART_LETTERS = 0.35
"""and no lower: dots and breves are no numbers."""


def joined(
    pieces: Components, crests: list[tuple[F64, F64]], xs: Ints, ys: Ints, owner: Ints
) -> tuple[list[tuple[F64, F64]], Ints]:
    """The crests and owners (-1: none) without lines that are parts of another line.

    What stands over and under a bar is of the line that the bar is nearest to; a short line beside and above
    the end of a word, with nothing beneath it, is of the line it is raised above.
    """
    if len(crests) < 2:
        return crests, owner
    owner = owner.copy()
    letter = letter_of(pieces)
    width = pieces.labels.shape[1]
    heights = np.stack([heights_of(crest, width) for crest in crests])
    columns = columns_by_line(xs, owner, len(crests))
    short = np.array([not len(own) or own[-1] + 1 - own[0] <= MOST_WIDE_LETTERS * letter for own in columns])
    before = np.bincount(owner[owner >= 0], minlength=len(crests))
    _stack(pieces, heights, short, xs, ys, owner)
    for n in np.flatnonzero(short & (before > 0)).tolist():
        mine = owner == n
        if mine.sum() < 0.5 * before[n]:  # most of it went to a stack: its points go with it
            _give_rest(xs, ys, owner, mine, heights, short)
        elif (line := raised_above(xs, ys, owner, mine, heights, letter, pieces.pitch_px, short)) is not None:
            owner[mine] = line
    gone = (before > 0) & (np.bincount(owner[owner >= 0], minlength=len(crests)) == 0)
    turned = np.append(np.cumsum(~gone) - 1, -1)  # -1, no line, stays
    return [crest for crest, lost in zip(crests, gone, strict=True) if not lost], turned[owner].astype(
        owner.dtype
    )


def letter_of(pieces: Components) -> float:
    """The height of small letters as the map of writing tells it: joined ones make pieces taller."""
    return pieces.text_map.line_px_on(len(pieces.labels))


def raised_above(
    xs: Ints,
    ys: Ints,
    owner: Ints,
    mine: Mask,
    heights: F64,
    letter: float,
    pitch_px: float,
    short: Mask,
) -> int | None:
    """The line that some ink is raised above, beside its writing and over a gap of it, if there is one."""
    first, last = _span(xs[mine])
    middle = float(np.median(ys[mine]))
    if last - first > MOST_WIDE_LETTERS * letter:
        return None
    below = heights[:, (first + last) // 2] - middle
    fits = ~short & (below > 0.3 * letter) & (below < MOST_APART_PITCHES * pitch_px)
    if not fits.any():
        return None
    line = int(np.argmin(np.where(fits, below, np.inf)))
    own = (owner == line) & ~mine
    beneath = own & (np.abs(ys - heights[line, xs]) < BAND_LETTERS * letter)
    inset = round(0.2 * letter)
    under = np.unique(xs[beneath & (xs >= first + inset) & (xs < last - inset)])
    if len(under) > MOST_BENEATH * max(last - first - 2 * inset, 1):
        return None
    beside = own & (xs >= first - NEAR_LETTERS * letter) & (xs < first + inset)
    return line if beside.any() else None


def _span(xs: Ints) -> tuple[int, int]:
    return (int(xs.min()), int(xs.max()) + 1) if len(xs) else (0, 0)


def _give_rest(xs: Ints, ys: Ints, owner: Ints, mine: Mask, heights: F64, short: Mask) -> None:
    """Gives what is left of a short line to the lines that are nearest (in place)."""
    apart = np.abs(heights[:, xs[mine]] - ys[mine])
    apart[short] = np.inf
    if np.isfinite(apart).any():
        owner[mine] = apart.argmin(axis=0)


def _stack(pieces: Components, heights: F64, short: Mask, xs: Ints, ys: Ints, owner: Ints) -> None:
    """Gives what stands over and under each bar to the line that the bar is nearest to (in place)."""
    letter = letter_of(pieces)
    lefts, tops, widths, talls = pieces.boxes.T.astype(np.float64)
    rights, bottoms = lefts + widths, tops + talls
    part = pieces.kept & (talls > LEAST_PART_LETTERS * letter) & (talls < MOST_PART_LETTERS * letter)
    point = pieces.kept & (talls < letter)
    columns = np.clip((lefts + rights) / 2, 0, heights.shape[1] - 1).astype(np.int64)
    middles = (tops + bottoms) / 2
    for left, top, width, thick in _bars(pieces, letter):
        line = int(np.argmin(np.where(short, np.inf, np.abs(heights[:, left + width // 2] - top))))
        if short.all() or abs(heights[line, left + width // 2] - top) > 0.6 * pieces.pitch_px:
            continue
        reach = OVERHANG_LETTERS * letter
        within = (lefts > left - reach) & (rights < left + width + reach)
        near = STACK_LETTERS * letter
        # The bar may touch what stands on it: the piece then reaches down to its lower edge.
        over = part & within & (np.abs(bottoms - top) < near) & (tops < top - LEAST_PART_LETTERS * letter)
        under = part & within & (np.abs(tops - top - thick) < near)
        under &= bottoms > top + thick + LEAST_PART_LETTERS * letter
        if not over.any() or not under.any():
            continue
        at = np.flatnonzero(over | under)
        others = heights[np.ix_(~short & (np.arange(len(heights)) != line), columns[at])]
        row = np.abs(others - middles[at]).min(axis=0, initial=np.inf) < OWN_ROW_PITCHES * pieces.pitch_px
        over[at[row]] = under[at[row]] = False
        if not over.any() or not under.any() or (over & under).any():
            continue
        deepest = bottoms[under].max()
        with_it = point & (lefts >= left - reach) & (rights < left + width + 2 * reach)
        with_it &= (tops > top) & (bottoms < deepest + 0.2 * letter)
        owner[(over | under | with_it)[pieces.labels[ys, xs]]] = line


def _bars(pieces: Components, letter: float) -> list[tuple[int, int, int, int]]:
    """Left, top, width and thickness of short level strokes."""
    ink = (pieces.labels > 0).astype(np.uint8)
    # A bar that leans leaves its row: ink is thickened before strokes are looked for.
    thick = max(1, round(0.12 * letter)) | 1
    level = cv2.morphologyEx(
        cv2.dilate(ink, np.ones((thick, 1), np.uint8)),
        cv2.MORPH_OPEN,
        np.ones((1, max(3, round(LEAST_BAR_LETTERS * letter))), np.uint8),
    )
    _, stats = label_components(np.asarray(level, np.uint8))
    room = thick - 1
    return [
        (left, top + room // 2, width, max(tall - room, 1))
        for left, top, width, tall, _ in stats[1:].tolist()
        if tall - room <= MOST_BAR_THICK_LETTERS * letter and width <= MOST_BAR_LETTERS * letter
    ]
