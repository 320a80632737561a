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
from pathlib import Path

from ocr.arrays import GreyImage
from ocr.engines.cursive import SHIPPED, CursiveEngine, CursiveSettings, open_engine
from ocr.evaluate.rates import Score, score
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import Texts, read_text
from ocr.text import STRICT
from ocr.train.adapt import AdaptSettings, adapt
from ocr.train.export import export
from ocr.train.hands import table_lines
from ocr.train.learn import PROSE
from ocr.train.loop import Run
from ocr.train.self_training import SelfTrainingSettings, self_train

Lines = list[tuple[GreyImage, str]]


def rate(model: Path, lines: Lines) -> float:
    engine = open_engine(CursiveSettings(model=str(model)))
    read = engine.decoded([engine.model.look(grey) for grey, _ in lines])
    total = Score(STRICT.name)
    for (_, text), writing in zip(lines, read, strict=True):
        total += score(text, writing.text, STRICT)
    return round(total.cer or 0.0, 4)


def aided(start: Path, engine: CursiveEngine, learn: Lines, how: AdaptSettings) -> Run | None:
    found = adapt(
        start,
        engine.model,
        learn,
        StrokeLines(Texts([read_text(PROSE)])),
        how,
        lambda steps, held: print(f"{steps:5} steps, held-back lines {held:.4f}", flush=True),
    )
    print(
        f"{len(learn)} lines learnt in {found.steps} steps; the net alone on held-back lines: "
        f"{found.held_before:.4f} before, {found.held_after:.4f} after"
    )
    return found.run if found.steps else None


def unaided(start: Path, engine: CursiveEngine, learn: Lines, how: AdaptSettings) -> Run | None:
    found = self_train(
        start,
        engine,
        [grey for grey, _ in learn],
        StrokeLines(Texts([read_text(PROSE)])),
        SelfTrainingSettings(learning=how),
        lambda told: print(told, flush=True),
    )
    print(
        f"{found.lines} lines, {100 * found.believed:.0f} % of their letters sure enough; {found.steps} steps"
        f"; net alone apart from the first reading {found.before.apart:.4f} before, {found.after.apart:.4f} "
        f"after; letters expected to be wrong {found.before.doubt:.4f} before, {found.after.doubt:.4f} after"
    )
    return found.run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("learn", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--self", dest="alone", action="store_true", help="learn without the texts")
    parser.add_argument("--model", type=Path, default=SHIPPED)
    parser.add_argument("--seconds", type=float, default=AdaptSettings().seconds)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    learn, test = [
        [(line.grey, line.text) for line in table_lines(table)] for table in (asked.learn, asked.test)
    ]
    before = rate(asked.model, test)
    engine = open_engine(CursiveSettings(model=str(asked.model)))
    how = AdaptSettings(seconds=asked.seconds, threads=asked.threads)
    begin, spent = time.monotonic(), time.process_time()
    run = (unaided if asked.alone else aided)(asked.model, engine, learn, how)
    seconds, cpu = time.monotonic() - begin, time.process_time() - spent
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    after = before
    if run is not None:
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "hand.onnx"
            export(run, model, calibration=engine.model.calibration.to_json())
            after = rate(model, test)
    told = {"before": before, "after": after, "kept": run is not None, "seconds": round(seconds)}
    print(json.dumps(told | {"cpu_s": round(cpu), "peak_mb": round(peak_mb)}))


if __name__ == "__main__":
    main()
