"""Many small pages through all that is done with a folder: python bench/soak.py [PAGES] [--keep DIR].

PAGES (1000) drawn pages are read (by the engine of the tests, so that it is our own machinery that is tried),
indexed, searched and exported, each by our command line in processes of its own, whose memory and open files
are looked at twice a second. Learning (--learn) needs our own reader: it reads a tenth of the pages, in
folders of 50, each taken for a hand; every hand is "learnt" by bench/fake_learning.py (nothing is learnt: the
shipped model is written as a learnt one would be), and its pages are read again.

For each: how memory and files grow from a fifth of the pages to the end, by a straight line, per 1,000 pages;
where files do not tell how many pages are done, time does, and what is loaded at the beginning counts; and
how quick the last tenth of the pages is beside the first, by the times of their files and by processor time.
Linux. Last line: {"pages", "of": {work: {"memory_mb", "slope_mb", "files",
"files_slope", "first_per_s", "last_per_s", ...}}}.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

_LOOK_S = 0.5
_OF_PAGES_LEARNT = 10
"""One page of so many is read by our own reader, which takes longer than the engine of the tests."""
_LEAST_FOR_RATES = 500
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Watched:
    """What was seen of the processes of a command, look by look."""

    role: str
    times: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    """Done by then."""
    memory_mb: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)


def family(parent: int) -> dict[int, str]:
    """The processes of a command, by what they are: itself, a worker."""
    roles = {parent: "command"}
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(place.parent.name)] = int(fields[1])
    for _ in range(4):
        for child, of in parents.items():
            if of in roles:
                roles.setdefault(child, "worker")
    return roles


def look(pid: int) -> tuple[float, int] | None:
    """Memory in MB and open files of a process; None when it has ended."""
    try:
        rows = Path(f"/proc/{pid}/status").read_text().splitlines()
        resident = next((int(row.split()[1]) for row in rows if row.startswith("VmRSS:")), None)
        return None if resident is None else (resident / 1024, len(list(Path(f"/proc/{pid}/fd").iterdir())))
    except OSError:
        return None


def cpu_s(pid: int, *, ended: bool = True) -> float:
    """Processor time of a process and, unless told otherwise, of its ended children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11 : 15 if ended else 13])) / _TICKS


def watch(
    words: list[str], made: Path, pattern: str, pages: int
) -> tuple[dict[int, Watched], list[tuple[int, float]]]:
    """Runs a command; what was seen of each process, and how many files there were at what processor time."""
    run = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    seen: dict[int, Watched] = {}
    progress: list[tuple[int, float]] = []
    spent: dict[int, float] = {}
    begun = time.monotonic()
    while run.poll() is None:
        now = time.monotonic() - begun
        done = sum(1 for _ in made.rglob(pattern)) if pattern else 0
        for pid, role in family(run.pid).items():
            state = look(pid)
            if state is not None:
                watched = seen.setdefault(pid, Watched(role))
                watched.times.append(now)
                watched.pages.append(done)
                watched.memory_mb.append(state[0])
                watched.files.append(state[1])
                spent[pid] = cpu_s(pid)
        if pattern:
            progress.append((done, sum(spent.values())))
        # a look at many files takes long, and is not to take what the command needs
        time.sleep(max(_LOOK_S, 10 * (time.monotonic() - begun - now)))
    assert run.stderr is not None
    for watched in () if pattern else seen.values():
        watched.pages = [pages * at / (time.monotonic() - begun) for at in watched.times]
    if run.returncode:
        raise SystemExit(f"{' '.join(words)}: {run.returncode}: {run.stderr.read().decode()[-800:]}")
    return seen, progress


def slope(done: list[float], values: "list[float] | list[int]", pages: int) -> float:
    """How much is added per 1,000 pages, by a straight line from a fifth of the pages to the end."""
    x, y = np.array(done), np.array(values, float)
    late = x >= pages / 5
    if late.sum() < 5 or np.ptp(x[late]) == 0:
        return 0.0
    return 1000 * float(np.polyfit(x[late], y[late], 1)[0])


def rates(progress: list[tuple[int, float]], pages: int) -> tuple[float, float] | None:
    """Files per second of processor time in the first tenth of the files and in the last; None of so few that
    a look or two decide."""
    counts, spent = (np.array(column, float) for column in zip(*progress, strict=True))
    first = np.interp([0.02 * pages, 0.12 * pages], counts, spent)
    last = np.interp([0.88 * pages, 0.98 * pages], counts, spent)
    if pages < _LEAST_FOR_RATES or counts[-1] < 0.98 * pages or np.ptp(first) == 0 or np.ptp(last) == 0:
        return None
    return 0.1 * pages / float(np.ptp(first)), 0.1 * pages / float(np.ptp(last))


def draw(folder: Path, pages: int, of_folder: int = 500) -> None:
    """Small pages of two lines, no two alike."""
    from tests import drawn

    for number in range(pages):
        first, second = drawn.TEXT[number % 12], drawn.TEXT[(number // 12 + 5) % 12]
        page = drawn.page((first, second), size_px=(860, 200), noise_levels=1.0 + number / pages)
        place = folder / f"{number // of_folder:02}" / f"{number:05}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(page.pixels).save(place, compress_level=1)


def main() -> None:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="?", type=int, default=1000)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    of: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(dir=asked.keep) as name:
        folder = Path(name)
        scans, out, made = folder / "scans", folder / "out", folder / "made"
        draw(scans, asked.pages)
        lessons, learnt = folder / "lessons", folder / "learnt"
        draw(lessons, asked.pages // _OF_PAGES_LEARNT, of_folder=50)
        learn = [sys.executable, "-m", "bench.fake_learning", "transcribe", str(lessons), "-o", str(learnt),
                 "-j", "1", "--engine", "cursive", "--learn"]  # fmt: skip
        ours = [sys.executable, "-m", "ocr"]
        works = (
            ("batch", [*ours, "transcribe", str(scans), "-o", str(out), "-j", "1", "--engine",
                       "tests.fakes:table", "--format", "tei,txt"], out, "*.xml"),
            ("again", [*ours, "transcribe", str(scans), "-o", str(out), "-j", "1", "--engine",
                       "tests.fakes:table", "--format", "tei,txt"], out, ""),
            ("index", [*ours, "index", str(out), "-j", "1"], out, ""),
            ("search", [*ours, "search", str(out), "кризис", "--limit", "10000", "--json"], out, ""),
            ("export to page", [*ours, "export", str(out), "--to", "page", "-o", str(made), "--scans",
                                str(scans)], made, "*.xml"),
            ("export to site", [*ours, "export", str(out), "--to", "site", "-o", str(folder / "site"),
                                "--scans", str(scans)], folder / "site", "*.html"),
            ("learn, faked", learn, learnt, "*.xml"),
            ("learn again", learn, learnt, ""),
        )  # fmt: skip
        for work, words, place, pattern in works:
            begun = time.monotonic()
            pages = asked.pages // _OF_PAGES_LEARNT if words is learn else asked.pages
            seen, progress = watch(words, place, pattern, pages)
            longest = {role: max((each for each in seen.values() if each.role == role),
                                 key=lambda each: sum(each.memory_mb), default=None)
                       for role in ("command", "worker")}  # fmt: skip
            figures: dict[str, float] = {"seconds": round(time.monotonic() - begun, 1)}
            for role, watched in longest.items():
                if watched is None or len(watched.times) < 2:
                    continue
                figures |= {
                    f"{role}_mb": round(max(watched.memory_mb)),
                    f"{role}_mb_per_1000": round(slope(watched.pages, watched.memory_mb, pages), 2),
                    f"{role}_files": max(watched.files),
                    f"{role}_files_per_1000": round(slope(watched.pages, watched.files, pages), 2),
                }
            speed = rates(progress, pages) if progress else None
            if speed is not None:
                figures |= {"first_per_cpu_s": round(speed[0], 2), "last_per_cpu_s": round(speed[1], 2),
                            "last_by_first": round(speed[1] / speed[0], 3)}  # fmt: skip
            if words is learn:
                figures["hands"] = sum(1 for _ in learnt.glob("models/*.onnx"))
            of[work] = figures
            print(f"{work:15} " + ", ".join(f"{key} {value:g}" for key, value in figures.items()), flush=True)
    print(json.dumps({"pages": asked.pages, "of": of}))


if __name__ == "__main__":
    main()
