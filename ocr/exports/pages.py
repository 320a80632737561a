"""What a writer of another format is given: the pages of a record, a notebook or a folder, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path, PurePosixPath

from lxml import etree

from ocr.corrections.view import RecordView, view_of
from ocr.files import sha256_of
from ocr.scan.scan_of import ScanSheet, Shelf
from ocr.tei.tree import as_tei, parse_safely, read
from ocr.tei.validate import records_below
from ocr.text import printable


@dataclass(frozen=True)
class ExportPage:
    """One record as it stands in its file. Its places are pixels of the upright scan, origin top left."""

    path: Path
    place: PurePosixPath
    """Where it lies below the folder that is exported, without suffix: notebook/page-0001."""
    content: bytes
    shelf: Shelf
    """Where its scan is looked for."""

    @cached_property
    def view(self) -> RecordView:
        """Its lines, words, marks and states. RecordError when it is no TEI."""
        return view_of(self.path, self.content)

    @property
    def name(self) -> str:
        """What people call it: as its scan is. RecordError when it is no TEI."""
        return self.view.name or printable(self.place.name)

    @cached_property
    def tree(self) -> etree._Element:
        """Its TEI; not to be changed. RecordError when it is no TEI."""
        return as_tei(parse_safely(self.content, str(self.path)), str(self.path))

    def scan(self) -> ScanSheet:
        """The scan it was read from. ScanError, with what to do, when that is not there."""
        return self.shelf.find(self.view.scan, within=Path(self.place.parent), stem=self.place.name)


@dataclass(frozen=True)
class Group:
    """The pages that become one answer: a page, the pages of a notebook (a folder), or all of them."""

    place: PurePosixPath
    """Where the answer lies below the folder written into, without suffix."""
    records: tuple[tuple[Path, PurePosixPath], ...]
    """The files and their places, in natural order."""
    shelf: Shelf

    @property
    def name(self) -> str:
        """What people call it: as its folder is, or its record."""
        return printable(self.place.name)

    def pages(self) -> Iterator[ExportPage]:
        """Its pages, each read when it is asked for. RecordError when one cannot be read."""
        for path, place in self.records:
            yield ExportPage(path, place, read(path), self.shelf)

    @property
    def page(self) -> ExportPage:
        """The page of a group of one."""
        (page,) = self.pages()
        return page

    def digest(self) -> str:
        """One sha256 over the places and bytes of all its records. RecordError when one cannot be read."""
        digests = (f"{place} {sha256_of(read(path))}\n" for path, place in self.records)
        return sha256_of("".join(digests).encode("utf-8", "surrogateescape"))


def groups_of(paths: list[Path], scans: list[Path], unit: str) -> Iterator[Group]:
    """The groups of some records (TEI files, or folders of them) in natural order.

    `unit`: page, notebook (the records of one folder) or folder (all that are given). `scans`: where scans
    are looked for, beside the folders of the records themselves and, when none are given, ./scans.
    """
    records: list[tuple[Path, PurePosixPath]] = []
    for path in paths:
        root = path if path.is_dir() else path.parent
        records += (
            (file, PurePosixPath(file.relative_to(root).with_suffix("").as_posix()))
            for file in records_below(path)
        )
    roots = [path if path.is_dir() else path.parent for path in paths]
    shelf = Shelf([*scans, *roots] if scans else [*roots, Path("scans")])
    if unit == "page":
        yield from (Group(place, ((path, place),), shelf) for path, place in records)
    elif unit == "notebook":
        for (root, parent), of_notebook in groupby(
            records, lambda record: (record[0].parent, record[1].parent)
        ):
            name = parent if parent.name else PurePosixPath(root.resolve().name)
            yield Group(name, tuple(of_notebook), shelf)
    elif records:
        yield Group(PurePosixPath("."), tuple(records), shelf)
