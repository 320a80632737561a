"""What makes a rival of a word read wrong the right one: `python bench/rivals.py [--model FILE]`.

Made leaves, strange and mild, as bench/weights.py makes them, are read. Of each word read wrong whose right
one is among its rivals, these are weighed by their share and by how many letters more than the text they have
(TEMPER and LONGER of ocr.engines.decoding). Printed are the two weights that make the right ones likeliest (a
conditional logit, McFadden, 1974), and how many are among the first five with these, with those of
ocr.engines.decoding, and by share alone.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from bench.weights import made
from ocr.arrays import F64
from ocr.engines.cursive import CursiveEngine, CursiveSettings, open_engine
from ocr.engines.decoding import LONGER, MOST_RIVALS, TEMPER
from ocr.train.calibrate import facing

STEPS = 30

Rivals = tuple[F64, int]
"""Of the rivals of a word the logarithm of the share and how many letters more they have, shape (rivals, 2);
and which is the right one."""


def rivals_of(engine: CursiveEngine, kind: str) -> tuple[list[Rivals], int]:
    """Those of the words read wrong that hold the right one, and how many words are read wrong."""
    found, wrong = list[Rivals](), 0
    for leaf in made(kind):
        looks = [engine.model.look_at(strip) for strip, _ in leaf]
        for look, read, (_, truth) in zip(looks, engine.reads(looks), leaf, strict=True):
            line, first = engine.decoder.writing(read, look.frame), len(read.text) - len(read.text.lstrip())
            for word in line.words:
                right = facing(line.text, truth or "", word.start, word.end)
                if line.text[word.start : word.end] == right:
                    continue
                wrong += 1
                others = [rival for rival in read.others.get(word.start + first, ()) if rival[0] and rival[1]]
                texts = [text for text, _ in others]
                if right in texts:
                    length = word.end - word.start
                    rows = [(np.log(share), len(text) - length) for text, share in others]
                    found.append((np.array(rows, float), texts.index(right)))
    return found, wrong


def fitted(words: list[Rivals]) -> F64:
    """The weights by Newton's method."""
    weights = np.array([TEMPER, LONGER])
    for _ in range(STEPS):
        slope, curve = np.zeros(2), 1e-6 * np.eye(2)
        for rows, right in words:
            share = np.exp(rows @ weights - (rows @ weights).max())
            share /= share.sum()
            mean = share @ rows
            slope += rows[right] - mean
            curve += (rows * share[:, None]).T @ rows - np.outer(mean, mean)
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def within(words: list[Rivals], weights: F64) -> int:
    """How many right ones are among the first five."""
    return sum(int((rows @ weights > rows[right] @ weights).sum() < MOST_RIVALS) for rows, right in words)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path)
    engine = open_engine(CursiveSettings(model=str(parser.parse_args().model or "")))
    parts = {kind: rivals_of(engine, kind) for kind in ("strange", "mild")}
    best = fitted([word for words, _ in parts.values() for word in words])
    ways = {"fitted": best, "as it is": np.array([TEMPER, LONGER]), "share": np.array([1.0, 0.0])}
    told = {kind: {way: within(words, by) for way, by in ways.items()} for kind, (words, _) in parts.items()}
    print(f"share to the power of {best[0]:.2f}, e to {best[1]:.2f} a letter")
    for kind, (words, wrong) in parts.items():
        print(f"{kind:8} {wrong} words wrong, {len(words)} with the right one, among five: {told[kind]}")
    print(json.dumps({"temper": round(best[0], 3), "longer": round(best[1], 3), "within": told}))


if __name__ == "__main__":
    main()
