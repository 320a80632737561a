"""From a scan to its leaves: light evened, turned straight, ink parted from paper, each with its way home."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import cv2
import numpy as np

from ocr.arrays import F64, ColourImage, GreyImage, MaskImage, Pixels
from ocr.geometry import Affine, Box, Point
from ocr.page import RuleKind, Ruling, Skew
from ocr.scan.binarize import InkSettings, binarize, flatten_background
from ocr.scan.finder import TEXT_THRESHOLD, FinderSettings, ReducedScan, TextMap, find_text
from ocr.scan.load import Scan
from ocr.scan.other_ink import InkLayer, part_inks
from ocr.scan.ruling import RulingSettings, remove_ruling
from ocr.scan.skew import RuleAngle, SkewSettings, measure_skew
from ocr.scan.spread import SpreadSettings, leaves
from ocr.scan.upright import QuarterTurn, UprightSettings, find_quarter_turn


@dataclass(frozen=True, slots=True)
class LeafSettings:
    """How leaves are prepared."""

    ink: InkSettings = field(default_factory=InkSettings)
    """How paper and ink are told apart."""
    skew: SkewSettings = field(default_factory=SkewSettings)
    """How the angle of the lines is found."""
    ruling: RulingSettings = field(default_factory=RulingSettings)
    """What counts as a rule of the paper."""
    finder: FinderSettings = field(default_factory=FinderSettings)
    """How writing is looked for."""
    upright: UprightSettings = field(default_factory=UprightSettings)
    """When a scan is turned by quarters."""
    spread: SpreadSettings = field(default_factory=SpreadSettings)
    """When a scan shows two leaves, and where a leaf ends."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of writing, clean and straight, in pixels of its own; `to_scan` leads back to the scan."""

    grey: GreyImage
    """Light evened, paper near 255, not binarized: for recognisers that want grey."""
    ink: GreyImage
    """0 where there is ink, 255 where there is paper; same shape as grey."""
    to_scan: Affine
    """From leaf pixels to pixels of the upright scan."""
    box: Box
    """Where the leaf lies on the scan, in scan pixels."""
    skew: Skew | None = None
    remark: str = ""
    text_map: TextMap | None = None
    """Where writing is likely: the whole leaf, reduced; None when nobody looked."""
    ruling: Ruling | None = None
    """The printed rules that were found (and are gone from grey and ink); None when there are none."""
    colour: tuple[int, int, int] | None = None
    """Red, green, blue of the ink, 0..255, where several inks were found; else None."""
    colour_name: str = ""
    """What people call it: "red"; empty where colour is None."""
    other_inks: tuple["Leaf", ...] = ()
    """The same leaf with nothing on it but another ink, one for each: same shape, home and box."""


LINE_PX = 26
"""Leaves are reduced until the middles of their lines (about the height of small letters) are so tall."""

ASKEW_DEG = 0.8
"""A scan that leans more is laid straight as a whole before its leaves are looked for."""

LEANING_DEG = 1.0
"""Rules that lean more than this are taken away after the leaf is turned."""

BLANK_PIXELS = 1_000_000
"""A leaf without writing is reduced to about so many pixels."""

NO_TEXT = "no text found, because nothing on this leaf looks like writing"


def prepare(scan: Scan, settings: LeafSettings, *, other_way_up: bool = False) -> tuple[Leaf, ...]:
    """The leaves of a scan in reading order: one, or the two of a double page.

    Large writing is reduced to a size that recognisers want; `to_scan` knows. A turn is made only when its
    angle is believed, and taken back when lines stand no sharper after it. With `other_way_up` the scan is
    turned by 180 degrees more than its lines seem to want: who reads them knows better.
    """
    reduced = find_text(scan.pixels, settings.finder)
    way = find_quarter_turn(reduced.text, settings.upright)
    if other_way_up:
        way = QuarterTurn((way.quarters + 2) % 4)
    pixels, reduced = np.rot90(scan.pixels, way.quarters), reduced.turned(way.quarters)
    upright = quarter_turn(way.quarters, scan.pixels.shape[1], scan.pixels.shape[0])
    lean_deg = _lean_deg(reduced.text.probability, settings)
    if lean_deg:  # gutters and edges of leaves are looked for along columns
        # What lies beyond the scan is dark, as a table is.
        leaning, (pixels, back) = pixels, turn(np.ascontiguousarray(pixels), lean_deg, (0.0, 0.0, 0.0))
        again = find_text(pixels, settings.finder)
        reduced = _with_places_of(reduced, leaning.shape, again, pixels.shape, back)
        upright = upright.after(back)
    height, width = pixels.shape[:2]
    scan_frame = Box(0, 0, scan.pixels.shape[1], scan.pixels.shape[0])
    text = reduced.text
    across, down = width / text.probability.shape[1], height / text.probability.shape[0]
    prepared = []
    for part in leaves(reduced, settings.spread, laid_straight=bool(lean_deg)):
        box = Box(
            *(
                round(v)
                for v in (part.left * across, part.top * down, part.right * across, part.bottom * down)
            )
        ).clip(Box(0, 0, width, height))
        cut = pixels[int(box.top) : int(box.bottom), int(box.left) : int(box.right)]
        to_scan = upright.after(Affine.shift(box.left, box.top))
        marked = text.probability[int(part.top) : int(part.bottom), int(part.left) : int(part.right)]
        leaf = _prepared(cut, to_scan, text.line_px * (across + down) / 2, settings, marked)
        leaf = replace(leaf, box=upright.box(box).clip(scan_frame), remark=way.doubt)
        leaf = replace(leaf, skew=_with_quarters(_with_lean(leaf.skew, lean_deg), way))
        to_map = Affine(a=1 / across, e=1 / down).after(upright.inverse)
        leaf = _with_text_map(leaf, text, to_map)
        prepared.append(replace(leaf, other_inks=tuple(_of_other_ink(leaf, ink) for ink in leaf.other_inks)))
    return tuple(prepared)


def under(leaves: Sequence[Leaf], box: Box) -> int:
    """The place of the leaf that most of a box (scan pixels) lies on."""
    return max(range(len(leaves)), key=lambda place: leaves[place].box.overlap(box))


def other_way_up(leaf: Leaf, skew_deg: float | None) -> bool:
    """Whether a leaf as prepared stands on its head beside what a record tells of its turn."""
    turned_deg = leaf.skew.angle_deg if leaf.skew and leaf.skew.applied else 0.0
    return skew_deg is not None and abs((turned_deg - skew_deg + 180) % 360 - 180) > 90


def quarter_turn(quarters: int, width: float, height: float) -> Affine:
    """From pixels of a picture turned counter-clockwise by quarters to those of the picture as it was."""
    match quarters % 4:
        case 1:
            return Affine(0, -1, width, 1, 0, 0)
        case 2:
            return Affine(-1, 0, width, 0, -1, height)
        case 3:
            return Affine(0, 1, 0, -1, 0, height)
        case _:
            return Affine()


def _prepared(
    cut: GreyImage, to_scan: Affine, line_px: float, settings: LeafSettings, marked: GreyImage
) -> Leaf:
    """One leaf from its pixels; `to_scan` leads from them to the scan, lines are about `line_px` tall.

    `marked` is its part of the map of writing, asked for the angle where ink tells none.
    """
    height, width = cut.shape[:2]
    scale = LINE_PX / line_px if line_px else (BLANK_PIXELS / (height * width)) ** 0.5
    if scale < 0.85:  # else the blur is not worth it
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        cut = cv2.resize(cut, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        to_scan = to_scan.after(Affine(a=width / size[0], e=height / size[1]))
    pixels = np.ascontiguousarray(cut)
    frame = Box(0, 0, width, height)  # replaced by the caller
    evened = flatten_background(grey_of(pixels), _around_writing(marked, line_px * len(marked) / height))
    colour = pixels if pixels.ndim == 3 else None
    grey, ruling = remove_ruling(evened, LINE_PX, settings.ruling, colour)
    if not line_px:
        ruling = _in_scan(ruling, to_scan)
        bare = Skew(0.0, 0.0, applied=False, reason="nothing is written that could lie straight")
        return Leaf(grey, binarize(grey, settings.ink), to_scan, frame, bare, ruling=ruling)
    rules = _level_rules(ruling)
    ink = binarize(grey, settings.ink)
    skew, laid = measure_skew(ink, settings.skew, rules), False
    if skew.confidence < settings.skew.least_confidence:
        skew, laid = _laid_by(marked, skew, evened, colour, settings)
    written = None
    if skew.confidence < settings.skew.least_confidence:
        skew = replace(skew, reason=skew.reason or "no angle stands out")
    elif abs(skew.angle_deg) < settings.skew.least_deg:
        skew = replace(skew, reason="straight enough")
    else:
        leaning = laid or (ruling is not None and abs(ruling.angle_deg) > LEANING_DEG)
        # What looks along rows finds leaning rules in parts only: they go after the turn, all in one.
        turned, back = turn(evened if leaning else grey, skew.angle_deg)
        if not leaning:
            written = _written(grey, colour, settings, ink)
        turned_colour = None
        if colour is not None and (written is None or written.layers):  # of one ink no colour is asked
            turned_colour, _ = turn(colour, skew.angle_deg, _paper_of(colour))
        if leaning:
            turned, _ = remove_ruling(turned, LINE_PX, settings.ruling, turned_colour)
        straight = _written(turned, turned_colour, settings)
        left = rules and RuleAngle(rules.angle_deg - skew.angle_deg, rules.confidence)
        if abs(measure_skew(straight.ink, settings.skew, left).angle_deg) < abs(skew.angle_deg):
            written, to_scan, skew = straight, to_scan.after(back), replace(skew, applied=True)
        else:
            skew = replace(skew, reason="no straighter after the turn")
    written = written or _written(grey, colour, settings, ink)
    leaf = Leaf(written.grey, written.ink, to_scan, frame, skew, ruling=_in_scan(ruling, to_scan))
    if not written.layers:
        return leaf
    first, *others = written.layers
    return replace(
        leaf,
        colour=first.colour,
        colour_name=first.name,
        other_inks=tuple(
            replace(
                leaf,
                grey=layer.grey,
                ink=binarize(layer.grey, settings.ink),
                colour=layer.colour,
                colour_name=layer.name,
            )
            for layer in others
        ),
    )


def _with_places_of(
    first: ReducedScan, first_shape: tuple[int, ...], again: ReducedScan, shape: tuple[int, ...], back: Affine
) -> ReducedScan:
    """A second look at a scan, with the places of writing that the first saw and it does not: a note in a
    margin may be seen at one angle alone. `back` leads from pictures of that shape to those of the first."""
    (rows, columns), (height, width) = first.text.probability.shape, again.text.probability.shape
    there = Affine(a=columns / first_shape[1], e=rows / first_shape[0]).after(back)
    matrix = pixel_matrix(there.after(Affine(a=shape[1] / width, e=shape[0] / height)))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    before = cv2.warpAffine(first.text.probability, matrix, (width, height), flags=flags).astype(np.uint8)
    _, labels = cv2.connectedComponents((before >= TEXT_THRESHOLD).astype(np.uint8))
    labels[np.isin(labels, labels[_around_writing(again.text.probability, again.text.line_px) > 0])] = 0
    marked = np.where(labels > 0, before, again.text.probability).astype(np.uint8)
    return replace(again, text=TextMap.of(marked)) if labels.any() else again


def _around_writing(marked: GreyImage, line_px: float) -> MaskImage:
    """1 on a map of writing where it is marked, and as far around as letters reach from their middles."""
    side = 2 * round(line_px) + 1
    return np.asarray(
        cv2.dilate((marked >= TEXT_THRESHOLD).astype(np.uint8), np.ones((side, side), np.uint8)), np.uint8
    )


def _laid_by(
    marked: GreyImage, skew: Skew, evened: GreyImage, colour: ColourImage | None, settings: LeafSettings
) -> tuple[Skew, bool]:
    """The angle of a leaf on which `skew` is not sure, and whether it was measured after a turn.

    Rules that lean far stay in the ink and drown its lines. Laid straight by the blobs of its writing the
    leaf loses them, and what it still leans is measured once more.
    """
    blobs = _blobs_skew(marked, settings)
    if blobs.confidence < settings.skew.sure_lines or abs(blobs.angle_deg) < ASKEW_DEG:
        return skew, False
    laid, _ = turn(evened, blobs.angle_deg)
    colours = None if colour is None else turn(colour, blobs.angle_deg, _paper_of(colour))[0]
    laid, ruling = remove_ruling(laid, LINE_PX, settings.ruling, colours)
    rest = measure_skew(binarize(laid, settings.ink), settings.skew, _level_rules(ruling))
    if rest.confidence < settings.skew.least_confidence:
        return skew, False
    return replace(rest, angle_deg=blobs.angle_deg + rest.angle_deg, reason=""), True


def _paper_of(colour: ColourImage) -> list[float]:
    """The usual red, green, blue of a leaf."""
    return [float(tone) for tone in np.median(colour[::7, ::7].reshape(-1, 3), axis=0)]


class _Written(NamedTuple):
    """What is written on a leaf: its main ink as grey and as ink, and all inks where there are several."""

    grey: GreyImage
    ink: GreyImage
    layers: tuple[InkLayer, ...]


def _written(
    unruled_grey: GreyImage, colour: ColourImage | None, settings: LeafSettings, ink: GreyImage | None = None
) -> _Written:
    """The writing of a leaf that has no rules any more; `ink` is its ink, where that is known."""
    layers = () if colour is None else part_inks(unruled_grey, colour, LINE_PX)
    if layers:
        return _Written(layers[0].grey, binarize(layers[0].grey, settings.ink), layers)
    return _Written(unruled_grey, binarize(unruled_grey, settings.ink) if ink is None else ink, layers)


def _level_rules(ruling: Ruling | None) -> RuleAngle | None:
    """What the ruling says of the angle of the lines; upright rules say nothing sure."""
    if ruling is None or ruling.kind is RuleKind.MARGIN:
        return None
    return RuleAngle(ruling.angle_deg, ruling.confidence)


def _in_scan(ruling: Ruling | None, to_scan: Affine) -> Ruling | None:
    """A ruling with its pitch in pixels of the scan."""
    if ruling is None or not ruling.pitch_px:
        return ruling
    return replace(ruling, pitch_px=ruling.pitch_px * (to_scan.b**2 + to_scan.e**2) ** 0.5)


def _lean_deg(probability: GreyImage, settings: LeafSettings) -> float:
    """How far a wide scan leans by the blobs of its writing; 0 where that is little or not sure, and for a
    scan that is no double page: the less often a picture is turned, the sharper it stays."""
    height, width = probability.shape
    if width < settings.spread.least_aspect * height:
        return 0.0
    skew = _blobs_skew(probability, settings)
    sure = skew.confidence >= settings.skew.sure_lines and abs(skew.angle_deg) >= ASKEW_DEG
    return skew.angle_deg if sure else 0.0


def _blobs_skew(probability: GreyImage, settings: LeafSettings) -> Skew:
    """The angle of the lines by the blobs that mark them on a map of writing."""
    return measure_skew(np.where(probability >= TEXT_THRESHOLD, np.uint8(0), np.uint8(255)), settings.skew)


def _with_lean(skew: Skew | None, lean_deg: float) -> Skew | None:
    """The angle with that which the whole scan was turned by."""
    if skew is None or not lean_deg:
        return skew
    rest = skew.angle_deg if skew.applied else 0.0
    return replace(skew, angle_deg=lean_deg + rest, applied=True, reason="")


def _with_quarters(skew: Skew | None, way: QuarterTurn) -> Skew | None:
    """The angle with the quarters that the scan was turned by."""
    if skew is None or not way.quarters:
        return skew
    reason = f"turned by {90 * way.quarters} degrees" + (f"; {skew.reason}" if skew.reason else "")
    rest = skew.angle_deg if skew.applied else 0.0
    quarters = way.quarters if way.quarters < 3 else -1
    return replace(skew, angle_deg=90.0 * quarters + rest, applied=True, reason=reason)


def _with_text_map(leaf: Leaf, text: TextMap, to_map: Affine) -> Leaf:
    """The leaf with its part of the map of writing, at the map's own resolution."""
    height, width = leaf.grey.shape
    there = to_map.after(leaf.to_scan)
    step = max(1.0, 1 / max((there.a**2 + there.d**2) ** 0.5, 1e-6))
    size = (max(1, round(width / step)), max(1, round(height / step)))
    from_reduced = there.after(Affine(a=width / size[0], e=height / size[1]))
    probability = cv2.warpAffine(
        text.probability,
        pixel_matrix(from_reduced),
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderValue=(0.0,),
    ).astype(np.uint8, copy=False)
    own = TextMap.of(probability)
    return replace(leaf, text_map=own, remark=leaf.remark if len(own.blobs) else NO_TEXT)


def _of_other_ink(leaf: Leaf, other: Leaf) -> Leaf:
    """What is written in another ink, marked as writing where the whole leaf is and that ink is near."""
    if leaf.text_map is None:
        return other
    height, width = leaf.text_map.probability.shape
    reach = max(1, round(leaf.text_map.line_px))
    ink = cv2.resize(255 - other.ink, (width, height), interpolation=cv2.INTER_AREA)
    near = cv2.dilate((ink > 0).astype(np.uint8), np.ones((reach, reach), np.uint8))
    own = TextMap.of(np.where(near > 0, leaf.text_map.probability, np.uint8(0)))
    return replace(other, box=leaf.box, skew=leaf.skew, remark=leaf.remark, text_map=own)


def grey_of(pixels: Pixels) -> GreyImage:
    """Grey (height, width) from colour in the order red, green, blue; grey stays as it is."""
    if pixels.ndim == 2:
        return pixels
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)


def turn(pixels: GreyImage, angle_deg: float, beyond: Sequence[float] = (255.0,)) -> tuple[GreyImage, Affine]:
    """A page, grey or in colour, turned counter-clockwise on larger paper, and the way home.

    `beyond` is what is new around it: by default white, as paper is once its light is evened. Interpolation
    is cubic: linear blurs thin strokes, and recognisers read them worse.
    """
    height, width = pixels.shape[:2]
    there = Affine.turn(angle_deg, Point(width / 2, height / 2))
    bounds = there.box(Box(0, 0, width, height))
    left, top = math.floor(bounds.left), math.floor(bounds.top)
    there = Affine.shift(-left, -top).after(there)
    size = (math.ceil(bounds.right) - left, math.ceil(bounds.bottom) - top)
    matrix = pixel_matrix(there)
    turned = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_CUBIC, borderValue=beyond)
    return turned.astype(np.uint8, copy=False), there.inverse


def pixel_matrix(there: Affine) -> F64:
    """The 2x3 matrix that cv2 wants: it counts from the middle of a pixel, we from its corner."""
    m = Affine.shift(-0.5, -0.5).after(there).after(Affine.shift(0.5, 0.5))
    return np.array([[m.a, m.b, m.c], [m.d, m.e, m.f]])
