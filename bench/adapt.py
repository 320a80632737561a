"""How much a hand's own lines teach: `python bench/adapt.py LEARN.tsv TEST.tsv [--self] [--seconds 240]`.

Both are rows `picture<TAB>text`. The test lines are read before and after, as `ocr transcribe` reads them,
language model included. With `--self` the texts of the lines to learn from are not looked at (both tables may
then be the same); otherwise they are learnt. Memory is the most that the process ever held. Needs the train
extra.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ocr.engines.cursive import SHIPPED, CursiveSettings, open_engine
from ocr.evaluate.rates import Score, score
from ocr.text import STRICT
from ocr.train.fine_tuning import FineTuneSettings, fine_tune, rate_of
from ocr.train.hands import KnownLine, table_lines
from ocr.train.self_training import SelfTrainingSettings, self_train


def rate(model: Path, lines: Sequence[KnownLine]) -> float:
    engine = open_engine(CursiveSettings(model=str(model)))
    read = engine.decoded([engine.model.look(line.grey) for line in lines])
    total = Score(STRICT.name)
    for line, writing in zip(lines, read, strict=True):
        total += score(line.text, writing.text, STRICT)
    return round(total.cer or 0.0, 4)


def aided(start: Path, lines: Sequence[KnownLine], folder: Path, settings: FineTuneSettings) -> Path | None:
    learnt = fine_tune(
        "hand",
        lines,
        start,
        folder,
        settings,
        lambda steps, rate: print(f"{steps:5} steps, held-back lines {rate:.4f}", flush=True),
    )
    print(
        f"{learnt.lines} lines learnt in {learnt.steps} steps; the net alone on held-back lines: "
        f"{rate_of(learnt.before):.4f} before, {rate_of(learnt.after):.4f} after"
    )
    return learnt.model


def unaided(start: Path, lines: Sequence[KnownLine], folder: Path, settings: FineTuneSettings) -> Path | None:
    learnt = self_train(
        "hand",
        [replace(line, text="") for line in lines],
        start,
        folder,
        SelfTrainingSettings(learning=settings),
        lambda message: print(message, flush=True),
    )
    print(
        f"{learnt.lines} lines, {100 * learnt.believed:.0f} % of their letters sure enough; {learnt.steps} "
        f"steps; net alone apart from the first reading {learnt.before.apart:.4f} before, "
        f"{learnt.after.apart:.4f} after; letters expected to be wrong {learnt.before.doubt:.4f} before, "
        f"{learnt.after.doubt:.4f} after"
    )
    return learnt.model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("learn", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--self", dest="alone", action="store_true", help="learn without the texts")
    parser.add_argument("--model", type=Path, default=SHIPPED)
    parser.add_argument("--seconds", type=float, default=FineTuneSettings().seconds)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    learn, test = list(table_lines(asked.learn)), list(table_lines(asked.test))
    before = rate(asked.model, test)
    settings = FineTuneSettings(seconds=asked.seconds, threads=asked.threads)
    with tempfile.TemporaryDirectory() as folder:
        begin, spent = time.monotonic(), time.process_time()
        model = (unaided if asked.alone else aided)(asked.model, learn, Path(folder), settings)
        seconds, cpu = time.monotonic() - begin, time.process_time() - spent
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        after = before if model is None else rate(model, test)
    figures = {"before": before, "after": after, "kept": model is not None, "seconds": round(seconds)}
    print(json.dumps(figures | {"cpu_s": round(cpu), "peak_mb": round(peak_mb)}))


if __name__ == "__main__":
    main()
