"""Whether scans that lie wrong are set upright: `python bench/upright.py FOLDER [--engine cursive]`.

Each scan of FOLDER (all of them upright) is turned by 0, 90, 180 and 270 degrees and read. Right: its lines
run as they should. Refused: the record says that which way is up is a guess, or that there is no text.
Wrong: neither. Letters read on the way are counted, and what the turning back costs in CPU seconds.
"""

import argparse
import json
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from ocr.engines import open_engine
from ocr.page import Page
from ocr.recipe import Recipe
from ocr.scan.load import is_scan, load_sheet
from ocr.transcribe import read_scan


def standing(page: Page) -> int | None:
    """The quarters (counter-clockwise) by which most lines of a page were turned; None without lines."""
    ways: Counter[int] = Counter()
    for line in page.lines:
        if len(line.baseline) > 1:
            across = line.baseline[-1].x - line.baseline[0].x
            down = line.baseline[-1].y - line.baseline[0].y
            ways[round(np.degrees(np.arctan2(down, across)) / 90) % 4] += 1
    return ways.most_common(1)[0][0] if ways else None


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--engine", default="cursive")
    told = asked.parse_args()
    recipe = Recipe(engine=told.engine)
    engine = open_engine(told.engine, recipe.of_engine)
    verdicts: Counter[str] = Counter()
    print(f"{'scan':32} {'lies':>5} {'turned':>6} {'letters':>8} {'s CPU':>6}")
    for path in sorted(one for one in told.folder.iterdir() if is_scan(one)):
        scan = load_sheet(path)
        for quarters in range(4):
            lying = np.ascontiguousarray(np.rot90(scan.pixels, -quarters))
            height, width = lying.shape[:2]
            source = replace(scan.source, width_px=width, height_px=height)
            begun = time.process_time()
            page = read_scan(replace(scan, source=source, pixels=lying), recipe, engine, name=path.stem)
            spent = time.process_time() - begun
            found = standing(page)
            doubts = any("guess" in one.remark or "no text" in one.remark for one in page.surfaces)
            verdict = "right" if found == quarters else "refused" if doubts or found is None else "wrong"
            verdicts[verdict] += 1
            letters = sum(len(line.text) for line in page.lines)
            shown = "-" if found is None else str(90 * found)
            print(f"{path.name:32} {90 * quarters:5} {shown:>6} {letters:8} {spent:6.2f} {verdict}")
    print(json.dumps({one: verdicts[one] for one in ("right", "refused", "wrong")}))


if __name__ == "__main__":
    main()
