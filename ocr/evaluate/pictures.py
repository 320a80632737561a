"""Strips of the scan for lines of a report: which scan belongs to a page, and where on it a line stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.errors import OcrError
from ocr.evaluate.lines import LineScore
from ocr.evaluate.pair import Pair
from ocr.evaluate.render import LinePlace, Strip
from ocr.evaluate.report import PageScore, Report
from ocr.geometry import Box
from ocr.scan.kinds import SUFFIXES
from ocr.scan.load import is_scan
from ocr.tei.pictured import Pictured, pictured

MOST_STRIPS = 150
"""So many pictures stand in a report unless more are asked for: some 3 MB."""
_MOST_BYTES = 24_000_000
_ROOM = 0.25
"""Paper above and below a line, in heights of its box: heads, tails, and what stands near."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """The pictures by their lines, and the scans that could not be used, each with a reason."""

    strips: Mapping[LinePlace, Strip]
    failed: tuple[str, ...]


def strips(
    report: Report, places: Iterable[LinePlace], scans: Path | None, most: int = MOST_STRIPS
) -> Cutting:
    """Pictures of the first `most` of these lines that have a place on a scan that is there.

    Scans are looked for by the name that the file of the reading (or of the truth) gives, or by its own
    name: in the folder `scans`, then beside the file. A scan of another size than told is not used.
    """
    from ocr.scan.cut import cut  # its libraries are loaded only when there is a picture to cut

    wanted: dict[tuple[Path, int, tuple[int, int] | None], list[tuple[LinePlace, Box, bool]]] = defaultdict(
        list
    )
    shelf = _Shelf(scans)
    taken = 0
    for place in places:
        if taken >= most:
            break
        page = report.pages[place[0]]
        line = page.lines[place[1]]
        scan = shelf.scan_of(page.pair, line.leaf)
        box, guessed = _box(page, line)
        if scan is None or box is None:
            continue
        wanted[scan].append((place, box, guessed))
        taken += 1
    held: dict[LinePlace, Strip] = {}
    failed, size = [], 0
    for (path, sheet, frame), lines in wanted.items():
        try:
            pictures = cut(path, [box for _, box, _ in lines], sheet=sheet, frame=frame)
        except OcrError as error:
            failed.append(str(error))
            continue
        if pictures is None:
            failed.append(f"{path.name} has another size than the reading was made from; it was not used.")
            continue
        for (place, _, guessed), jpeg in zip(lines, pictures, strict=True):
            size += len(jpeg)
            if size <= _MOST_BYTES:
                held[place] = Strip(jpeg, guessed)
    return Cutting(held, tuple(failed))


class _Shelf:
    """The scans at hand, by name."""

    def __init__(self, folder: Path | None) -> None:
        self._named: dict[str, Path] = {}
        if folder is not None:
            found = [folder] if folder.is_file() else sorted(folder.rglob("*"))
            for path in found:
                if is_scan(path) and path.is_file():
                    self._named.setdefault(path.name, path)
        self._told: dict[Path, Pictured | None] = {}

    def scan_of(self, pair: Pair, leaf: int) -> tuple[Path, int, tuple[int, int] | None] | None:
        """Path, sheet and size of the scan that a leaf was read from; None when it is not here."""
        for side in (pair.found, pair.truth):
            file = side.files[leaf] if len(side.files) == len(pair.leaves) > 1 else side.files[0]
            if file not in self._told:
                self._told[file] = pictured(file) if file.suffix.lower() != ".txt" else None
            told = self._told[file]
            path = self._find(file, told)
            if path is not None:
                return path, told.sheet if told else 1, told.frame if told else None
            if told is not None:  # its places are those of that scan and of no other
                return None
        return None

    def _find(self, file: Path, told: Pictured | None) -> Path | None:
        stem = file.name.partition(".")[0]
        names = [told.name] if told else [stem + suffix for suffix in sorted(SUFFIXES)]
        for name in names:
            if name in self._named:
                return self._named[name]
            beside = file.parent / name
            if beside.is_file() and is_scan(beside):
                return beside
        return None


def _box(page: PageScore, line: LineScore) -> tuple[Box | None, bool]:
    """Where a line stands, in scan pixels, and whether that is guessed from its neighbours."""
    truths, founds = page.pair.pieces[line.leaf]
    boxes = [box for at in line.found_lines if (box := founds[at].box) is not None]
    if boxes:
        return _roomy(_around(boxes)), False
    if line.truth_line is None:
        return None, False
    own = truths[line.truth_line].box
    return (_roomy(own), False) if own else (_between(page, line), True)


def _between(page: PageScore, line: LineScore) -> Box | None:
    """From the middle of the line before to the middle of the line after, where both were found."""
    founds = page.pair.pieces[line.leaf][1]
    near: list[Box | None] = [None, None]
    for other in page.lines:
        if other.leaf != line.leaf or other.truth_line is None or line.truth_line is None:
            continue
        held = [box for at in other.found_lines if (box := founds[at].box) is not None]
        if not held:
            continue
        if other.truth_line < line.truth_line:
            near[0] = held[-1]
        elif other.truth_line > line.truth_line and near[1] is None:
            near[1] = held[0]
    before, after = near
    if before is None or after is None or after.centre.y <= before.centre.y:
        return None
    left, right = min(before.left, after.left), max(before.right, after.right)
    return Box(left, before.centre.y, right, after.centre.y)


def _around(boxes: Sequence[Box]) -> Box:
    return Box.around([corner for box in boxes for corner in box.corners])


def _roomy(box: Box) -> Box:
    room = _ROOM * box.height
    return Box(box.left - room, box.top - room, box.right + room, box.bottom + room)
