"""Whether all lines are found: `python bench/lines.py [FOLDER] [--drawn 200] [--fonts FONTS]`.

FOLDER holds scans NAME.jpg (or any other format) with NAME.txt, or NAME.1.txt, NAME.2.txt for the leaves of
a spread: one text line per line. Page numbers and margins are counted apart: wanted are lines with a letter.

Drawn are notebook pages of all papers, with marginalia, insertions and numbers. A found line and a drawn one
are the same when the ink inside the found outline and the drawn ink share more than half of their union.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from ocr.lines import LinesSettings, find
from ocr.page import Kind, Line, Source
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan, is_scan, load_sheet

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests import notebook

APART = (Kind.NUMBER, Kind.MARGIN)


def wanted_lines(scan: Path) -> int | None:
    """How many lines the transcriptions beside a scan have; None when there is none."""
    whole = scan.with_suffix(".txt")
    texts = [whole] if whole.exists() else sorted(scan.parent.glob(f"{scan.stem}.[0-9].txt"))
    if not texts:
        return None
    return sum(any(map(str.isalpha, line)) for text in texts for line in text.read_text("utf-8").splitlines())


def lines_of(scan: Scan) -> list[Line]:
    return [
        line
        for leaf in prepare(scan, LeafSettings())
        for region in find(leaf, LinesSettings())
        for line in region.lines
    ]


def matched(page: notebook.Notebook, lines: list[Line]) -> tuple[Counter[str], int]:
    """Hits and misses by kind (as `hit text`, `lost margin`), and how many found lines match none."""
    count = len(page.kinds)
    sizes = np.bincount(page.owners.ravel(), minlength=count + 1)
    told: Counter[str] = Counter()
    best: dict[int, float] = {}
    invented = 0
    for line in lines:
        inside = np.zeros(page.owners.shape, np.uint8)
        points = np.array([[round(p.x - 0.5), round(p.y - 0.5)] for p in line.outline.points], np.int32)
        cv2.fillPoly(inside, [points], (1,))
        held = np.bincount(page.owners[inside > 0], minlength=count + 1)
        total = int(held[1:].sum())
        shares = held[1:] / np.maximum(sizes[1:] + total - held[1:], 1)
        which = int(shares.argmax())
        if shares[which] > 0.5 and which not in best:
            best[which] = float(shares[which])
            told["kind right"] += line.kind == page.kinds[which]
        else:
            invented += 1
    for n, kind in enumerate(page.kinds):
        if sizes[n + 1]:
            told[f"{'hit' if n in best else 'lost'} {kind}"] += 1
    return told, invented


def drawn(count: int, fonts: Path | None) -> dict[str, float]:
    """F1 over drawn pages, with a table of what was lost."""
    faces = notebook.faces(fonts)
    told: Counter[str] = Counter()
    invented = 0
    source = Source("drawn.png", "0" * 64, 1, 1, "image/png")
    for n in range(count):
        paper = notebook.PAPERS[n % len(notebook.PAPERS)]
        page = notebook.page(np.random.default_rng([n, 3]), faces[n % len(faces)], paper=paper)
        own, false = matched(page, lines_of(Scan(source, page.pixels)))
        told += own
        invented += false
        lost = sum(v for k, v in own.items() if k.startswith("lost"))
        if lost or false:
            print(f"drawn {n:4} {paper:12} lost {lost}, invented {false}  {faces[n % len(faces)]}")
    hits = sum(v for k, v in told.items() if k.startswith("hit"))
    losses = sum(v for k, v in told.items() if k.startswith("lost"))
    print(", ".join(f"{k} {v}" for k, v in sorted(told.items())), f"invented {invented}")
    kinds = told["kind right"] / max(hits, 1)
    return {
        "drawn_f1": round(2 * hits / max(2 * hits + losses + invented, 1), 4),
        "kinds_right": round(kinds, 4),
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path, nargs="?")
    asked.add_argument("--drawn", type=int, default=0)
    asked.add_argument("--fonts", type=Path)
    told = asked.parse_args()
    pages: dict[str, dict[str, int]] = {}
    print(f"{'page':32} {'wanted':>7} {'found':>7} {'apart':>7} {'s CPU':>7}")
    for path in sorted(p for p in told.folder.iterdir() if is_scan(p)) if told.folder else ():
        wanted = wanted_lines(path)
        if wanted is None:
            continue
        scan = load_sheet(path)
        start = time.process_time()
        lines = lines_of(scan)
        seconds = time.process_time() - start
        apart = sum(line.kind in APART for line in lines)
        pages[path.stem] = {"wanted": wanted, "found": len(lines) - apart, "apart": apart}
        print(f"{path.name:32} {wanted:7} {len(lines) - apart:7} {apart:7} {seconds:7.2f}")
    total = {key: sum(page[key] for page in pages.values()) for key in ("wanted", "found")}
    more = drawn(told.drawn, told.fonts) if told.drawn else {}
    print(json.dumps({**total, "pages": pages, **more}))


if __name__ == "__main__":
    main()
