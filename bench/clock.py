"""A clock that is set while we work: python bench/clock.py [STEPS].

STEPS (6) times: a batch of drawn pages (by the engine of the tests), and after it a hundred corrections of a
page, while the clock of all its processes is set four times a second, forth and back by up to ten years: as
Python tells it (time.time), so that it also differs from that of the drive. The records must be those of a
run without, and every correction that was acknowledged must be there.
Last line: {"steps", "set", "same", "acknowledged", "lost"}.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.review_kill import lines_of
from bench.soak import draw

_YEARS = 10 * 365 * 86400


# Read by every Python that starts, workers too.
_CLOCK = """
import os, time
_now, _now_ns = time.time, time.time_ns
def _off():
    try:
        return int(open(os.environ["CLOCK"]).read() or 0)
    except (OSError, ValueError):
        return 0
time.time = lambda: _now() + _off()
time.time_ns = lambda: _now_ns() + _off() * 10**9
"""


def under_steps(words: list[str], clock: Path, dice: random.Random, lines: int = 0) -> tuple[list[str], int]:
    """Runs a command while its clock is set; its first lines (0: all), and how often the clock was set."""
    (clock.parent / "sitecustomize.py").write_text(_CLOCK)
    path = os.pathsep.join((str(clock.parent), os.environ["PYTHONPATH"]))
    environment = os.environ | {"CLOCK": str(clock), "PYTHONPATH": path}
    clock.write_text("0")
    with tempfile.TemporaryFile() as out:
        run = subprocess.Popen(words, env=environment, stdout=out, stderr=subprocess.STDOUT)
        times = 0
        while run.poll() is None:
            time.sleep(0.25)
            fresh = clock.with_suffix(".new")
            fresh.write_text(str(dice.randint(-_YEARS, _YEARS)))
            fresh.replace(clock)
            times += 1
            out.seek(0)
            if lines and out.read().count(b"saved") >= lines:
                run.kill()
                run.wait()
        out.seek(0)
        if not lines and run.returncode:
            raise SystemExit(f"{words}: {run.returncode}: {out.read().decode()}")
        return out.read().decode().splitlines(), times


def records(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*.xml"))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("steps", nargs="?", type=int, default=6)
    asked = parser.parse_args()
    steps = asked.steps
    dice, times, same, lost, acknowledged = random.Random(8), 0, 0, 0, 0
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw(folder / "scans", 4)
        ours = [sys.executable, "-m", "ocr", "transcribe", str(folder / "scans"), "-j", "1", "--engine",
                "tests.fakes:table", "-o"]  # fmt: skip
        subprocess.run([*ours, str(folder / "clean")], check=True, capture_output=True)
        clean = records(folder / "clean")
        for number in range(steps):
            out = folder / f"out{number}"
            times += under_steps([*ours, str(out)], folder / "clock", dice)[1]
            same += records(out) == clean
            page = folder / "page.xml"
            shutil.copyfile(folder / "clean/00/00000.xml", page)
            for left in folder.glob(".page.review.*"):
                left.unlink()
            words = [
                sys.executable,
                str(Path(__file__).with_name("review_kill.py")),
                "--correct",
                str(page),
                "0",
            ]
            printed, count = under_steps(words, folder / "clock", dice, lines=100)
            times += count
            texts = lines_of(page.read_bytes())
            known: dict[tuple[str, int], str] = {}
            for row, after in zip(printed, [*printed[1:], ""], strict=True):
                if row.startswith("[") and after == "saved":
                    correction, line, at = json.loads(row)
                    known[line, at] = f"слово{correction}"
                    acknowledged += 1
                elif row.startswith("["):
                    correction, line, at = json.loads(row)
                    known.pop((line, at), None)
            lost += sum(texts[line][at] != text for (line, at), text in known.items())
    print(f"{steps} runs, the clock set {times} times: {same} same; {acknowledged} corrections, {lost} lost")
    print(
        json.dumps({"steps": steps, "set": times, "same": same, "acknowledged": acknowledged, "lost": lost})
    )


if __name__ == "__main__":
    main()
