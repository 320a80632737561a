"""The package as a command."""

import subprocess
import sys

from ocr import __version__


def test_the_package_runs_as_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ocr", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"tetradi {__version__}\n"
