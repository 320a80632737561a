"""What lies on the desk: notebooks and pages by ids from the listing, their counts, their scans."""

import threading
import time
from pathlib import Path

from ocr.corrections.view import RecordView, view
from ocr.errors import RecordError, ScanError, reason_of
from ocr.files import is_of_drive, sha256_of, sweep_parts
from ocr.page import ScanFacts
from ocr.review.listing import Listing, Notebook, PageFile, Stamp, inside, stamp_of
from ocr.review.opinion import doubted
from ocr.review.tally import OpenLine, Tally, of_view, quick_tally
from ocr.review.tiles import OpenScan
from ocr.scan.scan_of import OtherScanError, Shelf

MOST_BYTES = 64_000_000
"""A larger TEI file is no page."""
_PARSED = 24
"""Pages kept parsed: a team at work."""
_LEFT_S = 60.0
"""What is half-written and so old is nobody's work any more: writing a page takes a moment."""
_LISTED_S = 5.0
"""The folders with scans are listed again for a scan that is missing, but not oftener."""
_BREATH_S = 0.001
"""The counter rests so long after a few pages: whoever waits for a page goes first."""


class UnknownError(RecordError):
    """An id that is not in the listing."""


class Desk:
    """The TEI files below a folder and the scans they were read from. For many threads.

    Files are found by listing folders. Links in the folders of scans are followed wherever they lead: whoever
    starts the desk put them there (docs/decisions/0008-links-among-the-scans.md). Records that are links out
    of their folder are left out. Nothing of what a browser sends is ever made a path.
    """

    def __init__(self, output: Path, scans: tuple[Path, ...], others: tuple[Path, ...] = ()) -> None:
        self._root = output.resolve()
        self._given = tuple(path.resolve() for path in scans)
        self._scans = (*self._given, self._root)
        self._others = tuple(path.resolve() for path in others)
        self._shelf, self._listed_s = Shelf(self._scans), time.monotonic()
        self._listing = Listing(self._root)
        self._lock = threading.Lock()
        self._parsed: dict[str, RecordView] = {}

    @property
    def root(self) -> Path:
        """The folder that the records lie in."""
        return self._root

    @property
    def others(self) -> tuple[str, ...]:
        """Names of the folders with other transcriptions, in the order given."""
        return tuple(path.name for path in self._others)

    def notebooks(self) -> list[Notebook]:
        """All notebooks as they are on the disk now, in natural order."""
        return self._listing.notebooks()

    def notebook(self, ident: str) -> Notebook:
        """The notebook of that id. UnknownError when there is none."""
        for book in self.notebooks():
            if book.ident == ident:
                return book
        raise UnknownError("There is no such notebook. It may have been moved; reload the list.")

    def page(self, ident: str) -> PageFile:
        """The page of that id. UnknownError when there is none."""
        page = self._listing.page(ident)
        if page is None:
            raise UnknownError("There is no such page. It may have been moved or deleted; reload the list.")
        return page

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
            raise RecordError(f"{page.name} cannot be read: {reason_of(error)}.") from error

    def record(self, page: PageFile) -> RecordView:
        """What a page says. UnknownError when the file has gone, RecordError when it cannot be read."""
        content = self.read(page)
        return self.parsed(page, content, sha256_of(content))

    def parsed(self, page: PageFile, content: bytes, sha: str) -> RecordView:
        """What the bytes of a page say, of that sha256; the pages in work are parsed once for each change.
        RecordError when they are no TEI."""
        is_new = self.version(sha) is None
        known = self._view(content, sha)
        stamp = stamp_of(page.path) if is_new else None
        if stamp is not None and stamp[1] == len(content):
            self._keep(page, stamp, of_view(self.doubted(page, known))[0])
        return known

    def version(self, sha: str) -> RecordView | None:
        """A version of a page shown a moment ago, by its sha256; None when it is not kept any more."""
        with self._lock:
            return self._parsed.get(sha)

    def doubted(self, page: PageFile, record: RecordView) -> RecordView:
        """The record with the doubt that other transcriptions raise; one that cannot be read raises none."""
        for which in range(len(self._others)):
            try:
                content = self.other(page, which)
                record = doubted(record, self._view(content, sha256_of(content)))
            except RecordError:
                continue
        return record

    def _view(self, content: bytes, sha: str) -> RecordView:
        """What bytes of that sha256 say; those in work are parsed once. RecordError when they are no TEI."""
        known = self.version(sha)
        if known is None:
            known = view(content)
            with self._lock:
                self._parsed[sha] = known
                while len(self._parsed) > _PARSED:
                    self._parsed.pop(next(iter(self._parsed)))
        return known

    def tally(self, page: PageFile) -> Tally:
        """The counts of a page as it is now; a file that cannot be read is a draft without lines."""
        book = self._listing.book(page)
        stamp, tally = (None, Tally()) if book is None else book.tallies.get(page.path.name, (None, Tally()))
        return tally if stamp is not None and stamp == stamp_of(page.path) else self._count(page)[0]

    def queue(self, most: int) -> list[tuple[PageFile, OpenLine]]:
        """The open lines worth most, of all pages counted, first the one worth most."""
        books = self.notebooks()
        known = [
            (tally.best, book, file)
            for book in books
            for file, (_, tally) in list(book.tallies.items())
            if tally.best > 0
        ]
        known.sort(key=lambda row: -row[0])
        queue: list[tuple[PageFile, OpenLine]] = []
        for best, book, file in known:
            # No line of this page or a later one is worth more than its best.
            if len(queue) >= most and queue[most - 1][1].effort.worth >= best:
                break
            page = book.page(file)
            queue += ((page, line) for line in self._count(page)[1] if line.effort.worth > 0)
            queue.sort(key=lambda pair: -pair[1].effort.worth)
            del queue[most:]
        return queue

    def count_all(self, stop: threading.Event) -> None:
        """Counts every page, notebook by notebook; meant for a thread of its own. `stop` ends it.

        What an earlier desk counted and nobody changed is not counted again. At the end, what killed
        programs left half-written is taken away.
        """
        for book in self.notebooks():
            known = {} if self._others else book.kept()
            for name in known.keys() & set(book.files):
                book.tallies.setdefault(name, known[name])
            unknown = [page for page in book.pages if page.path.name not in book.tallies]
            for number, page in enumerate(unknown):
                self._count(page)
                if number % 5 == 0 and stop.wait(_BREATH_S):
                    return
            if stop.is_set():
                return
            if book.tallies != known and not self._others:
                book.keep()  # what others doubt is no fact of the records
        sweep_parts(self._root, _LEFT_S)

    def scan(self, page: PageFile, record: ScanFacts) -> OpenScan:
        """The scan a page was read from. OtherScanError when there is only another of its name in the folders
        given, ScanError when there is none."""
        within = page.path.parent.relative_to(self._root)
        try:
            scan = self._shelf.find(record, within=within, stem=page.name)
        except OtherScanError:
            raise
        except ScanError:
            if time.monotonic() < self._listed_s + _LISTED_S:
                raise
            self._shelf, self._listed_s = Shelf(self._scans), time.monotonic()  # it may have been put there
            scan = self._shelf.find(record, within=within, stem=page.name)
        linked = ".." not in scan.path.parts and any(
            scan.path.is_relative_to(folder) for folder in self._given
        )
        if not linked and not any(inside(scan.path, folder) for folder in self._scans):
            raise ScanError(
                f"The scan {scan.path.name} is a link that leads out of the folder with the records. "
                "Put the link into a folder of scans and give that with --scans FOLDER."
            )
        at = scan.path.stat()
        frame = scan.frame if record.media_type == "application/pdf" else None
        return OpenScan(scan.path.resolve(), scan.sheet, scan.dpi, (at.st_mtime_ns, at.st_size), frame)

    def other(self, page: PageFile, which: int) -> bytes:
        """The same page in another transcription. UnknownError when there is none, RecordError when it cannot
        be read."""
        if not 0 <= which < len(self._others):
            raise UnknownError("There is no such other transcription. Start again with --other FOLDER.")
        folder = self._others[which]
        path = inside(folder / page.path.relative_to(self._root), folder)
        if path is None or path.stat().st_size > MOST_BYTES:
            raise UnknownError(f"{page.name} is not in {folder.name}.")
        try:
            return path.read_bytes()
        except OSError as error:
            raise RecordError(f"{page.name} in {folder.name} cannot be read: {reason_of(error)}.") from error

    def _count(self, page: PageFile) -> tuple[Tally, list[OpenLine]]:
        stamp = stamp_of(page.path)
        try:
            content = self.read(page)
            counted = None if self._others else quick_tally(content)
            counted = counted or of_view(self.doubted(page, view(content)))
        except RecordError as error:
            counted = Tally(), []
            stamp = None if is_of_drive(error) else stamp  # it is asked again
        if stamp is not None:
            self._keep(page, stamp, counted[0])
        return counted

    def _keep(self, page: PageFile, stamp: Stamp, tally: Tally) -> None:
        book = self._listing.book(page)
        if book is not None:
            book.tallies[page.path.name] = (stamp, tally)
