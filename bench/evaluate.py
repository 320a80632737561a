"""Accuracy of the evaluator on pairs with a published rate, and its speed on 100,000 letters.

    python bench/evaluate.py [DATA...]

DATA: folders that hold true_dir and pred_dir (or truth and found), plain text or TEI, paired by name.
The speed is measured always, on random letters with one error in ten: CPU seconds, median of five runs.
"""

import json
import random
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from ocr.evaluate.findings import find
from ocr.evaluate.rates import compare, score
from ocr.evaluate.report import evaluate, shown
from ocr.evaluate.told import told
from ocr.text import STRICT, graphemes

LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя      ,."
LENGTH, ERROR_SHARE, RUNS, SEED = 100_000, 0.1, 5, 1932
SIDES = (("true_dir", "pred_dir"), ("truth", "found"))


def with_errors(text: str, dice: random.Random) -> str:
    out = []
    for letter in text:
        fate = dice.random() / ERROR_SHARE
        if fate < 1 / 3:
            continue
        out.append(dice.choice(LETTERS) if fate < 2 / 3 else letter)
        if 2 / 3 <= fate < 1:
            out.append(dice.choice(LETTERS))
    return "".join(out)


def cpu_s(work: Any) -> float:
    def once() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return statistics.median(once() for _ in range(RUNS))


def speed() -> dict[str, Any]:
    dice = random.Random(SEED)
    truth = "".join(dice.choice(LETTERS) for _ in range(LENGTH))
    found = with_errors(truth, dice)
    counts = compare(graphemes(truth), graphemes(found))
    measured = {
        "letters": LENGTH,
        "errors": counts.errors,
        "align_letters_cpu_s": cpu_s(lambda: compare(graphemes(truth), graphemes(found))),
        "score_strict_cpu_s": cpu_s(lambda: score(truth, found, STRICT)),
    }
    print(f"{LENGTH} letters, {counts.errors} errors, median of {RUNS} runs, seed {SEED}")
    print(f"  letters aligned and counted   {measured['align_letters_cpu_s']:.3f} s CPU")
    print(f"  strict profile, CER and WER   {measured['score_strict_cpu_s']:.3f} s CPU")
    return measured


def accuracy(folder: Path) -> dict[str, Any]:
    for truth, found in SIDES:
        if (folder / truth).is_dir() and (folder / found).is_dir():
            report = evaluate(folder / truth, folder / found)
            break
    else:
        sys.exit(f"{folder} holds neither {' nor '.join('/'.join(pair) for pair in SIDES)}.")
    print(f"\n{folder}: {len(report.pages)} pages")
    print(f"  {'profile':8} {'CER micro':>10} {'macro':>10} {'errors':>12} {'WER micro':>10} {'macro':>10}")
    for total in report.totals:
        micro, counts = total.micro, total.micro.letters
        print(
            f"  {micro.profile:8} {shown(micro.cer):>10} {shown(total.macro_cer):>10}"
            f" {f'{counts.errors}/{counts.truth}':>12} {shown(micro.wer):>10} {shown(total.macro_wer):>10}"
        )
    return {"folder": folder.name, "totals": told(report, find(report), {})["totals"]}


def main() -> None:
    measured = {"speed": speed(), "data": [accuracy(Path(name)) for name in sys.argv[1:]]}
    print(json.dumps(measured, ensure_ascii=False, allow_nan=False))


if __name__ == "__main__":
    main()
