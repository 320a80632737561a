"""Fits the trust of a model's letters and words on lines made for it.

`python -m ocr.train.calibrate MODEL.onnx [--check LINES.tsv...]`. Leaves in hands of strokes are changed so
much that the model misreads about as many of their letters as of a stranger's, every second one less; the
text is one that the language model does not know. No real line is needed: lines to check with (rows
`picture<TAB>text`) only tell, hand by hand, how far letters and words are off, beside what chance alone would
do to a model whose trust is perfect. The weights go into the model's file, its new hash into its card where
that tells one.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
import onnx
from rapidfuzz.distance import Levenshtein

from ocr.arrays import Mask
from ocr.engines.calibration import GRID, Calibration, Evidence, Shares, letter_features
from ocr.engines.cursive import CursiveEngine, CursiveSettings, NetOutput, open_engine
from ocr.engines.decoding import word_places
from ocr.evaluate.calibration import CalibrationReport, ConfidenceOutcomes, calibration_report
from ocr.evaluate.recalibration import fit_curve, fit_logistic
from ocr.lines.strips import fit_strip
from ocr.models import write_weights
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import PROSE, Texts, read_text
from ocr.synth.vary import Variety, varied
from ocr.train.hands import table_lines

LEAVES, LINES, LONGEST, SEED = 60, 20, 45, 1
OLD_EVERY = 3
"""One leaf of so many is in old spelling."""
STRANGE = Variety(often=1.0, stretch=0.5, grow=0.3, shift_px=6, wave_px=5, hidden=6)
"""What makes a stranger of a hand; done twice."""
MILD = Variety(often=1.0)
"""What makes of it one that is like hands known; every second leaf."""

Lines = list[tuple[NetOutput, str]]
"""The lines of a leaf as the net sees them, and what stands in them."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A line as read: its evidence, its words, and which letters and which words are right."""

    evidence: Evidence
    places: list[tuple[int, int]]
    right: Mask
    words_right: Mask
    """A word that lacks a letter is wrong, though all that it has are right."""


def facing(read: str, truth: str, start: int, end: int) -> str:
    """The words of the truth that letters start..end of the reading are aligned to."""
    places = [0] * (len(read) + 1)
    for op in Levenshtein.opcodes(read, truth):
        for at in range(op.src_start, op.src_end + 1):
            places[at] = op.dest_start + (min(at - op.src_start, op.dest_end - op.dest_start))
    first, last = places[start], max(places[end], places[start])
    while first > 0 and truth[first - 1] != " ":
        first -= 1
    while last < len(truth) and truth[last] != " ":
        last += 1
    return truth[first:last].strip()


def weighed(engine: CursiveEngine, leaf: Lines) -> Iterator[Weighed]:
    """The lines of a leaf as the engine reads them; without letters: left out."""
    for read, (_, truth) in zip(engine.reads([look for look, _ in leaf]), leaf, strict=True):
        right = np.zeros(len(read.text), bool)
        for tag, start, end, _, _ in Levenshtein.opcodes(read.text, truth):
            if tag == "equal":
                right[start:end] = True
        places = word_places(read.text)
        same = [facing(read.text, truth, start, end) == read.text[start:end] for start, end in places]
        if read.text:
            yield Weighed(read.evidence, places, right, np.array(same, bool))


def fit(lines: Sequence[Weighed]) -> Calibration:
    """What fits best: first for letters, then for words, which lean on them."""
    right = np.concatenate([line.right for line in lines]).astype(float)
    weights, curve = _fitted(
        np.concatenate([letter_features(line.evidence) for line in lines]), right, "letter"
    )
    half = replace(Calibration(), by_letter=weights, letter_curve=curve)
    traits = np.concatenate([half.word_features(line.evidence, line.places) for line in lines])
    words_right = np.concatenate([line.words_right for line in lines]).astype(float)
    weights, curve = _fitted(traits, words_right, "word")
    return replace(half, by_word=weights, word_curve=curve)


def _fitted(traits: Shares, right: Shares, level: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Weights of a logistic function, and the curve over it."""
    weights = fit_logistic(traits, right)
    known = fit_curve(ConfidenceOutcomes(1 / (1 + np.exp(-(traits @ weights))), right, level))
    grid = 1 / (1 + np.exp(-GRID))
    curve = grid if known is None else np.clip(known.apply(grid), 1e-3, 1 - 1e-3)
    return tuple(np.round(weights, 4).tolist()), tuple(np.round(curve, 4).tolist())


def judged(
    lines: Sequence[Weighed], calibration: Calibration
) -> tuple[CalibrationReport | None, CalibrationReport | None]:
    """How far letters and words are off."""
    letters = np.concatenate([calibration.letters(line.evidence) for line in lines])
    words = np.concatenate([calibration.words(line.evidence, line.places) for line in lines])
    right = np.concatenate([line.right for line in lines]).astype(float)
    words_right = np.concatenate([line.words_right for line in lines]).astype(float)
    return calibration_report(ConfidenceOutcomes(letters, right, "letter")), calibration_report(
        ConfidenceOutcomes(words, words_right, "word")
    )


def made(engine: CursiveEngine, seed: int = SEED) -> list[Weighed]:
    """Lines of leaves in strange hands and in milder ones, as read."""
    rng, prose = np.random.default_rng(seed), read_text(PROSE)
    lines_read: list[Weighed] = []
    for number in range(LEAVES):
        texts = Texts([prose], old=float(number % OLD_EVERY == 0))
        lines = islice(StrokeLines(texts, stays=LINES).strips(int(rng.integers(2**62)), LONGEST), LINES)
        leaf: Lines = []
        for grey, truth in lines:
            strip = fit_strip(grey).fitted
            for change in (MILD,) if number % 2 else (STRANGE, STRANGE):
                strip = varied(strip, rng, change)
            leaf.append((engine.model.look_at(strip), truth))
        lines_read += weighed(engine, leaf)
    return lines_read


def real(engine: CursiveEngine, tables: Iterable[Path]) -> dict[str, list[Weighed]]:
    """Lines as read by hand; those of a hand are taken for a leaf."""
    hands: dict[str, Lines] = defaultdict(list)
    for table in tables:
        for line in table_lines(table):
            hands[line.hand].append((engine.model.look(line.grey), line.text))
    return {hand: list(weighed(engine, lines)) for hand, lines in sorted(hands.items())}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m ocr.train.calibrate", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--check", type=Path, nargs="*", default=[], metavar="LINES.tsv")
    asked = parser.parse_args()
    engine = open_engine(CursiveSettings(model=str(asked.model)))
    calibration = fit(made(engine))
    for hand, lines in real(engine, asked.check).items():
        for report in judged(lines, calibration):
            if report is not None:
                sys.stdout.write(
                    f"{hand:24} {report.count:5} {report.level}s off by {report.ece:.3f}, "
                    f"perfect trust by {report.ece_by_chance or 0:.3f}\n"
                )
    model = onnx.load(str(asked.model))
    facts = {prop.key: prop.value for prop in model.metadata_props}
    onnx.helper.set_model_props(model, facts | {"calibration": calibration.to_json()})
    write_weights(asked.model, model.SerializeToString())


if __name__ == "__main__":
    main()
