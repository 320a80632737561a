"""Processes that read and can be killed; what one of them does to itself harms no other (the pebble door)."""

import gc
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import spawn
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool
from pebble.pool import process as pebble_process

from ocr.errors import OcrError, OutputError, PageMemoryError, reason_of
from ocr.locks import is_locked, locked
from ocr.stop import ASKED

Result = TypeVar("Result")

_LOOK_S = 1.0  # how often a waiting run looks whether workers can start at all


class _Clock:
    """What pebble measures work by. Left alone it takes the clock of the wall, and when that is set forth
    (the first answer of a time server) kills pages for minutes that nobody took."""

    time, sleep = staticmethod(time.monotonic), staticmethod(time.sleep)


vars(pebble_process)["time"] = _Clock

# Large arrays come and go with every page. Kept by the process, they need not be given back to the system
# and asked for again, cleared, each time: 0.03 to 0.07 s of a page (glibc; other systems do not look here).
# Those of 16 MB and more go back: what Pillow decodes into is of such parts, and takes a third more than the
# picture that is made of it. That is 8 MB of the peak of a large scan, and costs no time to speak of.
_MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": str(16 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "MALLOC_TOP_PAD_": str(16 << 20),
}


# Pages are what is read in parallel; and a thread takes 32 MB of what a worker may take.
_THREADS = {"OPENBLAS_NUM_THREADS": "1"}


class DiedError(Exception):
    """A worker ended in the middle of its work."""

    def __init__(self, exit_code: int, *, for_memory: bool | None) -> None:
        super().__init__(exit_code)
        self.exit_code, self.for_memory = exit_code, for_memory

    def as_error(self, scan: Path) -> OcrError:
        """The same as what the user can act on. Only the system knows who killed a process, and why."""
        if self.exit_code not in (-signal.SIGKILL, 128 + signal.SIGKILL):
            return OcrError(
                f"The process reading {scan} died (exit code {self.exit_code}). The scan may be damaged, "
                "or need more memory than --memory gives."
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

    def done(self, within_s: float) -> bool:
        """Whether the work has ended, waiting for it so long at most; raises as `result` does when it never
        will."""
        if ASKED.is_set():
            raise KeyboardInterrupt
        if wait([self._future], within_s).done:
            return True
        # A pool that broke before it took the work in would never tell: look whether it still stands.
        if not self._pool.active:
            raise _no_workers()
        return False

    def result(self) -> Result:
        """What the work gave, or what it raised.

        DiedError when its process ended, TimeoutError when it was killed at its limit, OutputError when
        no process can be started.
        """
        while not self.done(_LOOK_S):
            pass
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
def workers(
    count: int, memory_mb: int, scratch: Path, prepare: Callable[[], object] = int
) -> Iterator[Workers]:
    """Workers started afresh (not forked): they inherit neither the lock nor the state of threads.

    `memory_mb` is what each may take (0: no limit); `scratch` holds their temporary files; `prepare` is what
    each does first, before it is limited: what it fails at, the work will fail at and tell. At the end, also
    by an exception, they are ended. None starts before there is work.
    """
    if not os.access(_program(), os.X_OK):
        raise _no_workers()
    for name, value in (_MALLOC | _THREADS).items():
        os.environ.setdefault(name, value)
    pool: Any = ProcessPool(
        max_workers=count,
        initializer=_begin_worker,
        initargs=(memory_mb, scratch, prepare),
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


def _begin_worker(memory_mb: int, scratch: Path, prepare: Callable[[], object]) -> None:
    """A worker: its own process group (Ctrl-C is the parent's affair), memory limit and temporary files."""
    os.setpgid(0, 0)
    (scratch / f"worker-{os.getpid()}").touch()
    threading.Thread(target=_end_with_run, daemon=True).start()
    tempfile.tempdir = str(scratch)
    # Libraries that run out of memory while they are loaded say anything but that.
    with suppress(Exception):
        prepare()
    gc.freeze()  # what is loaded stays: looking through it for rings takes 0.02 to 0.05 s each time
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


class Memory(NamedTuple):
    """What this process may take, and what it has taken, in MB."""

    limit: float
    taken: float


def memory_mb() -> Memory | None:
    """The memory of this process; None when it is not limited, or the system does not tell."""
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
        rows = Path("/proc/self/status").read_text("ascii").splitlines()
    except (ImportError, OSError):
        return None
    taken_kb = next((int(row.split()[1]) for row in rows if row.startswith("VmData:")), None)
    if limit == resource.RLIM_INFINITY or taken_kb is None:
        return None
    return Memory(limit / 1024**2, taken_kb / 1024)


def processors() -> int:
    """How many processors this program may use (macOS and Windows know only how many there are)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _killed_for_memory() -> int | None:
    """How many processes the system has killed for want of memory since it started; None when not told."""
    try:
        counters = Path("/proc/vmstat").read_text("ascii")
    except OSError:
        return None
    return next((int(row.split()[1]) for row in counters.splitlines() if row.startswith("oom_kill ")), None)


def _program() -> str:
    """The Python that workers run."""
    return os.fsdecode(spawn.get_executable())


def _no_workers() -> OutputError:
    return OutputError(
        "The processes that read cannot start. May this user run "
        f"{_program()}, and is there room in {tempfile.gettempdir()}?"
    )


_RUNS = "run"
"""In the temporary folder of a run: whoever can lock this file knows that the run is gone."""


@contextmanager
def own_temporary_folder() -> Iterator[Path]:
    """A private folder for temporary files of a run; what killed runs of this user left is removed.

    OutputError when there can be none.
    """
    kind = f"tetradi-{os.getuid()}-"
    try:
        for mark in Path(tempfile.gettempdir()).glob(f"{kind}*/{_RUNS}"):
            if mark.parent.lstat().st_uid == os.getuid() and not is_locked(mark):
                shutil.rmtree(mark.parent, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=kind))
    except OSError as error:
        raise OutputError(
            f"There can be no temporary folder: {reason_of(error)}. Set TMPDIR to another place."
        ) from error
    try:
        with locked(folder / "begun"):
            (folder / "begun").rename(folder / _RUNS)  # nobody ever sees it without its lock
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
