"""Memory of a worker: python bench/memory.py SCAN [PAGES].

Reads one scan (give the largest) in a process of its own and tells its peak; then PAGES (1000) drawn pages
in one process and tells the peak after the first fifty and at the end: it must not grow. Last line:
{"scan_mb", "early_mb", "late_mb"}.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from ocr.orders import Job, Mode, RunSettings
from ocr.recipe import Recipe
from ocr.transcribe import read_job


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one(scan: str, folder: str) -> float:
    read_job(Job(Path(scan), Path(folder) / "scan.xml"), RunSettings())
    return peak_mb()


def many(page: str, folder: str, pages: int) -> tuple[float, float]:
    early = 0.0
    orders = RunSettings(Recipe(engine="tests.fakes:table"), mode=Mode.FORCE)
    for number in range(pages):
        read_job(Job(Path(page), Path(folder) / "page.xml"), orders)
        if number == 49:
            early = peak_mb()
    return early, peak_mb()


def main() -> None:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests import drawn

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scan")
    parser.add_argument("pages", nargs="?", type=int, default=1000)
    asked = parser.parse_args()
    pages = asked.pages
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        page = str(Path(folder) / "page.png")
        Image.fromarray(np.asarray(drawn.page().pixels)).save(page)
        with fresh.Pool(1) as pool:
            scan_mb = pool.apply(one, (asked.scan, folder))
        with fresh.Pool(1) as pool:
            early, late = pool.apply(many, (page, folder, pages))
    print(f"{'one scan':24}{scan_mb:8.0f} MB\n{'after 50 pages':24}{early:8.0f} MB")
    print(f"{f'after {pages} pages':24}{late:8.0f} MB")
    print(json.dumps({"scan_mb": round(scan_mb), "early_mb": round(early), "late_mb": round(late)}))


if __name__ == "__main__":
    main()
