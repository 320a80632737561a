"""Whether doubt of borders is true: `bench/borders.py N [FOLDER] [--first SEED] [--fit] [--pictures FOLDER]`.

N pages of all sorts in our own hands are drawn, every second with page numbers, notes in the margin and the
like; their lines are found as a page's are, and nothing is read. The outline of a line is wrong when it cuts
a letter of its line (less than two thirds of its ink are inside), misses one that stands in no other part of
the line, or holds a letter of another line (more than half of its ink). Told are wrong outlines, the area
under the curve of their probability, what is called doubtful, and by tenths the probability to be wrong
beside the share that is. FOLDER holds real scans: their doubtful lines are named.
`--fit` prints the weights of ocr/lines/borders.py fitted on these pages instead; `--pictures` keeps a picture
of each real page.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ocr.arrays import F64, GreyImage, Mask
from ocr.geometry import Box
from ocr.lines import LinesSettings, find_lines, widened
from ocr.lines.borders import BORDER_WEIGHTS, DOUBTFUL, Features, border_features, with_border_doubt
from ocr.lines.kinds import probability
from ocr.page import Line, Page, Region, Source, Surface
from ocr.scan.coverage import coverage_of
from ocr.scan.explain import overlay
from ocr.scan.leaf import Leaf, LeafSettings, prepare
from ocr.scan.load import Scan, is_scan, load_sheet

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests import written
from tests.furniture import furnished
from tests.notebook import Notebook

HELD = 2 / 3
"""A letter with less of its ink inside is cut,"""
MISSED = 0.1
"""and with less than this missed."""
FOREIGN = 0.5
"""A letter of another line is held with more than this."""
FEWEST_PX = 6
"""Letters with less ink are not asked."""
Rows = list[tuple[Features, bool]]


def page(seed: int) -> Notebook:
    """A drawn page: the sorts in turn, more of the crowded and the slanting."""
    rng = np.random.default_rng((seed, 78))
    sort = written.SORTS[seed % len(written.SORTS)]
    if seed // len(written.SORTS) % 3 == 1:
        sort = "dense" if seed % 2 else "letter"
    margin = float(rng.choice([0.0, 0.2, 0.28])) if sort != "ledger" else 0.0
    return written.page((seed, 77), sort, margin=margin, more=furnished if seed % 2 else None)


def lines_of(scan: Scan) -> Iterator[tuple[Leaf, tuple[Region, ...]]]:
    """The leaves of a scan with their lines, as wide as they are made before they are read."""
    for leaf in prepare(scan, LeafSettings()):
        regions = find_lines(leaf, LinesSettings(), scan.pixels)
        outlines = [line.outline for region in regions for line in region.lines]
        coverage = coverage_of(leaf, outlines, scan.pixels) if outlines else None
        yield leaf, regions if coverage is None else widened(leaf, regions, coverage.places)


class _Inside:
    """The pixels inside the outline of a line, in the box around it."""

    def __init__(self, line: Line, shape: tuple[int, ...]) -> None:
        self.box = _pixels(line.outline.box, shape)
        left, top, right, bottom = self.box
        self.mask = np.zeros((bottom - top, right - left), np.uint8)
        points = [[round(p.x - 0.5) - left, round(p.y - 0.5) - top] for p in line.outline.points]
        cv2.fillPoly(self.mask, [np.array(points, np.int32)], (1,))

    def counts(self, owners: GreyImage, least: int) -> npt.NDArray[np.int64]:
        """How much ink of each line is inside."""
        left, top, right, bottom = self.box
        return np.bincount(owners[top:bottom, left:right][self.mask > 0], minlength=least)

    def share(self, ink: Mask, at: tuple[int, int, int, int]) -> float:
        """How much of the ink in a box is inside."""
        left, top = max(at[0], self.box[0]), max(at[1], self.box[1])
        right, bottom = min(at[2], self.box[2]), min(at[3], self.box[3])
        if left >= right or top >= bottom:
            return 0.0
        mine = self.mask[top - self.box[1] : bottom - self.box[1], left - self.box[0] : right - self.box[0]]
        here = ink[top - at[1] : bottom - at[1], left - at[0] : right - at[0]]
        return float((here & (mine > 0)).sum()) / max(int(ink.sum()), 1)


def _pixels(box: Box, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    left, top = max(int(box.left), 0), max(int(box.top), 0)
    return (
        left,
        top,
        max(min(int(box.right) + 1, shape[1]), left),
        max(min(int(box.bottom) + 1, shape[0]), top),
    )


def wrong_letters(made: Notebook, lines: list[Line]) -> list[int]:
    """How many letters each outline cuts, misses, or holds of others."""
    inside = [_Inside(line, made.owners.shape) for line in lines]
    held = [each.counts(made.owners, len(made.kinds) + 1) for each in inside]
    of = [int(counts[1:].argmax()) + 1 if counts[1:].any() else 0 for counts in held]
    wrong = [0] * len(lines)
    for line, letters in enumerate(made.letters, 1):
        mine = [n for n, owner in enumerate(of) if owner == line]
        for box in letters:
            left, top, right, bottom = at = _pixels(box, made.owners.shape)
            ink = made.owners[top:bottom, left:right] == line
            if ink.sum() < FEWEST_PX:
                continue
            shares = [each.share(ink, at) for each in inside]
            for n, share in enumerate(shares):
                wrong[n] += share > FOREIGN and of[n] != line
            if not mine:
                continue
            best = max(mine, key=lambda n: shares[n])
            if shares[best] < MISSED:  # of its parts the one that holds most of the line should
                best = max(mine, key=lambda n: int(held[n][line]))
            wrong[best] += shares[best] < HELD
    return wrong


def rows_of(made: Notebook) -> Rows:
    """What the border of each line found is told by, and whether it is wrong."""
    height, width = made.pixels.shape[:2]
    scan = Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), made.pixels)
    features: list[Features] = []
    lines: list[Line] = []
    for leaf, regions in lines_of(scan):
        own = [line for region in regions for line in region.lines]
        features += border_features(leaf, own)
        lines += own
    return [(told, wrong > 0) for told, wrong in zip(features, wrong_letters(made, lines), strict=True)]


def area_under_curve(chances: F64, wrong: npt.NDArray[np.bool_]) -> float:
    """How often a wrong one has the higher chance to be wrong, of all pairs of a wrong and a right one."""
    _, place, counts = np.unique(chances, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    positive = int(wrong.sum())
    return float((ranks[wrong].sum() - positive * (positive + 1) / 2) / (positive * (len(wrong) - positive)))


def fitted(rows: Rows) -> list[float]:
    """Weights of the probability to be right: logistic regression by Newton's method, hardly shrunk."""
    sides = np.array([(1.0, *features) for features, _ in rows])
    right = np.array([not wrong for _, wrong in rows], np.float64)
    shrink = np.diag([0.0] + [1.0] * (sides.shape[1] - 1))
    weights = np.zeros(sides.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-sides @ weights))
        slope = sides.T @ (right - chance) - shrink @ weights
        weights += np.linalg.solve((sides.T * (chance * (1 - chance))) @ sides + shrink, slope)
    return [round(float(weight), 3) for weight in weights]


def told(rows: Rows) -> dict[str, float | int]:
    """The figures of drawn pages, with the calibration printed."""
    chances = np.array([1 - probability(features, BORDER_WEIGHTS) for features, _ in rows])
    wrong = np.array([is_wrong for _, is_wrong in rows])
    for tenth in range(10):
        here = (chances >= tenth / 10) & (chances < (tenth + 1) / 10)
        if here.any():
            print(
                f"{tenth / 10:.1f} to {(tenth + 1) / 10:.1f}: {here.sum():5} lines, "
                f"told {chances[here].mean():.3f}, wrong {wrong[here].mean():.3f}"
            )
    doubtful = chances > 1 - DOUBTFUL
    return {
        "lines": len(rows),
        "wrong": int(wrong.sum()),
        "area_under_curve": round(area_under_curve(chances, wrong), 3),
        "brier": round(float(((chances - wrong) ** 2).mean()), 4),
        "doubtful": int(doubtful.sum()),
        "doubtful_and_wrong": int((doubtful & wrong).sum()),
    }


def real(path: Path, pictures: Path | None) -> None:
    """Tells the doubtful lines of a real page."""
    scan = load_sheet(path)
    surfaces = [
        Surface(leaf.box, with_border_doubt(leaf, regions), leaf.skew) for leaf, regions in lines_of(scan)
    ]
    lines = [line for surface in surfaces for line in surface.lines]
    doubts = [
        f"{n} ({line.border_confidence:.2f})"
        for n, line in enumerate(lines, 1)
        if line.border_confidence is not None
    ]
    print(f"{path.name:28} {len(lines):4} lines, doubtful {len(doubts)}: {', '.join(doubts)}", flush=True)
    if pictures:
        shown = overlay(scan, Page(path.stem, scan.source, tuple(surfaces)))
        (pictures / f"{path.stem}.jpg").write_bytes(shown)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("count", type=int)
    asked.add_argument("folder", type=Path, nargs="?")
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--fit", action="store_true")
    asked.add_argument("--pictures", type=Path)
    given = asked.parse_args()
    if given.pictures:
        given.pictures.mkdir(parents=True, exist_ok=True)
    for path in sorted(p for p in given.folder.iterdir() if is_scan(p)) if given.folder else ():
        real(path, given.pictures)
    rows: Rows = []
    for seed in range(given.first, given.first + given.count):
        rows += rows_of(page(seed))
        print(f"{seed}: {len(rows)} lines", flush=True)
    if rows and given.fit:
        print("BORDER_WEIGHTS =", fitted(rows))
    if rows:
        print(json.dumps(told(rows)))


if __name__ == "__main__":
    main()
