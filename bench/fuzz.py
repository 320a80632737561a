"""Every reader of foreign bytes, given what nobody would send: python bench/fuzz.py [READER...] [--count N].

COUNT (10,000) inputs for each reader, made of valid ones (bench/mutants.py); the seed is fixed, so the n-th
input is always the same, and a run may go on from the one that --first names (0).
The reader works in a process of its own, with at most 2 GB and 10 s of processor time for an input (and 200 s
of the clock: on a busy machine nobody is to blame for waiting).
An answer is well, an error of ours (ocr.errors) is well; any other exception, an end of the process, a hang,
and a "fault of ours" are not. Those are kept in --keep DIR (NAME-N.bin) and told, each place once.
Last line: {"inputs", "answers", "refused", "faults", "hangs", "deaths", "of": {...}}.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import resource
import tempfile
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.foreign_readers import READERS, Reader
from bench.soak import cpu_s

LIMIT_S, WAIT_S = 10.0, 200.0
MEMORY = 2 << 30


@dataclass
class Tally:
    """What became of the inputs of a reader."""

    counts: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[int]] = field(default_factory=dict)


def made(reader: Reader, seeds: list[bytes], number: int) -> bytes:
    """The n-th input of a reader."""
    return reader.mutate(random.Random(f"{reader.name} {number}"), seeds)


def _place(error: BaseException) -> str:
    """What was raised, and the last lines of ours it came through."""
    frames = [
        f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
        if "/ocr/" in frame.filename
    ]  # fmt: skip
    return f"{type(error).__name__}: {str(error)[:70]!r} at {' < '.join(frames[-1:-4:-1])}"


def _serve(reader: Reader, start: int, end: int, state: Any, pipe: Any) -> None:
    """Reads inputs one after the other; `state` says which, since when, and its processor time before."""
    from ocr.errors import OcrError

    warnings.simplefilter("ignore")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    seeds = reader.seeds()
    for read in reader.reads:  # loads what it needs before it is limited
        with tempfile.TemporaryDirectory() as name, contextlib.suppress(OcrError):
            path = Path(name) / reader.file
            path.write_bytes(seeds[0])
            read(path, seeds[0])
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory() as name:
        for number in range(start, end):
            content = made(reader, seeds, number)
            folder = Path(name) / str(number % 2)
            folder.mkdir(exist_ok=True)
            path = folder / reader.file
            path.write_bytes(content)
            state[:] = number, time.monotonic(), time.process_time()
            try:
                for read in reader.reads:
                    read(path, content)
                pipe.send((number, "answers", ""))
            except OcrError:
                pipe.send((number, "refused", ""))
            except BaseException as error:  # noqa: BLE001  that is what is looked for
                pipe.send((number, "faults", _place(error)))
    state[0] = end
    pipe.send((end, "end", ""))


def fuzz(reader: Reader, first: int, count: int, keep: Path | None) -> Tally:
    """So many inputs of a reader from that one on; its process is started again where it hung or died."""
    tally, seeds = Tally(), reader.seeds()
    context = multiprocessing.get_context("fork")

    def note(number: int, what: str, place: str) -> None:
        tally.counts[what] += 1
        if place:
            tally.places.setdefault(place, []).append(number)
            if keep is not None and len(tally.places[place]) <= 2:
                (keep / f"{reader.name}-{number}.bin").write_bytes(made(reader, seeds, number))

    start, end = first, first + count
    while start < end:
        ours, theirs = context.Pipe(duplex=False)
        state = context.RawArray("d", [start, time.monotonic(), 0.0])
        child = context.Process(target=_serve, args=(reader, start, end, state, theirs), daemon=True)
        child.start()
        theirs.close()
        last, ended = start - 1, False
        state[1] = time.monotonic() + 60  # its libraries are loaded first
        while True:
            try:
                if ours.poll(1.0):
                    number, what, place = ours.recv()
                    if what == "end":
                        ended = True
                        break
                    last = number
                    note(number, what, place)
                elif (waits := time.monotonic() - state[1]) > LIMIT_S and (
                    waits > WAIT_S or cpu_s(child.pid or 0) - state[2] > LIMIT_S
                ):
                    child.kill()
                    note(last + 1, "hangs", "hang")
                    break
            except EOFError:  # it ended: its end of the pipe is closed
                child.join()
                note(last + 1, "deaths", f"ended with {child.exitcode}")
                break
        child.join()
        start = end if ended else last + 2
    return tally


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("readers", nargs="*")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    total: Counter[str] = Counter()
    of: dict[str, dict[str, int]] = {}
    for reader in READERS:
        if asked.readers and reader.name not in asked.readers:
            continue
        begun = time.monotonic()
        tally = fuzz(reader, asked.first, asked.count, asked.keep)
        total += tally.counts
        of[reader.name] = dict(tally.counts)
        kinds = ", ".join(f"{count} {what}" for what, count in sorted(tally.counts.items()))
        print(f"{reader.name:15} {kinds} ({time.monotonic() - begun:.0f} s)", flush=True)
        for place, numbers in sorted(tally.places.items(), key=lambda item: -len(item[1])):
            print(f"    {len(numbers):5} {place} (first: {numbers[0]})", flush=True)
    print(
        json.dumps(
            {
                "inputs": total.total(),
                **{key: total[key] for key in ("answers", "refused", "faults", "hangs", "deaths")},
                "of": of,
            }
        )
    )


if __name__ == "__main__":
    main()
