"""How well and how fast our recogniser reads line pictures.

`python bench/reader.py LINES.tsv [--model FILE]`: rows `picture<TAB>text`, paths relative to the table. A
hand is a file's name before its last underscore. Time is that of fitting, net and decoding on one core, the
picture in memory.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

from ocr.engines.cursive import SHIPPED, load_model
from ocr.evaluate.rates import Score, score
from ocr.text import PROFILES, STRICT


def shown(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--model", type=Path, default=SHIPPED)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the N worst readings")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    model = load_model(asked.model)
    totals = {profile.name: Score(profile.name) for profile in PROFILES}
    hands: dict[str, Score] = defaultdict(lambda: Score(STRICT.name))
    spent, widths, worst = 0.0, 0, []
    for number, row in enumerate(asked.lines.read_text(encoding="utf-8").splitlines()):
        name, _, truth = row.partition("\t")
        held = cv2.imread(str(asked.lines.parent / name), cv2.IMREAD_GRAYSCALE)
        if held is None:
            parser.error(f"{name} cannot be read as a picture")
        grey = held.astype(np.uint8)
        if number == 0:
            model.read(grey)  # the first call makes room in memory
        begin = time.perf_counter()
        found = "".join(letter.text for letter in model.read(grey))
        spent += time.perf_counter() - begin
        widths += grey.shape[1]
        for profile in PROFILES:
            totals[profile.name] += score(truth, found, profile)
        one = score(truth, found, STRICT)
        hands[Path(name).stem.rsplit("_", 1)[0]] += one
        worst.append((one.cer or 0.0, name, truth, found))
    for rate, name, truth, found in sorted(worst, reverse=True)[: asked.show]:
        print(f"{rate:.2f} {name}\n     {truth}\n     {found}")
    lines = len(worst)
    print(f"{'hand':24} {'letters':>8} {'CER':>7} {'WER':>7}")
    for hand, tally in sorted(hands.items()):
        print(f"{hand:24} {tally.letters.truth:8} {tally.cer or 0:7.4f} {tally.wer or 0:7.4f}")
    print(f"{lines} lines, on the average {widths / max(lines, 1):.0f} px wide")
    result = {
        "cer": shown(totals["strict"].cer),
        "wer": shown(totals["strict"].wer),
        "lenient": shown(totals["lenient"].cer),
        "reading": shown(totals["reading"].cer),
        "hands": {hand: shown(tally.cer) for hand, tally in sorted(hands.items())},
        "ms_per_line": round(spent / max(lines, 1) * 1000, 2),
    }
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
