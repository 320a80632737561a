"""Scans held open for the desk: the few looked at last, within a bound of memory, each read only once."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ocr.errors import OcrError
from ocr.scan import load
from ocr.scan.load import Scan
from ocr.scan.tiles import Pyramid, pyramid

KEPT_BYTES = 400_000_000
"""Memory for scans that are not in use: two of 30 megapixels in colour, halves included."""
GLIMPSE_PX = 1400
"""Longest side of what is shown until the whole scan is there."""


@dataclass(frozen=True, slots=True)
class OpenScan:
    """One sheet of a scan file, as it stood when it was opened."""

    path: Path
    sheet: int
    dpi: float | None
    """Resolution to draw a PDF at; None for pictures."""
    stamp: tuple[int, int]
    """Time of change (ns) and size of the file: a scan that was replaced is opened anew."""
    frame: tuple[int, int] | None = None
    """Width and height that a PDF is to give, so that the places of its record fit; None for pictures."""


@dataclass(slots=True)
class _Open:
    scan: Future[tuple[Scan, Pyramid]]
    glimpse: Pyramid | None


class Scans:
    """Opens scans and keeps them. For many threads; a scan asked for by several is read once."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._open: OrderedDict[OpenScan, _Open] = OrderedDict()
        self._lock = threading.Lock()
        self._readers = ThreadPoolExecutor(2, "scan")

    def close(self) -> None:
        """No more scans are read."""
        self._readers.shutdown(wait=False, cancel_futures=True)

    def __len__(self) -> int:
        """How many scans are held."""
        with self._lock:
            return len(self._open)

    def scan(self, sheet: OpenScan) -> Scan:
        """The whole scan; waits until it is there. ScanError when it cannot be read."""
        return self._entry(sheet).scan.result()[0]

    def sizes(self, sheet: OpenScan) -> Pyramid:
        """The sizes at hand now: a glimpse at first, if there can be one; otherwise all, once they are there.

        ScanError when the scan cannot be read.
        """
        entry = self._entry(sheet)
        if entry.scan.done() or entry.glimpse is None:
            return entry.scan.result()[1]
        return entry.glimpse

    def tile(self, sheet: OpenScan, level: int, across: int, down: int) -> bytes | None:
        """One tile as JPEG; None when there is none at that place."""
        sizes = self.sizes(sheet)
        if not sizes.holds(level) and sizes.first < sizes.top:
            sizes = self._entry(sheet).scan.result()[1]
        return sizes.tile(level, across, down)

    def _entry(self, sheet: OpenScan) -> _Open:
        with self._lock:
            entry = self._open.get(sheet)
            if entry is not None:
                failed = entry.scan.done() and entry.scan.exception() is not None
                if not failed:
                    self._open.move_to_end(sheet)
                    return entry
            entry = _Open(Future(), None)
            self._open[sheet] = entry
            self._open.move_to_end(sheet)
        # Outside the lock: whoever comes meanwhile waits for the whole scan, not for a glimpse.
        try:
            entry.glimpse = _glimpse(sheet)
        finally:
            reading = self._readers.submit(_fulfil, entry.scan, lambda: _read(sheet))
            reading.add_done_callback(lambda _: self._let_go())
        return entry

    def _let_go(self) -> None:
        """Scans not looked at for longest are dropped until the rest fits; the last one always stays."""
        with self._lock:
            sizes = {
                sheet: entry.scan.result()[1].nbytes
                for sheet, entry in self._open.items()
                if entry.scan.done() and entry.scan.exception() is None
            }
            for sheet in list(sizes)[:-1]:
                if sum(sizes.values()) <= self._kept_bytes:
                    break
                del self._open[sheet], sizes[sheet]


def _glimpse(sheet: OpenScan) -> Pyramid | None:
    if sheet.sheet != 1:
        return None
    try:
        small = load.load_reduced(sheet.path, GLIMPSE_PX)
    except OcrError:
        return None  # reading the whole says why
    return None if small is None else pyramid(small.pixels, small.source.width_px, small.source.height_px)


def _read(sheet: OpenScan) -> tuple[Scan, Pyramid]:
    scan = load.load_sheet(sheet.path, sheet.sheet, dpi=sheet.dpi, frame=sheet.frame)
    return scan, pyramid(scan.pixels, scan.source.width_px, scan.source.height_px)


def _fulfil(promise: Future[tuple[Scan, Pyramid]], work: Callable[[], tuple[Scan, Pyramid]]) -> None:
    """The promise gets what the work gives or raises; a thread of the pool never dies of it."""
    try:
        promise.set_result(work())
    except BaseException as error:  # noqa: BLE001  handed on to everyone who waits
        promise.set_exception(error)
