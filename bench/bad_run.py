"""One run of the command line, what is wrong with what it said, what is done to it (bench/bad_input.py)."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a case came to: the exit code, what was printed, and what is wrong with it (nothing: clear)."""

    case: str
    code: int | None
    sentence: str
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case works: its own folder, with the good page in `scans`."""

    folder: Path
    scans: Path
    out: Path


def start(*words: object, module: tuple[str, ...] = ("-m", "ocr"), **how: Any) -> "subprocess.Popen[str]":
    command = [sys.executable, *module, *(os.fspath(w) if isinstance(w, Path) else str(w) for w in words)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "errors": "replace"}
    return subprocess.Popen(command, **pipes | how)  # type: ignore[call-overload,no-any-return]


def ended(run: "subprocess.Popen[str]", limit_s: float = LIMIT_S) -> tuple[int | None, str]:
    """Exit code (None: it hung and was ended) and all that was printed, standard error last."""
    try:
        told = run.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        run.kill()
        run.communicate()
        return None, "(it hung)"
    return run.returncode, "".join(part or "" for part in told)


def judge(
    case: str, run: tuple[int | None, str], codes: set[int], naming: str, out: Path | None = None
) -> Seen:
    """Is the exit code right, does a sentence name the file, and is nothing half-written below `out`?"""
    code, printed = run
    rows = [row for row in printed.splitlines() if row.strip()]
    telling = [row for row in rows if row.startswith(("failed:", "Error:", "Another", "Interrupted"))]
    wrong = [] if code in codes else [f"exit code {code}, not {' or '.join(map(str, sorted(codes)))}"]
    if "Traceback" in printed:
        wrong.append("a traceback")
    if "fault of ours" in printed:
        wrong.append("taken for a fault of ours")
    if code and naming not in "\n".join(telling):
        wrong.append(f"no sentence names {naming}")
    if out is not None and any(out.rglob(".tetradi-part-*")):
        wrong.append("a half-written file is left")
    return Seen(case, code, (telling or rows or [""])[-1], tuple(wrong))


def reading(
    place: Place, case: str, codes: set[int], naming: str, *options: object, good: bool = True, **how: Any
) -> Seen:
    """A transcribe run over the scans of a place; the good page must be read unless told otherwise."""
    run = start("transcribe", place.scans, "-o", place.out, "-j", 2, *options, **how)
    seen = judge(case, ended(run), codes, naming, place.out if place.out.is_dir() else None)
    if good and not (place.out / "good.xml").is_file():
        return Seen(case, seen.code, seen.sentence, (*seen.wrong, "the good page has no record"))
    return seen


@contextmanager
def small(folder: Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path) -> None:
    with (disk / "fill").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def family(out: Path) -> list[int]:
    """Processes whose command line names the output folder of a run (Linux)."""
    mark = os.fsencode(out)
    return [int(p.parent.name) for p in Path("/proc").glob("[0-9]*/cmdline") if mark in _held(p)]


def _held(path: Path) -> bytes:
    try:
        return path.read_bytes().replace(b"\0", b" ")
    except OSError:
        return b""


def kill_one(parent: int, part: str) -> bool:
    """Kills one descendant of a process whose command line holds `part`; was there one?"""
    known = {parent}
    for stat in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parent.name)):
        fields = _held(stat).rpartition(b")")[2].split()
        if len(fields) > 1 and int(fields[1]) in known:
            known.add(int(stat.parent.name))
            if part.encode() in _held(stat.with_name("cmdline")):
                os.kill(int(stat.parent.name), signal.SIGKILL)
                return True
    return False
