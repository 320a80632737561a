"""The middles of lines: crests of the map of writing, smeared along the lines, pieces of one line joined.

The ridge method of Bukhari, Shafait and Breuel (2009), at one scale: the leaf's own line pitch.
"""

import cv2
import numpy as np

from ocr.arrays import F64
from ocr.scan.components import Components

SMEAR_ALONG_PITCHES = 0.7
"""How far ink is smeared along lines."""
SMEAR_ACROSS_PITCHES = 0.17
"""How far ink is smeared across lines, at most."""
SMEAR_ACROSS_LETTERS = 0.6
"""How far ink is smeared across lines, at most, in heights of letters."""
LEAST_CREST = 0.08
"""A crest must be so high, as a share of the usual crest of the leaf."""
LINK_PITCHES = 0.4
"""Pieces of one line stand at the same height to within this."""


def line_centres(pieces: Components, left: int, right: int) -> list[tuple[F64, F64]]:
    """The middles of lines as xs (ascending) and ys in working pixels, top to bottom."""
    pitch = pieces.pitch_px
    height, width = pieces.labels.shape
    scale = pieces.text_map.probability.shape[1] / width
    first, last = round(left * scale), max(round(right * scale), round(left * scale) + 1)
    small = pieces.text_map.probability[:, first:last].astype(np.float32)
    across = min(SMEAR_ACROSS_PITCHES * pitch, SMEAR_ACROSS_LETTERS * pieces.letter_px) * scale
    smeared = cv2.GaussianBlur(
        small, (0, 0), sigmaX=SMEAR_ALONG_PITCHES * pitch * scale, sigmaY=max(across, 1.0)
    )
    reach = max(1, round(0.3 * pitch * scale))
    highest = cv2.dilate(smeared, np.ones((2 * reach + 1, 1), np.uint8))
    crest = (smeared >= highest) & (smeared > 0)
    if not crest.any():
        return []
    usual = float(np.percentile(smeared[crest], 75))
    crest &= smeared > LEAST_CREST * usual
    joined = cv2.dilate(crest.astype(np.uint8), np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    ys, xs = np.nonzero(crest)
    owner = labels[ys, xs]
    parts = []
    for n in range(1, count):
        mine = owner == n
        columns, place = np.unique(xs[mine], return_inverse=True)
        rows = np.bincount(place, weights=ys[mine]) / np.bincount(place)
        parts.append(((columns + 0.5 + first) / scale, (rows + 0.5) * height / len(small)))
    return _linked(parts, LINK_PITCHES * pitch)


def _linked(parts: list[tuple[F64, F64]], tolerance_px: float) -> list[tuple[F64, F64]]:
    """Pieces at one height joined, the nearest gap first; then sorted top to bottom."""
    parts = sorted(parts, key=lambda part: -len(part[0]))
    chains: list[tuple[F64, F64]] = []
    reach: list[tuple[float, float]] = []  # the highest and lowest point of each chain
    for xs, ys in parts:
        best, least = -1, tolerance_px
        middle, height = float(np.median(xs)), float(np.median(ys))
        for n, (other_xs, other_ys) in enumerate(chains):
            if not reach[n][0] - least < height < reach[n][1] + least:
                continue
            apart = abs(_height_at(other_xs, other_ys, middle, len(xs)) - height)
            shared = min(xs[-1], other_xs[-1]) - max(xs[0], other_xs[0])
            # Side by side they may differ more than on top of each other, where an insertion could be.
            limit = least if shared < 0.2 * (xs[-1] - xs[0]) else min(least, 0.75 * tolerance_px)
            if apart < limit:
                best, least = n, apart
        if best < 0:
            chains.append((xs, ys))
            reach.append((float(ys.min()), float(ys.max())))
        else:
            all_xs = np.concatenate([chains[best][0], xs])
            all_ys = np.concatenate([chains[best][1], ys])
            order = np.argsort(all_xs, kind="stable")
            chains[best] = (all_xs[order], all_ys[order])
            reach[best] = (float(all_ys.min()), float(all_ys.max()))
    return sorted(chains, key=lambda chain: float(np.median(chain[1])))


def _height_at(xs: F64, ys: F64, where: float, count: int) -> float:
    """The height of a crest near a place: the median of its nearest points, so many of them."""
    middle = min(max(where, xs[0]), xs[-1])
    near = np.argsort(np.abs(xs - middle), kind="stable")[: max(8, count)]
    return float(np.median(ys[near]))
