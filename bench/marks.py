"""Machine's marks on drawn pages: `python bench/marks.py N [--first SEED] [--fit]`.

Draws N pages of all sorts (tests/written.py), a stroke through some of their lines, and counts how many of
the lines that are marked as struck out or put in above are so, and how many of those that are so are marked.
Last line: {"struck": {"marked", "right", "wanted", "precision", "recall"}, "insertion": {...}}. With --fit it
prints the weights of ocr/lines/marks.py fitted on these pages instead.
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

from ocr.lines import LinesSettings, find
from ocr.lines.kinds import Marked, kinds_of, may_be_inserted
from ocr.lines.marks import insertion_features, probability, struck_features
from ocr.lines.shape import Shape
from ocr.page import Kind, Line, Source
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests import written
from tests.notebook import Notebook

STRUCK_LINES = 0.12
"""Share of the lines that a pen's stroke is drawn through."""
LEAST_STRUCK = 0.3
"""Lines with a level stroke through so much of their width are fitted on."""
RULED_LINES = 0.08
"""Share of the lines that a pale, straight rule of the paper runs through."""


@dataclass(slots=True)
class Seen:
    """A line that was found: what it really is, what it is marked as, and what its mark can be told by."""

    truth: Kind
    kind: Kind
    inserted: tuple[float, ...] | None
    struck: tuple[float, ...] | None


def page(seed: int) -> Notebook:
    """A drawn page with lines struck out."""
    sorts = written.SORTS
    made = written.page((seed, 77), "draft" if seed % 2 else sorts[seed // 2 % len(sorts)])
    rng = np.random.default_rng((seed, 78))
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


def stroke(
    rng: np.random.Generator,
    pixels: npt.NDArray[np.uint8],
    owners: npt.NDArray[np.uint8],
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


def seen_on(made: Notebook) -> Iterator[Seen]:
    """The lines found on a drawn page with their truth."""
    columns: list[tuple[Kind, list[Shape], float]] = []

    def listen(shapes: list[Shape], column: Kind, pitch_px: float, settings: LinesSettings) -> list[Marked]:
        columns.append((column, shapes, pitch_px))
        return kinds_of(shapes, column, pitch_px, settings)

    height, width = made.pixels.shape[:2]
    scan = Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), made.pixels)
    for leaf in prepare(scan, LeafSettings()):
        columns.clear()
        with patch("ocr.lines.finding.kinds_of", listen):
            regions = find(leaf, LinesSettings())
        columns.sort(key=lambda one: one[0] is Kind.MARGIN)
        if [len(region.lines) for region in regions] != [len(shapes) for _, shapes, _ in columns]:
            continue  # a page number in a margin comes first
        for region, (column, shapes, pitch) in zip(regions, columns, strict=True):
            for n, line in enumerate(region.lines):
                inserted = column is Kind.TEXT and may_be_inserted(shapes, n, pitch)
                yield Seen(
                    truth_of(made, line),
                    line.kind,
                    insertion_features(shapes, n, pitch) if inserted else None,
                    struck_features(shapes, n) if shapes[n].struck > LEAST_STRUCK else None,
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


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("count", type=int)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--fit", action="store_true")
    given = asked.parse_args()
    wanted: Counter[Kind] = Counter()
    seen: list[Seen] = []
    for seed in range(given.first, given.first + given.count):
        made = page(seed)
        wanted.update(made.kinds)
        seen += seen_on(made)
    if given.fit:
        for kind, of in ((Kind.STRUCK, "struck"), (Kind.INSERTION, "inserted")):
            rows = [(getattr(one, of), one.truth is kind) for one in seen if getattr(one, of) is not None]
            weights = fitted([row for row, _ in rows], [right for _, right in rows])
            print(kind, len(rows), "candidates", sum(right for _, right in rows), "right", weights)
            for row, is_right in rows[:: max(1, len(rows) // 40)]:
                print(
                    "   ", is_right, [round(value, 2) for value in row], round(probability(row, weights), 3)
                )
        return
    told = {}
    for kind in (Kind.STRUCK, Kind.INSERTION):
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
