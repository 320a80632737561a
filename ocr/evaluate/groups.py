"""Pages in groups: by hand, notebook, date, style, or whatever the TEI header or a CSV file says of them."""

import csv
import io
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ocr.errors import SettingsError, reason_of
from ocr.evaluate.choices import text_of
from ocr.evaluate.pair import Pair, name_of
from ocr.formats.metadata import metadata_of
from ocr.text import natural, nfc, squeeze

_PAGE_COLUMNS = ("page", "name", "file", "scan")


@dataclass(frozen=True, slots=True)
class Grouping:
    """Pages by what one key says of them."""

    key: str
    groups: Mapping[str, tuple[int, ...]]
    """Value -> places in the sequence of pages, values in natural order."""
    without: tuple[int, ...] = ()
    """Pages of which nothing is said."""


def groupings(pages: Sequence[Pair], by: str) -> tuple[Grouping, ...]:
    """The groups that `by` makes: a CSV file (a grouping for each of its columns), or a key.

    A key is `page` (each page for itself), `folder`, or what a TEI header may say: hand, notebook, date,
    year, style, or the type of an idno or note. The truth is asked first, then the found text. SettingsError
    when the CSV cannot be read, or when no page says anything of the key.
    """
    if by.lower().endswith((".csv", ".tsv")):
        return _by_table(pages, Path(by))
    if by == "page":
        return (_grouping(by, [page.name for page in pages]),)
    if by == "folder":
        return (_grouping(by, [str(PurePosixPath(page.name).parent) for page in pages]),)
    facts = [ChainMap(*map(metadata_of, page.truth.files + page.found.files)) for page in pages]
    values = [page_facts.get(by) for page_facts in facts]
    if not any(values):
        known = sorted({"page", "folder"} | {key for page_facts in facts for key in page_facts})
        raise SettingsError(
            f"No page says anything of {by!r}; group by one of: {', '.join(known)}, or give a CSV file."
        )
    return (_grouping(by, values),)


def _grouping(key: str, values: Sequence[str | None]) -> Grouping:
    places_of: dict[str, list[int]] = {}
    for place, value in enumerate(values):
        if value:
            places_of.setdefault(value, []).append(place)
    return Grouping(
        key,
        {value: tuple(places_of[value]) for value in sorted(places_of, key=natural)},
        tuple(place for place, value in enumerate(values) if not value),
    )


def _by_table(pages: Sequence[Pair], path: Path) -> tuple[Grouping, ...]:
    rows = _rows(path)
    head = [squeeze(cell) for cell in rows[0]]
    if len(head) < 2 or len(set(head)) < len(head) or "" in head:
        raise SettingsError(
            f"{path}: the first row must name the columns, each differently: page, then hand, notebook or "
            "what you like."
        )
    at = next((head.index(name) for name in _PAGE_COLUMNS if name in head), 0)
    by_page: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows[1:], 2):
        cells = [squeeze(cell) for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(head):
            raise SettingsError(f"{path}, row {number}: {len(cells)} cells where {len(head)} are named.")
        if cells[at] in by_page:
            raise SettingsError(f"{path}, row {number}: {cells[at]} was told before; keep one row.")
        by_page[cells[at]] = dict(zip(head, cells, strict=True))
    of_file = {
        (PurePosixPath(name).parent / name_of(Path(name))).as_posix(): by_page[name] for name in by_page
    }
    facts = [_told_of(page.name, by_page, of_file) for page in pages]
    if not any(facts):
        raise SettingsError(
            f"{path}: column {head[at]!r} names none of the pages, such as {pages[0].name if pages else '-'}."
        )
    keys = [name for place, name in enumerate(head) if place != at]
    return tuple(_grouping(key, [page_facts.get(key) for page_facts in facts]) for key in keys)


def _told_of(page: str, *tables: Mapping[str, dict[str, str]]) -> dict[str, str]:
    """What is told of a page by its name, with its folder or without, as it stands or as a file's name."""
    names = (page, PurePosixPath(page).name)
    return next((table[name] for name in names for table in tables if name in table), {})


def _rows(path: Path) -> list[list[str]]:
    """The rows of a table parted by commas, semicolons or tabs, whichever its first row has most of."""
    text = nfc(text_of(path, "utf-8-sig"))
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=mark, strict=True))
    except csv.Error as error:
        raise SettingsError(
            f"{path} is no table of commas ({reason_of(error)}). Save it as CSV again."
        ) from error
    if not rows:
        raise SettingsError(f"{path} is empty; its first row must name the columns.")
    return rows
