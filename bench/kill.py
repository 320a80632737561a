"""Kills a batch at random and runs it again: python bench/kill.py FOLDER [KILLS [OPTION...]].

KILLS (100) times: start `ocr transcribe` in a fork (bench/forked.py), send SIGKILL to it after a random
time, and go on; then let one run finish. The TEI must have the bytes of one undisturbed run, and
every file found on the way must be whole. Options are those of transcribe. Each scan is read once in all, so
that a kill costs half a second. Last line: {"kills", "killed", "same", "torn", ...}; "killed" met a run at
work. The seed is fixed. With --together each run is a machine of its own.
"""

import argparse
import json
import os
import random
import shutil
import signal
import tempfile
import time
from pathlib import Path

from lxml import etree

from bench import forked
from ocr.scan.listing import list_scans


def start(scans: Path, out: Path, options: list[str]) -> int:
    return forked.start(forked.command("transcribe", scans, "-o", out, "-j", "2", *options))


def ended(run: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(run, 0)[1])


def records(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.xml"))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("kills", nargs="?", type=int, default=100)
    parser.add_argument("options", nargs=argparse.REMAINDER, metavar="OPTION")
    asked = parser.parse_args()
    kills, options = asked.kills, asked.options
    dice = random.Random(7)
    torn = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scans").mkdir()
        for found in list_scans([asked.folder], Path("none")):
            shutil.copyfile(found.scan, folder / "scans" / found.scan.name)
        forked.read_once(folder / "read")
        clean_code = ended(start(folder / "scans", folder / "clean", options))  # reads them
        shutil.rmtree(folder / "clean")
        begun = time.monotonic()
        ended(start(folder / "scans", folder / "clean", options))
        whole_s = time.monotonic() - begun
        clean = records(folder / "clean")
        out = folder / "out"
        codes, killed = [], 0
        for number in range(kills):
            if number % 5 == 0:  # from the beginning again, else everything is soon done
                shutil.rmtree(out, ignore_errors=True)
            run = start(folder / "scans", out, options)
            time.sleep(dice.uniform(0.1, 1.1) * whole_s)
            os.kill(run, signal.SIGKILL)
            killed += ended(run) == -signal.SIGKILL
            for record in records(out).values():
                try:
                    etree.fromstring(record)
                except etree.XMLSyntaxError:
                    torn += 1
        for _ in range(20):  # workers of the run killed last may still be ending
            codes.append(ended(start(folder / "scans", out, options)))
            if codes[-1] == clean_code:
                break
        same = records(out) == clean
        left = sorted(path.name for path in out.rglob(".tetradi*"))
        temporary = len(list(Path(tempfile.gettempdir()).glob("tetradi-*")))
    print(f"{killed} of {kills} kills met a run of {whole_s:.2f} s, {len(clean)} pages each, at work")
    print(f"torn files seen: {torn}; left at the end: {left}; same bytes at the end: {same}")
    result = {"kills": kills, "killed": killed, "same": same, "torn": torn, "left": left}
    print(json.dumps(result | {"temporary_folders": temporary, "last_exit": codes[-1]}))


if __name__ == "__main__":
    main()
