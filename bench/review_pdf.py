"""Does the desk live when many look at PDF scans at once?

python bench/review_pdf.py SCAN... [--pages 12] [--readers 8] [--tiles 2000]: so many PDF files are made of
the scans in turn, half with one picture to a page (taken out as it is), half with letters over it (drawn).
The desk is opened by its own command; so many readers ask for tiles of random pages, levels and places, a
scan's sizes first. Last line: {"tiles", "readers", "failed", "tiles_per_s", "p50_ms", "p95_ms", "alive",
"load"}; it ends with 1 when a tile did not come or the desk died.
"""

import argparse
import json
import math
import os
import random
import statistics
import sys
import tempfile
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from bench.browsing import desk
from bench.review_page import line
from ocr.geometry import Box
from ocr.page import Page, Region, Step, Surface
from ocr.scan.load import load_sheet
from ocr.tei.write import to_tei
from tests.scan.pdfs import PdfPage, pdf, whole_page


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scans", type=Path, nargs="+")
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--tiles", type=int, default=2000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        output, scans = Path(folder) / "output", Path(folder) / "scans"
        output.mkdir()
        scans.mkdir()
        for number in range(told.pages):
            made(told.scans[number % len(told.scans)], scans / f"{number}.pdf", output, number % 2 == 1)
        with desk(output, scans) as address:
            begun = time.perf_counter()
            with ThreadPoolExecutor(told.readers) as pool:
                share = told.tiles // told.readers
                parts = list(pool.map(lambda seed: looked(address, seed, share), range(told.readers)))
            wall_s = time.perf_counter() - begun
            alive = got(f"{address}/api/desk") is not None
    times = [took for part in parts for took in part if took is not None]
    failed = sum(took is None for part in parts for took in part)
    late = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else 0.0
    middle = statistics.median(times) if times else 0.0
    print(f"{len(times)} tiles for {told.readers} readers in {wall_s:.0f} s, {failed} failed")
    print(f"a tile: {1000 * middle:.0f} ms, 95 of 100 within {1000 * late:.0f} ms")
    figures = {
        "tiles": len(times),
        "readers": told.readers,
        "failed": failed,
        "tiles_per_s": round(len(times) / wall_s, 1),
        "p50_ms": round(1000 * middle, 1),
        "p95_ms": round(1000 * late, 1),
        "alive": alive,
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(figures))
    sys.exit(1 if failed or not alive else 0)


def made(picture: Path, scan: Path, output: Path, lettered: bool) -> None:
    """A PDF of one page, and its record."""
    with Image.open(picture) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    box = (0.0, 0.0, pixels.shape[1] * 0.24, pixels.shape[0] * 0.24)  # 300 dpi
    letters = "BT /F1 20 Tf 20 20 Td (Letters) Tj ET" if lettered else ""
    scan.write_bytes(pdf(PdfPage(box, whole_page(box) + letters, (pixels,))))
    source = load_sheet(scan).source
    lines = tuple(line(at, 6, source.width_px, source.height_px / 22) for at in range(20))
    leaf = Box(0, 0, source.width_px, source.height_px)
    steps = (Step("cursive", "Cursive recogniser", "1", (), reads=True),)
    page = Page(scan.stem, source, (Surface(leaf, (Region(leaf.outline(), lines),)),), steps)
    (output / f"{scan.stem}.xml").write_bytes(to_tei(page))


def looked(address: str, seed: int, tiles: int) -> list[float | None]:
    """The seconds each of so many tiles took, None for one that did not come."""
    rng = random.Random(seed)
    books = json.loads(got(f"{address}/api/desk") or b"{}").get("notebooks", [])
    pages = [
        page["id"]
        for book in books
        for page in json.loads(got(f"{address}/api/notebooks/{book['id']}/pages") or b"[]")
    ]
    times: list[float | None] = []
    while pages and len(times) < tiles:
        page = rng.choice(pages)
        begun = time.perf_counter()
        sizes = got(f"{address}/tiles/{page}.json")
        if sizes is None:
            times.append(None)
            continue
        told = json.loads(sizes)
        for _ in range(min(10, tiles - len(times))):
            below = rng.randrange(3)
            columns, rows = (math.ceil((told[side] >> below) / told["tile"]) for side in ("width", "height"))
            place = {"x": rng.randrange(columns), "y": rng.randrange(rows)}
            url = told["url"].format(level=told["max_level"] - below, **place)
            arrived = got(address + url)
            now = time.perf_counter()
            times.append(now - begun if arrived and arrived.startswith(b"\xff\xd8") else None)
            begun = now
    return times + [None] * (tiles - len(times))


def got(url: str) -> bytes | None:
    """What the desk answers; None when it does not, or not with 200."""
    try:
        with urllib.request.urlopen(url, timeout=120) as answer:
            return bytes(answer.read())
    except (OSError, urllib.error.URLError):
        return None


if __name__ == "__main__":
    main()
