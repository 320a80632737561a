"""Where the lines are: baselines and outlines in scan pixels, in reading order, found from the ink alone.

Words run together when ink is smeared along the lines; the crests of the smeared page are the lines
(the ridge method of Bukhari, Shafait and Breuel 2009, at one scale: the page's own line pitch). Ink is then
shared out among crests piece by piece, and a line's outline is the envelope of its pieces.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ocr.geometry import Affine, Box, Outline, Point
from ocr.page import Kind, Line, Region
from ocr.scan.leaf import Grey, Leaf
from ocr.scan.pieces import Pieces, pieces_of

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinesSettings:
    """How lines are found. Lengths in pitches are multiples of the distance between neighbouring lines."""

    smear_along_pitches: float = 0.7
    """How far ink is smeared along lines."""
    smear_across_pitches: float = 0.17
    """How far ink is smeared across lines, at most."""
    smear_across_letters: float = 0.6
    """How far ink is smeared across lines, at most, in heights of letters."""
    least_crest: float = 0.08
    """A crest must be so high, as a share of the usual crest of the leaf."""
    link_pitches: float = 0.4
    """Pieces of one line stand at the same height to within this."""
    column_gap_pitches: float = 1.5
    """Corridors at least so wide, the whole height of the text, part columns."""
    least_line_pitches: float = 0.4
    """Shorter lines are dirt."""
    sparse_cover: float = 0.04
    """A corridor may hold stray ink up to this share of what columns hold."""
    margin_cover: float = 0.15
    """A column that holds less than this share of what columns usually hold is a margin."""
    mark_above: float = 0.7
    """Loose marks over a line count as so much nearer to it than marks under it."""
    number_width: float = 0.35
    """Page numbers are narrower than this share of a line, and indented by more."""
    reach_pitches: float = 0.9
    """Ink further from any line belongs to none."""


def find(leaf: Leaf, settings: LinesSettings) -> tuple[Region, ...]:
    """Regions of lines in reading order: columns left to right, lines top to bottom; no readings yet.

    Outlines and baselines are in scan pixels. A leaf without writing gives no regions.
    """
    pieces = pieces_of(leaf)
    if pieces is None:
        return ()
    regions = []
    for left, right, kind in _columns(pieces, settings):
        lines = _lines(pieces, (left, right), kind, leaf.box, settings)
        if lines:
            lines = _numbered(lines, kind, settings)
            outline = Box.around(p for line in lines for p in line.outline.points).outline()
            regions.append(Region(outline, tuple(lines), kind))
    return tuple(regions)


def _columns(pieces: Pieces, settings: LinesSettings) -> list[tuple[int, int, Kind]]:
    """Left and right edges of columns, parted by corridors no line crosses; sparse ones are margins."""
    width = pieces.labels.shape[1]
    boxes = pieces.boxes[pieces.kept]
    boxes = boxes[(boxes[:, 3] > 0.5 * pieces.letter_px) & (boxes[:, 2] < 10 * pieces.pitch_px)]
    steps = np.zeros(width + 1)
    np.add.at(steps, boxes[:, 0], boxes[:, 3])
    np.add.at(steps, boxes[:, 0] + boxes[:, 2], -boxes[:, 3])
    cover = np.cumsum(steps)[:width]
    if not cover.any():
        return []
    usual = float(np.percentile(cover[cover > 0], 75))
    # A stray mark or two in a corridor is no text.
    taken = cover > max(0.5 * pieces.letter_px, settings.sparse_cover * usual)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], taken, [False]]).astype(np.int8)))
    gap = settings.column_gap_pitches * pieces.pitch_px
    runs: list[tuple[int, int]] = []
    for left, right in edges.reshape(-1, 2).tolist():
        if runs and left - runs[-1][1] < gap:
            runs[-1] = (runs[-1][0], right)
        else:
            runs.append((left, right))
    # Corridors are shared out, so that no ink lies outside all columns.
    cuts = [0, *((a[1] + b[0]) // 2 for a, b in pairwise(runs)), width]
    kinds = [
        Kind.TEXT if cover[left:right].max() > settings.margin_cover * usual else Kind.MARGIN
        for left, right in runs
    ]
    return [(left, right, kind) for (left, right), kind in zip(pairwise(cuts), kinds, strict=True)]


def _crests(pieces: Pieces, left: int, right: int, settings: LinesSettings) -> list[tuple[Floats, Floats]]:
    """The middles of lines as xs (ascending) and ys in working pixels, top to bottom."""
    pitch = pieces.pitch_px
    scale = min(1.0, 24 / pitch)
    ink = (pieces.labels[:, left:right] > 0).astype(np.float32)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    across = (
        min(settings.smear_across_pitches * pitch, settings.smear_across_letters * pieces.letter_px) * scale
    )
    smeared = cv2.GaussianBlur(
        small, (0, 0), sigmaX=settings.smear_along_pitches * pitch * scale, sigmaY=max(across, 1.0)
    )
    reach = max(1, round(0.3 * pitch * scale))
    highest = cv2.dilate(smeared, np.ones((2 * reach + 1, 1), np.uint8))
    crest = (smeared >= highest) & (smeared > 0)
    if not crest.any():
        return []
    usual = float(np.percentile(smeared[crest], 75))
    crest &= smeared > settings.least_crest * usual
    joined = cv2.dilate(crest.astype(np.uint8), np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    ys, xs = np.nonzero(crest)
    owner = labels[ys, xs]
    parts = []
    for n in range(1, count):
        mine = owner == n
        columns, place = np.unique(xs[mine], return_inverse=True)
        rows = np.bincount(place, weights=ys[mine]) / np.bincount(place)
        parts.append(((columns + 0.5) / scale + left, (rows + 0.5) / scale))
    return _linked(parts, settings.link_pitches * pitch)


def _linked(parts: list[tuple[Floats, Floats]], tolerance_px: float) -> list[tuple[Floats, Floats]]:
    """Pieces at one height joined, the nearest gap first; then sorted top to bottom."""
    parts = sorted(parts, key=lambda part: -len(part[0]))
    chains: list[tuple[Floats, Floats]] = []
    for xs, ys in parts:
        best, least = -1, tolerance_px
        for n, (other_xs, other_ys) in enumerate(chains):
            apart = abs(_height_at(other_xs, other_ys, xs) - float(np.median(ys)))
            shared = min(xs[-1], other_xs[-1]) - max(xs[0], other_xs[0])
            # Side by side they may differ more than on top of each other, where an insertion could be.
            limit = least if shared < 0.2 * (xs[-1] - xs[0]) else min(least, 0.75 * tolerance_px)
            if apart < limit:
                best, least = n, apart
        if best < 0:
            chains.append((xs, ys))
        else:
            all_xs = np.concatenate([chains[best][0], xs])
            all_ys = np.concatenate([chains[best][1], ys])
            order = np.argsort(all_xs, kind="stable")
            chains[best] = (all_xs[order], all_ys[order])
    return sorted(chains, key=lambda chain: float(np.median(chain[1])))


def _height_at(xs: Floats, ys: Floats, where: Floats) -> float:
    """The height of a crest near a place: the median of its nearest stretch."""
    middle = float(np.clip(np.median(where), xs[0], xs[-1]))
    near = np.argsort(np.abs(xs - middle), kind="stable")[: max(8, len(where))]
    return float(np.median(ys[near]))


def _numbered(lines: list[Line], kind: Kind, settings: LinesSettings) -> list[Line]:
    """The same lines; short ones above or below the text that do not start where lines start are numbers."""
    boxes = [line.outline.box for line in lines]
    if kind is not Kind.TEXT or len(lines) < 4:
        return lines
    usual = float(np.median([box.width for box in boxes]))
    start = float(np.median([box.left for box in boxes]))
    apart = [
        box.width < settings.number_width * usual and box.left > start + settings.number_width * usual
        for box in boxes
    ]
    text = [n for n, number in enumerate(apart) if not number]
    if not text:
        return lines
    return [
        replace(line, kind=Kind.NUMBER) if apart[n] and not text[0] < n < text[-1] else line
        for n, line in enumerate(lines)
    ]


def _lines(
    pieces: Pieces, column: tuple[int, int], kind: Kind, frame: Box, settings: LinesSettings
) -> list[Line]:
    """Lines of one column in scan pixels, from its crests and the pieces that belong to each."""
    crests = _crests(pieces, *column, settings)
    pitch, letter = pieces.pitch_px, pieces.letter_px
    ys, xs = np.nonzero(pieces.labels[:, column[0] : column[1]])
    xs = xs + column[0]
    owner, _ = _owners(pieces, crests, xs, ys, settings)
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
        outline = _outline(line_xs, line_ys, pitch)
        baseline = _baseline(line_xs, line_ys, crest_xs, crest_ys, pitch)
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


def _owners(
    pieces: Pieces, crests: list[tuple[Floats, Floats]], xs: Ints, ys: Ints, settings: LinesSettings
) -> tuple[Ints, Floats]:
    """For each ink pixel the number of its line (-1 for none) and how far below its line's crest it is.

    A piece goes whole to the line that holds most of its ink near a crest; one that several lines claim is
    cut half way between them; one that none claims (a dot, a breve, a bar) goes to the nearest, and rather
    to the line below it than to the one above, since such marks stand over letters.
    """
    pitch, count, size = pieces.pitch_px, len(crests), len(pieces.boxes)
    nearest, over = np.full(len(xs), -1, np.int32), np.full(len(xs), -1, np.int32)
    offset, lifted = np.full(len(xs), np.inf), np.full(len(xs), np.inf)
    for n, (crest_xs, crest_ys) in enumerate(crests):
        below = ys - np.interp(xs, crest_xs, crest_ys)
        inside = (xs > crest_xs[0] - pitch) & (xs < crest_xs[-1] + pitch)
        better = inside & (np.abs(below) < np.abs(offset))
        nearest[better], offset[better] = n, below[better]
        far = np.where(below < 0, -settings.mark_above * below, below)
        better = inside & (far < lifted)
        over[better], lifted[better] = n, far[better]
    if not crests:
        return nearest, offset
    piece = pieces.labels[ys, xs]

    def votes(voters: npt.NDArray[np.bool_], line: Ints) -> Ints:
        cells = np.bincount(piece[voters] * count + line[voters], minlength=size * count)
        return np.asarray(cells.reshape(size, count), np.int32)

    held = votes((np.abs(offset) < 0.28 * pitch) & (nearest >= 0), nearest)
    total = held.sum(axis=1)
    whole = (total > 0) & (held.max(axis=1) > 0.8 * total)
    owner = np.where(whole[piece], held.argmax(axis=1)[piece], nearest).astype(np.int32)
    loose = (total == 0)[piece] & (over >= 0)
    owner[loose] = votes(loose, over).argmax(axis=1)[piece[loose]]
    for n, (crest_xs, crest_ys) in enumerate(crests):
        mine = owner == n
        offset[mine] = ys[mine] - np.interp(xs[mine], crest_xs, crest_ys)
    owner[loose & (np.abs(offset) > settings.reach_pitches * pitch)] = -1
    return owner, offset


def _outline(xs: Ints, ys: Ints, pitch_px: float) -> Outline:
    """The envelope of a line's ink in steps of a third of a pitch, with a little room around it."""
    room = max(1.0, 0.04 * pitch_px)
    first, last = float(xs.min()) - room, float(xs.max()) + 1 + room
    count = max(1, round((last - first) / (0.33 * pitch_px)))
    step = (last - first) / count
    bins = np.minimum(((xs + 0.5 - first) / step).astype(np.int64), count - 1)
    top, bottom = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(top, bins, ys)
    np.maximum.at(bottom, bins, ys + 1)
    seen = np.flatnonzero(np.isfinite(top))
    top = np.interp(np.arange(count), seen, top[seen]) - room
    bottom = np.interp(np.arange(count), seen, bottom[seen]) + room
    edges = first + step * np.arange(count + 1)
    upper = [Point(float(x), float(y)) for n, y in enumerate(top) for x in edges[n : n + 2]]
    lower = [Point(float(x), float(y)) for n, y in enumerate(bottom) for x in edges[n : n + 2]]
    return Outline(tuple(_thinned(upper) + _thinned(lower)[::-1]))


def _thinned(points: list[Point]) -> list[Point]:
    """Without points that lie between two neighbours of the same height."""
    inner = [b for a, b, c in zip(points, points[1:], points[2:], strict=False) if not a.y == b.y == c.y]
    return [points[0], *inner, points[-1]]


def _baseline(xs: Ints, ys: Ints, crest_xs: Floats, crest_ys: Floats, pitch_px: float) -> list[Point]:
    """Where letters stand: the usual lower end of ink below the crest, followed along the line."""
    # The lowest ink of each column, upwards of descenders: the most frequent distance below the crest.
    columns, place = np.unique(xs, return_inverse=True)
    lowest = np.full(len(columns), -np.inf)
    np.maximum.at(lowest, place, ys + 1)
    below = lowest - np.interp(columns, crest_xs, crest_ys)
    width = max(1.0, 0.06 * pitch_px)
    near = below[(below > -0.3 * pitch_px) & (below < 0.6 * pitch_px)]
    if not len(near):
        near = np.zeros(1)
    counts = np.bincount(np.round((near + 0.3 * pitch_px) / width).astype(np.int64))
    counts = np.convolve(counts, [1, 2, 1], mode="same")
    usual = float(counts.argmax()) * width - 0.3 * pitch_px
    first, last = float(xs.min()), float(xs.max()) + 1
    knots = max(2, round((last - first) / (2 * pitch_px)) + 1)
    places = np.linspace(first, last, knots)
    heights = []
    for place_x in places:
        here = (np.abs(columns - place_x) < 1.5 * pitch_px) & (np.abs(below - usual) < 0.2 * pitch_px)
        shift = float(np.median(below[here])) if here.sum() > 3 else usual
        heights.append(float(np.interp(place_x, crest_xs, crest_ys)) + shift)
    return [Point(float(x), y) for x, y in zip(places, heights, strict=True)]


def strip(leaf: Leaf, line: Line, *, height_px: int | None = None) -> tuple[Grey, Affine]:
    """A line cut upright out of the leaf's grey, all ink outside its outline made paper, and the way home.

    The strip covers the box of the line's outline on the leaf; with `height_px` it is scaled to that height.
    """
    to_leaf = leaf.home.inverse
    outline = to_leaf.outline(line.outline)
    height, width = leaf.grey.shape
    box = outline.box.clip(Box(0, 0, width, height))
    left, top = int(box.left), int(box.top)
    right, bottom = max(left + 1, int(np.ceil(box.right))), max(top + 1, int(np.ceil(box.bottom)))
    right, bottom = min(right, width), min(bottom, height)
    left, top = min(left, right - 1), min(top, bottom - 1)
    cut = leaf.grey[top:bottom, left:right]
    polygon = np.array([[round(p.x - left - 0.5), round(p.y - top - 0.5)] for p in outline.points], np.int32)
    inside = np.zeros(cut.shape, np.uint8)
    cv2.fillPoly(inside, [polygon], 255)
    cut = np.where(inside > 0, cut, np.uint8(255))
    home = leaf.home.after(Affine.shift(left, top))
    if height_px is None or height_px == cut.shape[0]:
        return cut, home
    wanted = (max(1, round(cut.shape[1] * height_px / cut.shape[0])), height_px)
    way = cv2.INTER_AREA if height_px < cut.shape[0] else cv2.INTER_CUBIC
    scaled = cv2.resize(cut, wanted, interpolation=way).astype(np.uint8, copy=False)
    return scaled, home.after(Affine(a=cut.shape[1] / wanted[0], e=cut.shape[0] / height_px))
