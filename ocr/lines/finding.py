"""Lines of a leaf from its pieces of ink."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ocr.geometry import Box, Point
from ocr.lines.crests import columns_of, crests_of
from ocr.lines.kinds import numbered
from ocr.lines.outlines import baseline_of, outline_of
from ocr.lines.settings import LinesSettings
from ocr.lines.share import owners_of
from ocr.page import Kind, Line, Region
from ocr.scan.leaf import Leaf
from ocr.scan.pieces import Pieces, pieces_of

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]


def find(leaf: Leaf, settings: LinesSettings) -> tuple[Region, ...]:
    """Regions of lines in reading order: columns left to right, lines top to bottom; no readings yet.

    Outlines and baselines are in scan pixels. A leaf without writing gives no regions.
    """
    pieces = pieces_of(leaf)
    if pieces is None:
        return ()
    regions = []
    for left, right, kind in columns_of(pieces, settings):
        lines = _lines(pieces, (left, right), kind, leaf.box, settings)
        if lines:
            lines = numbered(lines, kind, settings)
            outline = Box.around(p for line in lines for p in line.outline.points).outline()
            regions.append(Region(outline, tuple(lines), kind))
    return tuple(regions)


def _lines(
    pieces: Pieces, column: tuple[int, int], kind: Kind, frame: Box, settings: LinesSettings
) -> list[Line]:
    """Lines of one column in scan pixels, from its crests and the pieces that belong to each."""
    crests = crests_of(pieces, *column, settings)
    pitch, letter = pieces.pitch_px, pieces.letter_px
    ys, xs = np.nonzero(pieces.labels[:, column[0] : column[1]])
    xs = xs + column[0]
    owner, _ = owners_of(pieces, crests, xs, ys, settings)
    _drop_strays(owner, xs, len(crests), pitch)
    lines = []
    for n, (crest_xs, crest_ys) in enumerate(crests):
        mine = owner == n
        if not mine.any() or _on_the_edge(crest_xs, crest_ys, pieces, frame):
            continue
        line_xs, line_ys = xs[mine], ys[mine]
        heights = pieces.boxes[np.unique(pieces.labels[line_ys, line_xs]), 3]
        letters = int((heights > 0.4 * letter).sum())
        covered = len(np.unique(line_xs))
        if covered < settings.least_line_pitches * pitch or letters < (3 if kind is Kind.MARGIN else 1):
            continue
        outline = outline_of(line_xs, line_ys, pitch)
        baseline = baseline_of(line_xs, line_ys, crest_xs, crest_ys, pitch)
        home = pieces.home
        lines.append(Line(home.outline(outline), tuple(home(p) for p in baseline), kind))
    return lines


def _on_the_edge(xs: Floats, ys: Floats, pieces: Pieces, frame: Box) -> bool:
    """Does a crest run along the upper or lower edge of the leaf? Half a line could not be read anyway."""
    places = [pieces.home(Point(float(x), float(y))).y for x, y in zip(xs, ys, strict=True)]
    reach = 0.35 * pieces.pitch_px * pieces.home.e
    middle = float(np.median(places))
    return middle < frame.top + reach or middle > frame.bottom - reach


def _drop_strays(owner: Ints, xs: Ints, count: int, pitch_px: float) -> None:
    """Takes marks off the ends of lines that stand far from the text and outside the column (in place)."""
    spans = [np.unique(xs[owner == n]) for n in range(count)]
    held = [span for span in spans if len(span)]
    if len(held) < 4:
        return
    start = float(np.percentile([span[0] for span in held], 25)) - pitch_px
    end = float(np.percentile([span[-1] for span in held], 75)) + pitch_px
    for n, span in enumerate(spans):
        groups = np.split(span, np.flatnonzero(np.diff(span) > 1.5 * pitch_px) + 1)
        for group in groups if len(groups) > 1 else []:
            if len(group) < 0.8 * pitch_px and (group[-1] < start or group[0] > end):
                owner[(owner == n) & (xs >= group[0]) & (xs <= group[-1])] = -1
