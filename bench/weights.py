"""Weights and settings of the reader side by side: `python bench/weights.py LINES.tsv FOLDER READER...`.

READER: MODEL.onnx, MODEL.onnx@LANGUAGE/BONUS (how much the language model says, what is added per letter), or
@ for what is shipped; the first is what the others are held against. LINES.tsv as for bench/reader.py, FOLDER
as for bench/clerks.py (30 lines a sheet), and made leaves, strange and mild. Told for each: letters wrong by
the net alone and with the language model, in percent; the difference to the first with its standard error,
over lines drawn anew; of the words read wrong those whose right one is among five alternatives.
Last line: {"READER": {"LINES": {"alone", "cer", ...}}}.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.clerks import sheets_of
from ocr.arrays import F32
from ocr.engines.cursive import CursiveEngine, CursiveSettings, open_engine
from ocr.evaluate.rates import score
from ocr.lines.strips import fit_strip
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import PROSE, Texts, read_text
from ocr.synth.vary import varied
from ocr.text import STRICT
from ocr.train.calibrate import MILD, OLD_EVERY, STRANGE, facing
from ocr.train.hands import table_lines

LEAVES, LINES, LONGEST, SEED, OF_SHEET, MOST = 12, 20, 45, 77, 30, 5
DRAWN_ANEW = 2000

Leaf = list[tuple[F32, str | None]]
"""The strips of one hand, and what stands in those that are asked of."""


class LineErrors(NamedTuple):
    """What became of a line."""

    alone: int
    read: int
    letters: int
    words_wrong: int
    words_told: int
    """Of these, whose right one is among the alternatives."""


def made(kind: str) -> list[Leaf]:
    """Leaves in hands of strokes, changed a little or much."""
    rng, prose, leaves = np.random.default_rng(SEED), read_text(PROSE), list[Leaf]()
    for number in range(LEAVES):
        texts = Texts([prose], old=float(number % OLD_EVERY == 0))
        source = StrokeLines(texts, stays=LINES).strips(int(rng.integers(2**62)), LONGEST)
        leaf: Leaf = []
        for grey, text in islice(source, LINES):
            strip = fit_strip(grey).fitted
            changes = (STRANGE, STRANGE) if kind == "strange" else (MILD,)
            for change in changes:
                strip = varied(strip, rng, change)
            leaf.append((strip, text))
        leaves.append(leaf)
    return leaves


def judged(engine: CursiveEngine, leaves: Sequence[Leaf]) -> list[LineErrors]:
    """Line by line, those without a text left out."""
    lines = []
    for leaf in leaves:
        looks = [engine.model.look_at(strip) for strip, _ in leaf]
        for (_, truth), look, line in zip(leaf, looks, engine.decoded(looks), strict=True):
            if truth is None:
                continue
            alone = score(truth, engine.decoder.rough(look.scores), STRICT).letters
            read = score(truth, line.text.strip(), STRICT).letters
            wrong = told = 0
            for word in line.words:
                right = facing(line.text, truth, word.start, word.end)
                if line.text[word.start : word.end] != right:
                    wrong += 1
                    told += right in [rival.text for rival in word.rivals[:MOST]]
            lines.append(LineErrors(alone.errors, read.errors, read.truth, wrong, told))
    return lines


def against(first: Sequence[LineErrors], second: Sequence[LineErrors]) -> tuple[float, float]:
    """How many percent of letters more are wrong in the second, and the standard error."""
    rows = np.array([(b.read - a.read, a.letters) for a, b in zip(first, second, strict=True)], float)
    drawn = np.random.default_rng(0).integers(len(rows), size=(DRAWN_ANEW, len(rows)))
    sums = rows[drawn].sum(axis=1)
    return float(100 * rows[:, 0].sum() / rows[:, 1].sum()), float((100 * sums[:, 0] / sums[:, 1]).std())


def reader_of(name: str) -> CursiveEngine:
    model, _, how = name.partition("@")
    settings = CursiveSettings(model=model)
    if how:
        language, bonus = map(float, how.split("/"))
        settings = CursiveSettings(model=model, language_weight=language, letter_bonus=bonus)
    return open_engine(settings)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lines", type=Path, metavar="LINES.tsv")
    parser.add_argument("folder", type=Path)
    parser.add_argument("readers", nargs="+", metavar="READER")
    asked = parser.parse_args()
    hands: dict[str, Leaf] = defaultdict(list)
    for line in table_lines(asked.lines):
        hands[line.hand].append((fit_strip(line.grey).fitted, line.text))
    kinds: dict[str, Sequence[Leaf]] = {
        asked.lines.name: list(hands.values()),
        "clerks": [
            [(line.strip, truth) for line, truth in lines]
            for lines in sheets_of(asked.folder, OF_SHEET).values()
        ],
        "strange": made("strange"),
        "mild": made("mild"),
    }
    first: dict[str, list[LineErrors]] = {}
    told: dict[str, dict[str, dict[str, float]]] = {}
    for name in asked.readers:
        engine, told[name] = reader_of(name), {}
        for kind, leaves in kinds.items():
            lines = judged(engine, leaves)
            more, doubt = against(first.setdefault(kind, lines), lines)
            sums = LineErrors(*map(sum, zip(*lines, strict=True)))
            told[name][kind] = {
                "alone": round(100 * sums.alone / sums.letters, 2),
                "cer": round(100 * sums.read / sums.letters, 2),
                "more": round(more, 2),
                "error": round(doubt, 2),
                "words_wrong": sums.words_wrong,
                "within": round(sums.words_told / max(sums.words_wrong, 1), 3),
            }
            row = told[name][kind]
            print(
                f"{name:32} {kind:12} alone {row['alone']:5.2f}  read {row['cer']:5.2f}  "
                f"{more:+5.2f} ± {doubt:.2f}  within {MOST} {row['within']:.1%} of {sums.words_wrong}",
                flush=True,
            )
    print(json.dumps(told))


if __name__ == "__main__":
    main()
