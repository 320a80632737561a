"""Our command line in forks of this process, for benches that begin it a thousand times.

A fork has loaded all libraries already, and what was once read of a scan is not read again: what is tried is
what a run does with files and processes, not how it reads. The same calls, in a tenth of the time. Linux.
"""

import multiprocessing
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ocr import transcribe
from ocr.files import sha256_of, write_whole
from ocr.page import Page

Run = Callable[[], object]
WHEN = "1795305600"
"""2026-11-22, the day that dates what is written: a bench that goes on over midnight finds the same bytes."""


def command(*words: object) -> Run:
    """Our command line with these words."""

    def run() -> None:
        from ocr.cli import app

        os.environ["SOURCE_DATE_EPOCH"] = WHEN
        sys.argv = ["ocr", *map(str, words)]
        app.main()

    return run


def start(run: Run, output: int | None = None) -> int:
    """Begins it in a fork, its own process group; returns its number. What it prints goes to the file with
    the handle `output`; None: nowhere. Its end is that of a program: SystemExit is its exit code."""
    forking = multiprocessing.get_context("fork")
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setpgid(0, 0)
        into = os.open(os.devnull, os.O_WRONLY) if output is None else output
        os.dup2(into, 1)
        os.dup2(into, 2)
        sys.stdout, sys.stderr = (os.fdopen(handle, "w", closefd=False) for handle in (1, 2))
        vars(multiprocessing)["get_context"] = lambda _=None: forking  # of its workers, too
        run()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # noqa: BLE001  it is printed, and judged
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def read_once(folder: Path) -> None:
    """From now on, here and in forks, a picture that an engine has read is not read again: what it gave lies
    in the folder, which is to be on a drive that does not fail."""
    reads = transcribe.read_scan

    def read(scan: Any, recipe: Any, engine: Any, *, name: str, timeout_s: float | None = None) -> Page:
        key = repr((scan.source.sha256, scan.source.sheet, engine.steps))
        kept = folder / sha256_of(key.encode())
        if not kept.exists():
            write_whole(kept, pickle.dumps(reads(scan, recipe, engine, name=name, timeout_s=timeout_s)))
        page: Page = pickle.loads(kept.read_bytes())
        return replace(page, name=name, source=scan.source)

    folder.mkdir(parents=True, exist_ok=True)
    vars(transcribe)["read_scan"] = read
    for room in ("ocr.batch", "ocr.cli.app", "ocr.cli.progress", "ocr.exports.run", "ocr.corrections.renew",
                 "ocr.cluster.dask", "ocr.scan.explain"):  # fmt: skip
        __import__(room)
