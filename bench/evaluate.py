"""Accuracy of the evaluator on pairs with a published rate, its speed, and whether its bounds hold.

    python bench/evaluate.py [DATA...] [--pages N] [--coverage N]

DATA: folders that hold true_dir and pred_dir (or truth and found), plain text or TEI, paired by name.
Always measured: 100,000 random letters with one error in ten, CPU seconds, median of five runs.
--pages N: that many random pages of 25 lines, one letter in ten wrong, under three profiles with intervals of
CER and WER; CPU and wall seconds, peak resident memory of a process of its own.
--coverage N: of N simulated notebooks for each number of pages and each spread between pages, how many
intervals hold the true rate (0.95 is aimed at). Last line: one JSON object.
"""

import argparse
import json
import multiprocessing
import random
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ocr.evaluate.bootstrap import interval
from ocr.evaluate.rates import compare, score
from ocr.evaluate.scores import Report, evaluate
from ocr.evaluate.wording import percent
from ocr.text import STRICT, graphemes

LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя      ,."
LENGTH, ERROR_SHARE, RUNS, SEED = 100_000, 0.1, 5, 1932
LINES, LINE_LENGTH = 25, 45
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


def bounds(report: Report) -> list[Any]:
    return [
        interval([[(one.errors, one.truth) for one in page] for page in pages])
        for pages in ([p.blocks[0] for p in report.pages], [p.word_blocks[0] for p in report.pages])
    ]


def scored(folder: str, sender: Any) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    report = evaluate(Path(folder) / "truth", Path(folder) / "found")
    scored_s = time.process_time() - cpu
    cer, wer = bounds(report)
    sender.send(
        {
            "pages": len(report.pages),
            "lines": cer.lines,
            "score_cpu_s": scored_s,
            "bootstrap_cpu_s": time.process_time() - cpu - scored_s,
            "wall_s": time.perf_counter() - wall,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "cer": [cer.low, cer.rate, cer.high],
            "wer": [wer.low, wer.rate, wer.high],
        }
    )


def many(pages: int) -> dict[str, Any]:
    dice = random.Random(SEED)
    with tempfile.TemporaryDirectory() as name:
        for side in SIDES[1]:
            (Path(name) / side).mkdir()
        for page in range(pages):
            lines = ["".join(dice.choices(LETTERS, k=LINE_LENGTH)) for _ in range(LINES)]
            read = [with_errors(line, dice) for line in lines]
            for side, text in zip(SIDES[1], (lines, read), strict=True):
                (Path(name) / side / f"{page}.txt").write_text("\n".join(text), "utf-8")
        process = multiprocessing.get_context("spawn")
        receiver, sender = process.Pipe(duplex=False)
        work = process.Process(target=scored, args=(name, sender))
        work.start()
        measured: dict[str, Any] = receiver.recv()
        work.join()
    print(f"\n{measured['pages']} pages, {measured['lines']} lines, three profiles, seed {SEED}")
    print(f"  scored                        {measured['score_cpu_s']:.1f} s CPU")
    print(f"  bounds of CER and WER         {measured['bootstrap_cpu_s']:.1f} s CPU")
    print(f"  both                          {measured['wall_s']:.1f} s, at most {measured['peak_mb']} MB")
    return measured


def coverage(notebooks: int) -> list[dict[str, Any]]:
    """Pages of 25 lines; pages differ by a factor of exp(normal(spread)), lines by a gamma of shape 3."""
    dice = np.random.default_rng(SEED)
    rows = []
    print(f"\nshare of {notebooks} intervals that hold the true rate, and their mean width (rate 0.1)")
    for spread in (0.0, 0.3, 0.8):
        for pages in (2, 3, 5, 10, 30):
            held, width = 0, 0.0
            for _ in range(notebooks):
                page_rates = 0.1 * np.exp(dice.normal(-spread * spread / 2, spread, (pages, 1)))
                truth = dice.integers(20, 60, (pages, LINES))
                errors = dice.poisson(page_rates * dice.gamma(3, 1 / 3, (pages, LINES)) * truth)
                both = zip(errors.tolist(), truth.tolist(), strict=True)
                found = interval([list(zip(*one, strict=True)) for one in both], draws=400)
                assert found is not None
                held += found.low <= 0.1 <= found.high
                width += found.high - found.low
            rows.append(
                {"spread": spread, "pages": pages, "held": held / notebooks, "width": width / notebooks}
            )
            print(f"  spread {spread}, {pages:3} pages: {held / notebooks:.3f}  {width / notebooks:.4f}")
    return rows


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
            f"  {micro.profile:8} {percent(micro.cer):>10} {percent(total.macro_cer):>10}"
            f" {f'{counts.errors}/{counts.truth}':>12} {percent(micro.wer):>10}"
            f" {percent(total.macro_wer):>10}"
        )
    totals = {
        t.micro.profile: {
            "cer": t.micro.cer,
            "macro_cer": t.macro_cer,
            "letters": asdict(t.micro.letters),
            "wer": t.micro.wer,
            "macro_wer": t.macro_wer,
            "words": asdict(t.micro.words),
        }
        for t in report.totals
    }
    return {"folder": folder.name, "totals": totals}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, nargs="*")
    parser.add_argument("--pages", type=int, default=0)
    parser.add_argument("--coverage", type=int, default=0)
    asked = parser.parse_args()
    measured: dict[str, Any] = {"speed": speed(), "data": [accuracy(folder) for folder in asked.data]}
    if asked.pages:
        measured["many"] = many(asked.pages)
    if asked.coverage:
        measured["coverage"] = coverage(asked.coverage)
    print(json.dumps(measured, ensure_ascii=False, allow_nan=False))


if __name__ == "__main__":
    main()
