"""A machine that does not do what it is asked: drives, memory, folders that go (for bench/bad_input.py)."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.bad_run import Place, Seen, ended, judge, reading, start

# Read by every Python that starts, workers too: calls that a drive lacks.
_DRIVE = """
import errno, os, stat
WANTS = os.environ.get("LACKS", "").split()
def _refuse(code):
    def call(*_, **__):
        raise OSError(code, os.strerror(code))
    return call
if "flock" in WANTS:
    import fcntl
    fcntl.flock = _refuse(errno.ENOTSUP)
if "chmod" in WANTS:
    os.chmod = _refuse(errno.EPERM)
if "sync" in WANTS:
    _sync = os.fsync
    def fsync(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        _sync(handle)
    os.fsync = fsync
"""


def drive_cases(place: Place) -> Iterator[Seen]:
    """Drives without locks, without a sync of folders, without modes: everything is read, twice."""
    (place.folder / "sitecustomize.py").write_text(_DRIVE, encoding="utf-8")
    path = os.pathsep.join(filter(None, (str(place.folder), str(Path.cwd()), os.environ.get("PYTHONPATH"))))
    for lacks in ("flock", "sync", "chmod", "flock sync chmod"):
        environment = os.environ | {"PYTHONPATH": path, "LACKS": lacks}
        out = Place(place.folder, place.scans, place.out / lacks)
        for mode in ("default", "force"):
            words = ("--mode", mode, "--format", "tei,txt")
            yield reading(out, f"drive without {lacks}, {mode}", {0}, "", *words, env=environment)


def memory_cases(place: Place) -> Iterator[Seen]:
    """However little memory is given, what is wrong is the memory."""
    for megabytes in (1, 100, 200, 250, 300, 350, 400):
        out = Place(place.folder, place.scans, place.out / str(megabytes))
        words = ("--memory", megabytes)
        codes = {13} if megabytes <= 200 else {0, 13}  # how much is enough, differs between machines
        yield reading(out, f"--memory {megabytes}", codes, "--memory", *words, good=False)


def run_cases(place: Place) -> Iterator[Seen]:
    """What a run says of itself: inventory, files of others, failed pages, a folder taken away."""
    words = ("--format", "tei,txt")
    yield reading(place, "a first run", {0}, "", *words)
    first = _rows(place)
    (place.out / "good.txt").write_text("Моё\n", encoding="utf-8")
    yield reading(place, "a text changed by hand", {0}, "", *words)
    wrong = [] if (place.out / "good.txt").read_text(encoding="utf-8") == "Моё\n" else ["overwritten"]
    same = ("lines", "words", "unread_lines", "mean_confidence")
    wrong += [
        f"{key}: {row[key]}, before {old[key]}"
        for row, old in zip(_rows(place), first, strict=True)
        for key in same
        if row[key] != old[key] or row[key] is None
    ]
    yield Seen("run.jsonl is an inventory", 0, "", tuple(wrong))
    for number in range(20):
        (place.scans / f"bad{number}.png").write_text("no picture", encoding="utf-8")
        shutil.copyfile(place.scans / "good.png", place.scans / f"good{number}.png")
    halted = Place(place.folder, place.scans, place.out / "halted")
    yield reading(halted, "--halt-after 2", {4}, "bad0.png", "--halt-after", 2, good=False)
    told = sum(row["outcome"] == "failed" for row in _rows(halted))
    yield Seen("two failed pages are told", told, "", () if told == 2 else ("not halted",))
    gone = place.out / "gone"
    run = start("transcribe", place.scans, "-o", gone, "-j", 1, "--mode", "force")
    ends = time.monotonic() + 60
    while not any(gone.glob("*.xml")) and time.monotonic() < ends:
        time.sleep(0.02)
    shutil.rmtree(gone, ignore_errors=True)
    yield judge("output folder removed in mid-run", ended(run), {5}, "gone")


def _rows(place: Place) -> list[dict[str, Any]]:
    held = (place.out / "run.jsonl").read_text(encoding="utf-8")
    return [json.loads(row) for row in held.splitlines()]
