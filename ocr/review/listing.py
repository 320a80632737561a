"""Folders with TEI files, listed quickly and again: a folder that did not change is not read again."""

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from functools import cached_property
from pathlib import Path

from ocr import __version__
from ocr.errors import OutputError
from ocr.files import write_whole
from ocr.notation import object_from_json
from ocr.review.priority import Effort
from ocr.review.tally import Tally
from ocr.tei.names import STATES
from ocr.text import natural

_FRESH_NS = 2_000_000_000
"""A folder changed so lately may change again within one tick of its clock, and is not believed."""

TALLIES = ".review-figures.json"
"""Tallies kept between two openings of the desk. They are drawn from the records, and say nothing that is not
there: whoever deletes the file loses a minute."""
Stamp = tuple[int, int]
"""Time of change (ns) and size of a file."""


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a file as it is now; None when there is none to be seen."""
    try:
        at = path.stat()
    except OSError:
        return None
    return at.st_mtime_ns, at.st_size


@dataclass(frozen=True, slots=True)
class PageFile:
    """One TEI file as the listing found it."""

    ident: str
    book: str
    """The place of its notebook below the root."""
    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a notebook is; of pages not counted yet nothing is told."""

    pages: int
    counted: int
    done: int
    left: Effort


@dataclass(eq=False)
class Notebook:
    """A folder with TEI files: its place below the root, its files, the tallies of its pages so far."""

    root: Path
    relative: str
    files: tuple[str, ...]
    changed_ns: int
    folders: tuple[str, ...] = ()
    tallies: dict[str, tuple[Stamp, Tally]] = field(default_factory=dict)
    """By name of file. They hold for the file as it was; whoever shows a page looks whether it changed."""

    @cached_property
    def ident(self) -> str:
        """The same from day to day."""
        return ident_of(f"notebook {self.relative or '.'}")

    @property
    def place(self) -> Path:
        """The folder."""
        return self.root / self.relative

    @property
    def name(self) -> str:
        """Its place below the root, or the name of the root."""
        return self.relative or self.root.name

    @cached_property
    def pages(self) -> tuple[PageFile, ...]:
        """Its pages in natural order."""
        return tuple(self.page(file) for file in sorted(self.files, key=natural))

    @cached_property
    def by_ident(self) -> dict[str, str]:
        """Its files by the ids of their pages."""
        return {self._page_ident(file): file for file in self.files}

    def page(self, file: str) -> PageFile:
        """One of its files as a page."""
        return PageFile(self._page_ident(file), self.relative, self.place / file, file.removesuffix(".xml"))

    def progress(self) -> Progress:
        """What is known of all its pages together."""
        tallies = [tally for _, tally in list(self.tallies.values())]
        done = sum(tally.state != STATES[0] for tally in tallies)
        open_ = [tally.left for tally in tallies if tally.state == STATES[0]]
        left = Effort(sum(tally.expected_errors for tally in open_), sum(tally.seconds for tally in open_))
        return Progress(len(self.files), len(tallies), done, left)

    def kept(self) -> dict[str, tuple[Stamp, Tally]]:
        """The tallies as a desk of this version left them, of files that did not change."""
        try:
            cache = object_from_json((self.place / TALLIES).read_bytes())
            pages = cache["pages"] if cache["version"] == __version__ else {}
            return {
                name: ((stamp[0], stamp[1]), Tally(state, lines, accepted, Effort(*left), best))
                for name, (stamp, state, lines, accepted, left, best) in pages.items()
                if stamp_of(self.place / name) == tuple(stamp)
            }
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
        ):  # none that can be read: all is counted
            return {}

    def keep(self) -> None:
        """Leaves the tallies for the next time; where nothing can be written, nothing is left."""
        rows = {name: [stamp, *astuple(tally)] for name, (stamp, tally) in list(self.tallies.items())}
        kept = json.dumps({"version": __version__, "pages": rows})
        with contextlib.suppress(OutputError):
            write_whole(self.place / TALLIES, kept.encode())

    def _page_ident(self, file: str) -> str:
        return ident_of(f"page {self.relative}/{file}" if self.relative else f"page {file}")


class Listing:
    """The notebooks below a folder. For many threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, Notebook] = {}
        self._lock = threading.Lock()

    def notebooks(self) -> list[Notebook]:
        """All notebooks as they are on the disk now, in natural order.

        Hidden files, links to folders, and links that lead out of the root are left out.
        """
        with self._lock:
            self._known = {book.relative: book for book in self._walk()}
            books = [book for book in self._known.values() if book.files]
        return sorted(books, key=lambda book: natural(book.relative))

    def page(self, ident: str) -> PageFile | None:
        """The page of that id; looks again when it is not known."""
        with self._lock:
            books = list(self._known.values())
        return _find(books, ident) or _find(self.notebooks(), ident)

    def book(self, page: PageFile) -> Notebook | None:
        """The notebook a page lies in."""
        with self._lock:
            return self._known.get(page.book)

    def _walk(self) -> Iterator[Notebook]:
        waiting = [""]
        while waiting:
            relative = waiting.pop()
            place = f"{self._root}/{relative}" if relative else str(self._root)
            try:
                changed_ns = os.stat(place).st_mtime_ns  # noqa: PTH116  (thousands of folders)
                book = self._known.get(relative)
                if book is None or book.changed_ns != changed_ns:
                    book = self._read(place, relative, changed_ns, book)
            except OSError:
                continue  # a folder closed to us, or gone meanwhile, holds no page of ours
            yield book
            waiting += (f"{relative}/{name}" if relative else name for name in book.folders)

    def _read(self, place: str, relative: str, changed_ns: int, before: Notebook | None) -> Notebook:
        files, folders = [], []
        with os.scandir(place) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith("."):
                    continue
                if name.endswith(".xml"):
                    link = entry.is_symlink()
                    if (not link and entry.is_file()) or (link and inside(Path(entry.path), self._root)):
                        files.append(name)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(name)
        if time.time_ns() - changed_ns < _FRESH_NS:
            changed_ns = 0
        tallies = {} if before is None else before.tallies
        for gone in tallies.keys() - set(files):
            del tallies[gone]
        return Notebook(self._root, relative, tuple(files), changed_ns, tuple(folders), tallies)


def _find(books: list[Notebook], ident: str) -> PageFile | None:
    files = ((book, book.by_ident.get(ident)) for book in books)
    return next((book.page(file) for book, file in files if file is not None), None)


def inside(place: Path, folder: Path) -> Path | None:
    """The file at a place, links followed, if it lies in the folder; None when it does not."""
    try:
        path = place.resolve(strict=True)
        return path if path.is_relative_to(folder) and path.is_file() else None
    except (OSError, RuntimeError, ValueError):  # missing, a ring of links, a name no system takes
        return None


def ident_of(place: str) -> str:
    """Sixteen hexadecimal digits that stay the same from day to day."""
    return hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:16]
