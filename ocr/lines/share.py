"""Ink shared out among lines, piece by piece."""

import numpy as np

from ocr.arrays import F64, Ints, Mask
from ocr.scan.components import Components

FARTHEST_PITCHES = 3
"""No ink so far above or below a crest is asked whether it belongs to it."""

MARK_ABOVE = 0.7
"""Loose marks over a line count as so much nearer to it than marks under it."""
REACH_PITCHES = 0.9
"""Ink further from any line belongs to none."""


def heights_of(crest: tuple[F64, F64], width: int) -> F64:
    """The height of a crest at each of `width` columns; level beyond its ends."""
    return np.asarray(np.interp(np.arange(width), *crest), np.float64)


def columns_by_line(xs: Ints, owner: Ints, count: int) -> list[Ints]:
    """The columns, ascending, in which each of so many lines has ink; `owner` says whose each pixel is, and
    what is of no line or of a later one is left out."""
    own = (owner >= 0) & (owner < count)
    inked = np.zeros((count, int(xs.max(initial=0)) + 1), np.bool_)
    inked[owner[own], xs[own]] = True
    return [np.flatnonzero(row) for row in inked]


def assign_ink(pieces: Components, crests: list[tuple[F64, F64]], xs: Ints, ys: Ints) -> tuple[Ints, F64]:
    """For each ink pixel (`ys` ascending) the number of its line (-1: none), and how far below its crest.

    A piece goes whole to the line that holds most of its ink near a crest; one that several lines claim is
    cut half way between them; one that none claims (a dot, a breve, a bar) goes to the nearest, and rather
    to the line below it than to the one above, since such marks stand over letters.
    """
    pitch, count, size = pieces.pitch_px, len(crests), len(pieces.boxes)
    nearest, over = np.full(len(xs), -1, np.int32), np.full(len(xs), -1, np.int32)
    offset, lifted = np.full(len(xs), np.inf), np.full(len(xs), np.inf)
    heights = [heights_of(crest, pieces.labels.shape[1]) for crest in crests]
    for n, ((crest_xs, crest_ys), height) in enumerate(zip(crests, heights, strict=True)):
        ends = crest_ys.min() - FARTHEST_PITCHES * pitch, crest_ys.max() + FARTHEST_PITCHES * pitch
        near = slice(*np.searchsorted(ys, ends))
        below = ys[near] - height[xs[near]]
        inside = (xs[near] > crest_xs[0] - pitch) & (xs[near] < crest_xs[-1] + pitch)
        better = inside & (np.abs(below) < np.abs(offset[near]))
        np.copyto(nearest[near], n, where=better)
        np.copyto(offset[near], below, where=better)
        far = np.where(below < 0, -MARK_ABOVE * below, below)
        better = inside & (far < lifted[near])
        np.copyto(over[near], n, where=better)
        np.copyto(lifted[near], far, where=better)
    if not crests:
        return nearest, offset
    piece = pieces.labels[ys, xs]

    def votes(voters: Mask, line: Ints) -> Ints:
        cells = np.bincount(piece[voters] * count + line[voters], minlength=size * count)
        return np.asarray(cells.reshape(size, count), np.int32)

    near_votes = votes((np.abs(offset) < 0.28 * pitch) & (nearest >= 0), nearest)
    total = near_votes.sum(axis=1)
    whole = (total > 0) & (near_votes.max(axis=1) > 0.8 * total)
    owner = np.where(whole[piece], near_votes.argmax(axis=1)[piece], nearest).astype(np.int32)
    loose = (total == 0)[piece] & (over >= 0)
    owner[loose] = votes(loose, over).argmax(axis=1)[piece[loose]]
    offset = np.where(owner >= 0, ys - np.stack(heights)[owner, xs], np.inf)
    owner[loose & (np.abs(offset) > REACH_PITCHES * pitch)] = -1
    return owner, offset
