"""Which loss teaches corrected lines best: `python bench/hand_losses.py LINES.tsv HAND... [--steps 40]`.

LINES.tsv as `ocr train` takes it, with hands. Of HAND the first half of the lines is learnt and the second
read, of HAND:OTHER all of one and all of the other. Each loss has the same start, lines and steps. Prints
letters wrong in the lines not learnt, by net and language model and by the net alone. Needs the train extra.
"""

import argparse
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import torch

from ocr.engines.cursive import SHIPPED, CursiveEngine, CursiveSettings, NetOutput, open_engine
from ocr.evaluate.rates import score
from ocr.lines.strips import Fitted, fit_strip
from ocr.text import STRICT
from ocr.train.expected_errors import ExpectedErrors
from ocr.train.fine_tuning import FineTuneSettings, batches, begin_run
from ocr.train.hands import table_lines
from ocr.train.self_training import look_with

Lines = Sequence[tuple[Fitted, str]]


def parts_of(hand: str, table: Path) -> tuple[Lines, Lines]:
    """The lines to learn and those to read."""
    first, _, second = hand.partition(":")
    known = list(table_lines(table))
    own, other = (
        [(fit_strip(line.grey).fitted, line.text) for line in known if line.hand == name]
        for name in (first, second or first)
    )
    return (own, other) if second else (own[: len(own) // 2], own[len(own) // 2 :])


def errors(engine: CursiveEngine, looks: Sequence[NetOutput], lines: Lines) -> str:
    both = [read.text.strip() for read in engine.reads(looks)]
    alone = [engine.decoder.rough(look.scores) for look in looks]
    wrong = [
        sum(score(text, read, STRICT).letters.errors for (_, text), read in zip(lines, reads, strict=True))
        for reads in (both, alone)
    ]
    return f"{wrong[0]} wrong, by the net alone {wrong[1]}"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("table", type=Path)
    asked.add_argument("hands", nargs="+")
    asked.add_argument("--steps", type=int, default=40)
    flags = asked.parse_args()
    torch.set_num_threads(1)
    engine, how = open_engine(CursiveSettings()), FineTuneSettings()
    alphabet, language = engine.model.alphabet, engine.language
    assert language is not None, "the reader has its language model unless told otherwise"
    for hand in flags.hands:
        learnt, rest = parts_of(hand, flags.table)
        start = errors(engine, [engine.model.look_at(strip) for strip, _ in rest], rest)
        print(f"{hand}: {sum(len(text) for _, text in rest)} letters; start {start}", flush=True)
        for name in ("CTC", "expected errors"):
            begin = time.process_time()
            run = begin_run(SHIPPED, alphabet, how, cool=flags.steps)
            if name != "CTC":
                run.loss = ExpectedErrors(language, engine.decoder.settings, alphabet)
            for parts in islice(batches(learnt, alphabet, how), flags.steps):
                run.learn(*parts)
            seconds, net = time.process_time() - begin, run.averaged()
            after = errors(engine, [look_with(net, strip) for strip, _ in rest], rest)
            print(f"  {name}: {after}; {seconds:.0f} s of CPU", flush=True)


if __name__ == "__main__":
    main()
