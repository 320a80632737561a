"""How well and how fast our recogniser reads line pictures.

`python bench/reader.py LINES.tsv [--model FILE]`: rows `picture<TAB>text`, paths relative to the table. A
hand is a file's name before its last underscore; its lines are read together, as those of a leaf are, so
that the spelling is known. Time is processor time of fitting, net and decoding, the picture in memory.
`--spelling none` reads without the language model.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

from ocr.arrays import GreyImage
from ocr.engines.cursive import CursiveSettings, open_engine
from ocr.evaluate.rates import Score, score
from ocr.text import PROFILES, STRICT
from ocr.train.hands import table_lines


def shown(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--spelling", default="auto")
    parser.add_argument("--once", action="store_true", help="do not read a leaf again with its hand known")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the N worst readings")
    asked = parser.parse_args()
    settings = CursiveSettings(
        model=str(asked.model or ""), spelling=asked.spelling, accustomed=not asked.once
    )
    engine = open_engine(settings)
    totals = {profile.name: Score(profile.name) for profile in PROFILES}
    rows: dict[str, list[tuple[str, str, GreyImage]]] = defaultdict(list)
    for line in table_lines(asked.lines):
        rows[line.hand].append((line.ident, line.text, line.grey))
    hands: dict[str, Score] = defaultdict(lambda: Score(STRICT.name))
    spent, widths = 0.0, 0
    worst: list[tuple[float, str, str, str]] = []
    for number, (hand, lines_of_hand) in enumerate(rows.items()):
        if number == 0:
            engine.model.look(lines_of_hand[0][2])  # the first call makes room in memory
        begin = time.process_time()
        read = engine.decoded([engine.model.look(grey) for _, _, grey in lines_of_hand])
        spent += time.process_time() - begin
        for writing, (name, truth, grey) in zip(read, lines_of_hand, strict=True):
            found = writing.text
            widths += grey.shape[1]
            for profile in PROFILES:
                totals[profile.name] += score(truth, found, profile)
            one = score(truth, found, STRICT)
            hands[hand] += one
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
