"""Which writing teaches most: one start, one number of steps, three sources, scored on real lines.

`python bench/nearness.py FOLDER LINES.tsv --fonts DIR --texts FILE... [--steps 2000] [--start FILE]` trains
in FOLDER/fonts, FOLDER/strokes and FOLDER/both (resumable: what is there goes on), each with the same
seed and batches of the same size. LINES.tsv is `picture<TAB>text`; it is never trained on.
Needs the train extra.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

SHARES = {"fonts": 0.0, "strokes": 1.0, "both": 0.5}


def trained(folder: Path, share: float, asked: argparse.Namespace) -> dict[str, object]:
    """The last score of a run with that share of strokes, all from the run's own log."""
    command = [
        sys.executable,
        "-m",
        "ocr.train.pretraining",
        folder,
        "--fonts",
        asked.fonts,
        "--texts",
        *asked.texts,
    ]
    command += ["--held", asked.lines, "--steps", str(asked.steps), "--strokes", str(share)]
    if asked.start:
        command += ["--start", asked.start]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    last = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    told: dict[str, object] = json.loads(last)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--texts", type=Path, nargs="+", required=True)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--start", type=Path)
    asked = parser.parse_args()
    print(f"{'source':8} {'steps':>6} {'samples':>8} {'CER':>7}")
    rates = {}
    for name, share in SHARES.items():
        folder = asked.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        told = trained(folder, share, asked)
        rates[name] = told["cer"]
        print(f"{name:8} {told['step']:6} {told['samples']:8} {told['cer']:7.4f}")
    print(json.dumps({"steps": asked.steps, "cer": rates}))


if __name__ == "__main__":
    main()
