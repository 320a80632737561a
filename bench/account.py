"""Whether marked writing is lost in silence: `bench/account.py N [FOLDER] [--first SEED] [--engine NAME]`.

N pages are drawn, of all pens and papers in turn; FOLDER holds real scans. Counted here by brute force, by
nothing of what finds lines or accounts for ink: on a drawn page every letter that was written, has ink, and
is marked by the finder on at least half of it; on a real one every clump of marked pixels that are darker
than half way from paper to ink and as large as half a letter. Lost is what lies by more than half in no
outline of a line and in no gap. A gap on a drawn page is idle when no letter has ink in it that stands in no
line. By default lines are not read (`--engine auto` reads them).
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ocr.arrays import Mask, Pixels
from ocr.engines import open_engine
from ocr.geometry import Outline
from ocr.page import Page
from ocr.recipe import Recipe
from ocr.scan.finder import FinderSettings, find_text
from ocr.scan.load import Scan, is_scan, load_sheet
from ocr.synth.notebook import Made, NotebookSettings, notebook
from ocr.synth.paper import Paper
from ocr.synth.writer import Style
from ocr.transcribe import read_scan

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

INK_SHARE = 0.5
"""Ink lies at least this share of the way from the paper of its page to its darkest strokes."""


@dataclass(slots=True)
class Counts:
    """Sums over pages."""

    pages: int = 0
    partial: int = 0
    marked: int = 0
    told: int = 0
    lost: int = 0
    gaps: int = 0
    idle: int = 0


def marked_on(pixels: Pixels) -> tuple[Mask, float]:
    """Where the finder marks writing on a scan, and the height of its marks in scan pixels."""
    text = find_text(pixels, FinderSettings()).text
    picture = Image.fromarray(text.marks * 255)
    height, width = pixels.shape[:2]
    mask = np.asarray(picture.resize((width, height), Image.Resampling.NEAREST)) > 0
    return mask, text.line_px_on(height)


def ink_on(pixels: Pixels, letter: float) -> Mask:
    """Where a scan is dark, by the light around each place."""
    grey = np.asarray(Image.fromarray(pixels).convert("L"))
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    side = max(3, round(letter)) | 1
    paper = cv2.resize(cv2.medianBlur(cv2.dilate(small, np.ones((side, side))), 5), grey.shape[::-1])
    dark = paper.astype(np.int16) - grey
    return np.asarray(dark > INK_SHARE * max(float(np.percentile(dark[dark > 15], 90)), 40.0))


def inside(outlines: Iterable[Outline], shape: tuple[int, ...], room: float) -> Mask:
    """Where outlines are, and so much around."""
    sheet = Image.new("1", (shape[1], shape[0]))
    pen = ImageDraw.Draw(sheet)
    for outline in outlines:
        points = [(p.x, p.y) for p in outline.points]
        pen.polygon(points, fill=1)
        pen.line([*points, points[0]], fill=1, width=max(1, round(2 * room)))
    return np.asarray(sheet)


def count_drawn(made: Made, page: Page, counts: Counts) -> list[str]:
    """Adds the letters of a drawn page; names its lost ones."""
    marked, letter = marked_on(made.pixels)
    ink = ink_on(made.pixels, max(letter, 8.0))
    lines = inside((line.outline for line in page.lines), ink.shape, 0.15 * letter)
    gaps = inside((place.outline for place in page.unread), ink.shape, 0.0)
    lost = []
    loose = np.zeros(ink.shape, np.bool_)
    for line in made.page.lines:
        for glyph in (g for w in line.reading.words for g in w.glyphs) if line.reading else ():
            if glyph.box is None or not glyph.text.isalnum():
                continue
            box = glyph.box
            here = np.s_[int(box.top) : int(box.bottom) + 1, int(box.left) : int(box.right) + 1]
            total = int(ink[here].sum())
            loose[here] |= ink[here] & ~lines[here]
            if total < 12 or (ink[here] & marked[here]).sum() < 0.5 * total:
                continue
            counts.marked += 1
            if (ink[here] & lines[here]).sum() >= 0.5 * total:
                continue
            if (ink[here] & (lines[here] | gaps[here])).sum() >= 0.5 * total:
                counts.told += 1
            else:
                lost.append(f"{glyph.text} at {box.left:.0f},{box.top:.0f} of {line.kind}")
    counts.lost += len(lost)
    counts.gaps += len(page.unread)
    counts.idle += sum(not (loose & inside([place.outline], ink.shape, 0.0)).any() for place in page.unread)
    return lost


def count_real(scan: Scan, page: Page, counts: Counts) -> list[str]:
    """Adds the clumps of marked ink of a real page; names its lost ones."""
    marked, letter = marked_on(scan.pixels)
    if not letter:
        return []
    dark = (ink_on(scan.pixels, letter) & marked).astype(np.uint8)
    lines = inside((line.outline for line in page.lines), dark.shape, 0.15 * letter)
    gaps = inside((place.outline for place in page.unread), dark.shape, 0.0)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    sizes = np.bincount(labels.ravel(), minlength=count)
    in_line = np.bincount(labels[lines], minlength=count)
    in_any = np.bincount(labels[lines | gaps], minlength=count)
    large = (stats[:, 2:4].max(axis=1) > 0.5 * letter) & (stats[:, 2:4].min(axis=1) > 0.15 * letter)
    large[0] = False
    lost = np.flatnonzero(large & (in_any < 0.5 * sizes))
    counts.marked += int(large.sum())
    counts.told += int((large & (in_line < 0.5 * sizes) & (in_any >= 0.5 * sizes)).sum())
    counts.lost += len(lost)
    return [f"clump at {stats[n, 0]},{stats[n, 1]}, {sizes[n]} pixels" for n in lost]


def drawn(count: int, first: int) -> Iterable[Made]:
    """Pages of every pen and paper in turn."""
    styles = [style for style in Style if style is not Style.MIXED]
    papers = [paper for paper in Paper if paper is not Paper.MIXED]
    for n in range(first, first + count):
        settings = NotebookSettings(
            style=styles[n % len(styles)], paper=papers[n // len(styles) % len(papers)]
        )
        yield from notebook(1, n, settings)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("count", type=int)
    asked.add_argument("folder", type=Path, nargs="?")
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--engine", default="tests.fakes:table")
    given = asked.parse_args()
    recipe = Recipe(engine=given.engine)
    engine = open_engine(given.engine, recipe.of_engine)
    both = {"drawn": Counts(), "real": Counts()}

    def add(which: str, name: str, scan: Scan, made: Made | None) -> None:
        page = read_scan(scan, recipe, engine, name=name)
        counts = both[which]
        counts.pages += 1
        counts.partial += page.partial
        lost = count_real(scan, page, counts) if made is None else count_drawn(made, page, counts)
        share = page.ink_uncovered
        print(
            f"{name:28} {'' if share is None else format(share, '.2%'):>7} in no line, gaps "
            f"{len(list(page.unread)):3}{' partial' if page.partial else ''} "
            + (f"LOST {len(lost)}: {'; '.join(lost[:4])}" if lost else ""),
            flush=True,
        )

    for n, made in enumerate(drawn(given.count, given.first), given.first):
        told = dict(made.page.steps[0].settings)
        name = f"{n} {told['style']} {told['paper']} {told['look']}"
        add("drawn", name, Scan(made.page.source, made.pixels), made)
    if given.folder:
        for path in sorted(one for one in given.folder.iterdir() if is_scan(one)):
            add("real", path.name, load_sheet(path), None)
    print(
        json.dumps(
            {which: {name: getattr(one, name) for name in Counts.__slots__} for which, one in both.items()}
            | {"lost": sum(one.lost for one in both.values())}
        )
    )


if __name__ == "__main__":
    main()
