"""A folder of scans: every sheet becomes an outcome, in order, read by processes that can be killed."""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ocr.cluster.crew import Alone, Crew, Work
from ocr.cluster.shards import Shard
from ocr.cluster.team import Team, Together
from ocr.errors import DependencyError, OutputError, ScanError, SettingsError
from ocr.files import INVENTORY, given, sweep_parts, write_whole
from ocr.hands import Hands
from ocr.locks import Hold, sole_run, sweep_dead_writers
from ocr.notation import object_from_json
from ocr.orders import HandOutcome, Job, Outcome, RunSettings, SheetOutcome, failed
from ocr.recipe import Recipe
from ocr.scan.listing import ListedScan, list_scans
from ocr.sheet_counts import AllCounted, SheetCounts
from ocr.teaching import HandOrder, Learner, Lessons, Teaching, not_taught, taught_apart
from ocr.tei.notebook import FILE, notebook_of
from ocr.transcribe import make_ready, reader_steps
from ocr.workers import own_temporary_folder, workers

_TICK_S = 0.25  # how often a waiting run tells how it stands
_ABANDONED_S = 3600.0  # half-written files of that age are nobody's work any more

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
    shard: Shard | None = None
    """Read and told are the sheets of this shard only; with hands, those of its hands."""
    team_name: str = ""
    """The name of this machine among those that share the run; empty: it shares none."""
    cluster: str = ""
    """Address or scheduler file of a dask cluster that reads, or `local`; empty: this machine does."""

    @property
    def part(self) -> str:
        """The name of this part of a run; empty: it is the whole."""
        return self.shard.name if self.shard else self.team_name


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
    learning: str = ""
    """The hand that is being learnt."""
    hand: HandOutcome | None = None
    """What became of a hand; told after all sheets."""


class _HaltedError(Exception):
    """So many sheets have failed that the run is to end."""


def transcribe(
    paths: Sequence[Path],
    output: Path,
    run: RunSettings,
    settings: BatchSettings,
    hands: Hands | None = None,
) -> Generator[Progress]:
    """Reads scans (files, folders) into TEI files below `output`; yields what became of each sheet, in order,
    and in between how the run stands. With `hands` these are learnt when all is read, and the sheets of those
    that could be learnt are read and told again.

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
    run_of = hands.run_of if hands else lambda _: run
    files = [None if listed.refused else Job(listed.scan, listed.record(1, 1)) for listed in scans]
    ours, part = _Ours(scans, output, settings.shard, hands), settings.part
    team = Team(output, settings.team_name, run) if settings.team_name else None
    if team is not None and hands is not None:
        raise SettingsError("Machines that share a run cannot learn hands yet: give each a --shard.")
    joined: AbstractContextManager[None] = nullcontext() if team is None else team.joined()
    if hands is not None:
        hands.begin([file for number, file in enumerate(files) if file is not None and ours.of(number, 1)])
    try:
        with (
            sole_run(output, part) as hold,
            own_temporary_folder() as scratch,
            joined,
        ):
            if part:
                sweep_parts(output, _ABANDONED_S, hold.now())
            else:
                sweep_parts(output)
            if not hold.locks:
                yield Progress(len(scans), remark=NO_LOCKS.format(output))
            jobs: list[Job] = []
            with (
                _crew(settings, scratch, run.recipe, output, team) as crew,
                workers(1, settings.memory_mb, scratch) as counter,
            ):
                counts = SheetCounts(counter, files, run.timeout_s, ours.of)
                begun = _jobs(crew, counts, scans, run_of, output, ours)
                yield from _run(_noted(begun, jobs), counts, crew, output, hold, settings)
            if hands is not None:
                yield from _learn(hands, jobs, output, hold, settings, scratch)
            sweep_dead_writers(output)
    except _HaltedError:
        return


Begun = tuple[Job, Work[Outcome] | Outcome]


def _run(
    jobs: Iterator[Begun | None],
    counts: SheetCounts | AllCounted,
    crew: Crew,
    output: Path,
    hold: Hold,
    settings: BatchSettings,
) -> Iterator[Progress]:
    """Keeps the pool busy a little ahead of what is yielded."""
    waiting: deque[Begun] = deque()
    ended, failures = False, 0
    while True:
        while not ended and crew.has_room(len(waiting)):
            try:
                item = next(jobs)
            except StopIteration:
                ended = True
                break
            if item is None:  # the next file is still being counted
                break
            waiting.append(item)
        counts.look()
        if remark := crew.look():
            yield Progress(counts.known, remark=remark)
        if not waiting:
            if ended:
                hold.check()
                return
            yield Progress(counts.known)
            continue
        job, future = waiting[0]
        if not isinstance(future, Outcome) and not future.done(_TICK_S):
            yield Progress(counts.known, awaited=job, counted=counts.complete)
            continue
        waiting.popleft()
        outcome = future if isinstance(future, Outcome) else future.result()
        hold.check()
        yield Progress(counts.known, outcome, counted=counts.complete)
        if outcome.exit_code == DependencyError.exit_code:
            raise DependencyError(outcome.reason)
        if outcome.exit_code == OutputError.exit_code and not _writable(output):
            raise OutputError(outcome.reason)
        failures += outcome.outcome is SheetOutcome.FAILED
        if settings.halt_after and failures >= settings.halt_after:
            for _, future in waiting:  # what is written by now is told; more that failed, is tried again
                if not isinstance(future, Outcome) and future.done(0):
                    outcome = future.result()
                    if outcome.outcome is not SheetOutcome.FAILED:
                        yield Progress(counts.known, outcome, counted=counts.complete)
            raise _HaltedError


@contextmanager
def _crew(
    settings: BatchSettings, scratch: Path, recipe: Recipe, output: Path, team: Team | None
) -> Iterator[Crew]:
    """Those who read."""
    if settings.cluster:
        from ocr.cluster.dask import cluster  # an extra

        with cluster(settings.cluster, output, jobs=settings.jobs, memory_mb=settings.memory_mb) as crew:
            yield crew
        return
    with workers(settings.jobs, settings.memory_mb, scratch, partial(make_ready, recipe)) as pool:
        alone = Alone(pool, settings.jobs)
        yield alone if team is None else Together(alone, team)


@contextmanager
def _teachers(
    settings: BatchSettings, scratch: Path, output: Path, hands: int
) -> Iterator[Callable[[Learner, HandOrder], Work[Lessons]]]:
    """Those who learn hands (see ocr.hands.Teachers): learning may take all memory that there is."""
    if settings.cluster:
        from ocr.cluster.dask import Task, cluster  # an extra

        with cluster(settings.cluster, output, jobs=settings.jobs, memory_mb=0) as crew:

            def give(learner: Learner, order: HandOrder) -> Work[Lessons]:
                do, aside = partial(taught_apart, learner, order), partial(not_taught, order)
                return crew.give(Task(f"The hand {order.hand}", order.model, do, aside))

            yield give
        return
    with workers(min(settings.jobs, hands), 0, scratch) as pool:
        yield lambda learner, order: Teaching(order, pool.begin(learner, order, limit_s=None))


def _noted(begun: Iterator[Begun | None], jobs: list[Job]) -> Iterator[Begun | None]:
    """The same; jobs that a worker was given are put on the list."""
    for item in begun:
        if item is not None and not isinstance(item[1], Outcome):
            jobs.append(item[0])
        yield item


def _learn(
    hands: Hands,
    jobs: Sequence[Job],
    output: Path,
    hold: Hold,
    settings: BatchSettings,
    scratch: Path,
) -> Iterator[Progress]:
    """Learns the hands of sheets that were read, and reads again those that were learnt."""
    for name in hands.learn(jobs, partial(_teachers, settings, scratch, output)):
        hold.check()
        yield Progress(len(jobs), learning=name, counted=True)
    again = [job for job in jobs if hands.is_new(job)]
    if again:
        first = hands.run_of(again[0]).recipe
        with _crew(settings, scratch, first, output, None) as crew:
            begun = ((job, crew.begin(job, hands.run_of(job))) for job in again)
            counts = AllCounted(len(jobs) + len(again))
            for step in _run(begun, counts, crew, output, hold, settings):
                if step.outcome is not None:
                    hands.read_again(step.outcome)
                yield step
    for outcome in hands.outcomes():
        yield Progress(len(jobs) + len(again), hand=outcome, counted=True)


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
    crew: Crew,
    counts: SheetCounts,
    scans: list[ListedScan],
    run_of: Callable[[Job], RunSettings],
    output: Path,
    ours: "_Ours",
) -> Iterator[Begun | None]:
    """Jobs already handed to the crew; None while it is not known how many sheets the next file holds."""
    owners = {listed.target: listed.scan for listed in scans if not listed.refused}
    read_from = _read_from(output)
    for number, listed in enumerate(scans):
        single = Job(listed.scan, listed.record(1, 1))
        if listed.refused:
            if not ours.has(number, 1, 1):
                continue
            outcome = failed(single, ScanError(f"{listed.scan}: {listed.refused}."))
            if listed.passed_over:
                outcome = replace(outcome, outcome=SheetOutcome.SKIPPED, exit_code=0)
            yield single, outcome
            continue
        while (sheets := counts.of(number, within_s=0.05)) is None:
            yield None
        if isinstance(sheets, Outcome):
            if ours.has(number, 1, 1):
                yield single, sheets
            continue
        for sheet in range(1, sheets + 1):
            if not ours.has(number, sheet, sheets):
                continue
            target = listed.record(sheet, sheets)
            job = Job(listed.scan, target, sheet, read_from.get(target.resolve()))
            rival = owners.get(job.target.with_suffix(""), listed.scan)
            if rival != listed.scan:
                why = f"sheet {sheet} would be written to the same file as {rival}; rename one of them"
                yield job, failed(job, ScanError(f"{listed.scan}: {why}."))
            else:
                yield job, crew.begin(job, run_of(job))


@dataclass(frozen=True, slots=True)
class _Ours:
    """Which sheets this run reads: all, or those of its shard."""

    scans: Sequence[ListedScan]
    output: Path
    shard: Shard | None
    hands: Hands | None

    def has(self, number: int, sheet: int, sheets: int) -> bool:
        """Is that sheet of the scan of that number ours?"""
        if self.shard is None:
            return True
        record = self.scans[number].record(sheet, sheets)
        if self.hands is not None:
            return self.shard.has(self.hands.name_of(Job(self.scans[number].scan, record)))
        return self.shard.has(record.relative_to(self.output).as_posix())

    def of(self, number: int, sheets: int) -> int:
        """How many of the sheets of that scan are."""
        return sum(self.has(number, sheet, sheets) for sheet in range(1, sheets + 1))


def _read_from(output: Path) -> dict[Path, Path]:
    """Which record was read from which scan, as the run.jsonl of an earlier run tells. OutputError when that
    cannot be read."""
    known: dict[Path, Path] = {}
    inventory = given(output / INVENTORY) or b""
    try:
        entries = [object_from_json(line) for line in inventory.decode("utf-8").splitlines()]
        for entry in entries:
            if "hand" in entry:
                continue  # what became of a hand
            if entry["outcome"] not in {SheetOutcome.FAILED, SheetOutcome.SKIPPED}:
                known[Path(entry["output"]).resolve()] = Path(entry["scan"]).resolve()
    except (ValueError, TypeError, KeyError):
        return known  # none yet, or somebody else's file
    return known
