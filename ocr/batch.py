"""A folder of scans: every sheet becomes an outcome, in order, read by processes that can be killed."""

import json
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import TimeoutError as OverdueError
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ocr.errors import DependencyError, OutputError, PageTimeoutError, ScanError, reason_of
from ocr.files import INVENTORY, Hold, files_below, sole_run, sweep_parts, write_whole
from ocr.orders import Job, Outcome, RunSettings, SheetOutcome, failed
from ocr.scan.kinds import OTHER_SUFFIXES, is_picture, is_read
from ocr.scan.load import OVERLAY_SUFFIX, may_hold_sheets
from ocr.tei.notebook import FILE, notebook_of
from ocr.transcribe import count_job, make_ready, read_job, reader_steps
from ocr.workers import DiedError, Pending, Workers, own_temporary_folder, workers

_LOOK_S = 0.05  # so long at a time files are looked at for how they begin


class SheetCounts:
    """The counts of files in the order of the run. Only files that may hold several sheets are opened, in a
    worker: a broken file may bring its reader down.
    """

    def __init__(self, pool: Workers, files: Sequence[Job | None], limit_s: float | None) -> None:
        """`files`: None stands for one that is refused already and counts as one sheet."""
        self._pool, self._files, self._limit_s = pool, files, limit_s
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
                self._more += sheets - 1 if isinstance(sheets, int) else 0
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
        if job is None or not may_hold_sheets(job.scan):
            self._begun.append(1)
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


_TICK_S = 0.25  # how often a waiting run tells how it stands
_AHEAD = 8  # pages handed out ahead for each worker: a long run is never kept in memory

NO_LOCKS = (
    "The drive of {} cannot lock files. See to it that no other run writes there at the same time, "
    "and that a page is open on one desk only."
)


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """How a run uses the machine, and when it gives up; none of it changes what a record says."""

    jobs: int = 1
    """Sheets read at the same time."""
    memory_mb: int = 2000
    """Memory one worker may take; 0 sets no limit."""
    halt_after: int = 0
    """So many failed sheets end the run; 0: however many fail, all others are read."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of the next sheet, or how the run stands while it is waited for."""

    known: int
    """How many sheets the run is known to have by now."""
    outcome: Outcome | None = None
    awaited: Job | None = None
    """Without an outcome: the sheet that is waited for."""
    counted: bool = False
    """Is `known` all of them?"""
    remark: str = ""
    """Something to know of the run as a whole."""


class _HaltedError(Exception):
    """So many sheets have failed that the run is to end."""


def transcribe(
    paths: Sequence[Path], output: Path, run: RunSettings, settings: BatchSettings
) -> Generator[Progress]:
    """Reads scans (files, folders) into TEI files below `output`; yields what became of each sheet, in order,
    and in between how the run stands.

    Raises before reading: ScanError when there is no scan at all, OutputError when the folder cannot be
    used or another run holds it, SettingsError when a notebook.toml is not as it should be, DependencyError
    when the engine is not there. A full disk, a vanished engine or a folder that is taken away stops the run
    with the same errors; whatever else happens to a page is an outcome of that page. Ends early, at once,
    when `halt_after` sheets have failed.
    """
    scans = list_scans(paths, output)
    if not scans:
        raise ScanError(f"No scans found in {', '.join(str(path) for path in paths)}.")
    yield Progress(len(scans))
    for folder in dict.fromkeys(listed.scan.parent for listed in scans):
        notebook_of(folder / FILE)  # a slip in one stops the run before a page is read
    reader_steps(run.recipe)
    ready = partial(make_ready, run.recipe)
    files = [None if listed.refused else Job(listed.scan, _record(listed, 1, 1)) for listed in scans]
    try:
        with (
            sole_run(output) as hold,
            own_temporary_folder(output) as scratch,
            workers(settings.jobs, settings.memory_mb, scratch, ready) as pool,
            workers(1, settings.memory_mb, scratch) as counter,
        ):
            sweep_parts(output)
            if not hold.locks:
                yield Progress(len(scans), remark=NO_LOCKS.format(output))
            counts = SheetCounts(counter, files, run.timeout_s)
            yield from _run(_jobs(pool, counts, scans, run, output), counts, run, output, hold, settings)
    except _HaltedError:
        return


@dataclass(frozen=True, slots=True)
class ListedScan:
    """A scan file and the name of its record without suffix; a reason when it cannot even be begun."""

    scan: Path
    target: Path
    refused: str = ""
    passed_over: bool = False
    """Another file of its name is read in its place; that is no failure."""


def list_scans(paths: Sequence[Path], output: Path) -> list[ListedScan]:
    """All scans in natural order (2 before 10), each with its place below output. Folders are searched whole.

    A file named by the user is taken whatever it holds. Of a folder those are taken that are pictures by
    name or by their first bytes, also such as cannot be read: they are told. The output folder itself is
    left out.
    """
    listed = [
        (scan, output / relative.with_suffix(""), refused)
        for path in paths
        for scan, relative, refused in _below(path, output)
    ]
    asked_for = set(paths)
    named = {target: scan for scan, target, _ in reversed(listed) if is_read(scan) or scan in asked_for}
    scans: dict[Path, ListedScan] = {}
    taken: dict[Path, Path] = {}
    for scan, target, trouble in listed:
        if scan in scans:
            continue  # named twice
        kind, rival = scan.suffix.lower(), named.get(target, scan)
        if trouble:
            scans[scan] = ListedScan(scan, target, trouble)
        elif rival != scan and not (
            is_read(scan) or scan in asked_for
        ):  # a camera's raw picture, a copy kept
            why = f"passed over, since {rival.name} is read"
            scans[scan] = ListedScan(scan, target.with_name(scan.name), why, passed_over=True)
        elif kind in OTHER_SUFFIXES:
            why = f"pictures of this kind ({kind}) cannot be read; save it as JPEG, PNG or PDF"
            scans[scan] = ListedScan(scan, target, why)
        elif (rival := taken.setdefault(target, scan)) != scan:
            why = f"would be written to the same file as {rival}; rename one of them"
            scans[scan] = ListedScan(scan, target, why)
        else:
            scans[scan] = ListedScan(scan, target)
    return list(scans.values())


def _below(path: Path, output: Path) -> Iterator[tuple[Path, Path, str]]:
    if not path.is_dir():
        yield path, Path(path.name), "" if path.exists() else "there is no such file"
        return
    unreadable: list[OSError] = []
    for file in files_below(path, without=output, on_error=unreadable.append):
        if is_picture(file) and not file.name.endswith(OVERLAY_SUFFIX):
            yield file, file.relative_to(path), ""
    for error in unreadable:
        yield (
            Path(error.filename),
            Path(error.filename).relative_to(path),
            f"cannot be listed: {reason_of(error)}",
        )


Begun = tuple[Job, Pending[Outcome] | Outcome]


def _run(
    jobs: Iterator[Begun | None],
    counts: SheetCounts,
    run: RunSettings,
    output: Path,
    hold: Hold,
    settings: BatchSettings,
) -> Iterator[Progress]:
    """Keeps the pool busy a little ahead of what is yielded."""
    waiting: deque[Begun] = deque()
    ended, failures = False, 0
    while True:
        while not ended and len(waiting) < _AHEAD * settings.jobs:
            try:
                item = next(jobs)
            except StopIteration:
                ended = True
                break
            if item is None:  # the next file is still being counted
                break
            waiting.append(item)
        counts.look()
        if not waiting:
            if ended:
                hold.check()
                return
            yield Progress(counts.known)
            continue
        job, future = waiting[0]
        if isinstance(future, Pending) and not future.done(_TICK_S):
            yield Progress(counts.known, awaited=job, counted=counts.complete)
            continue
        waiting.popleft()
        outcome = _outcome(future, job, run)
        hold.check()
        yield Progress(counts.known, outcome, counted=counts.complete)
        if outcome.exit_code == DependencyError.exit_code:
            raise DependencyError(outcome.reason)
        if outcome.exit_code == OutputError.exit_code and not _writable(output):
            raise OutputError(outcome.reason)
        failures += outcome.outcome is SheetOutcome.FAILED
        if settings.halt_after and failures >= settings.halt_after:
            for job, future in waiting:  # what is written by now is told; more that failed, is tried again
                if isinstance(future, Pending) and future.done(0):
                    outcome = _outcome(future, job, run)
                    if outcome.outcome is not SheetOutcome.FAILED:
                        yield Progress(counts.known, outcome, counted=counts.complete)
            raise _HaltedError


def _writable(output: Path) -> bool:
    """Can anything be written there still? If not, every further page would fail."""
    probe = output / ".tetradi-probe"
    try:
        write_whole(probe, b" " * 65536)
        probe.unlink()
    except (OutputError, OSError):
        return False
    return True


def _jobs(
    pool: Workers, counts: SheetCounts, scans: list[ListedScan], run: RunSettings, output: Path
) -> Iterator[Begun | None]:
    """Jobs already handed to the pool; None while it is not known how many sheets the next file holds."""
    owners = {listed.target: listed.scan for listed in scans if not listed.refused}
    read_from = _read_from(output)
    for number, listed in enumerate(scans):
        single = Job(listed.scan, _record(listed, 1, 1))
        if listed.refused:
            outcome = failed(single, ScanError(f"{listed.scan}: {listed.refused}."))
            if listed.passed_over:
                outcome = replace(outcome, outcome=SheetOutcome.SKIPPED, exit_code=0)
            yield single, outcome
            continue
        while (sheets := counts.of(number, within_s=0.05)) is None:
            yield None
        if isinstance(sheets, Outcome):
            yield single, sheets
            continue
        for sheet in range(1, sheets + 1):
            target = _record(listed, sheet, sheets)
            job = Job(listed.scan, target, sheet, read_from.get(target.resolve()))
            rival = owners.get(job.target.with_suffix(""), listed.scan)
            if rival != listed.scan:
                why = f"sheet {sheet} would be written to the same file as {rival}; rename one of them"
                yield job, failed(job, ScanError(f"{listed.scan}: {why}."))
            else:
                yield job, pool.begin(read_job, job, run, limit_s=run.timeout_s)


def _read_from(output: Path) -> dict[Path, Path]:
    """Which record was read from which scan, as the run.jsonl of an earlier run tells."""
    known: dict[Path, Path] = {}
    try:
        entries = [json.loads(line) for line in (output / INVENTORY).read_text("utf-8").splitlines()]
        for entry in entries:
            if entry["outcome"] not in {SheetOutcome.FAILED, SheetOutcome.SKIPPED}:
                known[Path(entry["output"]).resolve()] = Path(entry["scan"]).resolve()
    except (OSError, ValueError, TypeError, KeyError):
        return known  # none yet, or somebody else's file
    return known


def _record(listed: ListedScan, sheet: int, sheets: int) -> Path:
    """Where the record of a sheet goes."""
    name = f"{listed.target.name}.p{sheet:04}" if sheets > 1 else listed.target.name
    return listed.target.with_name(name + ".xml")


def _outcome(future: Pending[Outcome] | Outcome, job: Job, run: RunSettings) -> Outcome:
    if isinstance(future, Outcome):
        return future
    try:
        return future.result()
    except OverdueError:
        return failed(job, PageTimeoutError(f"{job.scan} took longer than {run.timeout_s:g} s (--timeout)."))
    except DiedError as error:
        return failed(job, error.as_error(job.scan))
