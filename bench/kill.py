"""Kills a batch at random and runs it again: python bench/kill.py FOLDER [KILLS [OPTION...]].

KILLS (100) times: start `ocr transcribe`, send SIGKILL to it after a random time, and go on; then let one
run finish. The TEI must have the same bytes as those of one undisturbed run, and every file found on the
way must be whole. Options are those of transcribe (--engine tests.fakes:table: many kills in little time).
Last line: {"kills", "same", "torn"}; the seed is fixed.
"""

import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lxml import etree

from ocr.scan.listing import list_scans


def start(scans: Path, out: Path) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-m",
        "ocr",
        "transcribe",
        str(scans),
        "-o",
        str(out),
        "-j",
        "2",
        *sys.argv[3:],
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def records(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.xml"))}


def main() -> None:
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    dice = random.Random(7)
    torn = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scans").mkdir()
        for found in list_scans([Path(sys.argv[1])], Path("none")):
            shutil.copyfile(found.scan, folder / "scans" / found.scan.name)
        begun = time.monotonic()
        clean_code = start(folder / "scans", folder / "clean").wait()
        whole_s = time.monotonic() - begun
        clean = records(folder / "clean")
        out = folder / "out"
        codes = []
        for number in range(kills):
            if number % 5 == 0:  # from the beginning again, else everything is soon done
                shutil.rmtree(out, ignore_errors=True)
            run = start(folder / "scans", out)
            time.sleep(dice.uniform(0.2, whole_s))
            run.send_signal(signal.SIGKILL)
            run.wait()
            for record in records(out).values():
                try:
                    etree.fromstring(record)
                except etree.XMLSyntaxError:
                    torn += 1
        for _ in range(20):  # workers of the run killed last may still be ending
            code = start(folder / "scans", out).wait()
            codes.append(code)
            if code == clean_code:
                break
        same = records(out) == clean
        left = sum(1 for _ in out.rglob(".tetradi-part-*"))
    print(f"{kills} kills over runs of {whole_s:.1f} s, {len(clean)} pages each")
    print(f"torn files seen: {torn}; parts left over at the end: {left}; same bytes at the end: {same}")
    print(json.dumps({"kills": kills, "same": same, "torn": torn, "left_over": left, "last_exit": codes[-1]}))


if __name__ == "__main__":
    main()
