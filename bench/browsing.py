"""The desk opened by its own command, and a window of this machine's chromium on it; for benches."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@contextlib.contextmanager
def desk(output: Path, scans: Path) -> Iterator[str]:
    """The address of a desk on these folders, served by a process of its own."""
    command = [sys.executable, "-m", "ocr", "review", str(output), "--scans", str(scans), "--port", "0"]
    with subprocess.Popen([*command, "--no-browser"], stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            told = next(line for line in process.stderr if "http://" in line)
            yield "http://" + told.partition("http://")[2].split("/")[0]
        finally:
            process.terminate()


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """Chromium without a window on the screen."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise SystemExit("There is no chromium on this machine: " + ", ".join(PROGRAMS))
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()
