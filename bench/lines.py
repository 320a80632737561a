"""Whether lines are found: `bench/lines.py [FOLDER] [--drawn 200 --fonts FONTS] [--written 70] [--sizes]`.

FOLDER holds scans NAME.jpg (or any other format) with NAME.txt, or NAME.1.txt, NAME.2.txt for the leaves of
a spread: one text line per line. Page numbers and margins are counted apart: wanted are lines with a letter.

Drawn are notebook pages of all papers in fonts, with marginalia, insertions and numbers; written are pages of
all sorts in our own hands of strokes; `--sizes` writes small to large letters. A found line and a drawn one
are the same when the ink inside the found outline and the drawn ink share more than half of their union.
Of such a line the table tells: which share of its ink its outline holds (own), and which share of the ink in
its outline is another line's (foreign).
`--first N` begins at another seed, `--pictures FOLDER` keeps a picture of every page with a fault.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from ocr.lines import LinesSettings, find_lines
from ocr.page import Kind, Page, Source, Surface
from ocr.scan.explain import overlay
from ocr.scan.leaf import Leaf, LeafSettings, prepare
from ocr.scan.load import Scan, is_scan, load_sheet

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests import notebook, written

APART = (Kind.NUMBER, Kind.MARGIN)
SIZES_PX = (8, 10, 16, 30, 60, 120)
SIZED = ("school", "dense", "diary")


@dataclass(slots=True)
class Tally:
    """Counts over pages; rates are made when they are shown."""

    told: Counter[str] = field(default_factory=Counter)
    invented: int = 0
    own: list[float] = field(default_factory=list)
    foreign: list[float] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """The other's counts on top of these."""
        self.told += other.told
        self.invented += other.invented
        self.own += other.own
        self.foreign += other.foreign

    @property
    def lost(self) -> int:
        """Lines not found."""
        return sum(v for k, v in self.told.items() if k.startswith("lost"))

    def rates(self) -> dict[str, float | None]:
        """F1 of lines, kinds, ink inside outlines."""
        hits = sum(v for k, v in self.told.items() if k.startswith("hit"))
        return {
            "f1": _share(2 * hits, 2 * hits + self.lost + self.invented),
            "kinds_right": _share(self.told["kind right"], hits),
            "own_mean": round(float(np.mean(self.own)), 4) if self.own else None,
            "own_worst": round(min(self.own), 4) if self.own else None,
            "foreign_mean": round(float(np.mean(self.foreign)), 4) if self.foreign else None,
            "foreign_worst": round(max(self.foreign), 4) if self.foreign else None,
        }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def wanted_lines(scan: Path) -> int | None:
    """How many lines the transcriptions beside a scan have; None when there is none."""
    whole = scan.with_suffix(".txt")
    texts = [whole] if whole.exists() else sorted(scan.parent.glob(f"{scan.stem}.[0-9].txt"))
    if not texts:
        return None
    return sum(any(map(str.isalpha, line)) for text in texts for line in text.read_text("utf-8").splitlines())


def surfaces_of(scan: Scan) -> list[tuple[Leaf, Surface]]:
    """The leaves of a scan with their lines."""
    leaves = prepare(scan, LeafSettings())
    return [
        (leaf, Surface(leaf.box, find_lines(leaf, LinesSettings()), leaf.skew, leaf.remark, leaf.ruling))
        for leaf in leaves
    ]


def tallied(page: notebook.Notebook, found: list[tuple[Leaf, Surface]]) -> Tally:
    """What was found of one page, and what not."""
    count = len(page.kinds)
    sizes = np.bincount(page.owners.ravel(), minlength=count + 1)
    tally = Tally()
    seen: set[int] = set()
    for line in (line for _, surface in found for line in surface.lines):
        inside = np.zeros(page.owners.shape, np.uint8)
        points = np.array([[round(p.x - 0.5), round(p.y - 0.5)] for p in line.outline.points], np.int32)
        cv2.fillPoly(inside, [points], (1,))
        held = np.bincount(page.owners[inside > 0], minlength=count + 1)
        total = int(held[1:].sum())
        shares = held[1:] / np.maximum(sizes[1:] + total - held[1:], 1)
        which = int(shares.argmax()) if count else -1
        if which < 0 or shares[which] <= 0.5 or which in seen:
            tally.invented += 1
            continue
        seen.add(which)
        tally.told["kind right"] += line.kind == page.kinds[which]
        tally.own.append(float(held[which + 1] / sizes[which + 1]))
        tally.foreign.append(1 - float(held[which + 1]) / total)
    for n, kind in enumerate(page.kinds):
        if sizes[n + 1]:
            tally.told[f"{'hit' if n in seen else 'lost'} {kind}"] += 1
    return tally


def measured(
    name: str, pages: Iterable[tuple[str, notebook.Notebook]], pictures: Path | None
) -> dict[str, float | None]:
    """Rates over pages, with a row for every page that has a fault and the sum of them."""
    whole = Tally()
    for told, page in pages:
        scan = Scan(
            Source(f"{told}.png", "0" * 64, page.pixels.shape[1], page.pixels.shape[0], "image/png"),
            page.pixels,
        )
        found = surfaces_of(scan)
        tally = tallied(page, found)
        whole.add(tally)
        if tally.lost or tally.invented:
            lost = ", ".join(f"{v} {k.removeprefix('lost ')}" for k, v in tally.told.items() if "lost" in k)
            print(f"{told:44} lost {lost or 0}; invented {tally.invented}", flush=True)
            if pictures:
                drawn = overlay(scan, Page(told, scan.source, tuple(surface for _, surface in found)))
                (pictures / f"{told}.jpg").write_bytes(drawn)
    rates = whole.rates()
    if not whole.told:
        return rates
    print(
        f"{name}: {', '.join(f'{k} {v}' for k, v in sorted(whole.told.items()))}, invented {whole.invented}"
    )
    print(f"{name}: {', '.join(f'{k} {v}' for k, v in rates.items())}", flush=True)
    return rates


def drawn(first: int, count: int, fonts: Path | None) -> Iterable[tuple[str, notebook.Notebook]]:
    """Pages of all papers in all fonts."""
    faces = notebook.faces(fonts)
    for n in range(first, first + count):
        paper, face = notebook.PAPERS[n % len(notebook.PAPERS)], faces[n % len(faces)]
        page = notebook.page(np.random.default_rng([n, 3]), face, paper=paper)
        yield f"drawn-{n:04}-{paper}-{face.stem if face else ''}".replace(" ", "_"), page


def in_hands(first: int, count: int) -> Iterable[tuple[str, notebook.Notebook]]:
    """Pages of all sorts in hands of strokes."""
    for n in range(first, first + count):
        sort = written.SORTS[n % len(written.SORTS)]
        yield f"written-{n:04}-{sort}", written.page((n, 7), sort)


def sized(first: int, x_px: int) -> Iterable[tuple[str, notebook.Notebook]]:
    """Pages whose small letters are so tall."""
    for n, sort in enumerate(SIZED, first):
        yield f"sized-{x_px:03}-{n}-{sort}", written.page((n, x_px), sort, x_px=x_px)


def real(folder: Path, pictures: Path | None) -> dict[str, dict[str, int]]:
    """Counts of every scan of a folder that has a transcription."""
    pages: dict[str, dict[str, int]] = {}
    print(f"{'page':32} {'wanted':>7} {'found':>7} {'apart':>7} {'s CPU':>7}")
    for path in sorted(p for p in folder.iterdir() if is_scan(p)):
        wanted = wanted_lines(path)
        if wanted is None:
            continue
        scan = load_sheet(path)
        start = time.process_time()
        surfaces = [surface for _, surface in surfaces_of(scan)]
        seconds = time.process_time() - start
        lines = [line for surface in surfaces for line in surface.lines]
        apart = sum(line.kind in APART for line in lines)
        pages[path.stem] = {"wanted": wanted, "found": len(lines) - apart, "apart": apart}
        print(f"{path.name:32} {wanted:7} {len(lines) - apart:7} {apart:7} {seconds:7.2f}", flush=True)
        if pictures:
            shown = overlay(scan, Page(path.stem, scan.source, tuple(surfaces)))
            (pictures / f"{path.stem}.jpg").write_bytes(shown)
    return pages


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path, nargs="?")
    asked.add_argument("--drawn", type=int, default=0)
    asked.add_argument("--written", type=int, default=0)
    asked.add_argument("--sizes", action="store_true")
    asked.add_argument("--fonts", type=Path)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--pictures", type=Path)
    told = asked.parse_args()
    if told.pictures:
        told.pictures.mkdir(parents=True, exist_ok=True)
    pages = real(told.folder, told.pictures) if told.folder else {}
    answer: dict[str, object] = {
        key: sum(page[key] for page in pages.values()) for key in ("wanted", "found")
    }
    answer["pages"] = pages
    parts: dict[str, Iterable[tuple[str, notebook.Notebook]]] = {
        "drawn": drawn(told.first, told.drawn, told.fonts),
        "written": in_hands(told.first, told.written),
        **{f"x{size}": sized(told.first, size) for size in SIZES_PX if told.sizes},
    }
    for name, made in parts.items():
        rates = measured(name, made, told.pictures)
        answer |= {f"{name}_{key}": rate for key, rate in rates.items() if rate is not None}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
