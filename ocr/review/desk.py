"""What lies on the desk: notebooks and pages by ids from the listing, their figures, their scans."""

import hashlib
import threading
import time
from pathlib import Path

from ocr.corrections.view import RecordView, view
from ocr.errors import RecordError, ScanError, reason_of
from ocr.files import sweep_parts
from ocr.page import ScanFacts
from ocr.review import tally_cache as figures
from ocr.review.listing import Listing, Notebook, PageFile, Stamp, inside
from ocr.review.tally import Pending, Tally, glance, of_view
from ocr.review.tiles import Sheet
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
        self._parsed: dict[bytes, RecordView] = {}

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
        found = self._listing.page(ident)
        if found is None:
            raise UnknownError("There is no such page. It may have been moved or deleted; reload the list.")
        return found

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

    def record(self, page: PageFile) -> tuple[bytes, RecordView]:
        """The bytes of a page, and what they say; the pages in work are parsed once for each change."""
        held = self.read(page)
        digest = hashlib.sha256(held).digest()
        with self._lock:
            known = self._parsed.get(digest)
        if known is None:
            known = view(held)
            stamp = _stamp(page)
            if stamp is not None and stamp[1] == len(held):
                self._keep(page, stamp, of_view(known)[0])
            with self._lock:
                self._parsed[digest] = known
                while len(self._parsed) > _PARSED:
                    self._parsed.pop(next(iter(self._parsed)))
        return held, known

    def version(self, sha256: str) -> RecordView | None:
        """A version of a page that was shown a moment ago; None when it is not kept any more."""
        try:
            digest = bytes.fromhex(sha256)
        except ValueError:
            return None
        with self._lock:
            return self._parsed.get(digest)

    def tally(self, page: PageFile) -> Tally:
        """The figures of a page as it is now; a file that cannot be read is a draft without lines."""
        book = self._listing.book(page)
        stamp, tally = (None, Tally()) if book is None else book.figures.get(page.path.name, (None, Tally()))
        return tally if stamp is not None and stamp == _stamp(page) else self._count(page)[0]

    def queue(self, most: int) -> list[tuple[PageFile, Pending]]:
        """The open lines worth most, of all pages counted, first the one worth most."""
        books = self.notebooks()
        known = [
            (tally.best, book, file)
            for book in books
            for file, (_, tally) in list(book.figures.items())
            if tally.best > 0
        ]
        known.sort(key=lambda one: -one[0])
        found: list[tuple[PageFile, Pending]] = []
        for best, book, file in known:
            # No line of this page or a later one is worth more than its best.
            if len(found) >= most and found[most - 1][1].effort.worth >= best:
                break
            page = book.page(file)
            found += ((page, one) for one in self._count(page)[1] if one.effort.worth > 0)
            found.sort(key=lambda pair: -pair[1].effort.worth)
            del found[most:]
        return found

    def count_all(self, stop: threading.Event) -> None:
        """Counts every page, notebook by notebook; meant for a thread of its own. `stop` ends it.

        What an earlier desk counted and nobody changed is not counted again. At the end, what killed
        programs left half-written is taken away.
        """
        for book in self.notebooks():
            known = figures.kept(book.place)
            for name in known.keys() & set(book.files):
                book.figures.setdefault(name, known[name])
            unknown = [page for page in book.pages if page.path.name not in book.figures]
            for number, page in enumerate(unknown):
                self._count(page)
                if number % 5 == 0 and stop.wait(_BREATH_S):
                    return
            if stop.is_set():
                return
            if book.figures != known:
                figures.keep(book.place, book.figures)
        sweep_parts(self._root, _LEFT_S)

    def scan(self, page: PageFile, record: ScanFacts) -> Sheet:
        """The scan a page was read from. OtherScanError when there is only another of its name in the folders
        given, ScanError when there is none."""
        within = page.path.parent.relative_to(self._root)
        try:
            found = self._shelf.find(record, within=within, stem=page.name)
        except OtherScanError:
            raise
        except ScanError:
            if time.monotonic() < self._listed_s + _LISTED_S:
                raise
            self._shelf, self._listed_s = Shelf(self._scans), time.monotonic()  # it may have been put there
            found = self._shelf.find(record, within=within, stem=page.name)
        linked = ".." not in found.path.parts and any(found.path.is_relative_to(one) for one in self._given)
        if not linked and not any(inside(found.path, folder) for folder in self._scans):
            raise ScanError(
                f"The scan {found.path.name} is a link that leads out of the folder with the records. "
                "Put the link into a folder of scans and give that with --scans FOLDER."
            )
        at = found.path.stat()
        frame = found.frame if record.media_type == "application/pdf" else None
        return Sheet(found.path.resolve(), found.sheet, found.dpi, (at.st_mtime_ns, at.st_size), frame)

    def other(self, page: PageFile, which: int) -> bytes:
        """The same page in another transcription. UnknownError when there is none."""
        if not 0 <= which < len(self._others):
            raise UnknownError("There is no such other transcription. Start again with --other FOLDER.")
        folder = self._others[which]
        found = inside(folder / page.path.relative_to(self._root), folder)
        if found is None or found.stat().st_size > MOST_BYTES:
            raise UnknownError(f"{page.name} is not in {folder.name}.")
        try:
            return found.read_bytes()
        except OSError as error:
            raise RecordError(f"{page.name} in {folder.name} cannot be read: {reason_of(error)}.") from error

    def _count(self, page: PageFile) -> tuple[Tally, list[Pending]]:
        stamp = _stamp(page)
        try:
            held = self.read(page)
            found = glance(held) or of_view(view(held))
        except RecordError:
            found = Tally(), []
        if stamp is not None:
            self._keep(page, stamp, found[0])
        return found

    def _keep(self, page: PageFile, stamp: Stamp, tally: Tally) -> None:
        book = self._listing.book(page)
        if book is not None:
            book.figures[page.path.name] = (stamp, tally)


def _stamp(page: PageFile) -> Stamp | None:
    try:
        at = page.path.stat()
    except OSError:
        return None
    return at.st_mtime_ns, at.st_size
