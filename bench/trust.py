"""How far the trust of our reader is off on hands that it has not seen.

`python bench/trust.py LINES.tsv... [--model FILE]`: rows `picture<TAB>text`; a hand is a file
name before its last underscore. The trust is fitted on made lines alone (`ocr.train.calibrate`), and held
against each hand, against all of them together, and against made lines by other hands. Expected calibration
error over ten bins, and beside it what it would be on the average were the trust perfect: few words scatter.
Needs the train extra.
"""

import argparse
import json
from pathlib import Path

from ocr.engines.cursive import CursiveSettings, open_engine
from ocr.train.calibrate import SEED, fit, judged, made, real


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path, nargs="+")
    parser.add_argument("--model", type=Path)
    asked = parser.parse_args()
    engine = open_engine(CursiveSettings(model=str(asked.model or "")))
    calibration = fit(made(engine))
    print(calibration.to_json())
    hands = real(engine, asked.lines)
    hands["all of them"] = [line for lines in hands.values() for line in lines]
    hands["made, other hands"] = made(engine, seed=SEED + 1)
    print(f"{'hand':24} {'letters':>8} {'off by':>7} {'chance':>7} {'words':>8} {'off by':>7} {'chance':>7}")
    errors: dict[str, dict[str, list[float]]] = {"letters": {}, "words": {}}
    for hand, lines in hands.items():
        row = f"{hand:24}"
        for found in judged(lines, calibration):
            assert found is not None
            chance = found.ece_by_chance or 0.0
            row += f" {found.count:8} {found.ece:7.3f} {chance:7.3f}"
            errors[f"{found.level}s"][hand] = [round(found.ece, 4), round(chance, 4)]
        print(row, flush=True)
    print(json.dumps(errors, ensure_ascii=False))


if __name__ == "__main__":
    main()
