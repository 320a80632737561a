"""How well ink is parted from paper: `python bench/ink.py FOLDER`.

FOLDER holds, at any depth, pairs NAME_source.png and NAME_target.png (ink black). F-measure over ink
pixels and PSNR in the manner of the DIBCO contests; a mean per subfolder, then over all images.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from ocr.scan.binarize import InkSettings, binarize, flatten_background
from ocr.scan.leaf import grey_of
from ocr.scan.load import load_sheet


def score(found: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """F-measure in percent and PSNR in decibels of two masks that are True where there is ink."""
    hits = int((found & truth).sum())
    wrong = int((found ^ truth).sum())
    f_measure = 200.0 * hits / max(int(found.sum()) + int(truth.sum()), 1)
    return f_measure, 10 * float(np.log10(truth.size / max(wrong, 1)))


def main(folder: Path) -> None:
    rows: list[tuple[str, str, float, float, float]] = []
    for source in sorted(folder.rglob("*_source.png")):
        target = source.with_name(source.name.replace("_source", "_target"))
        truth = grey_of(load_sheet(target).pixels) < 128
        pixels = load_sheet(source).pixels
        start = time.process_time()
        found = binarize(flatten_background(grey_of(pixels)), InkSettings()) == 0
        seconds = time.process_time() - start
        rows.append((source.parent.name, source.stem.removesuffix("_source"), *score(found, truth), seconds))
    if not rows:
        sys.exit(f"No pairs *_source.png, *_target.png under {folder}.")
    print(f"{'image':32} {'F':>7} {'PSNR':>7} {'ms':>7}")
    for _, name, f_measure, psnr, seconds in rows:
        print(f"{name:32} {f_measure:7.2f} {psnr:7.2f} {seconds * 1000:7.0f}")
    for sub in dict.fromkeys(row[0] for row in rows):
        held = [row for row in rows if row[0] == sub]
        means = [sum(row[i] for row in held) / len(held) for i in (2, 3, 4)]  # type: ignore[misc]
        print(f"{'mean of ' + sub:32} {means[0]:7.2f} {means[1]:7.2f} {means[2] * 1000:7.0f}")
    print(
        json.dumps(
            {
                "mean_f": round(sum(row[2] for row in rows) / len(rows), 3),
                "worst_f": round(min(row[2] for row in rows), 3),
                "psnr": round(sum(row[3] for row in rows) / len(rows), 3),
            }
        )
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    main(asked.folder)
