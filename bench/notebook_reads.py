"""What `ocr transcribe --learn` gains and costs: `python bench/notebook_reads.py [FOLDER] [-j N]`.

FOLDER holds scans and, as far as there are any, their transcriptions (NAME.jpg, NAME.txt or NAME.1.txt ...);
each folder below it is a hand. With `--hands` each scan of FOLDER itself is a hand of its own. `--made N`: N
pages in one hand of fonts are drawn instead (those of `bench/notebook.py`, another seed). The pages are
read without learning, then with it, and both readings are held against the transcriptions (strict profile).
Times are of all processes together, memory is the most that one of them ever held. Last line: {"HAND": ...}.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from bench.notebook import SEED, SETTINGS
from ocr.evaluate.rates import Score
from ocr.evaluate.scores import EvaluateSettings, PageScore, evaluate
from ocr.files import write_whole
from ocr.scan.load import is_scan
from ocr.synth.notebook import notebook


def run(scans: Path, out: Path, jobs: int, *more: str) -> dict[str, float]:
    """One run; its times in seconds and its memory in MB."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "ocr", "transcribe", str(scans), "-o", str(out), "-j", str(jobs), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stderr.strip(), flush=True)
    if done.returncode not in {0, 14}:
        raise SystemExit(done.returncode)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_s": cpu, "wall_s": time.monotonic() - begin, "peak_mb": after.ru_maxrss / 1024}


def scored(truth: Path, out: Path, hand_of: dict[str, str]) -> dict[str, Score]:
    """The letters of each hand's pages that have a transcription."""
    total: dict[str, Score] = defaultdict(lambda: Score("strict"))
    pages: tuple[PageScore, ...] = evaluate(truth, out, EvaluateSettings(allow_missing=True)).pages
    for page in pages:
        total[hand_of[Path(page.name).name]] += page.scores[0]
    return total


def draw(folder: Path, pages: int) -> None:
    """So many pages of one notebook in one hand, with their transcriptions."""
    for made in notebook(pages, SEED + 1, replace(SETTINGS, scans_per_hand=pages, once=False)):
        write_whole(folder / f"{made.page.name}.jpg", made.jpeg)
        write_whole(folder / f"{made.page.name}.txt", made.text.encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("scans"))
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("-o", "--output", type=Path, help="Keep the records there.")
    parser.add_argument("--hands", action="store_true", help="Each scan of FOLDER is a hand of its own.")
    parser.add_argument("--made", type=int, metavar="N")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if asked.made:
            asked.folder = Path(name) / "drawn"
            draw(asked.folder / "one", asked.made)
        scans, out = asked.folder.resolve(), (asked.output or Path(name) / "out").resolve()
        if asked.hands:
            for scan in filter(is_scan, sorted(scans.iterdir())):
                place = Path(name) / "scans" / scan.stem
                place.mkdir(parents=True)
                for file in (scan, *scans.glob(f"{scan.stem}*.txt")):
                    (place / file.name).symlink_to(file)
            scans = Path(name) / "scans"
        hand_of = {
            file.stem: file.parent.name for file in scans.rglob("*") if file.is_file() and is_scan(file)
        }
        truth = any(scans.rglob("*.txt"))
        first = run(scans, out, asked.jobs)
        before = scored(scans, out, hand_of) if truth else {}
        learnt = run(scans, out, asked.jobs, "--learn")
        after = scored(scans, out, hand_of) if truth else {}
        rows = [json.loads(row) for row in (out / "run.jsonl").read_text("utf-8").splitlines()]
    found: dict[str, dict[str, object]] = {}
    print(
        f"{'hand':20} {'pages':>5} {'lines':>5} {'before':>7} {'after':>7} {'expected':>15} {'learnt in':>9}"
    )
    for row in (row for row in rows if "hand" in row):
        rates = [None if row["hand"] not in side else side[row["hand"]].cer for side in (before, after)]
        figures = {"before": rates[0], "after": rates[1]} | {
            key: row[key]
            for key in ("outcome", "pages", "lines", "expected_cer_before", "expected_cer", "seconds")
        }
        found[row["hand"]] = {
            key: round(value, 4) if isinstance(value, float) else value for key, value in figures.items()
        }
        told = [
            "–" if rate is None else f"{rate:.2%}"
            for rate in (*rates, row["expected_cer_before"], row["expected_cer"])
        ]
        print(
            f"{row['hand']:20} {row['pages']:5} {row['lines'] or 0:5} {told[0]:>7} {told[1]:>7} "
            f"{told[2]:>7} {told[3]:>7} {row['seconds']:7.0f} s   {row['outcome']}: {row['reason']}"
        )
    cost = {
        side: {key: round(value) for key, value in spent.items()}
        for side, spent in (("read", first), ("learn and read again", learnt))
    }
    print(cost)
    print(json.dumps(found | {"cost": cost}, ensure_ascii=False))


if __name__ == "__main__":
    main()
