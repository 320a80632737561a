"""Where the lines are: baselines and outlines in scan pixels, in reading order, found from the ink alone.

Words run together when ink is smeared along the lines; the crests of the smeared page are the lines
(the ridge method of Bukhari, Shafait and Breuel 2009, at one scale: the page's own line pitch). Ink is then
shared out among crests piece by piece, and a line's outline is the envelope of its pieces.
"""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ocr.geometry import Affine, Box, Outline, Point
from ocr.page import Kind, Line, Region
from ocr.scan.ink import stroke_width
from ocr.scan.leaf import Grey, Leaf

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinesSettings:
    """How lines are found. Lengths in pitches are multiples of the distance between neighbouring lines."""

    work_pixels: int = 3_000_000
    """Larger leaves are reduced to about so many pixels; outlines come back in scan pixels."""
    most_ink_share: float = 0.3
    """Text covers less than this share of a leaf; a leaf with more is noise or a picture."""
    smear_along_pitches: float = 0.7
    """How far ink is smeared along lines."""
    smear_across_pitches: float = 0.17
    """How far ink is smeared across lines, at most."""
    smear_across_letters: float = 0.6
    """How far ink is smeared across lines, at most, in heights of letters."""
    least_crest: float = 0.25
    """A crest must be so high, as a share of the usual crest of the leaf."""
    link_pitches: float = 0.4
    """Pieces of one line stand at the same height to within this."""
    column_gap_pitches: float = 1.5
    """White corridors at least so wide, the whole height of the text, part columns."""
    least_line_pitches: float = 0.5
    """Shorter lines are dirt."""
    reach_pitches: float = 0.9
    """Ink further from any line belongs to none."""


class _Pieces(NamedTuple):
    """Connected pieces of ink that may be writing, in working pixels."""

    labels: Ints
    """(height, width): 0 is paper or dirt, n is piece n."""
    boxes: Ints
    """(n + 1, 4): left, top, width, height; row 0 is paper."""
    letter_px: float
    """The usual height of a piece."""
    pitch_px: float
    """The distance between neighbouring lines."""


def find(leaf: Leaf, settings: LinesSettings) -> tuple[Region, ...]:
    """Regions of lines in reading order: columns left to right, lines top to bottom; no readings yet.

    Outlines and baselines are in scan pixels. A leaf without writing gives no regions.
    """
    scale = min(1.0, (settings.work_pixels / leaf.ink.size) ** 0.5)
    size = (max(1, round(leaf.ink.shape[1] * scale)), max(1, round(leaf.ink.shape[0] * scale)))
    small = cv2.resize(leaf.ink, size, interpolation=cv2.INTER_AREA) if scale < 1 else leaf.ink
    pieces = _pieces((small < 170).astype(np.uint8), settings)
    if pieces is None:
        return ()
    home = leaf.home.after(Affine(a=leaf.ink.shape[1] / size[0], e=leaf.ink.shape[0] / size[1]))
    regions = []
    for left, right in _columns(pieces, settings):
        crests = _crests(pieces, left, right, settings)
        lines = _lines(pieces, crests, left, right, home, settings)
        if lines:
            outline = Box.around(p for line in lines for p in line.outline.points).outline()
            regions.append(Region(outline, tuple(lines)))
    return tuple(regions)


def _pieces(mask: npt.NDArray[np.uint8], settings: LinesSettings) -> _Pieces | None:
    """The pieces of ink that may be writing; None when there is no writing."""
    height, width = mask.shape
    if not 0 < mask.mean() < settings.most_ink_share:
        return None
    stroke = max(1.0, stroke_width(255 * (1 - mask)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    lefts, tops, widths, heights, areas = stats.T
    tall = (heights > 2 * stroke) & (heights < height / 8) & (widths < width / 2)
    tall[0] = False
    if not tall.any():
        return None
    letter = _weighted_median(heights[tall], areas[tall])
    pitch = _pitch(mask * tall[labels], letter)
    speck = areas < max(2.0, 0.5 * stroke * stroke)
    edge = (lefts == 0) | (tops == 0) | (lefts + widths == width) | (tops + heights == height)
    large = (heights > 3 * pitch) & (edge | (widths < 0.6 * pitch) | (heights > height / 3))
    rule = (widths > 4 * pitch) & (areas < 1.5 * stroke * widths) & (heights < pitch)
    kept = ~(speck | large | rule)
    kept[0] = False
    if not (kept & tall).any():
        return None
    labels[~kept[labels]] = 0
    return _Pieces(labels, stats[:, :4], letter, pitch)


def _pitch(mask: npt.NDArray[np.uint8], letter_px: float) -> float:
    """The distance between lines: the first strong peak of the autocorrelation of upright slices' profiles."""
    width = mask.shape[1]
    total: Floats = np.zeros(mask.shape[0] // 2)
    slices = 8 if width >= 512 else 1
    for part in np.array_split(np.arange(width), slices):
        profile = mask[:, part[0] : part[-1] + 1].sum(axis=1, dtype=np.float64)
        profile -= profile.mean()
        spectrum = np.fft.rfft(profile, 2 * len(profile))
        total += np.fft.irfft(np.abs(spectrum) ** 2)[: len(total)]
    guess = 2.5 * letter_px
    if len(total) < 3 or total[0] <= 0:
        return guess
    total = total / total[0]
    first, last = max(1, int(1.1 * letter_px)), min(len(total) - 1, int(8 * letter_px) + 2)
    peaks = [n for n in range(first, last) if total[n - 1] < total[n] >= total[n + 1] and total[n] > 0.15]
    if not peaks:
        return guess
    highest = max(total[n] for n in peaks)
    return float(next(n for n in peaks if total[n] > 0.7 * highest))


def _columns(pieces: _Pieces, settings: LinesSettings) -> list[tuple[int, int]]:
    """Left and right edges of columns of text: parted by corridors that no piece of any line crosses."""
    height, width = pieces.labels.shape
    kept = np.unique(pieces.labels)[1:]
    boxes = pieces.boxes[kept]
    tall = boxes[:, 3] > 0.5 * pieces.letter_px
    weight = np.zeros(width + 1)
    np.add.at(weight, boxes[tall, 0], boxes[tall, 3])
    np.add.at(weight, boxes[tall, 0] + boxes[tall, 2], -boxes[tall, 3])
    cover = np.cumsum(weight)[:width]
    # A stray mark or two in the corridor is no text.
    taken = cover > 2 * pieces.letter_px
    edges = np.flatnonzero(np.diff(np.concatenate([[False], taken, [False]]).astype(np.int8)))
    runs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    gap = settings.column_gap_pitches * pieces.pitch_px
    merged: list[tuple[int, int]] = []
    for left, right in runs:
        if merged and left - merged[-1][1] < gap:
            merged[-1] = (merged[-1][0], right)
        else:
            merged.append((left, right))
    # Corridors are shared out, so that no ink lies outside all columns.
    cuts = [(a[1] + b[0]) // 2 for a, b in zip(merged, merged[1:], strict=False)]
    return list(zip([0, *cuts], [*cuts, width], strict=True)) if merged else []


def _crests(pieces: _Pieces, left: int, right: int, settings: LinesSettings) -> list[tuple[Floats, Floats]]:
    """The middles of lines as xs (ascending) and ys in working pixels, top to bottom."""
    pitch = pieces.pitch_px
    scale = min(1.0, 24 / pitch)
    ink = (pieces.labels[:, left:right] > 0).astype(np.float32)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    across = (
        min(settings.smear_across_pitches * pitch, settings.smear_across_letters * pieces.letter_px) * scale
    )
    smeared = cv2.GaussianBlur(
        ink, (0, 0), sigmaX=settings.smear_along_pitches * pitch * scale, sigmaY=max(across, 1.0)
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
            if apart < least and shared < 0.2 * (xs[-1] - xs[0]):
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


def _lines(
    pieces: _Pieces,
    crests: list[tuple[Floats, Floats]],
    left: int,
    right: int,
    home: Affine,
    settings: LinesSettings,
) -> list[Line]:
    """Lines of one column in scan pixels, from its crests and the pieces that belong to each."""
    pitch = pieces.pitch_px
    ys, xs = np.nonzero(pieces.labels[:, left:right])
    xs = xs + left
    owner, offsets = _owners(pieces, crests, xs, ys, settings.reach_pitches * pitch)
    lines = []
    for n, (crest_xs, crest_ys) in enumerate(crests):
        mine = owner == n
        if not mine.any():
            continue
        line_xs, line_ys = xs[mine], ys[mine]
        core = np.abs(offsets[mine]) < 0.3 * pitch
        extent = float(np.ptp(line_xs)) + 1
        if extent < settings.least_line_pitches * pitch or core.sum() < 0.3 * pieces.letter_px * extent * 0.1:
            continue
        outline = _outline(line_xs, line_ys, pitch)
        baseline = _baseline(line_xs, line_ys, crest_xs, crest_ys, pitch)
        lines.append(Line(home.outline(outline), tuple(home(p) for p in baseline), Kind.TEXT))
    return lines


def _owners(
    pieces: _Pieces, crests: list[tuple[Floats, Floats]], xs: Ints, ys: Ints, reach_px: float
) -> tuple[Ints, Floats]:
    """For each ink pixel the number of its line (-1 for none) and how far below its line's crest it is.

    A piece goes whole to the line that holds most of its ink near a crest; one that several lines claim is
    cut half way between them.
    """
    nearest = np.full(len(xs), -1, np.int32)
    offset = np.full(len(xs), np.inf)
    pitch = pieces.pitch_px
    for n, (crest_xs, crest_ys) in enumerate(crests):
        below = ys - np.interp(xs, crest_xs, crest_ys)
        inside = (xs > crest_xs[0] - pitch) & (xs < crest_xs[-1] + pitch)
        better = inside & (np.abs(below) < np.abs(offset))
        nearest[better], offset[better] = n, below[better]
    if not crests:
        return nearest, offset
    piece = pieces.labels[ys, xs]
    count = len(crests)
    core = (np.abs(offset) < 0.28 * pitch) & (nearest >= 0)
    held = np.bincount(piece[core] * count + nearest[core], minlength=len(pieces.boxes) * count)
    held = held.reshape(len(pieces.boxes), count)
    total = held.sum(axis=1)
    most = held.argmax(axis=1)
    whole = (total > 0) & (held.max(axis=1) > 0.8 * total)
    nearest = np.where(whole[piece], most[piece], nearest).astype(np.int32)
    # A piece that no core holds (a dot, a breve, an accent) goes as one to the line nearest to its middle.
    loose = (total == 0)[piece] & (nearest >= 0)
    far = np.bincount(piece[loose] * count + nearest[loose], minlength=held.size).reshape(held.shape)
    nearest[loose] = far.argmax(axis=1)[piece[loose]]
    for n, (crest_xs, crest_ys) in enumerate(crests):
        mine = nearest == n
        offset[mine] = ys[mine] - np.interp(xs[mine], crest_xs, crest_ys)
    nearest[loose & (np.abs(offset) > reach_px)] = -1
    return nearest, offset


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
    """A line cut out upright of the leaf's grey, other lines' ink masked to paper, and its way home to the scan.

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


def _weighted_median(values: Ints, weights: Ints) -> float:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
