"""What is made of pictures on which nothing is written: `python bench/blank.py [FOLDER] [--seeds N]`.

Draws each kind of picture (blank, ruled and soiled paper, drawings, photographs, noise) a few times and reads
it; FOLDER, if given, holds more pictures without writing. Good: no lines, and the record says why.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ocr.engines import open_engine
from ocr.page import Page, Source
from ocr.recipe import Recipe
from ocr.scan.load import Scan, is_scan, load_sheet
from ocr.transcribe import read_scan

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.unwritten import PICTURES


def pictures(folder: Path | None, seeds: int, first: int) -> Iterator[tuple[str, Scan]]:
    for name, draw in PICTURES.items():
        for seed in range(first, first + seeds):
            pixels = draw(np.random.default_rng([seed, 7]))
            height, width = pixels.shape[:2]
            yield f"{name} {seed}", Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), pixels)
    for path in sorted(one for one in folder.iterdir() if is_scan(one)) if folder else ():
        yield path.name, load_sheet(path)


def silent(page: Page) -> bool:
    """Has it no lines, and does each surface say why?"""
    said = all(one.remark.startswith("no text found, because") for one in page.surfaces)
    return said and not any(page.lines)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path, nargs="?")
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--first", type=int, default=0, help="the first seed")
    asked.add_argument("--engine", default="auto")
    told = asked.parse_args()
    recipe = Recipe(engine=told.engine)
    engine = open_engine(told.engine, recipe.of_engine)
    invented: list[str] = []
    count = lines = 0
    for name, scan in pictures(told.folder, told.seeds, told.first):
        page = read_scan(scan, recipe, engine, name="drawn")
        found = list(page.lines)
        count, lines = count + 1, lines + len(found)
        if not silent(page):
            invented.append(name)
        said = "; ".join(dict.fromkeys(one.remark for one in page.surfaces))
        texts = " | ".join(line.text for line in found)
        print(f"{name:16} surfaces {len(page.surfaces)} lines {len(found):2} {said} {texts}")
    print(json.dumps({"pictures": count, "silent": count - len(invented), "lines": lines, "not": invented}))


if __name__ == "__main__":
    main()
