"""Words written in above a line, between it and the line before, where neighbours' ink does not reach."""

from dataclasses import dataclass

import numpy as np

from ocr.arrays import F64, Ints, Mask
from ocr.lines.raised import raised_above
from ocr.lines.share import heights_of
from ocr.scan.components import Components
from ocr.scan.counting import label_components

LEAST_HANGING_LETTERS = 1.5
"""Pieces that reach into a neighbour may still be words when they are wider."""
LEAST_JOINED_STROKES = 5
"""And have so many strokes side by side: a capital has up to four."""
MOST_CONTACTS = 0.5
"""And reach out with no more than this share of them,"""
MOST_CONTACTS_WIDTH = 0.3
"""along no more than this share of their width."""
JOINED_HEADS_LETTERS = 0.35
"""Words joined up are looked for down to so far above the middle of the line below: they come lower than
words of single letters could be told from heads of that line."""

FEET_LETTERS = 0.7
"""Between lines begins so far below the middle of the upper one, in heights of small letters."""
HEADS_LETTERS = 0.6
"""Between lines ends so far above the middle of the lower one."""
ABOVE_FIRST_PITCHES = 0.85
"""Above the first line words are looked for so far."""
LEAST_INSERTED_LETTERS = 0.3
"""Inserted letters are taller than this share of small letters; dots, breves and bars are not."""
INSERTED_GAP_LETTERS = 1.3
"""Wider gaps part two insertions above one line."""
LEAST_INSERTED_WIDTH_LETTERS = 1.2
"""Narrower groups of strokes are no words."""
LEAST_INSERTED_STROKES = 3
"""Words have at least so many strokes side by side."""
LEAST_FREE_LETTERS = 0.45
"""Pieces that stand free between two lines are looked at down to LOWEST_FREE_LETTERS when they are taller:"""
LOWEST_FREE_LETTERS = 0.2
"""so far above the middle of the line below, where heads of its letters begin only with long strokes."""
LEAST_BRIDGE_LETTERS = 0.5
"""Pieces among inserted words that reach into a neighbour are cut from it when they are wider."""


@dataclass(frozen=True, slots=True)
class Inserted:
    """Words put in above a line. Places are working pixels."""

    below: int
    """The number of the line that they stand above."""
    crest: tuple[F64, F64]
    """Their middle, as of any line."""
    ink: Mask
    """Which of the given pixels of ink are theirs."""


def insertions_of(
    pieces: Components,
    crests: list[tuple[F64, F64]],
    xs: Ints,
    ys: Ints,
    owner: Ints,
) -> list[Inserted]:
    """The insertions between lines given from top to bottom by their crests; `owner` says whose ink is whose.

    Between the feet of one line and the heads of the next, long strokes stand alone, dots and breves are low:
    several strokes side by side that reach into neither line, as tall as small writing, are words. Where they
    stand beside a word and over a gap of a line they are raised letters of it, and `owner` is told so.
    """
    height, width = pieces.labels.shape
    everywhere = np.array([heights_of(crest, width) for crest in crests]).reshape(len(crests), width)
    none = np.zeros(len(crests), bool)
    letter = pieces.text_map.line_px_on(height)
    numbers = np.full((height, width), -1, np.int32)
    numbers[ys, xs] = np.arange(len(xs))
    whose = np.full((height, width), -2, np.int32)
    whose[ys, xs] = owner
    rows = np.arange(height)[:, None]
    inserted = []
    for n, crest in enumerate(crests):
        lower = heights_of(crest, width)
        upper = heights_of(crests[n - 1], width) if n else lower - ABOVE_FIRST_PITCHES * pieces.pitch_px
        begin, end = max(int(crest[0][0] - letter), 0), min(int(crest[0][-1] + letter) + 1, width)
        taken = np.zeros(width, bool)
        top = upper + FEET_LETTERS * letter
        free = _free(pieces, top, lower - LOWEST_FREE_LETTERS * letter, LEAST_FREE_LETTERS * letter)
        begins_at = np.ceil(top[begin:end]).astype(np.int64)
        for heads, joined, among in (
            (JOINED_HEADS_LETTERS, True, pieces.kept),
            (HEADS_LETTERS, False, pieces.kept),
            (0.0, False, free),
        ):
            bottom = lower - heads * letter
            first, last = max(int(np.floor(top.min())), 0), min(int(np.ceil(bottom.max())), height)
            if last - first < LEAST_INSERTED_LETTERS * letter or end <= begin:
                continue
            band = np.s_[first:last, begin:end]
            ends_at = np.ceil(bottom[begin:end]).astype(np.int64)
            between = (rows[first:last] >= begins_at) & (rows[first:last] < ends_at)
            mine = between & ((whose[band] == n) | (whose[band] == n - 1))
            mine[mine] = among[pieces.labels[band][mine]]
            for words in _words(mine, between, letter, joined=joined) if mine.any() else ():
                own = numbers[band][words]
                begins, ends = int(xs[own].min()), int(xs[own].max()) + 1
                if taken[begins:ends].any():
                    continue
                taken[begins:ends] = True
                middle = np.full(2, float(np.median(ys[own])))
                ink = np.zeros(len(xs), bool)
                ink[own] = True
                ink = _whole(ink, pieces.labels[ys, xs])
                line = raised_above(xs, ys, owner, ink, everywhere, letter, pieces.pitch_px, none)
                if line is not None:
                    owner[ink] = whose[ys[ink], xs[ink]] = line
                    continue
                crest_of = np.array([float(begins), float(ends)]), middle
                inserted.append(Inserted(n, crest_of, ink))
    return inserted


def _free(pieces: Components, top: F64, bottom: F64, least_px: float) -> Mask:
    """Which pieces are as tall as letters and end above and below between two heights, given by column."""
    lefts, tops, widths, heights = pieces.boxes.T
    middles = np.minimum(lefts + widths // 2, len(top) - 1)
    between = (tops > top[middles]) & (tops + heights <= bottom[middles])
    return np.asarray(pieces.kept & (heights > least_px) & between, np.bool_)


def _words(
    mine: Mask,
    between: Mask,
    letter: float,
    *,
    joined: bool,
) -> list[Mask]:
    """Masks of groups of pieces side by side that may be words; if `joined`, only of those with many strokes
    joined up in one piece."""
    labels, stats = label_components(mine.view(np.uint8))
    lefts, _, widths, heights, _ = stats.T
    tall = heights > LEAST_INSERTED_LETTERS * letter
    tall[0] = False
    long = np.flatnonzero(widths[1:] > LEAST_HANGING_LETTERS * letter) + 1
    if not tall.any() or (joined and not len(long)):
        return []
    # Pixels whose neighbour above or below lies outside the band: what goes through them goes on.
    rim = between & ~(_moved(between, 1) & _moved(between, -1))
    reaching = np.zeros(len(stats), bool)
    reaching[np.unique(labels[rim & mine])] = True
    word_like = np.zeros(len(stats), bool)
    for piece in long.tolist():
        left, top, width, height = stats[piece, :4].tolist()
        here = np.s_[top : top + height, left : left + width]
        word_like[piece] = _hangs(labels[here] == piece, rim[here])
    if joined and not word_like.any():
        return []
    reaching &= ~word_like
    order = np.flatnonzero(tall)[np.argsort(lefts[tall], kind="stable")]
    groups: list[list[int]] = []
    end = -np.inf
    for piece in order.tolist():
        if lefts[piece] - end > INSERTED_GAP_LETTERS * letter:
            groups.append([])
            end = -np.inf
        groups[-1].append(piece)
        end = max(end, lefts[piece] + widths[piece])
    # What reaches into a neighbour may bridge free pieces, but no group begins or ends with it.
    groups = [_between_free(group, reaching) for group in groups]
    masks = []
    for group in groups:
        free = [piece for piece in group if not reaching[piece]]
        if not free or (joined and not word_like[free].any()):
            continue
        shown = np.isin(labels, free)
        box = lefts[group].min(), (lefts[group] + widths[group]).max()
        if (
            box[1] - box[0] > LEAST_INSERTED_WIDTH_LETTERS * letter
            and _strokes(shown) >= LEAST_INSERTED_STROKES
        ):
            low = (lefts >= box[0]) & (lefts + widths <= box[1])
            low &= ~reaching | (widths > LEAST_BRIDGE_LETTERS * letter)
            low[0] = False
            masks.append(shown | low[labels])
    return masks


def _hangs(shown: Mask, rim: Mask) -> bool:
    """Is a piece a word joined up that reaches into its neighbours with few of its many strokes?

    Heads and tails of the neighbours themselves reach out of the band with each of theirs.
    """
    touched = (shown & rim).any(axis=0)
    contacts = int((np.diff(touched.astype(np.int8), prepend=0) > 0).sum())
    strokes = _strokes(shown)
    few = contacts <= MOST_CONTACTS * strokes and touched.mean() <= MOST_CONTACTS_WIDTH
    return strokes >= LEAST_JOINED_STROKES and bool(few)


def _between_free(group: list[int], reaching: Mask) -> list[int]:
    """The group from its first piece that reaches nowhere to its last."""
    free = [n for n, piece in enumerate(group) if not reaching[piece]]
    return group[free[0] : free[-1] + 1] if free else []


def _strokes(shown: Mask) -> int:
    """How many strokes stand side by side, where they are most."""
    return int((np.diff(shown.astype(np.int8), axis=1, prepend=0) > 0).sum(axis=1).max())


def _moved(mask: Mask, by: int) -> Mask:
    """The mask moved down by one row or up."""
    moved = np.zeros_like(mask)
    if by > 0:
        moved[1:] = mask[:-1]
    else:
        moved[:-1] = mask[1:]
    return moved


def _whole(ink: Mask, piece: Ints) -> Mask:
    """The same with all ink of pieces that are mostly in it."""
    inside = np.bincount(piece[ink], minlength=int(piece.max()) + 1)
    total = np.bincount(piece)
    return ink | (inside > 0.6 * total)[piece]
