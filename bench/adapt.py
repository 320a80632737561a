"""How much a hand's own lines teach: `python bench/adapt.py LEARN.tsv TEST.tsv [--seconds 240]`.

Both are rows `picture<TAB>text`. The test lines are read before and after, as `ocr transcribe` reads them,
language model included. Needs the train extra.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from ocr.engines.cursive import SHIPPED, CursiveSettings, open_engine
from ocr.evaluate.rates import Score, score
from ocr.scan.leaf import Grey
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import Texts, read_text
from ocr.text import STRICT
from ocr.train.adapt import AdaptSettings, adapt
from ocr.train.export import export
from ocr.train.hands import table_lines


def rate(model: Path, lines: list[tuple[Grey, str]]) -> float:
    engine = open_engine(CursiveSettings(model=str(model)))
    read = engine.decoded([engine.model.scores(grey) for grey, _ in lines])
    total = Score(STRICT.name)
    for (_, text), writing in zip(lines, read, strict=True):
        total += score(text, writing.text, STRICT)
    return round(total.cer or 0.0, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("learn", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--seconds", type=float, default=AdaptSettings().seconds)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    learn, test = [
        [(line.grey, line.text) for line in table_lines(table)] for table in (asked.learn, asked.test)
    ]
    before = rate(SHIPPED, test)
    begin, spent = time.monotonic(), time.process_time()
    prose = Texts([read_text(Path(__file__).parents[1] / "ocr" / "synth" / "prose.txt")])
    found = adapt(
        SHIPPED,
        open_engine(CursiveSettings()).model,
        learn,
        StrokeLines(prose),
        AdaptSettings(seconds=asked.seconds, threads=asked.threads),
        lambda steps, held: print(f"{steps:5} steps, held-back lines {held:.4f}", flush=True),
    )
    seconds, cpu = time.monotonic() - begin, time.process_time() - spent
    with tempfile.TemporaryDirectory() as folder:
        export(
            found.run,
            Path(folder) / "hand.onnx",
            calibration=open_engine(CursiveSettings()).model.calibration.told(),
        )
        after = rate(Path(folder) / "hand.onnx", test)
    print(
        f"{len(learn)} lines learnt in {found.steps} steps; the net alone on held-back lines: "
        f"{found.held_before:.4f} before, {found.held_after:.4f} after"
    )
    print(json.dumps({"before": before, "after": after, "seconds": round(seconds), "cpu_s": round(cpu)}))


if __name__ == "__main__":
    main()
