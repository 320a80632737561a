"""Processes that read and can be killed; what one of them does to itself harms no other (the pebble door)."""

import hashlib
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import spawn
from pathlib import Path
from typing import Any, Generic, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from ocr.errors import OcrError, OutputError, PageMemoryError
from ocr.stop import ASKED

Result = TypeVar("Result")

_LOOK_S = 1.0  # how often a waiting run looks whether workers can start at all

# Large arrays come and go with every page. Kept by the process, they need not be given back to the system
# and asked for again, cleared, each time: 0.03 to 0.07 s of a page (glibc; other systems do not look here).
_MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "MALLOC_TOP_PAD_": str(16 << 20),
}


class DiedError(Exception):
    """A worker ended in the middle of its work."""

    def __init__(self, exit_code: int, *, for_memory: bool | None) -> None:
        super().__init__(exit_code)
        self.exit_code, self.for_memory = exit_code, for_memory

    def told(self, scan: Path) -> OcrError:
        """The same as what the user can act on. Only the system knows who killed a process, and why."""
        if self.exit_code not in (-signal.SIGKILL, 128 + signal.SIGKILL):
            return OcrError(
                f"The process reading {scan} died (exit code {self.exit_code}); the scan may be damaged."
            )
        if self.for_memory is False:
            return OcrError(f"The process reading {scan} was killed from outside; run again to read it.")
        why = "as memory ran out" if self.for_memory else "most likely for want of memory"
        return PageMemoryError(f"The process reading {scan} was killed, {why}. Give fewer jobs (-j).")


@dataclass(frozen=True, slots=True)
class Pending(Generic[Result]):
    """Work that a worker has been given."""

    _future: "ProcessFuture[Result]"
    _pool: Any
    _killed_before: int | None

    def result(self) -> Result:
        """What the work gave, or what it raised.

        DiedError when its process ended, TimeoutError when it was killed at its limit, OutputError when
        no process can be started.
        """
        # A pool that broke before it took the work in would never tell: look whether it still stands.
        while not wait([self._future], _LOOK_S).done:
            if ASKED.is_set():
                raise KeyboardInterrupt
            if not self._pool.active:
                raise _no_workers()
        try:
            return self._future.result()
        except ProcessExpired as error:
            now = _killed_for_memory()
            known = None if now is None or self._killed_before is None else now > self._killed_before
            raise DiedError(error.exitcode, for_memory=known) from error
        except BrokenProcessPool as error:
            raise _no_workers() from error


@dataclass(frozen=True, slots=True)
class Workers:
    """Worker processes at hand."""

    _pool: Any
    _killed_before: int | None

    def begin(
        self, function: Callable[..., Result], *given: object, limit_s: float | None
    ) -> Pending[Result]:
        """Hands work to the next free worker; past its limit the worker is killed. Both ways pickled."""
        try:
            future = self._pool.schedule(function, args=given, timeout=limit_s)
        except (RuntimeError, OSError) as error:  # the pool is broken, or was never begun
            raise _no_workers() from error
        return Pending(future, self._pool, self._killed_before)


@contextmanager
def workers(count: int, memory_mb: int, scratch: Path) -> Iterator[Workers]:
    """Workers started afresh (not forked): they inherit neither the lock nor the state of threads.

    `memory_mb` is what each may take (0: no limit); `scratch` holds their temporary files. At the end, also
    by an exception, they are ended.
    """
    if not os.access(_program(), os.X_OK):
        raise _no_workers()
    for name, value in _MALLOC.items():
        os.environ.setdefault(name, value)
    pool: Any = ProcessPool(
        max_workers=count,
        initializer=_begin_worker,
        initargs=(memory_mb, scratch),
        context=multiprocessing.get_context("spawn"),
    )
    try:
        yield Workers(pool, _killed_for_memory())
        pool.close()
        pool.join()
    finally:
        pool.stop()
        pool.join()
        # An engine's own process outlives its killed worker: they share a process group.
        for mark in scratch.glob("worker-*"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(int(mark.name.removeprefix("worker-")), signal.SIGKILL)


def _begin_worker(memory_mb: int, scratch: Path) -> None:
    """A worker: its own process group (Ctrl-C is the parent's affair), memory limit and temporary files."""
    os.setpgid(0, 0)
    (scratch / f"worker-{os.getpid()}").touch()
    threading.Thread(target=_end_with_run, daemon=True).start()
    tempfile.tempdir = str(scratch)
    if memory_mb:
        _limit_memory(memory_mb)


def _end_with_run() -> None:
    """Ends this worker and its engine's process when the run is gone: killed, it can no longer end them."""
    run = multiprocessing.parent_process()
    if run is not None:
        run.join()
        os.killpg(0, signal.SIGKILL)


def _limit_memory(memory_mb: int) -> None:
    import resource

    # Data, not address space: libraries reserve far more addresses than they use.
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    with suppress(ValueError, OSError):  # macOS knows the limit but does not take it
        resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 1024 * 1024, hard))


def _killed_for_memory() -> int | None:
    """How many processes the system has killed for want of memory since it started; None when not told."""
    try:
        told = Path("/proc/vmstat").read_text("ascii")
    except OSError:
        return None
    return next((int(row.split()[1]) for row in told.splitlines() if row.startswith("oom_kill ")), None)


def _program() -> str:
    """The Python that workers run."""
    return os.fsdecode(spawn.get_executable())


def _no_workers() -> OutputError:
    return OutputError(
        "The processes that read cannot start. May this user run "
        f"{_program()}, and is there room in {tempfile.gettempdir()}?"
    )


@contextmanager
def own_temporary_folder(output: Path) -> Iterator[Path]:
    """A private folder for temporary files of runs into this output; what a killed run left is removed."""
    mark = hashlib.sha256(str(output.resolve()).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"tetradi-{os.getuid()}-{mark}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise OutputError(
            f"No temporary folder {folder}: {error.strerror}. Set TMPDIR to another place."
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
