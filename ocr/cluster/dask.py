"""Pages read by workers of a dask cluster (the door of dask): small jobs out, small receipts back.

Scans and records go by the shared folder. Every worker has processes of ours that can be killed, so a page
that hangs or takes all memory costs itself. A page that takes its whole worker with it is read again
elsewhere, and put aside when three have died of it.
"""

import atexit
import multiprocessing
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Generic, TypeVar

from ocr.cluster.crew import AHEAD, Alone, Awaited
from ocr.errors import DependencyError, OcrError, OutputError
from ocr.files import sha256_of, unlinked, why
from ocr.orders import Job, Outcome, RunSettings, failed
from ocr.stop import ASKED
from ocr.transcribe import make_ready
from ocr.workers import own_temporary_folder, workers

TRIES = 3
"""So many workers may die of a page."""
_LOOK_S = 0.1  # how often all that is under way is looked at
_COUNT_S = 2.0  # how often it is asked how many workers there are
_ALONE_S = 30.0
_JOIN_S = 120.0
_RECEIPT_S = 5.0
_UNDER_WAY = {"pending", "lost"}  # lost: a worker died with the receipt, and the page is given to another
_TRIED = ".tetradi-tries"

NO_EXTRA = "--cluster needs dask, which is not installed: pip install 'tetradi[cluster]', on every machine."


Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Task(Generic[Result]):
    """What a worker of the cluster is asked to do."""

    name: str
    """What it is called in sentences."""
    place: Path
    """The file that it makes, by which it is known."""
    do: Callable[[], Result]
    """Sent to the worker."""
    aside: Callable[[OcrError], Result]
    """What becomes of it when it is given up."""


class Cluster:
    """The workers of a cluster (see Crew)."""

    def __init__(self, client: Any, address: str, output: Path, memory_mb: int) -> None:
        self.client, self.address, self.output, self.memory_mb = client, address, output, memory_mb
        self._busy: list[ClusterWork[Any]] = []
        self._looked = 0.0
        self._threads, self._counted, self._since = 1, 0.0, time.monotonic()

    def begin(self, job: Job, run: RunSettings) -> "ClusterWork[Outcome]":
        """See Crew."""
        read = partial(read_there, job, run, self.memory_mb)
        return self.give(Task(str(job.scan), job.target, read, partial(failed, job)))

    def give(self, task: Task[Result]) -> "ClusterWork[Result]":
        """Has a worker do something."""
        work = ClusterWork(self, task)
        self._busy.append(work)
        return work

    def has_room(self, waiting: int) -> bool:
        """See Crew: one slow page keeps nobody waiting, so told and untold pages are not counted alike."""
        return len(self._busy) < AHEAD * max(self._threads, 1) and waiting < 100 * AHEAD * max(
            self._threads, 1
        )

    def look(self) -> str:
        """See Crew."""
        now = time.monotonic()
        if now - self._looked < _LOOK_S:
            return ""
        self._busy, self._looked = [work for work in self._busy if not work.done(0)], now
        if now - self._counted < _COUNT_S:
            return ""
        self._counted = now
        with suppress(OSError):
            self._threads = sum(self.client.nthreads().values())
        if self._threads:
            self._since = now
        elif now - self._since > _ALONE_S:
            self._since = now
            return f"No worker is left at {self.address}. The run waits for one."
        return ""


class ClusterWork(Awaited[Result]):
    """What a worker of a cluster does (see Work)."""

    def __init__(self, cluster: Cluster, task: Task[Result]) -> None:
        self._cluster, self._task = cluster, task
        self._lost = 0
        self._future = self._submit()

    def done(self, within_s: float) -> bool:
        """See Work. DependencyError when the cluster is gone."""
        from distributed import wait

        if ASKED.is_set():
            raise KeyboardInterrupt
        if self._outcome is not None:
            return True
        if within_s and self._future.status in _UNDER_WAY:
            with suppress(TimeoutError):
                wait([self._future], timeout=within_s)
        status = self._future.status
        if status == "cancelled":
            raise DependencyError(
                f"The cluster at {self._cluster.address} is gone. What is done is kept; the same command "
                "goes on from here."
            )
        if status not in _UNDER_WAY:
            self._outcome = self._received()
        return self._outcome is not None

    def _received(self) -> Result | None:
        """What a worker told, at once: with the worker its receipts die, and the page is looked at again."""
        try:
            outcome: Result = self._future.result(timeout=_RECEIPT_S)
        except TimeoutError:
            return None
        except Exception as error:  # noqa: BLE001  whatever a stranger's worker raises
            if self._future.status in _UNDER_WAY:
                return None
            if not self._was_lost():
                strange = f"A worker of the cluster failed: {error!r}. Is its tetradi of the same release?"
                return self._task.aside(OcrError(strange))
            if self._lost >= TRIES:
                return _put_aside(self._task)
            self._lost += 1  # the scheduler blames all pages that a dead worker had before it
            self._future = self._submit()
            return None
        self._future.release()
        return outcome

    def _was_lost(self) -> bool:
        from distributed import KilledWorker

        return isinstance(self._future.exception(), KilledWorker)

    def _submit(self) -> Any:
        given = (self._task, self._cluster.output)
        return self._cluster.client.submit(unless_deadly, *given, key=f"tetradi-{os.urandom(16).hex()}")


@contextmanager
def cluster(address: str, output: Path, *, jobs: int, memory_mb: int) -> Iterator[Cluster]:
    """The workers at an address, of a scheduler file, or `local`: so many processes of this machine.

    DependencyError when dask is not installed, nobody answers, or no worker joins.
    """
    if find_spec("distributed") is None:
        raise DependencyError(NO_EXTRA)
    import dask
    from distributed import Client, LocalCluster

    with ExitStack() as stack:
        stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": 10}))
        try:
            if address == "local":
                here = {"host": "127.0.0.1", "dashboard_address": None, "memory_limit": 0}
                local = LocalCluster(n_workers=jobs, threads_per_worker=1, **here)
                client = stack.enter_context(Client(stack.enter_context(local)))
            elif Path(address).is_file():
                client = stack.enter_context(Client(scheduler_file=address))
            else:
                client = stack.enter_context(Client(address))
            client.wait_for_workers(1, timeout=_JOIN_S)
        except (OSError, ValueError, TimeoutError) as error:
            raise DependencyError(
                f"The cluster {address} does not answer, or has no worker ({error}). How to start one stands "
                "in docs/cluster.md."
            ) from error
        shutil.rmtree(output / _TRIED, ignore_errors=True)
        try:
            yield Cluster(client, address, output, memory_mb)
        finally:
            shutil.rmtree(output / _TRIED, ignore_errors=True)


def unless_deadly(task: Task[Result], output: Path) -> Result:
    """Does what is asked for on this worker, unless too many workers have died of it."""
    tries = output / _TRIED / sha256_of(os.fsencode(task.place))[:24]
    try:
        tries.parent.mkdir(exist_ok=True)
        with open(tries, "ab", opener=unlinked) as file:  # a letter for each that began and did not end
            if file.tell() >= TRIES:
                return _put_aside(task)
            file.write(b".")
    except OSError as error:
        return task.aside(OutputError(f"{tries} cannot be written: {why(error)}"))
    # dask marks its workers as processes that may have none of their own
    multiprocessing.current_process().daemon = False
    result = task.do()
    tries.unlink(missing_ok=True)
    return result


def read_there(job: Job, run: RunSettings, memory_mb: int) -> Outcome:
    """Reads a page in a process of this worker."""
    return _own_processes(run, memory_mb).begin(job, run).result()


def _put_aside(task: Task[Result]) -> Result:
    return task.aside(OcrError(f"{task.name} was put aside: {TRIES} workers of the cluster died of it."))


_LOCK = threading.Lock()
_OWN: dict[int, Alone] = {}


def _own_processes(run: RunSettings, memory_mb: int) -> Alone:
    """The processes of this worker, as many as it has threads; begun once."""
    from distributed import get_worker

    with _LOCK:
        if memory_mb not in _OWN:
            threads, stack = get_worker().state.nthreads, ExitStack()
            scratch = stack.enter_context(own_temporary_folder())
            pool = workers(threads, memory_mb, scratch, partial(make_ready, run.recipe))
            _OWN[memory_mb] = Alone(stack.enter_context(pool), threads)
            atexit.register(stack.close)
        return _OWN[memory_mb]
