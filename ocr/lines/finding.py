"""Lines of a leaf from its pieces of ink."""

from dataclasses import replace

import numpy as np

from ocr.arrays import F64, Ints, Pixels
from ocr.geometry import Box
from ocr.lines.centres import line_centres
from ocr.lines.columns import asides_of, columns_of
from ocr.lines.insertions import insertions_of
from ocr.lines.kinds import Shape, kinds_of_columns
from ocr.lines.outlines import baseline_of, outline_of
from ocr.lines.raised import joined
from ocr.lines.ruled import grids_of
from ocr.lines.settings import LinesSettings
from ocr.lines.share import assign_ink, columns_by_line
from ocr.lines.tables import apart, put_in, regions_of
from ocr.page import Kind, Line, Region
from ocr.scan.components import Components, connected_components
from ocr.scan.finder import TEXT_THRESHOLD
from ocr.scan.leaf import Leaf

EDGE_PITCHES = 0.15
"""Lines whose middle is nearer to the upper or lower edge of a leaf are cut through by it."""

SIGN_TALL_LETTERS = 0.8
SIGN_WIDE_LETTERS = 0.3
"""A line of a single digit is no smaller; dust and the ends of rules are."""
SIGN_SOLID = 0.6
"""Ink fills no more than this share of the box of a digit."""


def find_lines(leaf: Leaf, settings: LinesSettings, pixels: Pixels | None = None) -> tuple[Region, ...]:
    """Regions of lines in reading order: columns left to right, margins after them, lines top to bottom.

    There are no readings yet. Outlines and baselines are in scan pixels. A blank leaf gives no regions. With
    `pixels`, those of the scan, the cells of ruled tables are regions, row by row.
    """
    pieces = connected_components(leaf)
    if pieces is None:
        return ()
    grids = [] if pixels is None else grids_of(pieces, pixels)
    if not grids:
        return _regions(pieces, leaf, settings)
    rest, tables = apart(pieces, grids)
    regions = list(_regions(rest, leaf, settings))
    for n, (grid, columns) in enumerate(zip(grids, tables, strict=True), 1):
        shaped = [
            (each, _lines(each.pieces, leaf, each.edges, Kind.MARGIN, settings, in_cells=True))
            for each in columns
        ]
        cells = regions_of(grid, n, shaped, pieces)
        regions = put_in(regions, cells, pieces) if cells else regions
    return tuple(regions)


def _regions(pieces: Components, leaf: Leaf, settings: LinesSettings) -> tuple[Region, ...]:
    """What stands in no table."""
    columns = [
        part
        for left, right, kind in columns_of(pieces, settings)
        for part in _parted(kind, _lines(pieces, leaf, (left, right), kind, settings))
    ]
    columns = [(kind, shaped) for kind, shaped in columns if shaped]
    marks = kinds_of_columns(
        [(kind, [shape for _, shape in shaped]) for kind, shaped in columns], pieces.pitch_px, settings
    )
    regions = []
    for (kind, kinds), (_, shaped) in zip(marks, columns, strict=True):
        lines = tuple(
            replace(line, kind=own, kind_confidence=confidence)
            for (line, _), (own, confidence) in zip(shaped, kinds, strict=True)
        )
        outline = Box.around(p for line in lines for p in line.outline.points).outline()
        regions.append(Region(outline, lines, kind))
    return tuple(sorted(regions, key=lambda region: region.kind is Kind.MARGIN))  # the text is not broken off


def _parted(kind: Kind, lines: list[tuple[Line, Shape]]) -> tuple[tuple[Kind, list[tuple[Line, Shape]]], ...]:
    """The lines of a column, and those of its margin."""
    beside = [(line, shape) for line, shape in lines if shape.aside is not None]
    return (kind, [(line, shape) for line, shape in lines if shape.aside is None]), (Kind.MARGIN, beside)


def _lines(
    pieces: Components,
    leaf: Leaf,
    column: tuple[int, int],
    kind: Kind,
    settings: LinesSettings,
    *,
    in_cells: bool = False,
) -> list[tuple[Line, Shape]]:
    """Lines of one column in scan pixels, from its crests and the pieces that belong to each. In cells, whose
    rules keep dirt out, a stroke by itself is a line: no sum, or the same as above."""
    crests = line_centres(pieces, *column)
    pitch, letter, to_scan = pieces.pitch_px, pieces.letter_px, pieces.to_scan
    ys, xs = np.nonzero(pieces.labels[:, column[0] : column[1]] > 0)
    xs = xs + column[0]
    if not len(xs):  # the finder marks the writing of every ink; this leaf may hold none of it here
        return []
    owner, _ = assign_ink(pieces, crests, xs, ys)
    if not in_cells:
        _drop_strays(owner, xs, len(crests), pitch)
    crests, owner = joined(pieces, crests, xs, ys, owner)
    above = insertions_of(pieces, crests, xs, ys, owner) if kind is Kind.TEXT else []
    turns = list(range(len(crests)))
    for extra, words in enumerate(above, len(crests)):
        owner[words.ink] = extra
        turns.insert(turns.index(words.below), extra)
    asides = asides_of(xs, owner, len(crests), pitch, settings.least_sure) if kind is Kind.TEXT else []
    for extra, (n, end, _) in enumerate(asides, len(turns)):
        owner[(owner == n) & (xs < end)] = extra
        turns.append(extra)
    beyond = len(crests) + len(above)
    crests = [*crests, *(words.crest for words in above), *(crests[n] for n, _, _ in asides)]
    heights = sorted(p.y for p in to_scan.inverse.outline(leaf.box.outline()).points)
    top, bottom = sum(heights[:2]) / 2, sum(heights[2:]) / 2
    order = np.argsort(owner.astype(np.int16), kind="stable")
    parts = np.searchsorted(owner[order], np.arange(len(crests) + 1))
    # Joined letters make pieces of ink taller than letters are: small words without heads must pass, too.
    small = pieces.text_map.line_px_on(len(pieces.labels))
    lines = []
    for n in turns:
        crest_xs, crest_ys = crests[n]
        mine = order[parts[n] : parts[n + 1]]
        middle = float(np.median(crest_ys))
        # Half a line on the upper or lower edge of the leaf could not be read anyway.
        if not len(mine) or not top + EDGE_PITCHES * pitch < middle < bottom - EDGE_PITCHES * pitch:
            continue
        line_xs, line_ys = xs[mine], ys[mine]
        tall = pieces.boxes[_different(pieces.labels[line_ys, line_xs]), 3]
        inserted = beyond - len(above) <= n < beyond
        tall = tall[tall > 0.4 * (letter if inserted else min(letter, small))]
        wide = len(_different(line_xs))
        # A narrow number has several digits; dirt is one spot.
        least = settings.least_line_pitches * pitch if len(tall) < 2 else letter
        narrow = wide < min(least, settings.least_line_pitches * pitch)
        small_sign = not len(tall) or (narrow and not _is_sign(pieces, line_xs, line_ys))
        if small_sign and not (in_cells and _is_marked(pieces, line_xs, line_ys)):
            continue
        outline = outline_of(line_xs, line_ys, pitch)
        baseline = baseline_of(line_xs, line_ys, crest_xs, crest_ys, pitch)
        struck, dark = _struck(pieces, leaf, (crest_xs, crest_ys), outline.box, (line_xs, line_ys))
        aside = asides[n - beyond][2] if n >= beyond else None
        edge = float(min(middle - top, bottom - middle))
        shape = Shape(
            outline.box,
            middle,
            float(np.median(tall)) if len(tall) else 0.0,
            struck,
            inserted,
            aside,
            dark,
            edge,
        )
        lines.append((Line(to_scan.outline(outline), tuple(to_scan(p) for p in baseline)), shape))
    return lines


def _is_sign(pieces: Components, xs: Ints, ys: Ints) -> bool:
    """Is a narrow line a digit by itself: as tall as a small letter, open, taken for writing by the net?"""
    tall, wide = int(np.ptp(ys)) + 1, int(np.ptp(xs)) + 1
    down = len(pieces.text_map.probability) / len(pieces.labels)
    letter = pieces.text_map.line_px / down  # joined letters make pieces of ink taller than that
    size = SIGN_TALL_LETTERS * letter, SIGN_WIDE_LETTERS * letter
    return (
        tall >= size[0]
        and wide >= size[1]
        and len(xs) < SIGN_SOLID * tall * wide
        and _is_marked(pieces, xs, ys)
    )


def _is_marked(pieces: Components, xs: Ints, ys: Ints) -> bool:
    """Does the net take most of this ink for writing?"""
    probability = pieces.text_map.probability
    down, across = np.array(probability.shape) / pieces.labels.shape
    marked = probability[(ys * down).astype(np.int64), (xs * across).astype(np.int64)] >= TEXT_THRESHOLD
    return bool(marked.mean() > 0.5)


def _struck(
    pieces: Components, leaf: Leaf, crest: tuple[F64, F64], box: Box, ink: tuple[Ints, Ints]
) -> tuple[float, float]:
    """The share of a line's width along whose middle a level stroke runs, and not far beyond it; and how dark
    the stroke is beside the line's other ink."""
    height, width = pieces.levels.shape
    pitch = pieces.pitch_px
    first, last = max(int(box.left - pitch), 0), min(int(box.right + pitch), width)
    places = np.arange(first, last)
    middles = np.interp(places, *crest)
    reach = max(1, round(0.12 * pitch))
    rows = np.clip(
        np.rint(middles)[None, :].astype(int) + np.arange(-reach, reach + 1)[:, None], 0, height - 1
    )
    level = pieces.levels[rows, places[None, :]] > 0
    through = level.any(axis=0)
    within = (places >= box.left) & (places < box.right)
    # Ruling runs on where writing has ended.
    if not within.any() or ((~within).any() and float(through[~within].mean()) > 0.5):
        return 0.0, 1.0
    share = float(through[within].mean())
    if not share:
        return 0.0, 1.0
    scale = leaf.grey.shape[0] / height

    def darkness(xs: Ints, ys: Ints) -> float:
        at = np.minimum((ys * scale).astype(int), leaf.grey.shape[0] - 1)
        along = np.minimum((xs * scale).astype(int), leaf.grey.shape[1] - 1)
        return 255 - float(np.median(leaf.grey[at, along]))

    down, across = np.nonzero(level[:, within])
    own = darkness(np.flatnonzero(within)[across] + first, rows[:, within][down, across])
    other = pieces.levels[ink[1], ink[0]] == 0
    usual = darkness(ink[0][other], ink[1][other]) if other.any() else own
    return share, own / max(usual, 1.0)


def _different(numbers: Ints) -> Ints:
    """All numbers (not negative) that occur, ascending."""
    return np.flatnonzero(np.bincount(numbers))


def _drop_strays(owner: Ints, xs: Ints, count: int, pitch_px: float) -> None:
    """Takes marks off the ends of lines that stand far from the text and outside the column (in place)."""
    spans = columns_by_line(xs, owner, count)
    written = [span for span in spans if len(span)]
    if len(written) < 4:
        return
    start = float(np.percentile([span[0] for span in written], 25)) - pitch_px
    end = float(np.percentile([span[-1] for span in written], 75)) + pitch_px
    for n, span in enumerate(spans):
        groups = np.split(span, np.flatnonzero(np.diff(span) > 1.5 * pitch_px) + 1)
        for group in groups if len(groups) > 1 else []:
            if len(group) < 0.8 * pitch_px and (group[-1] < start or group[0] > end):
                owner[(owner == n) & (xs >= group[0]) & (xs <= group[-1])] = -1
