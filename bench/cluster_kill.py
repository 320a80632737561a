"""Kills workers while they read: python bench/cluster_kill.py cluster|together [PAGES] [ENGINE] [EVERY_S].

PAGES (2000) small drawn pages are read by three worker processes, of a dask cluster or of machines that share
a run by leases. Every EVERY_S (5) seconds one of them gets SIGKILL with all it started, and another is begun.
ENGINE (tests.fakes:table) reads; `auto` is the true one. Then the records must be those of one machine, byte
by byte, and run.jsonl must have each page once. Last line: {"pages", "kills", "lost", "twice", "same", ...}.
"""

import atexit
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from PIL import Image

from tests import drawn

WORKERS = 3
PROGRAM = [sys.executable, "-m"]
DASK = [str(Path(sys.executable).with_name("dask"))]


_STARTED: list["subprocess.Popen[bytes]"] = []


def start(*command: str) -> "subprocess.Popen[bytes]":
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(command, start_new_session=True, stdout=nowhere, stderr=nowhere)
    _STARTED.append(process)
    return process


def end_all(*_: object) -> None:
    """Whatever becomes of this program, nothing that it started goes on."""
    for process in _STARTED:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def records(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.xml"))}


def main() -> None:
    how = sys.argv[1]
    pages, engine, every_s = [*sys.argv[2:], *["2000", "tests.fakes:table", "5"][len(sys.argv) - 2 :]]
    dice = random.Random(7)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scans, out, whole = folder / "scans", folder / "out", folder / "whole"
        scans.mkdir()
        for number in range(int(pages)):
            text = drawn.TEXT[number % len(drawn.TEXT) :][:1]
            Image.fromarray(drawn.page(text, size_px=(600, 150)).pixels).save(scans / f"{number}.png")
        read = (*PROGRAM, "ocr", "transcribe", str(scans), "--engine", engine, "-o")
        if how == "cluster":
            place = folder / "scheduler.json"
            here = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(place))
            start(*DASK, "scheduler", "--port", "0", *here)
            while not place.exists():
                time.sleep(0.2)
            options = ("--no-nanny", "--nthreads", "1", "--memory-limit", "0", *here)
            worker = (*DASK, "worker", *options)
            lead = start(*read, str(out), "--cluster", str(place))
        else:
            worker = (*read, str(out), "--together", "-j", "1")
            lead = None
        team, kills, begun, codes = [start(*worker) for _ in range(WORKERS)], 0, time.monotonic(), set[int]()
        next_s = float(every_s)
        while (lead.poll() is None) if lead else team:
            time.sleep(0.2)
            if lead is None:  # a machine that ended has seen all pages done
                codes |= {each.returncode for each in team if each.poll() is not None}
                team = [each for each in team if each.poll() is None]
            if time.monotonic() - begun > next_s and (lead is not None or not codes):
                next_s += float(every_s)
                victim = dice.randrange(len(team))
                os.killpg(team[victim].pid, signal.SIGKILL)
                team[victim].wait()
                team[victim], kills = start(*worker), kills + 1
        wall_s = time.monotonic() - begun
        end_all()
        if lead is not None:
            codes.add(lead.returncode)
        rows = [json.loads(line) for line in (out / "run.jsonl").read_text("utf-8").splitlines()]
        subprocess.run([*read, str(whole)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        of_each = Counter(row["scan"] for row in rows)
        ours, one = records(out), records(whole)
        result = {
            "how": how,
            "engine": engine,
            "pages": int(pages),
            "kills": kills,
            "seconds": round(wall_s),
            "lost": int(pages) - len(of_each),
            "twice": sum(count > 1 for count in of_each.values()),
            "outcomes": dict(Counter(row["outcome"] for row in rows)),
            "exit_codes": sorted(codes),
            "same": ours == one,
            "torn_or_left": len(list(out.rglob(".tetradi-part-*"))),
        }
    print(f"{kills} kills in {wall_s:.0f} s; run.jsonl has {len(rows)} rows; same bytes: {ours == one}")
    print(json.dumps(result))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    atexit.register(end_all)
    main()
