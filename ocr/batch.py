"""A folder of scans: every sheet becomes an outcome, in order, read by processes that can be killed."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as OverdueError
from dataclasses import dataclass, replace
from pathlib import Path

from ocr.errors import DependencyError, OcrError, OutputError, PageTimeoutError, ScanError
from ocr.files import sole_run, sweep_parts, write_whole
from ocr.scan.load import count_sheets, is_scan, may_hold_sheets
from ocr.text import natural
from ocr.transcribe import Job, Orders, Outcome, What, read_job, reader_steps
from ocr.workers import DiedError, Pending, Workers, own_temporary_folder, workers

_GRACE_S = 10.0  # an engine's own time limit comes first; the process is killed only after this


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """How a run uses the machine; none of it changes what a record says."""

    jobs: int = 1
    """Sheets read at the same time."""
    memory_mb: int = 2000
    """Memory one worker may take; 0 sets no limit."""


@dataclass(frozen=True, slots=True)
class Progress:
    """An outcome, and how many sheets the run is known to have by now."""

    outcome: Outcome
    known: int


def transcribe(
    paths: Sequence[Path], output: Path, orders: Orders, settings: BatchSettings
) -> Iterator[Progress]:
    """Reads scans (files, folders) into TEI files below `output`; yields what became of each sheet, in order.

    Raises before reading: ScanError when there is no scan at all, OutputError when the folder cannot be
    used or another run holds it, DependencyError when the engine is not there. A full disk or a vanished
    engine stops the run with the same errors; whatever else happens to a page is an outcome of that page.
    """
    scans = list_scans(paths, output)
    if not scans:
        raise ScanError(f"No scans found in {', '.join(str(path) for path in paths)}.")
    reader_steps(orders.recipe)
    with (
        sole_run(output),
        own_temporary_folder(output) as scratch,
        workers(settings.jobs, settings.memory_mb, scratch) as pool,
    ):
        sweep_parts(output)
        yield from _run(pool, scans, orders, output, ahead=8 * settings.jobs)


@dataclass(frozen=True, slots=True)
class Found:
    """A scan file and the name of its record without suffix; a reason when it cannot even be begun."""

    scan: Path
    target: Path
    refused: str = ""


def list_scans(paths: Sequence[Path], output: Path) -> list[Found]:
    """All scans in natural order (2 before 10), each with its place below output. Folders are searched whole.

    A file named by the user is taken whatever its name ends in. The output folder itself is left out.
    """
    found: list[Found] = []
    taken: dict[Path, Path] = {}
    for path in paths:
        for scan, relative, refused in _below(path, output):
            target = output / relative.with_suffix("")
            if taken.get(target) == scan:
                continue  # named twice
            rival = taken.setdefault(target, scan)
            clash = (
                f"would be written to the same file as {rival}; rename one of them" if rival != scan else ""
            )
            found.append(Found(scan, target, refused or clash))
    return found


def _below(path: Path, output: Path) -> Iterator[tuple[Path, Path, str]]:
    if not path.is_dir():
        yield path, Path(path.name), "" if path.exists() else "there is no such file"
        return
    unreadable: list[OSError] = []
    for folder, folders, files in os.walk(path, onerror=unreadable.append):
        here = Path(folder)
        folders[:] = sorted(
            (
                name
                for name in folders
                if not name.startswith(".") and (here / name).resolve() != output.resolve()
            ),
            key=natural,
        )
        for name in sorted(files, key=natural):
            if is_scan(here / name):
                yield here / name, (here / name).relative_to(path), ""
    for error in unreadable:
        yield (
            Path(error.filename),
            Path(error.filename).relative_to(path),
            f"cannot be listed: {error.strerror}",
        )


def _run(pool: Workers, scans: list[Found], orders: Orders, output: Path, ahead: int) -> Iterator[Progress]:
    """Keeps the pool busy a little ahead of what is yielded, so that a long run is never held in memory."""
    jobs = _jobs(pool, scans, orders)
    waiting: deque[tuple[Job, Pending[Outcome] | Outcome, int]] = deque()
    known = len(scans)
    while True:
        while len(waiting) < ahead and (item := next(jobs, None)) is not None:
            known += item[2]
            waiting.append(item)
        if not waiting:
            return
        job, future, _ = waiting.popleft()
        outcome = future if isinstance(future, Outcome) else _outcome(future, job, orders)
        yield Progress(outcome, known)
        if outcome.exit_code == DependencyError.exit_code:
            raise DependencyError(outcome.reason)
        if outcome.exit_code == OutputError.exit_code and not _writable(output):
            raise OutputError(outcome.reason)


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
    pool: Workers, scans: list[Found], orders: Orders
) -> Iterator[tuple[Job, Pending[Outcome] | Outcome, int]]:
    """Jobs already handed to the pool, and by how many sheets the run proves longer than it has files."""
    limit_s = None if orders.timeout_s is None else orders.timeout_s + _GRACE_S
    owners = {found.target: found.scan for found in scans if not found.refused}
    for found in scans:
        single = Job(found.scan, found.target.with_name(found.target.name + ".xml"))
        if found.refused:
            yield single, _failed(single, ScanError(f"{found.scan}: {found.refused}.")), 0
            continue
        sheets = 1
        if may_hold_sheets(found.scan):
            counted = _sheets(pool, single, limit_s)
            if isinstance(counted, Outcome):
                yield single, counted, 0
                continue
            sheets = counted
        for sheet in range(1, sheets + 1):
            name = f"{found.target.name}.p{sheet:04}" if sheets > 1 else found.target.name
            job = Job(found.scan, found.target.with_name(name + ".xml"), sheet)
            rival = owners.get(found.target.with_name(name), found.scan)
            if rival != found.scan:
                why = f"sheet {sheet} would be written to the same file as {rival}; rename one of them"
                yield job, _failed(job, ScanError(f"{found.scan}: {why}.")), sheets - 1 if sheet == 1 else 0
                continue
            yield (
                job,
                pool.begin(read_job, job, orders, limit_s=limit_s),
                sheets - 1 if sheet == 1 else 0,
            )


def _sheets(pool: Workers, job: Job, limit_s: float | None) -> int | Outcome:
    """How many sheets a file holds; counted in a worker, since a broken file may bring its reader down."""
    try:
        return pool.begin(count_sheets, job.scan, limit_s=limit_s).result()
    except OverdueError:
        return _failed(job, PageTimeoutError(f"{job.scan} took too long to open (--timeout)."))
    except DiedError as error:
        return _failed(job, error.told(job.scan))
    except OutputError:
        raise  # no worker can start
    except OcrError as error:
        return _failed(job, error)


def _outcome(future: Pending[Outcome], job: Job, orders: Orders) -> Outcome:
    try:
        return future.result()
    except OverdueError:
        return _failed(
            job, PageTimeoutError(f"{job.scan} took longer than {orders.timeout_s:g} s (--timeout).")
        )
    except DiedError as error:
        return _failed(job, error.told(job.scan))


def _failed(job: Job, error: OcrError) -> Outcome:
    told = Outcome(str(job.scan), job.sheet, str(job.target), What.FAILED)
    return replace(told, reason=str(error), exit_code=error.exit_code)
