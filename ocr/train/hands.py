"""Lines of a hand, with pictures, out of corrected TEI or a table of pictures and texts."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr.engines.cursive import Model
from ocr.engines.decoding import greedy
from ocr.errors import RecordError, ScanError
from ocr.lines import roomy_strips
from ocr.page import Kind, Line
from ocr.recipe import Recipe
from ocr.scan.leaf import Grey, grey_of, other_way_up, prepare, under
from ocr.scan.load import load_sheet
from ocr.tei.view import LineView, RecordView, view

_HIDING = frozenset({"del", "supplied", "unclear"})
"""Lines with such words are not learnt from: what stands on the paper is not what the text says."""
_STRANGE_CER = 0.75
_STRANGE_TIMES = 1.8
"""A text is taken for another line's when the model reads it so badly, and so much worse than the others."""


TextOf = Callable[[LineView, RecordView], str | None]
"""The text of a line that is wanted; None when the line is not."""


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line to learn from, with the text that a person vouches for; empty where none is asked for."""

    file: Path
    ident: str
    grey: Grey
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
    corrected or accepted, or, with `every`, all that have a text; cut from the scan, which is looked for in
    `scans`, or beside the file and in ./scans. RecordError or ScanError for what cannot be read.
    """
    for file in files:
        if file.suffix.lower() == ".tsv":
            yield from table_lines(file)
        else:
            yield from _of_record(file, scans, recipe, partial(_text, every=every))


def seen_lines(files: Sequence[Path], scans: Path | None, recipe: Recipe) -> Iterator[KnownLine]:
    """All lines, whatever has been read in them, in the order of the files, without their texts.

    TEI or tables as in `known_lines`, or pictures of one line each. RecordError or ScanError for what cannot
    be read.
    """
    for file in files:
        if file.suffix.lower() == ".xml":
            yield from _of_record(file, scans, recipe, _anything)
        elif file.suffix.lower() == ".tsv":
            yield from (replace(line, text="") for line in table_lines(file))
        else:
            yield KnownLine(file, "", grey_of(load_sheet(file).pixels), "")


def table_lines(table: Path) -> Iterator[KnownLine]:
    """The lines of a table of rows `picture<TAB>text`. ScanError when it cannot be read."""
    try:
        with table.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.reader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise ScanError(f"{table} cannot be read as UTF-8 rows picture<TAB>text: {error}.") from error
    for number, row in enumerate(rows, 1):
        if len(row) != 2:
            raise ScanError(f"{table}, row {number}: not picture<TAB>text. Mend the row.")
        yield KnownLine(table, row[0], grey_of(load_sheet(table.parent / row[0]).pixels), row[1])


def _of_record(file: Path, scans: Path | None, recipe: Recipe, text_of: TextOf) -> Iterator[KnownLine]:
    try:
        record = view(file.read_bytes())
    except OSError as error:
        raise RecordError(f"{file} cannot be read: {error.strerror}.") from error
    wanted = [(line, text) for line in record.lines if (text := text_of(line, record)) is not None]
    if not wanted:
        return
    scan = load_sheet(_scan_of(file, record, scans), record.scan.sheet)
    leaves = prepare(scan, recipe.leaf)
    if any(one.box and other_way_up(leaves[under(leaves, one.box)], one.skew_deg) for one in record.surfaces):
        leaves = prepare(scan, recipe.leaf, other_way_up=True)
    on_leaf: dict[int, list[tuple[LineView, Line, str]]] = {}
    for told, text in wanted:
        assert told.outline is not None  # text_of asks for it
        line = Line(told.outline, told.baseline, told.kind)
        on_leaf.setdefault(under(leaves, line.outline.box), []).append((told, line, text))
    for place, lines in sorted(on_leaf.items()):
        cuts = roomy_strips(leaves[place], [line for _, line, _ in lines])
        for cut, (told, _, text) in zip(cuts, lines, strict=True):
            yield KnownLine(file, told.ident, cut.grey, text)


def _text(line: LineView, record: RecordView, *, every: bool) -> str | None:
    """What is to be learnt of a line; None when nothing is."""
    vouched = every or line.state != "draft" or record.state != "draft"
    hidden = any(token.gap or token.expan or _HIDING & set(token.marks) for token in line.tokens)
    if not vouched or hidden or _anything(line, record) is None:
        return None
    return " ".join(token.text for token in line.tokens).strip() or None


def _anything(line: LineView, _: RecordView) -> str | None:
    """No text, of every line that has a place and is not struck out."""
    return None if line.outline is None or line.kind is Kind.STRUCK else ""


def _scan_of(file: Path, record: RecordView, scans: Path | None) -> Path:
    name = Path(record.scan.file or "").name
    places = [scans] if scans else [file.parent, Path("scans")]
    for place in places:
        for found in (place / name, *sorted(place.rglob(name))) if name else ():
            if found.is_file():
                return found
    raise RecordError(
        f"{file}: its scan {name or '(not named)'} was not found; tell its folder with --scans."
    )


def strange(lines: Sequence[KnownLine], model: Model) -> list[KnownLine]:
    """Lines whose text looks like another line's: the model reads them much worse than the rest."""
    rates = np.array([_rate(line, model) for line in lines])
    bar = max(_STRANGE_CER, _STRANGE_TIMES * float(np.median(rates))) if len(rates) else 1.0
    return [line for line, rate in zip(lines, rates, strict=True) if rate > bar]


def _rate(line: KnownLine, model: Model) -> float:
    codes = greedy(model.look(line.grey).scores).codes
    found = "".join(model.alphabet[code - 1] for code in codes).strip()
    return Levenshtein.distance(found, line.text) / max(len(line.text), len(found), 1)


def told(lines: Iterable[KnownLine], most: int = 8) -> str:
    """The places of some lines, and how many more there are."""
    names = [line.name for line in lines]
    return "; ".join(names[:most]) + (f"; and {len(names) - most} more" if len(names) > most else "")
