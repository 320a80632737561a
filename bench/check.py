"""Which sign foretells, without a truth, that learning from one's own readings helps.

`python bench/check.py LINES.tsv [--steps 25]`: rows `picture<TAB>text`; a hand is a file name before its last
underscore. Half of each hand's lines are learnt in ways good and bad: from readings with the language model,
far too fast, from what the net alone reads, in the wrong spelling, from another hand, from lines exchanged.
Each net then reads the other half; what the signs say of that is held against its true error. Printed: of
each sign how often it was right, and how much the error changed where it said yes. Needs the train extra.
"""

import argparse
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import torch

from ocr.engines.cursive import SHIPPED, CursiveSettings, open_engine
from ocr.evaluate.rates import Score, score
from ocr.lines.strips import Fitted, fit_strip
from ocr.text import STRICT
from ocr.train.fine_tuning import FineTuneSettings, learn
from ocr.train.hands import table_lines
from ocr.train.samples import encode, fits
from ocr.train.self_training import SelfTrainingSettings, check, confident_runs, look_with, weighed

Lesson = list[tuple[Fitted, str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--model", type=Path, default=SHIPPED)
    parser.add_argument("--steps", type=int, default=25)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    engine = open_engine(CursiveSettings(model=str(asked.model)))
    assert engine.language is not None
    alphabet, how = engine.model.alphabet, FineTuneSettings()
    hands: dict[str, Lesson] = defaultdict(list)
    for line in table_lines(asked.lines):
        hands[line.hand].append((fit_strip(line.grey).fitted, line.text))
    trials: list[tuple[float, dict[str, bool]]] = []
    lessons: dict[str, Lesson] = {}
    for hand, lines in hands.items():
        looks = [engine.model.look_at(strip) for strip, _ in lines]
        right = engine.spelling([look.scores for look in looks])
        wrong = next(name for name, one in engine.language.spellings.items() if one is not right)
        misled = replace(engine, settings=replace(engine.settings, spelling=wrong))
        strips = [strip for strip, _ in lines][::2]
        first = [weighed(engine, read) for read in engine.reads(looks)]
        own = [read.text.strip() for read in first[::2]]
        astray = [weighed(engine, read) for read in misled.reads(looks[::2])]
        surely = SelfTrainingSettings()
        lessons[hand] = confident_runs(strips, first[::2], alphabet, surely)
        ways: dict[str, tuple[Lesson, FineTuneSettings]] = {
            "as meant": (lessons[hand], how),
            "too fast": (lessons[hand], replace(how, body_rate=4e-3, head_rate=1e-2)),
            "net alone": (
                [(s, engine.decoder.rough(x.scores)) for s, x in zip(strips, looks[::2], strict=True)],
                how,
            ),
            "wrong spelling": (confident_runs(strips, astray, alphabet, surely), how),
            "exchanged": (list(zip(strips, own[3:] + own[:3], strict=True)), how),
        }
        if len(lessons) > 1:
            ways["other hand"] = (next(held for name, held in lessons.items() if name != hand), how)
        held, held_looks, held_first = lines[1::2], looks[1::2], first[1::2]
        first_texts = [read.text for read in held_first]
        before = check(engine, held_looks, held_first, first_texts)
        for way, (lesson, settings) in ways.items():
            fitting = [(strip, text) for strip, text in lesson if fits(strip, encode(text, alphabet))]
            run = learn(fitting, asked.model, alphabet, settings, asked.steps)
            found = [look_with(run.averaged(), strip) for strip, _ in held]
            reads = [weighed(engine, read) for read in engine.reads(found)]
            after = check(engine, found, reads, first_texts)
            change = sum(
                (_rate(held, [read.text for read in some]) * sign)
                for some, sign in ((reads, 1.0), (held_first, -1.0))
            )
            signs = {
                "apart": after.apart < before.apart,
                "doubt": after.doubt < before.doubt,
                "both": after.better_than(before),
            }
            trials.append((change, signs))
            print(f"{hand:20} {way:16} {change:+.4f} {signs}", flush=True)
    told: dict[str, dict[str, float | int]] = {}
    for sign in ("apart", "doubt", "both"):
        kept = [change for change, signs in trials if signs[sign]]
        told[sign] = {
            "right": sum(signs[sign] == (change < 0) for change, signs in trials),
            "trials": len(trials),
            "kept": len(kept),
            "change_of_kept": round(sum(kept) / max(len(kept), 1), 4),
            "worst_kept": round(max(kept, default=0.0), 4),
        }
    print(json.dumps(told))


def _rate(lines: Lesson, found: list[str]) -> float:
    total = Score(STRICT.name)
    for (_, truth), text in zip(lines, found, strict=True):
        total += score(truth, text.strip(), STRICT)
    return total.cer or 0.0


if __name__ == "__main__":
    main()
