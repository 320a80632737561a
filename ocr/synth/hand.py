"""A hand at work: a text becomes the path of a pen, letters joined as this writer joins them.

Frame: letter units, x to the right from the beginning of the line, y up from the baseline, small letters 1
high, slant and all unrest applied.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import cv2
import numpy as np
import regex

from ocr.arrays import F32, F64, I64, Mask
from ocr.synth.flourish import led_in, led_out
from ocr.synth.letters import Form, Points
from ocr.synth.own import rows_of, stray, widths
from ocr.synth.writer import KINKS, TRAITS, Writer

_GAP = {"i": 0.34, "n": 0.3, "o": 0.2, "e": 0.14, "l": 0.24, "-": 0.2}
_FINE = 9.0
"""Samples per unit of path."""
_RAISED = regex.compile(r"(?<=\d)(?:мя|го|ти|мъ|м|хъ|х|ми|му|ой|ый|ая|ое|ю|й|е|я)(?![\p{L}\d])")
"""What is written small and high after a number: 2мя, 1го."""
_DOT = 6
"""A stroke of fewer samples is a dot."""


@dataclass(frozen=True, slots=True)
class Track:
    """The path of the pen for one line of text."""

    places: F32
    """(n, 2) x and y of every sample."""
    widths: F32
    """(n,) width of the line there."""
    wet: F32
    """(n,) how much ink flows there, 0..1."""
    breaks: I64
    """Where strokes begin, first 0; the last entry is n."""
    letters: I64
    """(n,) which character of the text a sample belongs to."""
    text: str
    length: float
    """From the first pen place to the last."""


class Way(NamedTuple):
    """From model letters to the line: x * wide + dx, y * tall + dy."""

    dx: float = 0.0
    wide: float = 1.0
    dy: float = 0.0
    tall: float = 1.0


class _Pen:
    """Control points, stroke by stroke, as they are put down."""

    def __init__(self) -> None:
        self.parts: list[Points] = []
        self.sizes: list[int] = []
        """Points of every stroke so far."""
        self.owners: list[tuple[int, int]] = []
        """(character, number of points) for every part."""
        self.ways: list[Way] = []
        """Where every part goes."""
        self._open = 0

    def put(self, points: Points, way: Way, owner: int) -> None:
        if len(points):
            self.parts.append(points)
            self.owners.append((owner, len(points)))
            self.ways.append(way)
            self._open += len(points)

    def lift(self) -> None:
        if self._open:
            self.sizes.append(self._open)
            self._open = 0


def write(rng: np.random.Generator, writer: Writer, text: str) -> Track:
    """The text written on a straight line from x=0. It must hold letters, all of them known to `forms()`."""
    pen, x = _Pen(), 0.0
    dice = rng.random((len(text) + 1, 8)).tolist()
    rows = rows_of(text)
    traits = writer.own[rows] + rng.normal(0, writer.mood, (len(text), TRAITS))
    wide = widths(traits).tolist()
    raised = [match.span() for match in _RAISED.finditer(text)] if writer.raised else []
    high = frozenset(k for span in raised for k in range(*span))
    at = 0
    for word in text.split(" "):
        if word:
            x = _word(pen, writer, word, at, x, dice[at : at + len(word)], wide[at : at + len(word)], high)
        gap = max(writer.gap, 0) + writer.word_gap * (0.75 + 0.6 * dice[at][7])
        x += gap * 0.3 if dice[at][4] < writer.close else gap
        at += len(word) + 1
    return _run(rng, writer, text, pen, traits, writer.kinks[rows])


def _word(
    pen: _Pen,
    writer: Writer,
    word: str,
    at: int,
    x: float,
    dice: list[list[float]],
    wide: list[float],
    high: frozenset[int],
) -> float:
    """Puts a word down from x on; gives where it ends."""
    before: Form | None = None
    way_before = Way()
    marks: list[tuple[Points, Way, int]] = []
    for number, (letter, dies) in enumerate(zip(word, dice, strict=True)):
        form = _choose(writer, letter, dies[0])
        raised = at + number in high
        size = 0.58 if raised else 1.0
        joined = before is not None and before.exit != "-" and form.entry != "-" and dies[1] < writer.join
        joined = joined and raised == (way_before.dy > 0)
        if before is not None:
            gap = _GAP[form.entry] + writer.gap + (dies[6] - 0.5) * 0.12
            x += size * (
                max(gap, writer.tight)
                if joined
                else max(gap, 0.1 + writer.tight / 2) + (0 if form.letter.isalpha() else dies[7] * 0.3)
            )
        way = Way(x - form.left * wide[number] * size, wide[number] * size, 0.8 * raised, size)
        if joined and before is not None:
            first = _join(pen, writer, before, way_before, form, way, at + number, dies)
        else:
            if before is not None and dies[2] < writer.tail * (0.6 if number else 1):
                pen.put(before.lead_out, way_before, at + number - 1)
            pen.lift()
            first = form.strokes[0]
            if letter.isupper() and dies[5] < writer.flourish:
                pen.put(led_in(first, dies[4], dies[6]), way, at + number)
            elif dies[3] < writer.lead * (1 if number == 0 else 0.35):
                pen.put(form.lead_in, way, at + number)
        pen.put(first, way, at + number)
        for stroke in form.strokes[1:]:
            pen.lift()
            pen.put(stroke, way, at + number)
        late = way._replace(dx=way.dx + writer.late_marks * (0.5 + dies[4]))
        marks += [(mark, late, at + number) for mark in form.marks]
        end = way.dx + form.right * way.wide
        if raised and dies[7] < 0.3:
            marks.append((np.array([[x, 0.62, 0.0], [end, 0.58, 0.0]]), Way(), at + number))
        x = end
        before, way_before = form, way
    assert before is not None  # a word holds letters
    if dice[-1][2] < writer.tail:
        pen.put(before.lead_out, way_before, at + len(word) - 1)
        if len(before.lead_out) and dice[-1][5] < 0.3 * writer.flourish:
            pen.put(led_out(before.lead_out, dice[-1][4], writer.word_gap), way_before, at + len(word) - 1)
    pen.lift()
    for mark, way, owner in marks:
        pen.put(mark, way, owner)
        pen.lift()
    return x


def _choose(writer: Writer, letter: str, die: float) -> Form:
    for form, sum_of_shares in writer.habits[letter]:
        if die < sum_of_shares:
            return form
    return writer.habits[letter][-1][0]


def _join(
    pen: _Pen,
    writer: Writer,
    before: Form,
    way_before: Way,
    form: Form,
    way: Way,
    owner: int,
    dies: list[float],
) -> Points:
    """The joining stroke, its height by what it leaves and meets; gives the next letter's first stroke."""
    pen.put(before.way_out, way_before, owner - 1)
    high = before.exit == "^"
    first = form.strokes[0]
    if form.entry == "o":
        if dies[5] < writer.over or len(first) < 4:
            over = np.array([[first[0, 0] - 0.3, 0.99, 0.0]])
            pen.put(over, way, owner)
            return first
        touch = np.array([[form.left + 0.02, 0.42 + 0.3 * dies[6] + 0.2 * high, 0.0]])
        pen.put(touch, way, owner - 1)
        pen.lift()
    elif form.entry == "l":
        first = first.copy()
        first[0, 1] *= writer.hook
        if high:
            first[0] = (-0.04, 0.4, 0.0)
    elif high and form.entry in "in":
        last = (before.way_out if len(before.way_out) else before.strokes[-1])[-1, 0]
        end, begin = way_before.dx + last * way_before.wide, way.dx + first[0, 0] * way.wide
        dip = np.array([[(end + begin) / 2, way.dy + way.tall * (0.7 + 0.1 * dies[6]), 0.0]])
        pen.put(dip, Way(), owner - 1)
    return first


def _run(rng: np.random.Generator, writer: Writer, text: str, pen: _Pen, traits: F64, kinks: F64) -> Track:
    """The smooth path through all control points, with its unrest, its slant and its ink."""
    points = np.concatenate(pen.parts)
    owner_counts = np.array(pen.owners, np.int64)
    owners = np.repeat(owner_counts[:, 0], owner_counts[:, 1])
    local = points[:, 0].copy()
    ways = np.repeat(np.array(pen.ways), owner_counts[:, 1], axis=0)
    stray(points, local, traits[owners])
    slots = np.arange(len(points)) - np.repeat(
        np.cumsum(owner_counts[:, 1]) - owner_counts[:, 1], owner_counts[:, 1]
    )
    points[:, :2] += kinks[owners, slots % KINKS]
    points[:, :2] = points[:, :2] * ways[:, 1::2] + ways[:, 0::2]
    ends = np.cumsum(np.array(pen.sizes, np.int64))
    places, sharp = points[:, :2].copy(), points[:, 2] > 0
    last = np.zeros(len(points), bool)
    last[ends - 1] = True
    _shape(rng, writer, text, places, owners)
    sharp &= rng.random(len(sharp)) >= writer.soften
    places, owners, breaks = _curves(places, sharp, last, owners)
    length = float(places[:, 0].max())
    _soften(places, breaks, writer.rounding)
    _unrest(rng, writer, places, length)
    widths, wet = _ink(rng, writer, places, breaks)
    return Track(
        places.astype(np.float32),
        widths.astype(np.float32),
        wet.astype(np.float32),
        breaks,
        owners,
        text,
        length,
    )


def _shape(rng: np.random.Generator, writer: Writer, text: str, places: F64, owners: I64) -> None:
    """Proportions, and the unrest from letter to letter and from point to point; slant last. In place."""
    count = len(text)
    tall = np.array([not c.islower() and c.isalpha() for c in text])
    digit = np.array([c in "0123456789½¼¾" for c in text])
    heights = np.where(tall, writer.capital, np.where(digit, writer.digit, 1.0))
    heights = heights * np.exp(np.where(digit, 0.08 * writer.own[rows_of(text), 1], 0.0))
    heights = heights * np.exp(rng.normal(0, writer.unevenness, count))
    wide = writer.aspect
    leans = rng.normal(0, writer.unevenness * 0.7, count)
    lifts = rng.normal(0, writer.unevenness * 0.6, count)
    y = places[:, 1]
    above = np.maximum(y - 1, 0) * (writer.ascender - 1) * ~tall[owners]
    below = np.minimum(y, 0) * (writer.descender - 1)
    word = np.cumsum([c == " " for c in text])[owners]
    climbs = rng.normal(writer.tilt, 0.015, word[-1] + 1)
    falls = rng.normal(0, writer.drift, word[-1] + 1)
    begins = places[np.searchsorted(word, word), 0]
    unrest = falls[word] + climbs[word] * (places[:, 0] - begins)
    y += above + below
    y *= heights[owners]
    if writer.flatten:
        small = (y > 0) & (y < 1.05) & ~tall[owners]
        sunk = writer.flatten * rng.random(count)[owners] * 0.5
        y[small] -= (y[small] - 0.25) * sunk[small] * 0.6
    places += rng.normal(0, writer.jitter, places.shape)
    places[:, 0] = places[:, 0] * wide + y * (math.tan(math.radians(writer.slant_deg)) + leans[owners])
    y += lifts[owners] + unrest


def _curves(places: F64, sharp: Mask, last: Mask, owners: I64) -> tuple[F64, I64, I64]:
    """Centripetal Catmull-Rom curves (Yuksel, Schaefer, Keyser 2011) through strokes, broken at sharp turns.

    Gives samples, their owners, and where strokes begin (the last entry is the number of samples).
    """
    steps = np.diff(places, axis=0)
    chords = np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-3)
    knots = np.sqrt(chords)
    inside = ~last[:-1]
    slope = steps / knots[:, None]
    before, after = slope[:-1], slope[1:]
    d0, d1 = knots[:-1, None], knots[1:, None]
    tangent = (before * d1 + after * d0) / (d0 + d1)
    turn = (sharp[1:-1] | last[1:-1] | last[:-2])[:, None]
    leaving, arriving = slope.copy(), slope.copy()
    leaving[1:] = np.where(turn, after, tangent)
    arriving[:-1] = np.where(turn, before, tangent)
    index = np.flatnonzero(inside)
    counts = np.clip(np.ceil(chords[index] * _FINE), 2, 16).astype(np.int64)
    whole = counts + last[index + 1]  # the last segment of a stroke gives its end, too
    segment = np.repeat(np.arange(len(index)), whole)
    ends = np.cumsum(whole)
    t = ((np.arange(len(segment)) - (ends - whole)[segment]) / counts[segment])[:, None]
    at = index[segment]
    h = knots[at][:, None]
    t2, t3 = t * t, t * t * t
    curve = (
        places[at] * (2 * t3 - 3 * t2 + 1)
        + leaving[at] * h * (t3 - 2 * t2 + t)
        + places[at + 1] * (3 * t2 - 2 * t3)
        + arriving[at] * h * (t3 - t2)
    )
    breaks = np.concatenate([[0], ends[last[index + 1]]])
    return curve, owners[at + (t[:, 0] > 0.6)], breaks


def _soften(places: F64, breaks: I64, times: int) -> None:
    """Smooths along the path, ends of strokes kept. In place."""
    fixed = np.zeros(len(places), bool)
    fixed[breaks[:-1]] = True
    fixed[breaks[1:] - 1] = True
    free = ~fixed[1:-1]
    for _ in range(times):
        mean = (places[:-2] + 2 * places[1:-1] + places[2:]) / 4
        places[1:-1][free] = mean[free]


def _curve(rng: np.random.Generator, length: float, step: float, size: float, at: F64) -> F64:
    """A smooth random curve of that deviation, a new value every `step`, read at places 0..length."""
    knots = rng.normal(0, size, max(int(length / step) + 3, 4))
    where = np.clip(at / step, 0, len(knots) - 2.001)
    low = where.astype(np.int64)
    part = where - low
    part = part * part * (3 - 2 * part)
    return np.asarray(knots[low] * (1 - part) + knots[low + 1] * part, np.float64)


def _unrest(rng: np.random.Generator, writer: Writer, places: F64, length: float) -> None:
    """Wave of the baseline, tremor. In place."""
    if writer.wave:
        places[:, 1] += _curve(rng, length, float(rng.uniform(4, 14)), writer.wave, places[:, 0])
    if writer.tremor:
        noise = rng.normal(0, writer.tremor, places.shape)
        places[1:] += (noise[1:] + noise[:-1]) * 0.7


def _ink(rng: np.random.Generator, writer: Writer, places: F64, breaks: I64) -> tuple[F64, F64]:
    """Width of the line and flow of ink at every sample."""
    count = len(places)
    steps = np.empty_like(places)
    steps[1:-1] = places[2:] - places[:-2]
    steps[0], steps[-1] = places[1] - places[0], places[-1] - places[-2]
    size = np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-6)
    if writer.nib_deg is None:
        lean = math.radians(writer.slant_deg)
        down = -(steps[:, 0] * math.sin(lean) + steps[:, 1] * math.cos(lean)) / size
        wide = 1 + writer.swell * np.maximum(down, 0) ** 1.5
    else:
        nib = math.radians(writer.nib_deg)
        across = np.abs(steps[:, 0] * math.sin(nib) - steps[:, 1] * math.cos(nib)) / size
        wide = 0.7 + (0.3 + writer.swell) * across
    wide = cv2.GaussianBlur(wide.reshape(1, -1), (7, 1), 1.6)[0]
    along = np.arange(count, dtype=np.float64)
    wide = wide * (1 + _curve(rng, count, 40, 0.1, along))
    stroke = np.searchsorted(breaks, along, side="right") - 1
    short = np.diff(breaks)[stroke] < _DOT
    if writer.taper:
        left = np.minimum(along - breaks[stroke], breaks[stroke + 1] - 1 - along)
        wide *= 1 - writer.taper * np.maximum(1 - left / 4, 0) * ~short
    wide[short] *= 1.5  # the pen rests on a dot
    flow = 1 - np.abs(_curve(rng, count, 60, writer.flow, along))
    if writer.skips > 0:
        dry = _curve(rng, count, 3, 1.0, along)
        flow = np.where(dry > NormalDist().inv_cdf(1 - writer.skips), flow * 0.25, flow)
    flow[short] = 1
    return wide * writer.pen, np.clip(flow, 0.1, 1)
