"""Fits the trust of a model's letters and words on lines that it has not learnt from.

`python -m ocr.train.calibrate MODEL.onnx LINES.tsv...`: rows `picture<TAB>text`. The weights go into the
model's file. With two hands and more each hand is also foretold from the others, and the error told: that is
what a stranger's hand may expect.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from rapidfuzz.distance import Levenshtein

from ocr.engines.calibration import Calibration, Shares, letter_traits, word_traits
from ocr.engines.cursive import CursiveEngine, CursiveSettings, open_engine
from ocr.evaluate.calibration import expected_error
from ocr.evaluate.curves import fit_logistic
from ocr.scan.leaf import Grey
from ocr.train.hands import table_lines

Right = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was believed of letters or words, and whether it was so."""

    traits: Shares
    """(N, traits)."""
    right: Right
    """(N,)."""


def evidence_of(engine: CursiveEngine, lines: Sequence[tuple[Grey, str]]) -> tuple[Seen, Seen]:
    """Letters and words of the lines of one leaf, as the engine reads them."""
    letters, letters_right = list[Shares](), list[bool]()
    words, words_right = list[Shares](), list[bool]()
    scores = [engine.model.scores(grey)[0] for grey, _ in lines]
    spelling = engine.spelling(scores)
    for held, (_, truth) in zip(scores, lines, strict=True):
        text, _, evidence = engine.decoder.evidence(held, spelling)
        right = np.zeros(len(text), bool)
        for tag, start, end, _, _ in Levenshtein.opcodes(text, truth):
            if tag == "equal":
                right[start:end] = True
        letters += list(letter_traits(evidence))
        letters_right += right.tolist()
        begin = 0
        for word in text.split(" "):
            if word:
                words.append(word_traits(evidence, begin, begin + len(word)))
                words_right.append(bool(right[begin : begin + len(word)].all()))
            begin += len(word) + 1
    return _seen(letters, letters_right), _seen(words, words_right)


def _seen(traits: list[Shares], right: list[bool]) -> Seen:
    return Seen(np.array(traits).reshape(len(traits), 4), np.array(right, bool))


def joined(parts: Iterable[Seen]) -> Seen:
    """All of them as one."""
    held = list(parts)
    return Seen(np.concatenate([p.traits for p in held]), np.concatenate([p.right for p in held]))


def stranger(parts: list[Seen]) -> list[float]:
    """Of each hand the expected calibration error with weights fitted on the others."""
    errors = []
    for n, part in enumerate(parts):
        others = joined(parts[:n] + parts[n + 1 :])
        weights = fit_logistic(others.traits, others.right.astype(float))
        believed = 1 / (1 + np.exp(-(part.traits @ weights)))
        errors.append(expected_error(believed, part.right.astype(float)))
    return errors


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m ocr.train.calibrate", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("lines", type=Path, nargs="+")
    asked = parser.parse_args()
    engine = open_engine(CursiveSettings(model=str(asked.model)))
    hands: dict[str, list[tuple[Grey, str]]] = defaultdict(list)
    for table in asked.lines:
        for line in table_lines(table):
            hands[line.hand].append((line.grey, line.text))
    found = {hand: evidence_of(engine, lines) for hand, lines in sorted(hands.items())}
    levels = []
    for level, name in enumerate(("letters", "words")):
        parts = [pair[level] for pair in found.values()]
        every = joined(parts)
        levels.append(tuple(fit_logistic(every.traits, every.right.astype(float)).tolist()))
        if len(parts) > 1:
            for hand, error in zip(found, stranger(parts), strict=True):
                sys.stdout.write(f"{name:8} {hand:24} error on this hand from the others: {error:.3f}\n")
    model = onnx.load(str(asked.model))
    facts = {prop.key: prop.value for prop in model.metadata_props}
    onnx.helper.set_model_props(model, facts | {"calibration": Calibration(*levels).told()})
    unfinished = asked.model.with_name(asked.model.name + ".part")
    unfinished.write_bytes(model.SerializeToString())
    unfinished.replace(asked.model)


if __name__ == "__main__":
    main()
