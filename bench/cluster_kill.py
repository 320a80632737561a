"""Kills workers while they read: python bench/cluster_kill.py HOW [PAGES] [ENGINE] [EVERY_S] [CLOCK].

PAGES (2000) small drawn pages are read by three worker processes, HOW: of a dask cluster (cluster) or of
machines that share a run by leases (together). Every EVERY_S (5) seconds one of them gets SIGKILL with all it
started, and another is begun. CLOCK: of the wall, or of the processor time that all of it took (cpu), for a
machine that has more to do: by the clock of the wall a page there may take longer than three workers live.
ENGINE (tests.fakes:table) reads; `auto` is the true one. Then the records must be those of one machine, byte
by byte, and run.jsonl must have each page once. Workers are begun as forks (bench/forked.py): on a machine
that has more to do, a fresh Python takes longer to load than it lives. There are twelve pictures under PAGES
names, each read once in all. Last line: {"pages", "kills", "lost", "twice", "same", ...}.
"""

import argparse
import atexit
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from PIL import Image

from bench import forked
from bench.forked import Run
from bench.soak import cpu_s, family
from tests import drawn

WORKERS = 3
_STARTED: set[int] = set()
_ENDED: dict[int, int] = {}


def start(run: Run) -> int:
    process = forked.start(run)
    _STARTED.add(process)
    return process


def code_of(process: int, *, wait: bool = False) -> int | None:
    """Its exit code; None while it runs."""
    if process not in _ENDED:
        done, status = os.waitpid(process, 0 if wait else os.WNOHANG)
        if done:
            _ENDED[process] = os.waitstatus_to_exitcode(status)
    return _ENDED.get(process)


def end(process: int) -> None:
    os.killpg(process, signal.SIGKILL)
    code_of(process, wait=True)


def end_all(*_: object) -> None:
    """Whatever becomes of this program, nothing that it started goes on."""
    for process in _STARTED:
        if code_of(process) is None:
            end(process)
    _STARTED.clear()


def dask(part: str, *words: str) -> Run:
    """A scheduler or worker of dask."""

    def run() -> None:
        from distributed.cli import dask_scheduler, dask_worker

        (dask_scheduler if part == "scheduler" else dask_worker).main(list(words))

    return run


def records(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.xml"))}


def draw(scans: Path, pages: int) -> None:
    scans.mkdir()
    for number, text in enumerate(drawn.TEXT[:12]):
        Image.fromarray(drawn.page((text,), size_px=(600, 150)).pixels).save(scans / f"{number}.png")
    for number in range(12, pages):
        shutil.copyfile(scans / f"{number % 12}.png", scans / f"{number}.png")


class Clock:
    """Seconds since it was made, of the wall or of the processor time of all that this program started."""

    def __init__(self, kind: str) -> None:
        self._kind, self._begun, self._spent = kind, time.monotonic(), dict[int, float]()

    def now(self) -> float:
        """In seconds."""
        if self._kind == "wall":
            return time.monotonic() - self._begun
        for process in family(os.getpid()).keys() - {os.getpid()}:
            self._spent[process] = max(cpu_s(process, ended=False), self._spent.get(process, 0.0))
        return sum(self._spent.values())


def killed_run(
    lead: int | None, worker: Run, every_s: float, kind: str
) -> tuple[int, list[float], list[int]]:
    """Kills, until the run has ended: how many, in how many seconds of the wall and of the clock that is
    used, exit codes of those that ended by themselves.

    `lead`: the client of a cluster; None: each worker is a machine of its own, that has seen all pages done.
    """
    dice, team, codes = random.Random(7), [start(worker) for _ in range(WORKERS)], set[int]()
    kills, clock, wall, next_s = 0, Clock(kind), Clock("wall"), every_s
    while (code_of(lead) is None) if lead else team:
        time.sleep(0.1 if kind == "wall" else 0.5)
        if lead is None:
            codes |= {code for each in team if (code := code_of(each)) is not None}
            team = [each for each in team if code_of(each) is None]
        if clock.now() > next_s and (lead is not None or not codes):
            next_s += every_s
            victim = dice.randrange(len(team))
            end(team[victim])
            team[victim], kills = start(worker), kills + 1
    if lead is not None:
        codes.add(_ENDED[lead])
    return kills, [wall.now(), clock.now()], sorted(codes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("how", choices=["cluster", "together"])
    parser.add_argument("pages", nargs="?", type=int, default=2000)
    parser.add_argument("engine", nargs="?", default="tests.fakes:table")
    parser.add_argument("every_s", nargs="?", type=float, default=5.0)
    parser.add_argument("clock", nargs="?", choices=["wall", "cpu"], default="wall")
    asked = parser.parse_args()
    how, pages, engine, every_s, clock = asked.how, asked.pages, asked.engine, asked.every_s, asked.clock
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scans, out, whole = folder / "scans", folder / "out", folder / "whole"
        draw(scans, pages)
        forked.read_once(folder / "read")
        read = ("transcribe", scans, "--engine", engine, "-o")
        # first, so that forks of it find all read: what they do is what is tried
        code_of(one := start(forked.command(*read, whole, "-j", 1)), wait=True)
        assert _ENDED[one] == 0
        lead = None
        if how == "cluster":
            place = folder / "scheduler.json"
            here = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(place))
            start(dask("scheduler", "--port", "0", *here))
            while not place.exists():
                time.sleep(0.2)
            worker = dask("worker", "--no-nanny", "--nthreads", "1", "--memory-limit", "0", *here)
            lead = start(forked.command(*read, out, "--cluster", place))
        else:
            worker = forked.command(*read, out, "--together", "-j", "1")
        kills, (wall_s, clock_s), codes = killed_run(lead, worker, every_s, clock)
        end_all()
        rows = [json.loads(line) for line in (out / "run.jsonl").read_text("utf-8").splitlines()]
        of_each = Counter(row["scan"] for row in rows)
        same = records(out) == records(whole)
        result = {
            "how": how,
            "engine": engine,
            "pages": pages,
            "kills": kills,
            "seconds": round(wall_s),
            "clock": clock,
            "clock_seconds": round(clock_s),
            "lost": pages - len(of_each),
            "twice": sum(count > 1 for count in of_each.values()),
            "outcomes": dict(Counter(row["outcome"] for row in rows)),
            "failed": sorted({row["reason"] for row in rows if row["outcome"] == "failed"}),
            "exit_codes": codes,
            "same": same,
            "torn_or_left": sorted(path.name for path in out.rglob(".tetradi-part-*")),
        }
    print(f"{kills} kills in {wall_s:.0f} s; run.jsonl has {len(rows)} rows; same bytes: {same}")
    print(json.dumps(result))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    atexit.register(end_all)
    main()
