"""Whether double pages are told from single ones: `python bench/spread.py [FOLDER] [--fonts FONTS]`.

Draws 100 spreads and 100 single pages (columns, rules, creases, desks) and asks how many leaves each has.
FOLDER, if given, holds real scans: NAME with NAME.1.txt and NAME.2.txt is a spread, with NAME.txt it is not.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from ocr.geometry import Box
from ocr.scan.finder import FinderSettings, find_text
from ocr.scan.load import is_scan, load_sheet
from ocr.scan.spread import SpreadSettings, leaves

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests import notebook

EACH = 100


def found(pixels: np.ndarray) -> tuple[Box, ...]:
    return leaves(find_text(pixels, FinderSettings()), SpreadSettings())


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path, nargs="?")
    asked.add_argument("--fonts", type=Path)
    asked.add_argument("--seed", type=int, default=0, help="other drawings")
    told = asked.parse_args()
    faces = notebook.faces(told.fonts)
    wrong: dict[str, list[int]] = {"spread": [], "single": []}
    begun = time.process_time()
    for n in range(EACH):
        face = faces[n % len(faces)]
        if len(found(notebook.spread(np.random.default_rng([n + 1000 * told.seed, 1]), face).pixels)) != 2:
            wrong["spread"].append(n)
        if len(found(notebook.single(np.random.default_rng([n + 1000 * told.seed, 2]), face).pixels)) != 1:
            wrong["single"].append(n)
    for name, numbers in wrong.items():
        print(f"drawn {name:10} {EACH - len(numbers):4} of {EACH} right; wrong: {numbers}")
    print(f"CPU {time.process_time() - begun:.0f} s with drawing")
    real = errors = 0
    for path in sorted(p for p in told.folder.iterdir() if is_scan(p)) if told.folder else ():
        wanted = 2 if path.with_suffix(".2.txt").exists() else 1
        count = len(found(load_sheet(path).pixels))
        print(f"{path.name:32} wanted {wanted} found {count}")
        real, errors = real + 1, errors + (count != wanted)
    right = 1 - sum(map(len, wrong.values())) / (2 * EACH)
    print(json.dumps({"drawn_right": round(right, 4), "real": real, "real_wrong": errors}))


if __name__ == "__main__":
    main()
