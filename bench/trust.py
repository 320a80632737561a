"""How far the trust of our reader is off on a hand, when it is fitted on the other hands.

`python bench/trust.py LINES.tsv... [--model FILE]`: rows `picture<TAB>text`; a hand is a file name before its
last underscore. Expected calibration error of letters and words over ten bins. Needs the train extra.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

from ocr.engines.cursive import CursiveSettings, open_engine
from ocr.scan.leaf import Grey
from ocr.train.calibrate import evidence_of, stranger
from ocr.train.hands import table_lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path, nargs="+")
    parser.add_argument("--model", type=Path)
    asked = parser.parse_args()
    engine = open_engine(CursiveSettings(model=str(asked.model or "")))
    hands: dict[str, list[tuple[Grey, str]]] = defaultdict(list)
    for table in asked.lines:
        for line in table_lines(table):
            hands[line.hand].append((line.grey, line.text))
    seen = [evidence_of(engine, lines) for lines in hands.values()]
    errors = {
        level: dict(zip(hands, (round(one, 4) for one in stranger([pair[at] for pair in seen])), strict=True))
        for at, level in enumerate(("letters", "words"))
    }
    print(f"{'hand':24} {'letters':>8} {'words':>8}")
    for hand in hands:
        print(f"{hand:24} {errors['letters'][hand]:8.4f} {errors['words'][hand]:8.4f}")
    print(json.dumps(errors, ensure_ascii=False))


if __name__ == "__main__":
    main()
