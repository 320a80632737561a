"""What lies on the desk: notebooks and pages by ids from the listing, their figures, their scans."""

import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ocr.errors import RecordError, ScanError
from ocr.review.tally import Pending, Tally, glance, of_view
from ocr.review.tiles import Sheet
from ocr.review.worth import Effort
from ocr.scan.load import may_hold_sheets
from ocr.tei.edit_header import STATES
from ocr.tei.view import RecordView, ScanView, view
from ocr.text import natural

MOST_BYTES = 64_000_000
"""A larger TEI file is no page."""


_PARSED = 24
"""Pages kept parsed: a team at work."""


class UnknownError(RecordError):
    """An id that is not in the listing."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """One TEI file as the listing found it."""

    ident: str
    notebook: str
    path: Path
    name: str
    stamp: tuple[int, int]
    """Time of change (ns) and size."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """A folder with TEI files."""

    ident: str
    name: str
    pages: tuple[PageFile, ...]


@dataclass(slots=True)
class _Figures:
    """Figures of pages, each with the stamp of the file it was taken from."""

    held: dict[str, tuple[tuple[int, int], Tally]] = field(default_factory=dict)

    def of(self, page: PageFile) -> Tally | None:
        stamp, tally = self.held.get(page.ident, (None, None))
        return tally if stamp == page.stamp else None


@dataclass(frozen=True, slots=True)
class Progress:
    """A notebook in figures; of pages not counted yet nothing is told."""

    pages: int
    counted: int
    done: int
    left: Effort


class Desk:
    """The TEI files below a folder and the scans they were read from. For many threads.

    Files are found by listing folders; links that lead out of the folders given are left out. Nothing of
    what a browser sends is ever made a path.
    """

    def __init__(self, output: Path, scans: tuple[Path, ...], others: tuple[Path, ...] = ()) -> None:
        self._root = output.resolve()
        self._scans = tuple(path.resolve() for path in (*scans, output))
        self._others = tuple(path.resolve() for path in others)
        self._pages: dict[str, PageFile] = {}
        self._figures = _Figures()
        self._lock = threading.Lock()
        self._parsed: dict[bytes, RecordView] = {}

    @property
    def others(self) -> tuple[str, ...]:
        """Names of the folders with other transcriptions, in the order given."""
        return tuple(path.name for path in self._others)

    def notebooks(self) -> list[Notebook]:
        """All notebooks as they are on the disk now, in natural order."""
        found: dict[str, list[PageFile]] = {}
        for relative, entry in _records(self._root):
            folder = str(relative.parent)
            at = entry.stat()
            page = PageFile(
                _ident(f"page {relative}"), _ident(f"notebook {folder}"), Path(entry.path),
                relative.name.removesuffix(".xml"), (at.st_mtime_ns, at.st_size),
            )  # fmt: skip
            found.setdefault(folder, []).append(page)
        books = [
            Notebook(pages[0].notebook, folder if folder != "." else self._root.name, _in_order(pages))
            for folder, pages in sorted(found.items(), key=lambda item: natural(item[0]))
        ]
        with self._lock:
            self._pages = {page.ident: page for book in books for page in book.pages}
        return books

    def page(self, ident: str) -> PageFile:
        """The page of that id, as it is on the disk now. UnknownError when there is none."""
        with self._lock:
            page = self._pages.get(ident)
        if page is None:
            self.notebooks()
            with self._lock:
                page = self._pages.get(ident)
        if page is None:
            raise UnknownError("There is no such page. It may have been moved or deleted; reload the list.")
        return page

    def notebook(self, ident: str) -> Notebook:
        """The notebook of that id. UnknownError when there is none."""
        for book in self.notebooks():
            if book.ident == ident:
                return book
        raise UnknownError("There is no such notebook. It may have been moved; reload the list.")

    def read(self, page: PageFile) -> bytes:
        """The bytes of a page. UnknownError when the file has gone, RecordError when it cannot be read."""
        try:
            if not page.path.resolve(strict=True).is_relative_to(self._root):
                raise UnknownError(f"{page.name} is now a link that leads out of the folder.")
            if page.path.stat().st_size > MOST_BYTES:
                raise RecordError(f"{page.name} is larger than {MOST_BYTES // 10**6} MB: no page is.")
            return page.path.read_bytes()
        except FileNotFoundError as error:
            raise UnknownError(f"{page.name} has been moved or deleted; reload the list.") from error
        except (OSError, RuntimeError) as error:  # RuntimeError: a ring of links
            raise RecordError(f"{page.name} cannot be read: {error}.") from error

    def record(self, page: PageFile) -> tuple[bytes, RecordView]:
        """The bytes of a page, and what they say; the pages in work are parsed once for each change."""
        held = self.read(page)
        digest = hashlib.sha256(held).digest()
        with self._lock:
            known = self._parsed.get(digest)
        if known is None:
            known = view(held)
            self._note(page, held, known)
            with self._lock:
                self._parsed[digest] = known
                while len(self._parsed) > _PARSED:
                    self._parsed.pop(next(iter(self._parsed)))
        return held, known

    def tally(self, page: PageFile) -> Tally:
        """The figures of a page; a file that cannot be read is a draft without lines."""
        tally = self._figures.of(page)
        return self._count(page)[0] if tally is None else tally

    def _note(self, page: PageFile, held: bytes, record: RecordView) -> None:
        at = page.path.stat()
        if at.st_size == len(held):
            self._keep(page.ident, (at.st_mtime_ns, at.st_size), of_view(record)[0])

    def progress(self, book: Notebook) -> Progress:
        """The figures of a notebook, as far as its pages are counted."""
        tallies = [tally for page in book.pages if (tally := self._figures.of(page)) is not None]
        done = sum(tally.state != STATES[0] for tally in tallies)
        left = sum((tally.left for tally in tallies if tally.state == STATES[0]), Effort())
        return Progress(len(book.pages), len(tallies), done, left)

    def queue(self, most: int) -> list[tuple[PageFile, Pending]]:
        """The open lines worth most, of all pages counted, first the one worth most."""
        with self._lock:
            pages = list(self._pages.values())
        known = [(tally.best, page) for page in pages if (tally := self._figures.of(page)) is not None]
        known.sort(key=lambda pair: -pair[0])
        found: list[tuple[PageFile, Pending]] = []
        for best, page in known:
            # No line of this page or a later one is worth more than its best.
            if best <= 0 or (len(found) >= most and found[most - 1][1].effort.worth >= best):
                break
            found += ((page, one) for one in self._count(page)[1] if one.effort.worth > 0)
            found.sort(key=lambda pair: -pair[1].effort.worth)
            del found[most:]
        return found

    def count_all(self, stop: threading.Event) -> None:
        """Counts every page, notebook by notebook; meant for a thread of its own. `stop` ends it."""
        for book in self.notebooks():
            for page in book.pages:
                if stop.is_set():
                    return
                if self._figures.of(page) is None:
                    self._count(page)
                    stop.wait(0.0005)  # whoever waits for a page goes first

    def scan(self, page: PageFile, record: ScanView) -> Sheet:
        """The scan a page was read from. ScanError when it is not in the folders given."""
        name = record.file or ""
        plain = name not in {"", ".", ".."} and not any(sign in name for sign in "/\\\0")
        beside = page.path.parent.relative_to(self._root)
        for folder in self._scans if plain else ():
            for place in (folder / beside / name, folder / name):
                if (found := _inside(place, folder)) is not None:
                    at = found.stat()
                    dpi = record.dpi if record.media_type == "application/pdf" else None
                    sheet = record.sheet if may_hold_sheets(found) else 1
                    return Sheet(found, sheet, dpi, (at.st_mtime_ns, at.st_size))
        raise ScanError(
            f"The scan {name or '(not named in the file)'} is not in the folders given. "
            "Start again with --scans FOLDER."
        )

    def other(self, page: PageFile, which: int) -> bytes:
        """The same page in another transcription. UnknownError when there is none."""
        if not 0 <= which < len(self._others):
            raise UnknownError("There is no such other transcription. Start again with --other FOLDER.")
        folder = self._others[which]
        found = _inside(folder / page.path.relative_to(self._root), folder)
        if found is None or found.stat().st_size > MOST_BYTES:
            raise UnknownError(f"{page.name} is not in {folder.name}.")
        try:
            return found.read_bytes()
        except OSError as error:
            raise RecordError(f"{page.name} in {folder.name} cannot be read: {error.strerror}.") from error

    def _count(self, page: PageFile) -> tuple[Tally, list[Pending]]:
        try:
            at = page.path.stat()
            held = self.read(page)
            found = glance(held) or of_view(view(held))
        except (RecordError, OSError):
            return Tally(), []
        self._keep(page.ident, (at.st_mtime_ns, at.st_size), found[0])
        return found

    def _keep(self, ident: str, stamp: tuple[int, int], tally: Tally) -> None:
        self._figures.held[ident] = (stamp, tally)
        with self._lock:
            known = self._pages.get(ident)
            if known is not None and known.stamp != stamp:
                self._pages[ident] = PageFile(known.ident, known.notebook, known.path, known.name, stamp)


def _in_order(pages: list[PageFile]) -> tuple[PageFile, ...]:
    return tuple(sorted(pages, key=lambda page: natural(page.name)))


def _records(root: Path) -> Iterator[tuple[PurePosixPath, os.DirEntry[str]]]:
    """Every TEI file below a folder with its place there; hidden ones and links that lead out are left."""
    waiting = [(str(root), PurePosixPath())]
    while waiting:
        folder, relative = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue  # a folder closed to us holds no page of ours
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, relative / entry.name))
            elif entry.name.endswith(".xml"):
                plain = entry.is_file(follow_symlinks=False)
                if plain or (entry.is_symlink() and _inside(Path(entry.path), root) is not None):
                    yield relative / entry.name, entry


def _inside(place: Path, folder: Path) -> Path | None:
    """The file at a place, links followed, if it lies in the folder; None when it does not."""
    try:
        found = place.resolve(strict=True)
        return found if found.is_relative_to(folder) and found.is_file() else None
    except (OSError, RuntimeError, ValueError):  # missing, a ring of links, a name no system takes
        return None


def _ident(place: str) -> str:
    """Sixteen hexadecimal digits that stay the same from day to day."""
    return hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:16]
