"""Pages in our own hands of pen strokes, drawn for benches and tests: every line's ink and words are known.

Sorts of page that users bring: a school notebook, a letter whose lines slant, a diary with wide spacing,
a draft full of strike-outs and insertions, small dense writing, a ledger with columns of numbers, a spread.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

import numpy as np

from ocr.arrays import GreyImage
from ocr.geometry import Box
from ocr.page import Kind
from ocr.synth.camera import Lie, Look, ink_of, lie_down, photograph
from ocr.synth.compose import Habits, Written, compose, folio, lay
from ocr.synth.hand import write
from ocr.synth.paper import Leaf, Paper, Rule, draw_leaf
from ocr.synth.truth import line_of
from ocr.synth.writer import Style, Writer, draw_writer
from tests.notebook import WORDS, Notebook

SORTS = ("school", "letter", "diary", "draft", "dense", "ledger", "spread")
_INK = 60
"""Of 255: so dark is ink that counts."""


@dataclass(frozen=True, slots=True)
class Sort:
    """What a sort of page is drawn with."""

    styles: tuple[Style, ...]
    papers: tuple[Paper, ...]
    habits: Habits = field(default_factory=Habits)
    spacing: float = 1.0
    """Distance of lines over the usual one: the size of letters stays."""
    turn_deg: float = 0.0
    """Lines slant by up to so much."""
    leaves: int = 1


@dataclass(frozen=True, slots=True)
class _Spaced(Leaf):
    """A leaf whose lines stand closer or wider than letters of that size usually do."""

    spacing: float = 1.0

    @property
    def baselines(self) -> list[float]:
        """Rows of all baselines that keep a foot margin."""
        pitch = self.pitch * self.spacing
        return np.arange(self.first, self.height - 1.1 * self.pitch, pitch).tolist()


_SORTS = {
    "school": Sort((Style.SCHOOL, Style.BALLPOINT), (Paper.SCHOOL, Paper.SQUARED)),
    "letter": Sort((Style.QUICK, Style.CLERK), (Paper.BLANK,), turn_deg=6.0),
    "diary": Sort((Style.QUICK, Style.BALLPOINT), (Paper.BLANK, Paper.RULED), spacing=1.5),
    "draft": Sort((Style.QUICK,), (Paper.BLANK, Paper.RULED), Habits(0.3, 0.25, 0.1, 0.1)),
    "dense": Sort((Style.QUICK, Style.CLERK), (Paper.BLANK, Paper.RULED), spacing=0.75),
    "ledger": Sort((Style.CLERK, Style.SCHOOL), (Paper.LEDGER,)),
    "spread": Sort((Style.SCHOOL, Style.QUICK), (Paper.RULED, Paper.SCHOOL, Paper.SQUARED), leaves=2),
}


More = Callable[[np.random.Generator, Writer, Leaf, list[Written]], list[Written]]
"""What becomes of the lines of a side before they are photographed: the lines instead of them."""


def page(
    seed: tuple[int, ...],
    sort: str,
    *,
    x_px: float | None = None,
    margin: float = 0.0,
    more: More | None = None,
) -> Notebook:
    """A page of that sort; small letters about `x_px` tall, or as a scan of 150 to 200 dpi has them.

    The margin at the left is at least that share of the leaf. With `more` there is no number in the corner.
    """
    dpi = int(np.random.default_rng((*seed, 5)).choice([150, 200]))
    if x_px is None:
        return _page(seed, sort, dpi, None, margin=margin, more=more)[0]
    # Small writing fills a large leaf, large writing a small one: the picture keeps a sane size.
    size = (165.0, 205.0) if x_px < 60 else (120.0, 100.0)
    if x_px < 12:
        size = (330.0, 410.0)
    drawn = _page(seed, sort, dpi, size, measure=True)[1]
    return _page(seed, sort, max(round(dpi * x_px / drawn), 10), size)[0]


def _page(
    seed: tuple[int, ...],
    sort: str,
    dpi: int,
    size_mm: tuple[float, float] | None,
    *,
    measure: bool = False,
    margin: float = 0.0,
    more: More | None = None,
) -> tuple[Notebook, float]:
    """The page and the height of its small letters; the page is empty when only that is wanted."""
    rng = np.random.default_rng(seed)
    what = _SORTS[sort]
    writer = draw_writer(rng, what.styles[rng.integers(len(what.styles))])
    paper = what.papers[rng.integers(len(what.papers))]
    leaf = draw_leaf(rng, paper, dpi, size_mm or (165.0, 205.0))
    leaf = _Spaced(**{f.name: getattr(leaf, f.name) for f in fields(leaf)}, spacing=what.spacing)
    if leaf.rules and what.spacing != 1:
        leaf = replace(leaf, rules=_spaced(leaf))
    if margin:
        leaf = replace(leaf, text_left=max(leaf.text_left, margin * leaf.width))
    words = [str(rng.choice(WORDS)) for _ in range(1500)]
    sides = []
    for n in range(what.leaves):
        side = replace(leaf, left=n * leaf.width)
        if sort == "ledger":
            lines = _ledger(rng, writer, side)
        else:
            lines, words = compose(rng, writer, side, words, what.habits)
        if more is not None:
            lines = more(rng, writer, side, lines)
        elif rng.random() < 0.5:
            lines = [folio(rng, draw_writer(rng, Style.BALLPOINT), side, int(rng.integers(1, 400))), *lines]
        sides.append((side, lines))
    written = [line for _, lines in sides for line in lines]
    x_px = _x_height(written)
    look = [Look.SCAN, Look.PHOTO, Look.MICROFILM][rng.choice(3, p=[0.6, 0.3, 0.1])]
    size = (what.leaves * leaf.width, leaf.height)
    lie = lie_down(rng, look, size, leaf.width if what.leaves == 2 else None, dpi)
    if what.turn_deg:
        lie = _slanting(lie, float(rng.uniform(-what.turn_deg, what.turn_deg)))
    if measure:
        return Notebook(np.zeros((1, 1, 3), np.uint8), np.zeros((1, 1), np.uint8), ()), x_px * lie.scale
    owners, kinds, boxes, struck, letters = _owners(lie, written)
    ink = ink_of(lie, written, 2 if dpi <= 300 else 1)
    pixels = photograph(rng, look, lie, [side for side, _ in sides], ink, None, False)
    return Notebook(pixels, owners, kinds, boxes, struck, letters), x_px * lie.scale


def _spaced(leaf: "_Spaced") -> tuple[Rule, ...]:
    """Level rules at the distance of the lines, the others as they were."""
    level = [rule for rule in leaf.rules if rule.start[1] == rule.end[1]]
    others = tuple(rule for rule in leaf.rules if rule.start[1] != rule.end[1])
    pitch = leaf.pitch * leaf.spacing
    rows = np.arange(leaf.first % pitch, leaf.height, pitch).tolist() if level else []
    return others + tuple(replace(level[0], start=(0, y), end=(leaf.width, y)) for y in rows)


def _ledger(rng: np.random.Generator, writer: Writer, leaf: Leaf) -> list[Written]:
    """Entries on the left, a column of sums on the right of each: one line of writing each."""
    x_px = leaf.pitch * float(rng.uniform(0.27, 0.36)) / max(writer.ascender * 0.6 + 0.4, 0.8)
    lines = []
    right = leaf.left + leaf.width - leaf.width * 0.13
    for row in leaf.baselines:
        words = " ".join(str(rng.choice(WORDS)) for _ in range(int(rng.integers(2, 5))))
        entry = lay(write(rng, writer, words), (leaf.left + leaf.text_left, row), x_px, 0.0)
        figures = f"{rng.integers(1, 900)} {rng.integers(10, 99)}"
        track = write(rng, writer, figures)
        sum_ = lay(track, (right - track.length * x_px * 0.5, row), x_px, 0.0)
        pieces = (entry,) if entry.right > sum_.left - 2 * x_px else (entry, sum_)
        ends = np.array([[entry.left, row], [pieces[-1].right, row]], np.float32)
        if entry.right < leaf.left + leaf.width:
            lines.append(Written(Kind.TEXT, pieces, (), 1.0, ends))
    return lines


def _x_height(written: list[Written]) -> float:
    """How many pixels one height of small letters is: tracks are written in such heights."""
    scales = [
        float(np.ptp(piece.places[:, 0])) / max(float(np.ptp(piece.track.places[:, 0])), 1e-6)
        for line in written
        if line.kind is Kind.TEXT
        for piece in line.pieces
    ]
    return float(np.median(scales))


def _slanting(lie: Lie, turn_deg: float) -> Lie:
    """The same, turned about the middle, on a sheet large enough."""
    turn = np.radians(turn_deg)
    cos, sin = np.cos(turn), np.sin(turn)
    height, width = lie.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]]) - (width / 2, height / 2)
    matrix = np.array([[cos, sin], [-sin, cos]])
    turned = corners @ matrix.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    there = np.eye(3)
    there[:2, :2] = matrix
    there[:2, 2] = -matrix @ (width / 2, height / 2) - low
    wide, tall = np.ceil(high - low).astype(int).tolist()
    return replace(lie, matrix=there @ lie.matrix, shape=(tall, wide))


Boxes = tuple[tuple[Box, ...], ...]
"""Of each line."""


def _owners(
    lie: Lie, written: list[Written]
) -> tuple[GreyImage, tuple[Kind, ...], Boxes, tuple[Box, ...], Boxes]:
    """Whose each pixel of ink is, the kinds and the words of the lines, which words are struck out, and the
    letters of the lines; those struck out are of their line."""
    owners = np.zeros(lie.shape, np.uint8)
    kinds: list[Kind] = []
    boxes: list[tuple[Box, ...]] = []
    letters: list[tuple[Box, ...]] = []
    struck: list[Box] = []
    for line in written:
        read = line_of(lie, line).readings[0].words
        words = tuple(word.box for word in read if word.box)
        own = tuple(g.box for word in read for g in word.glyphs if g.box and g.text.isalnum())
        if line.kind is Kind.STRUCK:
            boxes[-1] += words
            letters[-1] += own
            struck += words
        else:
            kinds.append(line.kind)
            boxes.append(words)
            letters.append(own)
        owners[ink_of(lie, [line], 1) > _INK] = len(kinds)
    return owners, tuple(kinds), tuple(boxes), tuple(struck), tuple(letters)
