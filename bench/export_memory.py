"""Memory and time of exports: `python bench/export_memory.py RECORD [--pages 200,2000] [--to txt,tei,...]`.

Notebooks are made of copies of one record, with --scan PICTURE beside them as the scan that it names. Each
format is written by a process of its own; printed are CPU milliseconds a page and the most memory the process
held (MB) for each size. With --kill the largest run is killed (SIGKILL) after a third of its time and run
again: the answer must have the bytes of a run that nobody killed, and no half-written file may have the name
of a whole one.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path


def command(records: Path, out: Path, to: str) -> list[str]:
    return [sys.executable, "-m", "ocr", "export", str(records), "--to", to, "-o", str(out)]


def run(records: Path, out: Path, to: str, kill_after_s: float | None = None) -> tuple[float, float, int]:
    """CPU seconds, peak MB, exit code (negative: the signal)."""
    child = subprocess.Popen(command(records, out, to), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child.pid, signal.SIGKILL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, child.returncode


def digest(out: Path) -> str:
    files = sorted(path for path in out.rglob("*") if path.is_file() and ".tetradi" not in str(path))
    return sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("record", type=Path)
    parser.add_argument("--pages", default="200,2000")
    parser.add_argument("--to", default="txt,md,tei,docx,page,alto,hocr,csv,iiif")
    parser.add_argument("--scan", type=Path)
    parser.add_argument("--kill", action="store_true")
    asked = parser.parse_args()
    rows: dict[str, dict[str, float | bool]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder, content = Path(name), asked.record.read_bytes()
        for to in asked.to.split(","):
            rows[to] = {}
            for pages in map(int, asked.pages.split(",")):
                records = folder / f"{pages}" / "book"
                records.mkdir(parents=True, exist_ok=True)
                for number in range(pages):
                    (records / f"page-{number:05}.xml").write_bytes(content)
                if asked.scan is not None:
                    shutil.copy(asked.scan, records / asked.scan.name)
                begun = time.monotonic()
                cpu_s, peak_mb, code = run(records, folder / f"{to}-{pages}", to)
                wall_s = time.monotonic() - begun
                rows[to] |= {f"ms_{pages}": 1000 * cpu_s / pages, f"mb_{pages}": peak_mb, "code": code}
            print(to, {key: round(value, 1) for key, value in rows[to].items()}, flush=True)
            if asked.kill:
                again = folder / f"{to}-killed"
                *_, killed = run(records, again, to, wall_s / 3)
                run(records, again, to)
                same = killed == -signal.SIGKILL and digest(again) == digest(folder / f"{to}-{pages}")
                rows[to]["same_after_kill"] = same
                print(f"{to}: killed ({killed}) and run again, the same bytes: {same}", flush=True)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
