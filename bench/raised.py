"""Raised endings, stacked fractions: `bench/raised.py N [--first SEED] [--pictures FOLDER] [--letters]`.

Draws N pages (tests/raised.py) and counts, by sort, how many tokens stand in the found outline of their line
with both parts, how many have a line of their own, and how many are elsewhere. Last line: JSON of the counts.
With --letters the pages are read, and letters that are marked as raised are counted: a mark is right when it
and a raised ending share half or more of their letters. Add --fit for weights of ocr/engines/word_marks.py.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np

from ocr.arrays import Mask
from ocr.engines.decoding import DecodedLetter
from ocr.engines.word_marks import ABOVE, BELOW, RAISED_WEIGHTS, Raised, raised_letters
from ocr.geometry import Box
from ocr.lines import LinesSettings, find_lines
from ocr.lines.kinds import probability
from ocr.lines.strips import HALF_CORES, StripCut
from ocr.page import Line, Page, Source, Surface
from ocr.recipe import Recipe
from ocr.scan.explain import overlay
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan
from ocr.transcribe import read_sheet

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.marks import Rows, print_marks
from tests import raised

MOST = 0.8
"""Share of a part's ink that an outline must hold."""


def scanned(made: raised.Page) -> Scan:
    """The page as a scan."""
    height, width = made.made.pixels.shape[:2]
    return Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), made.made.pixels)


def inside(line: Line, shape: tuple[int, ...]) -> np.ndarray:
    """Where a line's outline is, as a mask."""
    mask = np.zeros(shape, np.uint8)
    points = np.array([[round(p.x - 0.5), round(p.y - 0.5)] for p in line.outline.points], np.int32)
    cv2.fillPoly(mask, [points], (1,))
    return mask > 0


def counted(made: raised.Page, surfaces: list[Surface]) -> Counter[str]:
    """What became of the tokens of one page, and of its lines."""
    owners = made.made.owners
    count = len(made.made.kinds)
    sizes = np.bincount(owners.ravel(), minlength=count + 1)[1:]
    told: Counter[str] = Counter()
    lines = [(line, inside(line, owners.shape)) for surface in surfaces for line in surface.lines]
    of: dict[int, np.ndarray] = {}
    extra = []
    for _, mask in lines:
        held = np.bincount(owners[mask], minlength=count + 1)[1:]
        union = sizes + held.sum() - held
        which = int((held / np.maximum(union, 1)).argmax())
        if held[which] > 0.5 * union[which] and which + 1 not in of:
            of[which + 1] = mask
        else:
            extra.append(mask)
    told["lines"], told["lines found"], told["lines invented"] = count, len(of), len(extra)
    for token in made.tokens:
        told[f"{token.sort} wanted"] += 1
        found = of.get(token.line)
        parts = (token.base, token.small)
        # An extra line that holds a part has it to itself, whatever the outlines of others overlap.
        lost = any(found is None or (part & found).sum() < MOST * part.sum() for part in parts)
        own = any((part & other).sum() > 0.5 * part.sum() for part in parts for other in extra)
        told[f"{token.sort} in line"] += not lost and not own
        told[f"{token.sort} own line"] += own
        told[f"{token.sort} elsewhere"] += lost and not own
    return told


def letters_on(made: raised.Page) -> tuple[Rows, Counter[str]]:
    """What raised letters are told by, and whether they are an ending of the page; and how many endings are
    there, marked, rightly marked."""
    endings = np.zeros(made.made.owners.shape, bool)
    wanted = [token for token in made.tokens if token.sort is raised.Sort.ENDING]
    for token in wanted:
        endings |= token.small
    rows: Rows = []

    def listen(text: str, cut: StripCut, letters: Sequence[DecodedLetter]) -> Raised | None:
        found = raised_letters(text, cut, letters)
        if found is not None:
            truth = {n for n, letter in enumerate(letters) if _mostly(endings, made, cut, letter)}
            marked = set(range(found[0], found[1]))
            rows.append((found[2], len(truth & marked) >= 0.5 * len(truth | marked)))
        return found

    with patch("ocr.engines.word_marks.raised_letters", listen):
        read = read_sheet(scanned(made), Recipe(engine="cursive"), name="drawn")
    sure = [(probability(row, RAISED_WEIGHTS) >= LinesSettings().least_sure, right) for row, right in rows]
    return rows, Counter(
        wanted=len(wanted),
        marked=sum(marked for marked, _ in sure),
        right=sum(marked and right for marked, right in sure),
        words=sum(len(line.reading.words) for line in read.lines if line.reading),
    )


def _mostly(endings: Mask, made: raised.Page, cut: StripCut, letter: DecodedLetter) -> bool:
    """Is half or more of the ink in the columns of a letter that of endings?"""
    core, middle = len(cut.grey) / (2 * HALF_CORES), len(cut.grey) / 2
    box = cut.way.box(Box(letter.left, middle - ABOVE * core, letter.right, middle + BELOW * core))
    rows = slice(max(round(box.top), 0), max(round(box.bottom), 0))
    here = rows, slice(max(round(box.left), 0), max(round(box.right), 0))
    ink = np.count_nonzero(made.made.owners[here])
    return bool(ink and np.count_nonzero(endings[here]) >= 0.5 * ink)


def print_letters(seeds: range, *, fit: bool) -> None:
    """The raised endings of drawn pages and those marked so, or weights fitted on them."""
    rows: Rows = []
    counts: Counter[str] = Counter()
    for seed in seeds:
        own, of_page = letters_on(raised.page((seed, 41)))
        rows += own
        counts += of_page
        print(seed, dict(of_page), flush=True)
    print_marks(rows, counts, len(seeds), fit=fit)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("count", type=int)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--pictures", type=Path)
    asked.add_argument("--letters", action="store_true")
    asked.add_argument("--fit", action="store_true")
    given = asked.parse_args()
    if given.letters:
        print_letters(range(given.first, given.first + given.count), fit=given.fit)
        return
    whole: Counter[str] = Counter()
    for seed in range(given.first, given.first + given.count):
        made = raised.page((seed, 41))
        scan = scanned(made)
        surfaces = [
            Surface(leaf.box, find_lines(leaf, LinesSettings())) for leaf in prepare(scan, LeafSettings())
        ]
        told = counted(made, surfaces)
        whole += told
        bad = {k: v for k, v in told.items() if v and k.endswith(("own line", "elsewhere", "invented"))}
        print(seed, bad or "all in their lines", flush=True)
        if bad and given.pictures:
            given.pictures.mkdir(parents=True, exist_ok=True)
            shown = overlay(scan, Page(str(seed), scan.source, tuple(surfaces)))
            (given.pictures / f"{seed}.jpg").write_bytes(shown)
    for key, number in sorted(whole.items()):
        print(f"{key:20} {number:6}")
    print(json.dumps(dict(sorted(whole.items())) | {"pages": given.count}))


if __name__ == "__main__":
    main()
