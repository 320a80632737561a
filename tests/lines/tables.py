"""What is found on a drawn page with a table, and how it compares with what was drawn."""

from collections import Counter
from dataclasses import replace

from ocr.geometry import Point
from ocr.lines import LinesSettings, find_lines, with_number_columns
from ocr.page import Line, Reading, Region, Source, Surface, Word
from ocr.scan.leaf import LeafSettings, prepare
from ocr.scan.load import Scan
from tests.tables import TablePage, TableWord


def found_on(page: TablePage) -> tuple[Region, ...]:
    """The regions of the page, each line with a reading of the words that are drawn in it."""
    height, width = page.pixels.shape
    scan = Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), page.pixels)
    (leaf,) = prepare(scan, LeafSettings())
    regions = find_lines(leaf, LinesSettings(), page.pixels)
    lines = [line for region in regions for line in region.lines]
    words: dict[int, list[TableWord]] = {}
    for word in page.words:
        own = owner_of(word, lines)
        if own is not None:
            words.setdefault(own, []).append(word)
    read, at = [], 0
    for region in regions:
        own_lines = []
        for line in region.lines:
            own_lines.append(replace(line, readings=(_reading(words.get(at, [])),)))
            at += 1
        read.append(replace(region, lines=tuple(own_lines)))
    return with_number_columns(Surface(leaf.box, tuple(read)), leaf.to_scan).regions


def owner_of(word: TableWord, lines: list[Line]) -> int | None:
    """The line that holds most of a word."""
    box = word.box
    points = [
        Point(box.left + (i + 0.5) * box.width / 8, box.top + (j + 0.5) * box.height / 3)
        for i in range(8)
        for j in range(3)
    ]
    near = [n for n, line in enumerate(lines) if line.outline.box.overlap(box) > 0]
    counts = {n: sum(lines[n].outline.holds(point) for point in points) for n in near}
    best = max(counts, key=lambda n: counts[n], default=None)
    return best if best is not None and counts[best] > 6 else None


def _reading(words: list[TableWord]) -> Reading:
    return Reading(
        "drawn", tuple(Word(word.text, word.box, 0.9) for word in sorted(words, key=lambda w: w.box.left))
    )


def compared(page: TablePage, regions: tuple[Region, ...]) -> Counter[str]:
    """How many cells were found, are right, and are true; how many words stand in no line, or in two."""
    counts = Counter({"words": len(page.words)})
    read = [word.box for region in regions for line in region.lines for word in line.readings[-1].words]
    counts["lost"] = sum(word.box not in read for word in page.words)
    counts["twice"] = len(read) - len(set(read))
    true: dict[tuple[int, int], set[object]] = {}
    for word in page.words:
        if word.cell is not None:
            true.setdefault(word.cell, set()).add(word.box)
    got = {}
    for region in regions:
        if region.cell is not None:
            boxes = {word.box for line in region.lines for word in line.readings[-1].words}
            got[region.cell.table, region.cell.row, region.cell.column] = boxes
    cell_of = {frozenset(boxes): cell for cell, boxes in true.items()}
    pairs = [
        (place, cell_of[frozenset(boxes)]) for place, boxes in got.items() if frozenset(boxes) in cell_of
    ]
    rows = Counter(place[1] - cell[0] for place, cell in pairs)
    columns = Counter(place[2] - cell[1] for place, cell in pairs)
    counts["found"], counts["true"] = len(got), len(true)
    if pairs:
        row, column = rows.most_common(1)[0][0], columns.most_common(1)[0][0]
        counts["right"] = sum((p[1] - c[0], p[2] - c[1]) == (row, column) for p, c in pairs)
    return counts
