"""Connected pieces of ink that may be writing: specks, rules, and edges of paper and picture left out."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import F64, I32, GreyImage, Mask, MaskImage
from ocr.geometry import Affine, Outline
from ocr.scan.binarize import stroke_width, weighted_median
from ocr.scan.counting import label_components
from ocr.scan.finder import TextMap
from ocr.scan.leaf import Leaf

WORK_PIXELS = 2_000_000
"""Larger leaves are reduced to about so many pixels: enough for lines, and much quicker."""

WORK_LINE_PX = 20
"""They are reduced, too, until the middles of their lines are so tall."""

THICKEST_RULE = 0.6
"""Rules are no thicker than this share of the middle of a line: what is thicker may be letters."""

THICK_PEN = 0.35
"""Pens wider than this share of the middle of a line: rows of their letters look like level strokes."""

FAINT_SHARE = 0.5
"""A stretch of writing that holds less than this share of the usual ink is looked at again."""

LEAST_CONTRAST = 18
"""Faint ink is darker than its paper by so many tones at least."""

LEAST_LETTER_PX = 5
"""What is no taller is grain of the paper: nobody could read it."""


MOST_LETTER_LINES = 4.0
"""Joined letters with heads and tails are no taller than so many middles of lines."""


@dataclass(frozen=True, slots=True)
class Components:
    """Pieces of ink on a reduced leaf. Places and lengths are working pixels."""

    labels: I32
    """(height, width): 0 is paper or dirt, n is piece n."""
    boxes: I32
    """(n + 1, 4): left, top, width, height; row 0 is paper."""
    kept: Mask
    """(n + 1,): which pieces may be writing."""
    letter_px: float
    """The usual height of a piece."""
    pitch_px: float
    """The distance between neighbouring lines."""
    to_scan: Affine
    """From working pixels to pixels of the scan."""
    levels: MaskImage
    """1 on level strokes longer than those of letters: ruling, underlining, striking out. In a thick pen they
    are not told from letters, and there are none on writing."""
    text_map: TextMap
    """Where writing is likely on the leaf, at a resolution of its own."""


def connected_components(leaf: Leaf) -> Components | None:
    """The pieces of a leaf; None when there is nothing like writing on it."""
    height, width = leaf.ink.shape
    line = leaf.text_map.line_px_on(height) if leaf.text_map else 0.0
    if not leaf.text_map or not line:
        return None
    scale = min(1.0, (WORK_PIXELS / leaf.ink.size) ** 0.5, WORK_LINE_PX / line)
    line *= scale
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(leaf.ink, size, interpolation=cv2.INTER_AREA) if scale < 1 else leaf.ink
    mask = (small < 170).astype(np.uint8)
    text = leaf.text_map.marks
    mask |= _faint(leaf.grey, mask, text)
    text = np.asarray(cv2.resize(text, mask.shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)
    near = np.asarray(cv2.dilate(text, _bar(3 * line, 2.6 * line)), np.uint8)
    # Of what is near writing only: beside it there may be a picture.
    stroke = max(1.0, stroke_width((255 * (1 - (mask & near))).astype(np.uint8)))
    letter, pitch = _measures(mask & near, text, stroke, line)
    upright, levels = _rules(mask, pitch, stroke)
    # Rows of small letters in a thick pen look level too: where writing is likely, nothing is taken away.
    mask &= 1 - np.maximum(upright, levels & (1 - text))
    mask &= np.asarray(cv2.dilate(text, _bar(4 * line, 5 * line)), np.uint8)
    to_scan = leaf.to_scan.after(Affine(a=width / size[0], e=height / size[1]))
    labels, stats = label_components(mask)
    widths, heights, areas = stats.T[2:]
    frame = _frame(to_scan.inverse.outline(leaf.box.outline()), mask.shape)
    inked = np.flatnonzero(mask > 0)
    piece = labels.ravel()[inked]
    at_edge = np.zeros(len(stats), bool)
    at_edge[piece[frame.ravel()[inked] > 0]] = True
    within = np.bincount(piece[near.ravel()[inked] > 0], minlength=len(stats))
    written = np.bincount(piece[text.ravel()[inked] > 0], minlength=len(stats)) > 0.25 * areas
    far = within < 0.5 * areas
    solid = areas > 0.6 * widths * heights
    speck = areas < max(2.0, 0.5 * stroke * stroke)
    cut = at_edge & ~written
    # Lines in a thick pen touch: what the net takes for writing may be as tall as the page.
    tall = (heights > 3 * pitch) & ((widths < 0.6 * pitch) | ((heights > mask.shape[0] / 3) & ~written))
    thin = (heights > 1.3 * pitch) & (widths < min(3 * stroke, THICKEST_RULE * line))
    flat = (widths > 3 * pitch) & (heights < min(3 * stroke, THICKEST_RULE * line))
    # A word joined up in a thick pen fills most of its box, too; a blot fills all of it, or is no writing.
    thick = written & (areas < 0.8 * widths * heights)
    blot = solid & (areas > 0.5 * pitch * pitch) & ~thick
    kept = ~(speck | far | cut | tall | thin | flat | blot)
    kept[0] = False
    kept &= ~_stacked(stats, kept, pitch, letter)
    if not kept.any():
        return None
    if stroke > THICK_PEN * line:
        levels &= 1 - text
    labels.ravel()[inked[~kept[piece]]] = 0
    return Components(labels, stats[:, :4].copy(), kept, letter, pitch, to_scan, levels, leaf.text_map)


def _faint(grey: GreyImage, mask: MaskImage, text: MaskImage) -> MaskImage:
    """Ink too pale for the threshold of the leaf (pencil, faded places), where writing is likely.

    Each stretch of writing that holds much less ink than is usual gets a threshold of its own (Otsu 1979).
    """
    faint = np.zeros_like(mask)
    down, across = mask.shape[0] / text.shape[0], mask.shape[1] / text.shape[1]
    _, stats = label_components(text)
    boxes = []
    for left, top, width, height, _ in stats[1:].tolist():
        room = 0.6 * height
        rows = slice(int(max(top - room, 0) * down), int((top + height + room) * down))
        boxes.append(
            (rows, slice(int(max(left - 0.5 * room, 0) * across), int((left + width + 0.5 * room) * across)))
        )
    shares = [float(mask[box].mean()) if mask[box].size else 0.0 for box in boxes]
    usual = float(np.median(shares)) if shares else 0.0
    pale = [box for box, share in zip(boxes, shares, strict=True) if share <= FAINT_SHARE * usual]
    if pale:
        grey = np.asarray(cv2.resize(grey, mask.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    for box in pale:
        here = np.ascontiguousarray(grey[box])
        if not here.size:  # a tiny leaf has less than a pixel for a mark
            continue
        _, dark = cv2.threshold(here, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
        if 0 < dark.mean() < 2 * usual and here[dark == 0].mean() - here[dark > 0].mean() > LEAST_CONTRAST:
            faint[box] |= dark.astype(np.uint8)
    return faint


def _stacked(stats: I32, kept: Mask, pitch_px: float, letter_px: float) -> Mask:
    """Upright slivers stacked down the page: what is left of a margin rule or a paper edge."""
    lefts, tops, widths, heights, _ = stats.T
    slivers = kept & (heights > 4 * widths) & (widths < 0.25 * pitch_px) & (heights > 0.5 * letter_px)
    stacked = np.zeros(len(stats), bool)
    if not slivers.any():
        return stacked
    middles = lefts + widths / 2
    reach = 0.15 * pitch_px
    enough = max(5 * pitch_px, 0.25 * float(np.ptp(tops[kept])))
    for n in np.flatnonzero(slivers):
        row = slivers & (np.abs(middles - middles[n]) < reach)
        if heights[row].sum() > enough:
            stacked |= row
    return stacked


def _frame(outline: Outline, shape: tuple[int, ...]) -> MaskImage:
    """The border of the scan as a thin line on the (turned) leaf."""
    border = np.zeros(shape[:2], np.uint8)
    corners = np.array([[round(p.x), round(p.y)] for p in outline.points], np.int32)
    cv2.polylines(border, [corners], isClosed=True, color=(1,), thickness=5)
    return border


def _measures(mask: MaskImage, text: MaskImage, stroke_px: float, line_px: float) -> tuple[float, float]:
    """The usual height of letters and the distance of lines.

    Where no piece is as tall as a letter and no taller (all is joined in a thick pen, or the leaf is one
    line), the marks of the net tell the height.
    """
    height, width = mask.shape
    _, stats = label_components(mask)
    _, _, widths, heights, areas = stats.T
    # On a picture of a line or two an eighth of its height is lower than any letter.
    tallest = max(height / 8, MOST_LETTER_LINES * line_px)
    letters = (heights > max(2 * stroke_px, LEAST_LETTER_PX)) & (heights < tallest) & (widths < width / 2)
    letters[0] = False
    if not letters.any():
        return line_px, _pitch(text, line_px)
    return weighted_median(heights[letters], areas[letters]), _pitch(text, line_px)


def _pitch(mask: MaskImage, line_px: float) -> float:
    """The distance of lines: the first strong peak in the autocorrelation of upright slices' profiles."""
    height, width = mask.shape
    total: F64 = np.zeros(height // 2)
    slices = 8 if width >= 512 else 1
    for part in np.array_split(np.arange(width), slices):
        profile = mask[:, part[0] : part[-1] + 1].sum(axis=1, dtype=np.float64)
        profile -= profile.mean()
        spectrum = np.fft.rfft(profile, 2 * height)
        total += np.fft.irfft(np.abs(spectrum) ** 2)[: len(total)]
    guess = 2.8 * line_px
    if len(total) < 3 or total[0] <= 0:
        return guess
    total = total / total[0]
    first, last = max(1, int(1.2 * line_px)), min(len(total) - 1, int(8 * line_px) + 2)
    peaks = [n for n in range(first, last) if total[n - 1] < total[n] >= total[n + 1] and total[n] > 0.15]
    if not peaks:
        return guess
    highest = max(total[n] for n in peaks)
    return float(next(n for n in peaks if total[n] > 0.7 * highest))


def _rules(mask: MaskImage, pitch_px: float, stroke_px: float) -> tuple[MaskImage, MaskImage]:
    """Upright and level rules: thin, straight, and longer than the strokes of letters."""
    wide = max(3, round(stroke_px)) | 1
    # Margin rules run down the page, broken by writing and faint places; level ones are whole or not seen.
    upright = cv2.morphologyEx(_thick(mask, wide, 1), cv2.MORPH_CLOSE, _bar(1, 0.4 * pitch_px))
    upright = cv2.morphologyEx(upright, cv2.MORPH_OPEN, _bar(1, 4 * pitch_px))
    upright = cv2.subtract(upright, cv2.morphologyEx(upright, cv2.MORPH_OPEN, _bar(4 * wide, 1)))
    level = cv2.morphologyEx(_thick(mask, 1, wide), cv2.MORPH_OPEN, _bar(1.5 * pitch_px, 1))
    level = cv2.subtract(level, cv2.morphologyEx(level, cv2.MORPH_OPEN, _bar(1, 3 * wide)))
    return np.asarray(upright, np.uint8), np.asarray(level, np.uint8)


def _thick(mask: MaskImage, width: int, height: int) -> MaskImage:
    """Ink thickened, so that a rule that leans does not leave its row or column of pixels."""
    return np.asarray(cv2.dilate(mask, _bar(width, height)), np.uint8)


def _bar(width: float, height: float) -> MaskImage:
    return np.ones((max(1, round(height)), max(1, round(width))), np.uint8)
