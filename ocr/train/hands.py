"""Lines of a hand, with pictures, out of corrected TEI or a table of pictures and texts."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from ocr.arrays import GreyImage
from ocr.corrections.view import LineView, RecordView, view_of
from ocr.engines.cursive import Model
from ocr.engines.decoding import greedy
from ocr.errors import RecordError, ScanError, reason_of
from ocr.evaluate.rates import compare
from ocr.files import files_below
from ocr.formats.leaves import root_of
from ocr.lines import strips_with_margin
from ocr.page import Kind, Line
from ocr.recipe import Recipe
from ocr.scan.leaf import grey_of, other_way_up, prepare, under
from ocr.scan.load import is_scan, load_sheet
from ocr.scan.scan_of import ScanSheet, Shelf

_HIDING = frozenset({"del", "supplied", "unclear"})
"""Lines with such words are not learnt from: what stands on the paper is not what the text says."""
_STRANGE_CER = 0.75
_STRANGE_TIMES = 1.8
"""A text is taken for another line's when the model reads it so badly, and so much worse than the others."""


TextOf = Callable[[LineView, RecordView], str | None]
"""The text of a line that is wanted; None when the line is not."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownLine:
    """A line to learn from, with the text that a person vouches for; empty where none is asked for.

    A line is equal to itself alone: the same place may come twice, with two texts.
    """

    file: Path
    ident: str
    grey: GreyImage
    text: str

    @property
    def hand(self) -> str:
        """Of a line of a table: the picture's file name before its last underscore."""
        return Path(self.ident).stem.rsplit("_", 1)[0]

    @property
    def name(self) -> str:
        """Where it stands, in words."""
        return f"{self.file.name}, {self.ident}" if self.ident else self.file.name


def known_lines(
    files: Sequence[Path], scans: Path | None, recipe: Recipe, *, every: bool = False
) -> Iterator[KnownLine]:
    """The lines to learn from, in the order of the files.

    `*.tsv`: rows `picture<TAB>text`, pictures relative to the table. Else TEI: the lines that a person
    corrected or accepted, or, with `every`, all that have a text; cut from the scan that the record was read
    from, which is looked for in `scans`, or beside the file and in ./scans. A folder stands for the TEI and
    tables in it. RecordError or ScanError for what cannot be read.
    """
    shelves = _Shelves(scans)
    for file in within(files):
        if file.suffix.lower() == ".tsv":
            yield from table_lines(file)
        else:
            yield from _of_record(file, shelves, recipe, partial(vouched_text, every=every))


def seen_lines(files: Sequence[Path], scans: Path | None, recipe: Recipe) -> Iterator[KnownLine]:
    """All lines, whatever has been read in them, in the order of the files, without their texts.

    TEI or tables as in `known_lines`, or pictures of one line each; a folder without TEI and tables stands
    for its pictures. RecordError or ScanError for what cannot be read.
    """
    shelves = _Shelves(scans)
    for file in within(files, pictures=True):
        if file.suffix.lower() == ".xml":
            yield from _of_record(file, shelves, recipe, _anything)
        elif file.suffix.lower() == ".tsv":
            yield from (replace(line, text="") for line in table_lines(file))
        else:
            yield KnownLine(file, "", grey_of(load_sheet(file).pixels), "")


def within(paths: Sequence[Path], *, pictures: bool = False) -> list[Path]:
    """Files as they are, and for each folder the TEI and tables (*.tsv) below it, in natural order; where
    there are none and `pictures` are wanted, its pictures. ScanError for a folder that holds nothing."""
    files = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        below = list(files_below(path))
        taken = [path for path in below if path.suffix.lower() == ".tsv" or _is_tei(path)]
        if not taken and pictures:
            taken = [path for path in below if is_scan(path)]
        if not taken:
            raise ScanError(f"The folder {path} holds neither TEI nor tables picture<TAB>text (*.tsv).")
        files += taken
    return files


def _is_tei(path: Path) -> bool:
    """Does it call itself XML, and is it not known for something else (METS, PAGE, ALTO)?"""
    return path.suffix.lower() == ".xml" and root_of(path) in {None, "TEI"}


def table_lines(table: Path, on_refused: Callable[[ScanError], None] | None = None) -> Iterator[KnownLine]:
    """The lines of a table of rows `picture<TAB>text`. ScanError when it cannot be read.

    A picture that cannot be read, or is too small to, goes to `on_refused` where there is one.
    """
    try:
        with table.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.reader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise ScanError(
            f"{table} cannot be read as UTF-8 rows picture<TAB>text: {reason_of(error)}."
        ) from error
    for number, row in enumerate(rows, 1):
        if len(row) != 2:
            raise ScanError(f"{table}, row {number}: not picture<TAB>text. Mend the row.")
        try:
            sheet = load_sheet(table.parent / row[0])
        except ScanError as error:
            if on_refused is None:
                raise
            on_refused(error)
            continue
        yield KnownLine(table, row[0], grey_of(sheet.pixels), row[1])


def _of_record(file: Path, shelves: "_Shelves", recipe: Recipe, text_of: TextOf) -> Iterator[KnownLine]:
    record = view_of(file)
    wanted = [(line, text) for line in record.lines if (text := text_of(line, record)) is not None]
    if wanted:
        yield from cut_lines(file, record, wanted, shelves.scan_of(file, record), recipe)


def cut_lines(
    file: Path,
    record: RecordView,
    wanted: Sequence[tuple[LineView, str]],
    scan_sheet: ScanSheet,
    recipe: Recipe,
) -> Iterator[KnownLine]:
    """Lines of a record, each with a place and a text to learn or none, cut from its scan leaf by leaf."""
    scan = scan_sheet.load()
    leaves = prepare(scan, recipe.leaf)
    if any(
        leaf.box and other_way_up(leaves[under(leaves, leaf.box)], leaf.skew_deg) for leaf in record.surfaces
    ):
        leaves = prepare(scan, recipe.leaf, other_way_up=True)
    on_leaf: dict[int, list[tuple[LineView, Line, str]]] = {}
    for line_view, text in wanted:
        assert line_view.outline is not None  # the wanted ones have one
        line = Line(line_view.outline, line_view.baseline, line_view.kind)
        on_leaf.setdefault(under(leaves, line.outline.box), []).append((line_view, line, text))
    for place, lines in sorted(on_leaf.items()):
        cuts = strips_with_margin(leaves[place], [line for _, line, _ in lines])
        for cut, (line_view, _, text) in zip(cuts, lines, strict=True):
            yield KnownLine(file, line_view.ident, cut.grey, text)


def vouched_text(line: LineView, record: RecordView, *, every: bool = False) -> str | None:
    """What is to be learnt of a line that a person vouches for, or, with `every`, of any; else None."""
    vouched = every or line.state != "draft" or record.state != "draft"
    hidden = any(token.gap or token.expan or _HIDING & set(token.marks) for token in line.tokens)
    if not vouched or hidden or _anything(line, record) is None:
        return None
    return " ".join(token.text for token in line.tokens).strip() or None


def _anything(line: LineView, _: RecordView) -> str | None:
    """No text, of every line that has a place and is not struck out."""
    return None if line.outline is None or line.kind is Kind.STRUCK else ""


class _Shelves:
    """Where the scans of records are looked for; each folder is listed once."""

    def __init__(self, scans: Path | None) -> None:
        self._scans = scans
        self._shelves: dict[Path, Shelf] = {}

    def scan_of(self, file: Path, record: RecordView) -> ScanSheet:
        """The scan that a record was read from; RecordError, with the file's name, when it is not there."""
        place = self._scans or file.parent
        if place not in self._shelves:
            self._shelves[place] = Shelf([place] if self._scans else [place, Path("scans")])
        try:
            return self._shelves[place].find(record.scan, within=Path(file.parent.name))
        except ScanError as error:
            raise RecordError(f"{file}: {error}") from error


def suspect(lines: Sequence[KnownLine], model: Model) -> list[KnownLine]:
    """Lines whose text looks like another line's: the model reads them much worse than the rest."""
    rates = np.array([_rate(line, model) for line in lines])
    bar = max(_STRANGE_CER, _STRANGE_TIMES * float(np.median(rates))) if len(rates) else 1.0
    return [line for line, rate in zip(lines, rates, strict=True) if rate > bar]


def _rate(line: KnownLine, model: Model) -> float:
    codes = greedy(model.look(line.grey).scores).codes
    reading = "".join(model.alphabet[code - 1] for code in codes).strip()
    counts = compare(line.text, reading)
    return counts.errors / max(counts.truth, counts.found, 1)  # in 0..1, whichever of both is too long


def places_of(lines: Iterable[KnownLine], most: int = 8) -> str:
    """The places of some lines, and how many more there are."""
    names = [line.name for line in lines]
    return "; ".join(names[:most]) + (f"; and {len(names) - most} more" if len(names) > most else "")
