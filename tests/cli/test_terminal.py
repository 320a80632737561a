"""What is shown in a terminal, whatever letters it knows, and when there is none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NARROW = ("cp1251", "koi8-r", "latin-1", "ascii", "cp866")


def ocr(
    *words: str | Path, encoding: str = "utf-8", closed: str = ""
) -> "subprocess.CompletedProcess[bytes]":
    """The command line; `closed` are redirections of a shell, as `>&-`."""
    command = [sys.executable, "-m", "ocr", *map(str, words)]
    env = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": encoding}
    if closed:
        command = ["sh", "-c", f'exec "$@" {closed}', "sh", *command]
    return subprocess.run(command, capture_output=True, check=False, env=env, stdin=subprocess.DEVNULL)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    for side in ("truth", "found"):
        (tmp_path / side).mkdir()
        for n in range(2):
            text = "Привѣтъ изъ деревни\n" * 60
            held = text if side == "truth" else text.replace("ѣ", "е")
            (tmp_path / side / f"стр ѣ{n}.txt").write_text(held, "utf-8")
    return tmp_path


@pytest.mark.parametrize("encoding", NARROW)
def test_the_table_is_shown_in_any_encoding(texts: Path, encoding: str) -> None:
    done = ocr("evaluate", texts / "truth", texts / "found", "--draws", "100", encoding=encoding)
    assert done.returncode == 0, done.stderr
    shown = done.stdout.decode(encoding)
    assert "120/2 " in shown.replace("\xa0", " ")
    assert "\\u0463" in shown  # a letter that the terminal does not know is told by its number
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", NARROW)
def test_json_is_the_same_data_in_any_encoding(texts: Path, encoding: str) -> None:
    words = ("evaluate", texts / "truth", texts / "found", "--json", "--draws", "100")
    narrow, wide = ocr(*words, encoding=encoding), ocr(*words)
    assert narrow.returncode == wide.returncode == 0, narrow.stderr
    assert json.loads(narrow.stdout.decode(encoding)) == json.loads(wide.stdout.decode())


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_without_standard_output_the_report_is_written(texts: Path, closed: str) -> None:
    report = texts / "report.html"
    words = ("evaluate", texts / "truth", texts / "found", "--draws", "100", "--html", report)
    done = ocr(*words, closed=closed)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert "</html>" in report.read_text("utf-8")
    assert ocr("evaluate", texts / "truth", texts / "nowhere", closed=closed).returncode == 11
