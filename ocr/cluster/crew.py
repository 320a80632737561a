"""Who reads the pages of a run: the processes of this machine, or of others, too."""

from concurrent.futures import TimeoutError as OverdueError
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ocr.errors import PageTimeoutError
from ocr.orders import Job, Outcome, RunSettings, failed
from ocr.transcribe import read_job
from ocr.workers import DiedError, Pending, Workers

AHEAD = 8
"""Pages handed out ahead for each worker: a long run is never kept in memory."""


Result = TypeVar("Result")
Told_co = TypeVar("Told_co", covariant=True)


class Work(Protocol[Told_co]):
    """What somebody does: a page that is read, a hand that is learnt."""

    def done(self, within_s: float) -> bool:
        """Whether it is done, waiting so long at most."""

    def result(self) -> Told_co:
        """What became of it. OutputError when no process can be started."""


class Awaited(Generic[Result]):
    """What others may do: what becomes of it is asked for until somebody tells."""

    _outcome: Result | None = None

    def done(self, within_s: float) -> bool:
        """See Work."""
        raise NotImplementedError

    def result(self) -> Result:
        """See Work."""
        while not self.done(1.0):
            pass
        assert self._outcome is not None
        return self._outcome


class Crew(Protocol):
    """Those who read."""

    def begin(self, job: Job, run: RunSettings) -> Work[Outcome] | Outcome:
        """Has a page read; an outcome when it is known already."""

    def has_room(self, waiting: int) -> bool:
        """Shall more pages be handed out? So many are, and were not told."""

    def look(self) -> str:
        """Called again and again while a run waits; returns something to know, or nothing."""


@dataclass(frozen=True, slots=True)
class PageWork:
    """A page that a process of this machine reads."""

    job: Job
    run: RunSettings
    pending: Pending[Outcome]

    def done(self, within_s: float) -> bool:
        """See Work."""
        return self.pending.done(within_s)

    def result(self) -> Outcome:
        """See Work."""
        try:
            return self.pending.result()
        except OverdueError:
            late = f"{self.job.scan} took longer than {self.run.timeout_s:g} s (--timeout)."
            return failed(self.job, PageTimeoutError(late))
        except DiedError as error:
            return failed(self.job, error.as_error(self.job.scan))


@dataclass(frozen=True, slots=True)
class Alone:
    """The processes of this machine."""

    pool: Workers
    jobs: int

    def begin(self, job: Job, run: RunSettings) -> PageWork:
        """See Crew."""
        return PageWork(job, run, self.pool.begin(read_job, job, run, limit_s=run.timeout_s))

    def has_room(self, waiting: int) -> bool:
        """See Crew."""
        return waiting < AHEAD * self.jobs

    def look(self) -> str:
        """See Crew."""
        return ""
