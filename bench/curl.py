"""What curl costs, and what straightening saves: python bench/curl.py [FOLDER | SEED] [--pages N].

FOLDER holds scans with their transcriptions (NAME.jpg, NAME.txt) that are bent; without it, N notebook pages
are drawn from SEED and bent as they are. Bent means: rolled (lines arch), sunk (lines dive at one edge, as at
a gutter) or waved, by 1 to 4 % of the height. Each bent page is read by our recogniser with its lines as they
lie (bent) and straightened (level), and unbent (flat). Spelling none: the net alone.
Last line: {"flat": cer, "bent": cer, "level": cer, "pages": n, ...}.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from ocr.arrays import F64, GreyImage, Pixels
from ocr.engines.cursive import CursiveEngine, CursiveSettings, open_engine
from ocr.evaluate.rates import Score, score
from ocr.geometry import Ribbon
from ocr.lines import LinesSettings, find_lines, strips_with_margin
from ocr.page import Kind, Line
from ocr.scan.leaf import Leaf, LeafSettings, prepare
from ocr.scan.load import Scan, is_scan, load_sheet
from ocr.synth.camera import Look
from ocr.synth.notebook import NotebookSettings, notebook
from ocr.text import STRICT

Bend = Callable[[F64], F64]
"""How far down writing moves, as a share of the height, at places across from 0 to 1."""

TEXT = (Kind.TEXT, Kind.HEADING, Kind.INSERTION)


def bend_of(number: int) -> tuple[str, Bend]:
    """The bend of one page: kinds take turns, sizes are drawn."""
    dice = np.random.default_rng([number, 41])
    deep = float(dice.uniform(0.01, 0.04))
    side = float(dice.choice([-1.0, 1.0]))
    phase = float(dice.uniform(0, 2))
    kinds: list[tuple[str, Bend]] = [
        ("rolled", lambda x: side * deep * np.sin(np.pi * x)),
        ("sunk", lambda x: deep * np.exp(-(x if side > 0 else 1 - x) / 0.12)),
        ("waved", lambda x: side * deep / 2 * np.sin(np.pi * (1.5 * x + phase))),
    ]
    return kinds[number % len(kinds)]


def bent(pixels: Pixels, bend: Bend) -> GreyImage:
    """The picture bent, on room enough."""
    height, width = pixels.shape[:2]
    down = bend((np.arange(width) + 0.5) / width) * height
    first, last = int(np.floor(down.min())), int(np.ceil(down.max()))
    rows = np.arange(height + last - first, dtype=np.float32)[:, None] + np.float32(first)
    columns = np.broadcast_to(np.arange(width, dtype=np.float32), (len(rows), width))
    moved = cv2.remap(
        pixels,
        columns,
        (rows - down[None].astype(np.float32)),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return moved.astype(np.uint8, copy=False)


def scans(given: str, count: int) -> Iterator[tuple[Scan, str]]:
    """Scans and their texts: those of a folder, or drawn from a seed."""
    folder = Path(given)
    if folder.is_dir():
        for path in sorted(p for p in folder.iterdir() if is_scan(p) and p.with_suffix(".txt").exists()):
            yield load_sheet(path), path.with_suffix(".txt").read_text("utf-8")
        return
    settings = NotebookSettings(look=Look.SCAN, dpi=200, spreads=0.0, scans_per_hand=1)
    for made in notebook(count, int(given), settings):
        yield Scan(made.page.source, made.pixels), made.text


def read(engine: CursiveEngine, leaves: list[tuple[Leaf, list[Line]]], *, level: bool) -> tuple[str, int]:
    """What is read, a row per line, and how many lines were straightened."""
    rows, curved = [], 0
    for leaf, lines in leaves:
        cuts = strips_with_margin(leaf, lines, level=level)
        curved += sum(isinstance(cut.way, Ribbon) for cut in cuts)
        rows += [one.text for one in engine.decoded([engine.model.look(cut.grey) for cut in cuts])]
    return "\n".join(rows), curved


def leaves_of(scan: Scan) -> list[tuple[Leaf, list[Line]]]:
    """Leaves with their lines of text."""
    return [
        (
            leaf,
            [line for part in find_lines(leaf, LinesSettings()) for line in part.lines if line.kind in TEXT],
        )
        for leaf in prepare(scan, LeafSettings())
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("given", nargs="?", default="1", metavar="FOLDER|SEED")
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--model", default="")
    parser.add_argument("--spelling", default="none", help="language model that leads the reading")
    asked = parser.parse_args()
    engine = open_engine(CursiveSettings(model=asked.model, spelling=asked.spelling))
    ways = ("flat", "bent", "level")
    totals = {way: Score(STRICT.name) for way in ways}
    lines_seen = straightened = pages = flat_straightened = 0
    print(f"{'page':12} {'bend':8} {'px':>5} {'lines':>6}" + "".join(f"{way:>8}" for way in ways))
    for number, (scan, truth) in enumerate(scans(asked.given, asked.pages)):
        name, bend = bend_of(number)
        deep = float(np.ptp(bend(np.linspace(0, 1, 99)))) * scan.pixels.shape[0]
        flat = leaves_of(scan)
        curled = leaves_of(replace(scan, pixels=bent(scan.pixels, bend)))
        found = {
            "flat": read(engine, flat, level=True),
            "bent": read(engine, curled, level=False),
            "level": read(engine, curled, level=True),
        }
        count = sum(len(lines) for _, lines in curled)
        lines_seen, straightened = lines_seen + count, straightened + found["level"][1]
        flat_straightened += found["flat"][1]
        pages += 1
        row = []
        for way in ways:
            one = score(truth, found[way][0], STRICT)
            totals[way] += one
            row.append(one.cer or 0.0)
        told = "".join(f"{rate:8.4f}" for rate in row)
        print(f"{number + 1:<12} {name:8} {deep:5.0f} {count:6}{told}", flush=True)
    rates = {way: round(totals[way].cer or 0.0, 4) for way in ways}
    print(
        json.dumps({**rates, "pages": pages, "lines": lines_seen, "straightened": straightened,
                    "straightened_flat": flat_straightened})
    )  # fmt: skip


if __name__ == "__main__":
    main()
