"""How many sheets the files of a run hold, counted while it already reads."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as OverdueError
from dataclasses import dataclass

from ocr.errors import PageTimeoutError
from ocr.orders import Job, Outcome, failed
from ocr.scan.kinds import SHEET_SUFFIXES, may_hold_sheets
from ocr.transcribe import count_job
from ocr.workers import DiedError, Pending, Workers

_LOOK_S = 0.05  # so long at a time files are looked at for how they begin


class SheetCounts:
    """The counts of files in the order of the run. Only files that may hold several sheets are opened, in a
    worker: a broken file may bring its reader down.
    """

    def __init__(
        self,
        pool: Workers,
        files: Sequence[Job | None],
        limit_s: float | None,
        ours: Callable[[int, int], int] = lambda _, sheets: sheets,
    ) -> None:
        """`files`: None stands for one that is refused already and counts as one sheet. `ours` is given the
        number of a file and its sheets, and tells how many of them this run reads."""
        self._pool, self._files, self._limit_s, self._ours = pool, files, limit_s, ours
        self._begun: list[int | Pending[int | Outcome]] = []
        self._open: list[int] = []
        self._more = 0

    @property
    def known(self) -> int:
        """How many sheets the run is known to have by now."""
        return len(self._files) + self._more

    @property
    def complete(self) -> bool:
        """Is that all of them?"""
        return len(self._begun) == len(self._files) and not self._open

    def look(self) -> None:
        """Begins to count more files, for a moment, and takes in what has been counted."""
        until = time.monotonic() + _LOOK_S
        while len(self._begun) < len(self._files) and time.monotonic() < until:
            self._begin()
        still = []
        for number in self._open:
            counted = self._begun[number]
            if isinstance(counted, int):
                continue
            if counted.done(0):
                sheets = self._result(number, counted)
                self._more += self._ours(number, sheets if isinstance(sheets, int) else 1) - 1
            else:
                still.append(number)
        self._open = still

    def of(self, number: int, within_s: float) -> int | Outcome | None:
        """The sheets of a file, or why they cannot be told; None: not known within so long."""
        while len(self._begun) <= number:
            self._begin()
        counted = self._begun[number]
        if isinstance(counted, int):
            return counted
        return self._result(number, counted) if counted.done(within_s) else None

    def _begin(self) -> None:
        number = len(self._begun)
        job = self._files[number]
        # What is named so is opened by whoever counts, and no second time to see how it begins.
        if job is None or not (job.scan.suffix.lower() in SHEET_SUFFIXES or may_hold_sheets(job.scan)):
            self._begun.append(1)
            self._more += self._ours(number, 1) - 1
        else:
            self._begun.append(self._pool.begin(count_job, job, limit_s=self._limit_s))
            self._open.append(number)

    def _result(self, number: int, counted: Pending[int | Outcome]) -> int | Outcome:
        job = self._files[number]
        assert job is not None  # refused files are not counted
        try:
            return counted.result()
        except OverdueError:
            return failed(job, PageTimeoutError(f"{job.scan} took too long to open (--timeout)."))
        except DiedError as error:
            return failed(job, error.as_error(job.scan))


@dataclass(frozen=True, slots=True)
class AllCounted:
    """The counts of a run that knows all its sheets (see SheetCounts)."""

    known: int
    complete: bool = True

    def look(self) -> None:
        """Nothing is left to be counted."""
