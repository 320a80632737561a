"""Strips of the scan for lines of a report: which scan belongs to a page, and where on it a line stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from ocr.errors import OcrError, ScanError
from ocr.evaluate.lines import LineScore
from ocr.evaluate.pair import Pair
from ocr.evaluate.scores import PageScore, Report
from ocr.files import is_file
from ocr.formats.metadata import scan_facts
from ocr.geometry import Box
from ocr.page import ScanFacts
from ocr.report.cards import LinePicture
from ocr.report.page import LinePlace
from ocr.scan.kinds import SUFFIXES
from ocr.scan.load import is_scan
from ocr.scan.scan_of import OtherScanError, ScanSheet, Shelf

MOST_STRIPS = 150
"""So many pictures stand in a report unless more are asked for: some 3 MB."""
_MOST_BYTES = 24_000_000
_ROOM = 0.25
"""Paper above and below a line, in heights of its box: heads, tails, and what stands near."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """The pictures by their lines, and the scans that could not be used, each with a reason."""

    strips: Mapping[LinePlace, LinePicture]
    failed: tuple[str, ...]


def strips(
    report: Report, places: Iterable[LinePlace], scans: Path | None, most: int = MOST_STRIPS
) -> Cutting:
    """Pictures of the first `most` of these lines that have a place on a scan that is there.

    The file of the reading (or of the truth) names its scan; one that names none has a scan of its own name.
    It is looked for in the folder `scans`, then beside the file, and only the scan that was read is used:
    that of the sha256 and the size that the file tells.
    """
    from ocr.scan.strips_for_people import cut  # its libraries are loaded only when there is a picture to cut

    wanted: dict[ScanSheet, list[tuple[LinePlace, Box, bool]]] = defaultdict(list)
    named = _Named(scans)
    taken = 0
    for place in places:
        if taken >= most:
            break
        page = report.pages[place[0]]
        line = page.lines[place[1]]
        box, guessed = _box(page, line)
        scan = named.scan_of(page.pair, line.leaf) if box is not None else None
        if scan is None or box is None:
            continue
        wanted[scan].append((place, box, guessed))
        taken += 1
    by_place: dict[LinePlace, LinePicture] = {}
    failed, size = list(named.failed), 0
    for scan, lines in wanted.items():
        try:
            pictures = cut(scan.load().pixels, [box for _, box, _ in lines])
        except OcrError as error:
            failed.append(str(error))
            continue
        for (place, _, guessed), jpeg in zip(lines, pictures, strict=True):
            size += len(jpeg)
            if size <= _MOST_BYTES:
                by_place[place] = LinePicture(jpeg, guessed)
    return Cutting(by_place, tuple(failed))


class _Named:
    """The scans that files name."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._shelf = Shelf([folder] if folder else [])
        self._known: dict[Path, tuple[bool, ScanSheet | None]] = {}
        self.failed: list[str] = []
        """Why a scan that is named, or that lies there under that name, is not used."""

    def scan_of(self, pair: Pair, leaf: int) -> ScanSheet | None:
        """The scan that a leaf was read from; None when it is not here."""
        for side in (pair.found, pair.truth):
            file = side.files[leaf] if len(side.files) == len(pair.leaves) > 1 else side.files[0]
            if file not in self._known:
                self._known[file] = self._find(file, PurePath(pair.name).parent)
            is_named, scan = self._known[file]
            if scan is not None or is_named:  # places in a file are those of its scan and of no other
                return scan
        return None

    def _find(self, file: Path, within: PurePath) -> tuple[bool, ScanSheet | None]:
        """Whether the file names a scan, and the scan."""
        facts = scan_facts(file) if file.suffix.lower() != ".txt" else None
        stem = "" if facts else file.name.partition(".")[0]
        beside = [file.parent / (facts.file or "")] if facts else [file.with_name(stem + s) for s in SUFFIXES]
        scans = [path for path in beside if is_scan(path) and is_file(path)]
        refused: ScanError | None = None
        for shelf in (self._shelf, Shelf(scans)):
            try:
                return facts is not None, shelf.find(facts or ScanFacts(), within=Path(within), stem=stem)
            except OtherScanError as error:
                refused = error
            except ScanError as error:  # there is none, or several
                refused = refused or error
        if self._folder is not None and facts is not None:
            self.failed.append(str(refused))
        return facts is not None, None


def _box(page: PageScore, line: LineScore) -> tuple[Box | None, bool]:
    """Where a line stands, in scan pixels, and whether that is guessed from its neighbours."""
    truths, founds = page.pair.pieces[line.leaf]
    places = line.found_lines if line.struck_line is None else (line.struck_line,)
    boxes = [box for at in places if (box := founds[at].box) is not None]
    if boxes:
        return _roomy(Box.around(corner for box in boxes for corner in box.corners)), False
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
        boxes = [box for at in other.found_lines if (box := founds[at].box) is not None]
        if not boxes:
            continue
        if other.truth_line < line.truth_line:
            near[0] = boxes[-1]
        elif other.truth_line > line.truth_line and near[1] is None:
            near[1] = boxes[0]
    before, after = near
    if before is None or after is None or after.centre.y <= before.centre.y:
        return None
    left, right = min(before.left, after.left), max(before.right, after.right)
    return Box(left, before.centre.y, right, after.centre.y)


def _roomy(box: Box) -> Box:
    room = _ROOM * box.height
    return Box(box.left - room, box.top - room, box.right + room, box.bottom + room)
