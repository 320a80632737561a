"""Pages in our own hands with small letters raised beside a number, and fractions stacked over a bar."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from ocr.arrays import F32, Mask
from ocr.page import Kind
from ocr.synth.camera import Look, ink_of, lie_down, photograph
from ocr.synth.compose import Piece, Written, lay
from ocr.synth.hand import write
from ocr.synth.paper import Leaf, Paper, draw_leaf
from ocr.synth.writer import Style, Writer, draw_writer
from tests.notebook import WORDS, Notebook

INK = 60
"""Of 255: so dark is ink that counts."""
_STYLES = (Style.CLERK, Style.QUICK, Style.SCHOOL)
_PAPERS = (Paper.BLANK, Paper.RULED)
_ENDINGS = ("го", "ма", "му", "мъ", "ти", "хъ", "ой", "на", "ый")
_UNITS = ("т.", "р.", "к.", "д.", "п.")


class Sort(StrEnum):
    """What is not on the row of its line."""

    ENDING = "ending"
    """Letters of half the size or a little more, their feet near the heads of small letters."""
    FRACTION = "fraction"
    """A small number above a bar, a small number below it."""
    UNDER = "under"
    """A number on a bar, what it counts below the bar."""


@dataclass(frozen=True, slots=True)
class Token:
    """A number with what stands beside, above or below it."""

    sort: Sort
    line: int
    """The number of its line (from 1)."""
    base: Mask
    """Its ink on the row of its line; of a fraction its numerator and bar."""
    small: Mask
    """Its raised letters; of a fraction the denominator."""


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn page and its tokens."""

    made: Notebook
    tokens: tuple[Token, ...]


def page(seed: tuple[int, ...], *, sorts: tuple[Sort, ...] = tuple(Sort), chance: float = 0.4) -> Page:
    """A page of running text; about that share of its lines has a token."""
    rng = np.random.default_rng(seed)
    dpi = int(rng.choice([150, 200]))
    writer = draw_writer(rng, _STYLES[rng.integers(len(_STYLES))])
    leaf = draw_leaf(rng, _PAPERS[rng.integers(len(_PAPERS))], dpi, (165.0, 205.0))
    x_px = leaf.pitch * float(rng.uniform(0.2, 0.34)) / max(writer.ascender * 0.6 + 0.4, 0.8)
    lines: list[Written] = []
    parts: list[tuple[Sort, int, Written, Written]] = []
    for row in leaf.baselines:
        asked = sorts[rng.integers(len(sorts))] if rng.random() < chance else None
        whole, held = _line(rng, writer, leaf, row, x_px, asked)
        lines.append(whole)
        if held is not None and asked is not None:
            parts.append((asked, len(lines), *held))
    look = Look.SCAN if rng.random() < 0.7 else Look.PHOTO
    lie = lie_down(rng, look, (leaf.width, leaf.height), None, dpi)
    owners = np.zeros(lie.shape, np.uint8)
    for n, line in enumerate(lines, 1):
        owners[ink_of(lie, [line], 1) > INK] = n
    tokens = tuple(
        Token(sort, n, ink_of(lie, [base], 1) > INK, ink_of(lie, [small], 1) > INK)
        for sort, n, base, small in parts
    )
    pixels = photograph(rng, look, lie, [leaf], ink_of(lie, lines, 2), None, False)
    return Page(Notebook(pixels, owners, (Kind.TEXT,) * len(lines)), tokens)


def _line(
    rng: np.random.Generator, writer: Writer, leaf: Leaf, row: float, x_px: float, asked: Sort | None
) -> tuple[Written, tuple[Written, Written] | None]:
    """A line of words with a token among them, if one is asked for and there is room; and its two parts."""
    x, room = leaf.left + leaf.text_left, leaf.left + leaf.text_right
    pen = max(writer.pen * x_px * 1.4, 1.0)
    pieces: list[Piece] = []
    spot = int(rng.integers(0, 4)) if asked else -1
    strokes: tuple[F32, ...] = ()
    held = None
    for n in range(40):
        if n == spot and asked:
            base, small, strokes = _token(rng, writer, asked, (x, row), x_px)
            added = [base, small]
            ends = np.array([[base.left, row], [base.right, row]], np.float32)
            drawn = Written(Kind.TEXT, (base,), strokes, pen, ends)
            held = drawn, replace(drawn, pieces=(small,), strokes=())
        else:
            added = [_put(rng, writer, str(rng.choice(WORDS)), (x, row), x_px, x_px)]
        if max(piece.right for piece in added) > room:
            held = None if n == spot else held
            strokes = () if n == spot else strokes
            break
        pieces += added
        x = max(piece.right for piece in added) + x_px * float(rng.uniform(0.6, 1.2))
    ends = np.array([[pieces[0].left, row], [pieces[-1].right, row]], np.float32)
    return Written(Kind.TEXT, tuple(pieces), strokes, pen, ends), held


def _token(
    rng: np.random.Generator, writer: Writer, sort: Sort, at: tuple[float, float], x_px: float
) -> tuple[Piece, Piece, tuple[F32, ...]]:
    """What is on the row, what is not, and the bar between them."""
    x, row = at
    size = float(rng.uniform(0.5, 0.7)) * x_px
    plain = replace(writer, raised=False)
    if sort is Sort.ENDING:
        base = _put(rng, plain, str(rng.integers(1, 60)), at, x_px, x_px)
        foot = row - x_px * float(rng.uniform(0.7, 1.5))
        small = _put(rng, plain, str(rng.choice(_ENDINGS)), (base.right + 0.15 * x_px, foot), size, x_px)
        return base, small, ()
    if sort is Sort.FRACTION:
        top, low, bar = str(rng.integers(1, 10)), str(rng.integers(2, 13)), row - 0.5 * x_px
        size *= float(rng.uniform(1.0, 1.4))
        base = _put(rng, plain, top, (x, bar - 0.25 * x_px), size, x_px)
        small = _put(rng, plain, low, (x, 0), size, x_px)
    else:
        bar = row + 0.2 * x_px
        base = _put(rng, plain, str(rng.integers(2, 99)), (x, row - 0.1 * x_px), 0.9 * x_px, x_px)
        small = _put(rng, plain, str(rng.choice(_UNITS)), (x, 0), 1.2 * size, x_px)
    drop = bar + 0.25 * x_px - float(small.places[:, 1].min())
    middle = (base.left + base.right) / 2 - (small.left + small.right) / 2
    small = replace(small, places=small.places + np.array([middle, drop], np.float32))
    left, right = min(base.left, small.left) - 0.2 * x_px, max(base.right, small.right) + 0.2 * x_px
    level = bar + x_px * float(rng.uniform(-0.08, 0.08))
    return base, small, (np.array([[left, bar], [(left + right) / 2, level], [right, bar]], np.float32),)


def _put(
    rng: np.random.Generator,
    writer: Writer,
    text: str,
    at: tuple[float, float],
    x_px: float,
    pen_px: float,
) -> Piece:
    """Text whose ink begins at a place, on the row of that place; small letters are written with the same pen
    as others (`pen_px`: their height)."""
    track = write(rng, writer, text)
    piece = lay(track, (at[0] - float(track.places[:, 0].min()) * x_px, at[1]), x_px, 0.0)
    return replace(piece, widths=track.widths * np.float32(pen_px))
