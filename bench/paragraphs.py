"""Whether paragraphs are found: `bench/paragraphs.py [--pages 40] [--first 0]`.

Pages of text are drawn whose paragraphs begin with an indent, after a gap, or plainly in a new line (or with
indent and gap), with ragged and slanting margins, turned a little, in lines that break where the next word no
longer fits. Lines are found as on any page; a line found is the drawn one that its baseline lies nearest to.
Words are given as drawn, or with one capital or stop in eight wrong, or not at all. A way of `none` has no
paragraphs but the first: what is found there is wrong.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from ocr.arrays import Pixels
from ocr.corrections.tokens import Token
from ocr.corrections.view import LineView
from ocr.exports.paragraphs import ParagraphFinder
from ocr.geometry import Affine, Box, Point
from ocr.lines import LinesSettings, find_lines
from ocr.page import Source
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan
from ocr.synth.text import PROSE

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests import drawn

WAYS = ("indent", "gap", "plain", "indent and gap", "none")
WORDS = ("as drawn", "one in eight wrong", "none")


@dataclass(frozen=True, slots=True)
class Row:
    """A drawn line: what stands on it, where its baseline begins, whether a paragraph begins there."""

    words: tuple[str, ...]
    start: Point
    begins: bool


def draw(dice: np.random.Generator, way: str) -> tuple[Pixels, list[Row]]:
    """A page and its lines."""
    pitch = int(dice.integers(46, 76))
    width, height = 1240, 1754
    face = drawn.font(int(pitch * dice.uniform(0.38, 0.5)))
    sheet = Image.new("L", (width, height), 225)
    pen = ImageDraw.Draw(sheet)
    left, right = width * float(dice.uniform(0.08, 0.2)), width * float(dice.uniform(0.86, 0.95))
    slant, ragged = float(dice.uniform(-0.05, 0.05)), float(dice.uniform(0.02, 0.14)) * pitch
    indent = pitch * float(dice.uniform(0.8, 2.5))
    y = 0.09 * height
    rows: list[Row] = []
    for n, paragraph in enumerate(_paragraphs(dice, way)):
        words, begins = paragraph.split(), True
        y += pitch * float(dice.uniform(0.6, 1.0)) * ("gap" in way and n > 0)
        while words and y < 0.93 * height:
            x = left + slant * y + float(dice.normal(0, ragged)) + indent * (begins and "indent" in way)
            edge = right + float(dice.normal(0, ragged))
            here = [words.pop(0)]
            while words and x + pen.textlength(" ".join([*here, words[0]]), font=face) <= edge:
                here.append(words.pop(0))
            y += pitch
            pen.text((x, y), " ".join(here), fill=60, font=face, anchor="ls")
            rows.append(Row(tuple(here), Point(x, y), begins))
            begins = False
    turn_deg = float(dice.uniform(-1.5, 1.5))
    way_there = Affine.turn(-turn_deg, Point(width / 2, height / 2))
    turned = np.asarray(sheet.rotate(-turn_deg, Image.Resampling.BICUBIC, fillcolor=225))
    noisy = np.clip(turned + dice.normal(0, 3, turned.shape), 0, 255).astype(np.uint8)
    return noisy, [replace(row, start=way_there(row.start)) for row in rows]


def _paragraphs(dice: np.random.Generator, way: str) -> list[str]:
    prose = [p for p in PROSE.read_text("utf-8").split("\n") if p.strip()]
    first = int(dice.integers(len(prose)))
    prose = [*prose[first:], *prose[:first]]
    if way == "none":
        return [" ".join(prose)]
    cut = [paragraph.replace(". ", ".|").split("|") for paragraph in prose]
    return [" ".join(sentences[: int(dice.integers(1, 5))]) for sentences in cut]


def lines_of(pixels: Pixels, rows: list[Row]) -> list[tuple[LineView, int]]:
    """The lines that are found, without words, each with the number of the drawn one that it is."""
    height, width = pixels.shape[:2]
    scan = Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), pixels)
    views = []
    for leaf in prepare(scan, LeafSettings()):
        for r, region in enumerate(find_lines(leaf, LinesSettings())):
            for n, line in enumerate(region.lines):
                start = line.baseline[0]
                view = LineView(
                    ident=f"r{r}_l{n}",
                    n=None,
                    kind=line.kind,
                    region=f"r{r}",
                    surface="s1",
                    outline=line.outline,
                    baseline=line.baseline,
                    confidence=None,
                    by=None,
                    state="draft",
                    state_by=None,
                    tokens=(),
                    machine="",
                )
                ways = [abs(row.start.y - start.y) for row in rows]
                views.append((view, ways.index(min(ways))))
    return views


def _tokens(row: Row, words: str, dice: np.random.Generator) -> Iterator[Token]:
    if words == "none":
        return
    x = row.start.x
    face = drawn.font(28)
    for n, word in enumerate(row.words):
        text = word
        if words != "as drawn" and n in {0, len(row.words) - 1} and dice.random() < 1 / 8:
            text = word.swapcase() if n == 0 else word.rstrip(".") + "," * word.endswith(".")
        right = x + float(face.getlength(word))
        yield Token(text, box=Box(x, row.start.y - 30, right, row.start.y))
        x = right + 10


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=int, default=40)
    options.add_argument("--first", type=int, default=0, help="the first seed")
    asked = options.parse_args()
    counts: Counter[tuple[str, str, str]] = Counter()
    for w, way in enumerate(WAYS):
        for seed in range(asked.first, asked.first + asked.pages):
            dice = np.random.default_rng((seed, w))
            pixels, rows = draw(dice, way)
            lines = lines_of(pixels, rows)
            for words in WORDS:
                views = [replace(view, tokens=tuple(_tokens(rows[n], words, dice))) for view, n in lines]
                places = list(ParagraphFinder().begins(views))[
                    1:
                ]  # the first begins one, whatever it looks like
                begun = [n for (_, n), (begins, _) in zip(lines[1:], places, strict=True) if begins]
                counts[words, way, "found"] += len(begun)
                counts[words, way, "right"] += sum(rows[n].begins for n in set(begun))
                counts[words, way, "drawn"] += sum(row.begins for row in rows[1:])
    print(
        f"{'words':<24} {'paragraphs by':<16} {'drawn':>6} {'found':>6} {'right':>6} {'recall':>7} "
        f"{'precision':>9}"
    )
    answer: dict[str, dict[str, dict[str, float | int | None]]] = {}
    for words in WORDS:
        answer[words] = {}
        for way in WAYS:
            drawn_here, begun_here, right = (counts[words, way, key] for key in ("drawn", "found", "right"))
            recall = right / drawn_here if drawn_here else None
            precision = right / begun_here if begun_here else None
            answer[words][way] = {
                "drawn": drawn_here,
                "found": begun_here,
                "right": right,
                "recall": recall,
                "precision": precision,
            }
            counted = f"{drawn_here:>6} {begun_here:>6} {right:>6}"
            shown = ["-" if rate is None else f"{rate:.3f}" for rate in (recall, precision)]
            print(f"{words:<24} {way:<16} {counted} {shown[0]:>7} {shown[1]:>9}")
    print(json.dumps({"pages": asked.pages, "first": asked.first, "rates": answer}, ensure_ascii=False))


if __name__ == "__main__":
    main()
