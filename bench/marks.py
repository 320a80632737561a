"""Machine's marks on drawn pages: `python bench/marks.py N [--first SEED] [--fit] [--words]`.

Draws N pages of all sorts (tests/written.py) with page numbers, notes in the margin and what looks like them
(tests/furniture.py), a stroke through some of their lines, and counts how many of the lines that are marked
as struck out, put in above, a page number or a note in the margin are so, and how many of those that are so
are marked. Last line: {"struck": {"marked", "right", "wanted", "precision", "recall"}, ...}.
With --words single words are struck out, too, underlined and crossed by pieces of pale rules
(tests/struck.py); the pages are read, and words that are marked as struck out are counted.
With --fit it prints the weights of ocr/lines/kinds.py, with --words those of ocr/engines/strikes.py, fitted
on these pages instead.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import numpy.typing as npt

from ocr.arrays import I64, GreyImage, Pixels
from ocr.engines import strikes
from ocr.lines import LinesSettings, find_lines
from ocr.lines.columns import asides_of
from ocr.lines.kinds import (
    Marked,
    Shape,
    insertion_features,
    kinds_of_columns,
    margin_features,
    may_be_inserted,
    may_be_number,
    number_features,
    numbers_among,
    probability,
    struck_features,
)
from ocr.lines.strips import StripCut
from ocr.page import Kind, Line, MarkKind, Source
from ocr.recipe import Recipe
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan
from ocr.synth.compose import Piece, lay
from ocr.synth.hand import write
from ocr.synth.writer import Style, draw_writer
from ocr.transcribe import read_sheet

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests import notebook, struck, written
from tests.furniture import furnished
from tests.notebook import Notebook

STRUCK_LINES = 0.12
"""Share of the lines that a pen's stroke is drawn through."""
LEAST_STRUCK = 0.3
"""Lines with a level stroke through so much of their width are fitted on."""
RULED_LINES = 0.08
"""Share of the lines that a pale, straight rule of the paper runs through."""
FITTED = (
    (Kind.STRUCK, "struck"),
    (Kind.INSERTION, "inserted"),
    (Kind.NUMBER, "number"),
    (Kind.MARGIN, "margin"),
    (Kind.MARGIN, "aside"),
)
"""Kinds, and the features that each is told by."""


@dataclass(slots=True)
class Seen:
    """A line that was found: what it really is, what it is marked as, and what its mark can be told by."""

    truth: Kind
    kind: Kind
    inserted: tuple[float, ...] | None
    struck: tuple[float, ...] | None
    number: tuple[float, ...] | None
    margin: tuple[float, ...] | None
    aside: tuple[float, ...] | None


def page(seed: int) -> Notebook:
    """A drawn page with lines struck out."""
    rng = np.random.default_rng((seed, 78))
    if seed % 4 == 3:
        made = notebook.page(np.random.default_rng((seed, 77)))
    else:
        sort = "draft" if seed % 4 == 1 else written.SORTS[seed // 2 % len(written.SORTS)]
        margin = float(rng.choice([0.0, 0.2, 0.28])) if sort != "ledger" else 0.0
        made = written.page((seed, 77), sort, margin=margin, more=furnished)
    pixels, owners, kinds = made.pixels.copy(), made.owners.copy(), list(made.kinds)
    for n, kind in enumerate(kinds, 1):
        chance = rng.random()
        if kind is not Kind.TEXT or chance > STRUCK_LINES + RULED_LINES:
            continue
        ys, xs = np.nonzero(owners == n)
        if len(xs) < 400 or np.ptp(xs) < 200:
            continue
        if chance < STRUCK_LINES:
            stroke(rng, pixels, owners, xs, ys, n, 1.0)
            kinds[n - 1] = Kind.STRUCK
        else:
            stroke(rng, pixels, owners, xs, ys, 0, float(rng.uniform(0.15, 0.6)))
    return Notebook(pixels, owners, tuple(kinds), made.words)


Rows = list[tuple[tuple[float, ...], bool]]
"""What something is told by, and whether it is so."""


def words_on(made: Notebook) -> tuple[Rows, Counter[str]]:
    """What strikes are told by on a page with struck words, and whether each is one; and how many words are
    there, struck out, marked, rightly marked. Words of lines that are marked whole are left out."""
    candidates: list[tuple[float, ...]] = []
    chances: list[float] = []

    def listen(cut: StripCut, left: float, right: float) -> float:
        through = strikes.stroke_through(cut, left, right)
        if through is None or not strikes.may_strike(through):
            return 0.0
        candidates.append(strikes.features(through))
        chances.append(probability(candidates[-1], strikes.STRIKE_WEIGHTS))
        return float(len(candidates))  # a mark that says which candidate it is of

    height, width = made.pixels.shape[:2]
    scan = Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), made.pixels)
    with patch("ocr.engines.word_marks.strike_probability", listen):
        read = read_sheet(scan, Recipe(engine="cursive"), name="drawn")
    rows: Rows = []
    counts: Counter[str] = Counter()
    for line in read.lines:
        if line.reading is None or line.kind is Kind.STRUCK:
            continue
        whole = truth_of(made, line) is Kind.STRUCK
        for word in line.reading.words:
            right = whole or (word.box is not None and struck.truth_of(word.box, made.struck))
            mark = word.mark(MarkKind.STRUCK)
            counts["words"] += 1
            counts["wanted"] += right
            if mark is not None:
                rows.append((candidates[round(mark.confidence) - 1], right))
                marked = chances[round(mark.confidence) - 1] >= LinesSettings().least_sure
                counts["marked"] += marked
                counts["right"] += marked and right
    return rows, counts


def stroke(
    rng: np.random.Generator,
    pixels: Pixels,
    owners: GreyImage,
    xs: npt.NDArray[np.intp],
    ys: npt.NDArray[np.intp],
    number: int,
    strength: float,
) -> None:
    """A stroke through the middle of a line's ink (in place): a pen's in its colour, a little unsteady, and
    belonging to the line of that number; or, where that is 0, a rule, straight and so much paler."""
    dark = pixels[ys, xs]
    colour = np.percentile(dark, 30, axis=0)
    lean = np.polyfit(xs, ys, 1)
    tall = float(np.percentile(ys - np.polyval(lean, xs), 75) - np.percentile(ys - np.polyval(lean, xs), 25))
    at = np.linspace(xs.min() - 0.3 * tall, xs.max() + 0.3 * tall, 24)
    wander = np.cumsum(rng.normal(0, 0.05 * tall if number else 0, len(at)))
    rise = np.polyval(lean, at) + wander - wander.mean() + rng.normal(0, 0.15 * tall)
    thick = max(2, round(tall * rng.uniform(0.12, 0.3)))
    drawn = np.zeros(owners.shape, np.uint8)
    cv2.polylines(drawn, [np.stack([at, rise], axis=1).astype(np.int32)], False, (255,), thick, cv2.LINE_AA)
    soft = strength * cv2.GaussianBlur(drawn, (0, 0), 0.8)[..., None] / 255
    pixels[:] = np.rint(pixels * (1 - soft) + np.minimum(colour, pixels) * soft)
    if number:
        owners[drawn > 60] = number


def seen_on(made: Notebook, settings: LinesSettings) -> Iterator[Seen]:
    """The lines found on a drawn page with their truth."""
    leaf_columns: list[tuple[Kind, list[Shape]]] = []
    pitches: list[float] = []

    def listen(
        columns: list[tuple[Kind, list[Shape]]], pitch_px: float, settings: LinesSettings
    ) -> list[tuple[Kind, list[Marked]]]:
        told = kinds_of_columns(columns, pitch_px, settings)
        order = sorted(range(len(columns)), key=lambda n: told[n][0] is Kind.MARGIN)
        leaf_columns.extend(columns[n] for n in order)
        pitches.append(pitch_px)
        return told

    height, width = made.pixels.shape[:2]
    scan = Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), made.pixels)
    for leaf in prepare(scan, LeafSettings()):
        leaf_columns.clear()
        with patch("ocr.lines.finding.kinds_of_columns", listen):
            regions = find_lines(leaf, settings)
        text = [shape for kind, shapes in leaf_columns if kind is Kind.TEXT for shape in shapes]
        for region, (column, shapes) in zip(regions, leaf_columns, strict=True):
            pitch = pitches[-1]
            numbers = numbers_among(shapes, settings) if column is Kind.TEXT else []
            others = [shape for n, shape in enumerate(shapes) if n not in numbers]
            if column is Kind.MARGIN and may_be_number(shapes, text):
                numbers, others = [0], text
            beside = column is Kind.MARGIN and bool(text)
            for n, line in enumerate(region.lines):
                inserted = column is Kind.TEXT and may_be_inserted(shapes, n, pitch)
                aside = shapes[n].aside
                yield Seen(
                    truth_of(made, line),
                    line.kind,
                    insertion_features(shapes, n, pitch) if inserted else None,
                    struck_features(shapes, n) if shapes[n].struck > LEAST_STRUCK else None,
                    number_features(shapes[n], others, pitch) if n in numbers else None,
                    margin_features(shapes, text, pitch) if beside and aside is None else None,
                    aside,
                )


def asides(seed: int) -> Iterator[tuple[tuple[float, ...], bool]]:
    """What may be a note in the row of a line, and whether it is, on drawn lines of which some have
    a note before them, or are set out themselves."""
    rng = np.random.default_rng((seed, 79))
    writer = draw_writer(rng, list(Style)[rng.integers(len(Style))])
    pitch = float(rng.uniform(40, 70))
    x_px, margin = pitch * float(rng.uniform(0.26, 0.4)), 5 * pitch
    count, runs, notes = int(rng.integers(8, 30)), [], []
    kind = rng.random()
    for n in range(count):
        chance = rng.random() < rng.uniform(0.05, 0.2)
        note, set_out = chance and kind < 0.6, chance and kind > 0.4
        start = margin + float(rng.normal(0, 0.15)) * pitch
        text = " ".join(str(rng.choice(notebook.WORDS)) for _ in range(3))
        if set_out and not (note and rng.random() < 0.5):
            start, note = start - float(rng.uniform(1.3, 4)) * pitch, False
        pieces = [lay(write(rng, writer, text), (start, 0.0), x_px, 0.0)]
        if note:
            words = write(rng, writer, " ".join(notebook.WORDS[n % 40 : n % 40 + int(rng.integers(1, 3))]))
            size = min(x_px * float(rng.uniform(0.6, 1.0)), 4 * pitch / max(words.length, 1.0))
            left = start - float(rng.uniform(0.2, 1.2)) * pitch - words.length * size
            pieces.append(lay(words, (left, 0.0), size, 0.0))
        runs.append(np.concatenate([_columns(piece) for piece in pieces]))
        notes.append(note)
    owner = np.repeat(np.arange(count), [len(run) for run in runs])
    for n, _, features in asides_of(np.concatenate(runs), owner, count, pitch, 0.0):
        yield features, notes[n]


def _columns(piece: Piece) -> I64:
    """The columns that the ink of a piece darkens."""
    xs, wide = piece.places[:, 0], np.maximum(piece.widths, 2) / 2
    return np.unique(np.concatenate([np.floor(xs + part * wide) for part in (-1, -0.5, 0, 0.5, 1)])).astype(
        np.int64
    )


def truth_of(made: Notebook, line: Line) -> Kind:
    """What most of the ink in a line's outline belongs to."""
    inside = np.zeros(made.owners.shape, np.uint8)
    points = np.array([[round(p.x - 0.5), round(p.y - 0.5)] for p in line.outline.points], np.int32)
    cv2.fillPoly(inside, [points], (1,))
    held = np.bincount(made.owners[inside > 0], minlength=len(made.kinds) + 1)[1:]
    return made.kinds[int(held.argmax())] if held.max(initial=0) > 0 else Kind.TEXT


def fitted(features: Sequence[tuple[float, ...]], right: Sequence[bool]) -> list[float]:
    """Weights of a logistic function, by Newton's method with a small ridge; the first stands alone."""
    rows = np.hstack([np.ones((len(features), 1)), np.array(features)])
    wanted = np.array(right, float)
    weights = np.zeros(rows.shape[1])
    ridge = 0.1 * np.eye(rows.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (wanted - chance) - ridge @ weights
        weights += np.linalg.solve((rows * (chance * (1 - chance))[:, None]).T @ rows + ridge, slope)
    return [round(float(weight), 3) for weight in weights]


def print_words(seeds: range, share: float, *, fit: bool) -> None:
    """The words struck out on drawn pages and those marked so, or weights fitted on them."""
    rows: Rows = []
    counts: Counter[str] = Counter()
    for seed in seeds:
        rng = np.random.default_rng((seed, 80))
        own, of_page = words_on(struck.with_struck(rng, page(seed), chance=share, decoys=share))
        rows += own
        counts += of_page
        print(seed, dict(of_page), flush=True)
    print_marks(rows, counts, len(seeds), fit=fit)


def print_marks(rows: Rows, counts: Counter[str], pages: int, *, fit: bool) -> None:
    """What was marked and what was right of it, or weights fitted on the candidates."""
    if fit:
        print(len(rows), "candidates", sum(right for _, right in rows), "right")
        print(fitted([row for row, _ in rows], [right for _, right in rows]))
        return
    marked, right, wanted = counts["marked"], counts["right"], counts["wanted"]
    shares = {
        "precision": round(right / marked, 4) if marked else None,
        "recall": round(right / wanted, 4) if wanted else None,
    }
    print(json.dumps(dict(counts) | shares | {"pages": pages}))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("count", type=int)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--fit", action="store_true")
    asked.add_argument("--words", action="store_true")
    asked.add_argument("--share", type=float, default=0.03, help="of the words are struck out, and crossed")
    given = asked.parse_args()
    if given.words:
        print_words(range(given.first, given.first + given.count), given.share, fit=given.fit)
        return
    # To be fitted on, all notes that may be ones are to be parted from their lines.
    settings = LinesSettings(least_sure=0.0) if given.fit else LinesSettings()
    wanted: Counter[Kind] = Counter()
    seen: list[Seen] = []
    for seed in range(given.first, given.first + given.count):
        made = page(seed)
        wanted.update(made.kinds)
        seen += seen_on(made, settings)
    if given.fit:
        for kind, of in FITTED:
            rows = [(getattr(one, of), one.truth is kind) for one in seen if getattr(one, of) is not None]
            if of == "aside":
                for seed in range(given.first, given.first + 2 * given.count):
                    rows += asides(seed)
            weights = fitted([row for row, _ in rows], [right for _, right in rows])
            print(of, len(rows), "candidates", sum(right for _, right in rows), "right", weights)
            for row, is_right in rows[:: max(1, len(rows) // 40)]:
                print(
                    "   ", is_right, [round(value, 2) for value in row], round(probability(row, weights), 3)
                )
        return
    told = {}
    for kind in (Kind.STRUCK, Kind.INSERTION, Kind.NUMBER, Kind.MARGIN):
        marked = sum(one.kind is kind for one in seen)
        right = sum(one.kind is kind and one.truth is kind for one in seen)
        told[str(kind)] = {
            "marked": marked,
            "right": right,
            "wanted": wanted[kind],
            "precision": round(right / marked, 4) if marked else None,
            "recall": round(right / wanted[kind], 4) if wanted[kind] else None,
        }
        print(f"{kind:10} {told[str(kind)]}")
    print(json.dumps(told | {"pages": given.count}))


if __name__ == "__main__":
    main()
