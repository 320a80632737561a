"""What a hand is learnt from without a person, and what of it is wrong: `python bench/lesson.py LINES.tsv`.

LINES.tsv as for bench/reader.py; beside its lines the made leaves of bench/weights.py. Each hand is read as
`ocr transcribe --learn` first reads it. Told for each bound of sureness: the share of letters that would be
learnt, how many of them are wrong, and how much of all that is wrong they are. Then whether a second opinion
knows better: of the words surer than 0.5 only those are kept that it reads alike, and beside it stands the
bound alone, raised until as many letters are left. "varied": both of two readings of the strip, changed as a
lesson changes it. Last line: {"LINES": {"wrong", "bounds", "opinions"}}.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from bench.weights import Leaf, made
from ocr.arrays import I64
from ocr.engines.cursive import CursiveEngine, CursiveSettings, open_engine
from ocr.lines.strips import fit_strip
from ocr.synth.vary import varied
from ocr.train.fine_tuning import FineTuneSettings
from ocr.train.hands import table_lines
from ocr.train.self_training import weighed

BOUNDS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9)
SHIPPED = CursiveSettings()
OPINIONS = {
    "language weaker": replace(SHIPPED, language_weight=0.3, letter_bonus=1.2, vocabulary_weight=0.3),
    "language stronger": replace(SHIPPED, language_weight=0.8, letter_bonus=2.8),
    "no vocabulary": replace(SHIPPED, vocabulary_weight=0.0),
    "hand not learnt": replace(SHIPPED, accustomed=False),
}
BOUND, VARIED, SEED = 0.5, 2, 1


class WordRead(NamedTuple):
    """A word of a first reading."""

    letters: int
    wrong: int
    chance: float
    alike: dict[str, bool]
    """By opinion: is it read so there, too?"""


class Kept(NamedTuple):
    """What some words come to, in 0..1."""

    letters: float
    """Of all letters read,"""
    wrong: float
    """of these letters,"""
    of_wrong: float
    """of all that are wrong."""


def apart(text: str, other: str) -> I64:
    """(letters of the text,) how many edits away each is from the other text; what is lacking in it counts at
    the letter that follows, or at the last."""
    edits = np.zeros(max(len(text), 1), np.int64)
    for edit in Levenshtein.editops(text, other):
        edits[min(edit.src_pos, len(edits) - 1)] += 1
    return edits


def words_of(leaf: Leaf, engine: CursiveEngine, others: Mapping[str, CursiveEngine]) -> list[WordRead]:
    """The words of one hand."""
    how, rng = FineTuneSettings(), np.random.default_rng(SEED)
    strips = [strip for strip, _ in leaf]
    looks = [engine.model.look_at(strip) for strip in strips]
    opinions = {name: [[read.text for read in other.reads(looks)]] for name, other in others.items()}
    opinions["varied"] = []
    for _ in range(VARIED):
        changed = [engine.model.look_at(varied(strip, rng, how.variety)) for strip in strips]
        opinions["varied"].append([read.text for read in engine.reads(changed)])
    words = []
    for row, (read, (_, truth)) in enumerate(zip(engine.reads(looks), leaf, strict=True)):
        own = weighed(engine, read)
        wrong = apart(own.text, truth or "")
        edits = {
            name: np.sum([apart(own.text, texts[row]) for texts in told], axis=0)
            for name, told in opinions.items()
        }
        words += [
            WordRead(
                end - start,
                int(wrong[start:end].sum()),
                chance,
                {name: not np.any(of[start:end]) for name, of in edits.items()},
            )
            for start, end, chance in own.words
        ]
    return words


def kept(words: Sequence[WordRead], every: Sequence[WordRead]) -> Kept:
    letters, wrong = (sum(getattr(word, what) for word in words) for what in ("letters", "wrong"))
    return Kept(
        letters / sum(word.letters for word in every),
        wrong / max(letters, 1),
        wrong / max(sum(word.wrong for word in every), 1),
    )


def surest(words: Sequence[WordRead], share: float) -> list[WordRead]:
    """The surest words, until they have that share of the letters."""
    ordered = sorted(words, key=lambda word: -word.chance)
    letters = np.cumsum([word.letters for word in ordered])
    return ordered[: int(np.searchsorted(letters, share * letters[-1] + 0.5))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lines", type=Path, metavar="LINES.tsv")
    asked = parser.parse_args()
    hands: dict[str, Leaf] = defaultdict(list)
    for line in table_lines(asked.lines):
        hands[line.hand].append((fit_strip(line.grey).fitted, line.text))
    engine, others = open_engine(SHIPPED), {name: open_engine(how) for name, how in OPINIONS.items()}
    told: dict[str, dict[str, object]] = {}
    kinds = {asked.lines.name: list(hands.values()), "mild": made("mild"), "strange": made("strange")}
    for kind, leaves in kinds.items():
        words = [word for leaf in leaves for word in words_of(leaf, engine, others)]
        whole = kept(words, words)
        bounds = {least: kept([w for w in words if w.chance >= least], words) for least in BOUNDS}
        print(f"{kind}: {len(words)} words, letters in them wrong {whole.wrong:.1%}", flush=True)
        for least, of_bound in bounds.items():
            print(
                f"  surer than {least:.1f}         learnt {of_bound.letters:.1%}, wrong of it "
                f"{of_bound.wrong:.2%}, of the wrong {of_bound.of_wrong:.1%}",
                flush=True,
            )
        opinions = {}
        for name in (*OPINIONS, "varied"):
            agreed = kept([w for w in words if w.chance >= BOUND and w.alike[name]], words)
            alone = kept(surest(words, agreed.letters), words)
            opinions[name] = agreed.wrong, alone.wrong
            print(
                f"  and {name:18} learnt {agreed.letters:.1%}, wrong of it {agreed.wrong:.2%}; "
                f"the bound alone {alone.wrong:.2%}",
                flush=True,
            )
        told[kind] = {"wrong": whole.wrong, "bounds": bounds, "opinions": opinions}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
