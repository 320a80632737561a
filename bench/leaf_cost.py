"""What leaf and lines cost: `python bench/leaf_cost.py SCAN...`.

Each scan in a process of its own: CPU seconds of prepare and find together, decode apart and the net already
loaded; the peak of memory of the process, decode and all libraries included. Last line: the worst of both.
"""

import argparse
import json
import multiprocessing
import resource
import time
from pathlib import Path

import numpy as np

from ocr.lines import LinesSettings, find_lines
from ocr.page import Source
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan, load_sheet


def cost(path: str) -> tuple[float, float, float, int]:
    """Megapixels, CPU seconds, peak in megabytes, lines."""
    tiny = Scan(Source("tiny.png", "0" * 64, 64, 64, "image/png"), np.full((64, 64), 255, np.uint8))
    prepare(tiny, LeafSettings())  # loads the net, which a worker does once
    scan = load_sheet(Path(path))
    start = time.process_time()
    lines = sum(
        len(region.lines)
        for leaf in prepare(scan, LeafSettings())
        for region in find_lines(leaf, LinesSettings())
    )
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return scan.source.width_px * scan.source.height_px / 1e6, seconds, peak, lines


def main(paths: list[str]) -> None:
    fresh = multiprocessing.get_context("spawn")
    rows = []
    print(f"{'scan':32} {'MP':>6} {'s CPU':>7} {'MB':>6} {'lines':>6}")
    for path in paths:
        with fresh.Pool(1) as pool:
            rows.append(pool.apply(cost, (path,)))
        size, seconds, peak, lines = rows[-1]
        print(f"{Path(path).name:32} {size:6.1f} {seconds:7.2f} {peak:6.0f} {lines:6}")
    worst = {"cpu_s": max(row[1] for row in rows), "peak_mb": max(row[2] for row in rows)}
    print(json.dumps({key: round(value, 2) for key, value in worst.items()}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scans", nargs="+")
    asked = parser.parse_args()
    main(asked.scans)
