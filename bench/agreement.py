"""Counts of the evaluator beside those of jiwer and dinglehopper, to the last one.

    python bench/agreement.py [DATA...] [--env DIR]

DATA: folders that hold true_dir and pred_dir with text files of the same names. Always compared: 500 random
pairs on which the definitions agree, and 100 pairs each of texts on which they do not, to show where and how
often (docs/evaluator.md says why). Each program is held against our counts with its own units: jiwer against
code points and words between spaces, dinglehopper against graphemes and words by UAX 29.
--env: where the peers' environment is kept (bench/agreement.txt says what is in it); without it one is made
for this run and thrown away. Last line: one JSON object; exit code 1 when a count differs that must not.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import unicodedata
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ocr.evaluate.rates import EditCounts, Letters, Words, score
from ocr.text import STRICT

SEED, RANDOM, AWKWARD = 1932, 500, 100
HERE = Path(__file__).parent
ALPHABET = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяѣіѳѵАВЕКМНОРСТ"
MARKS = [",", ".", "-", "!", "?", ";", ":", "(", ")", "«", "»", "—", "№", "§", "1932"]
Pairs = list[tuple[str, str]]


def sentence(dice: random.Random) -> str:
    words = ["".join(dice.choices(ALPHABET, k=dice.randint(1, 9))) for _ in range(dice.randint(3, 30))]
    return " ".join(w + dice.choice(MARKS) if dice.random() < 0.2 else w for w in words)


def misread(text: str, dice: random.Random) -> str:
    out = []
    for letter in text:
        fate = dice.random()
        if fate < 0.04:
            continue
        out.append(dice.choice(ALPHABET + " ") if fate < 0.08 else letter)
        if fate > 0.97:
            out.append(dice.choice(ALPHABET + " "))
    return " ".join("".join(out).split())


def pairs(count: int, dice: random.Random, change: Callable[[str], str] = str) -> Pairs:
    made = [(truth, misread(truth, dice)) for truth in (sentence(dice) for _ in range(count))]
    return [(change(truth), found) for truth, found in made]


def awkward(dice: random.Random) -> dict[str, Pairs]:
    return {
        "lines": pairs(AWKWARD, dice, lambda text: text.replace(" ", "\n", 2)),
        "double spaces": pairs(AWKWARD, dice, lambda text: text.replace(" ", "  ", 2)),
        "й and ё of two characters": pairs(
            AWKWARD, dice, lambda text: unicodedata.normalize("NFD", text + " йё")
        ),
        "stressed letters": pairs(AWKWARD, dice, lambda text: text.replace("а", "а\u0301")),
        "apostrophe within a word": pairs(AWKWARD, dice, lambda text: text + " об'явление т.т"),
        "private use letters": pairs(AWKWARD, dice, lambda text: text + " \ue8bf\ue8bf"),
        "empty truth": [("", sentence(dice)) for _ in range(AWKWARD)],
        "both empty": [("", "")] * AWKWARD,
    }


def folder(path: Path) -> Pairs:
    truths = sorted((path / "true_dir").glob("*.txt"))
    if not truths:
        sys.exit(f"{path} holds no true_dir with text files.")
    return [
        (truth.read_text("utf-8").strip(), (path / "pred_dir" / truth.name).read_text("utf-8").strip())
        for truth in truths
    ]


def ours(truth: str, found: str) -> dict[str, EditCounts]:
    jiwer = score(truth, found, STRICT, Letters.CODEPOINTS, Words.SPACE)
    dinglehopper = score(truth, found, STRICT, Letters.GRAPHEMES, Words.UAX29)
    return {
        "jiwer_letters": jiwer.letters,
        "jiwer_words": jiwer.words,
        "dinglehopper_letters": dinglehopper.letters,
        "dinglehopper_words": dinglehopper.words,
    }


def peers(python: Path, asked: Pairs) -> dict[str, Any]:
    run = subprocess.run(
        [python, HERE / "agreement_peers.py"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        sys.exit(f"The peers failed:\n{run.stderr}")
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def environment(place: Path) -> Path:
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        wanted = ["-r", str(HERE / "agreement.txt")]
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *wanted], check=True, stderr=subprocess.DEVNULL
        )
    return python


def differing(told: list[dict[str, Any]], held: Pairs) -> dict[str, Any]:
    """Per program and unit: pairs with another count, pairs without one, errors on both sides."""
    counted: dict[str, Any] = {}
    for name in ("jiwer_letters", "jiwer_words", "dinglehopper_letters", "dinglehopper_words"):
        rows = [(row[name], ours(*pair)[name]) for row, pair in zip(told, held, strict=True)]
        with_rate = [(theirs, own) for theirs, own in rows if theirs is not None]
        counted[name] = {
            "differ": sum([own.errors, own.truth] != theirs[:2] for theirs, own in with_rate),
            "no_rate": len(rows) - len(with_rate),
            "their_errors": sum(theirs[0] for theirs, _ in with_rate),
            "our_errors": sum(own.errors for _, own in with_rate),
        }
        if name.startswith("jiwer"):
            counted[name]["other_kinds"] = sum(
                [own.hits, own.substitutions, own.insertions, own.deletions] != theirs[2:]
                for theirs, own in with_rate
            )
    return counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, nargs="*")
    parser.add_argument("--env", type=Path)
    asked = parser.parse_args()
    dice = random.Random(SEED)
    sets = {f"{path.name}": folder(path) for path in asked.data} | {"random": pairs(RANDOM, dice)}
    agreeing = set(sets)
    sets |= awkward(dice)
    with tempfile.TemporaryDirectory() as name:
        told = peers(environment(asked.env or Path(name)), [pair for held in sets.values() for pair in held])
    print(", ".join(f"{name} {version}" for name, version in told["versions"].items()))
    print(f"seed {SEED}; pairs whose count differs from ours, and errors theirs/ours\n")
    heads = ("jiwer letters", "jiwer words", "dingleh. letters", "dingleh. words")
    print(f"{'':28}{'pairs':>6}" + "".join(f"{head:>20}" for head in heads))
    results, start = {}, 0
    for label, held in sets.items():
        results[label] = {"pairs": len(held), **differing(told["rows"][start : start + len(held)], held)}
        start += len(held)
        cells = [one for one in results[label].values() if isinstance(one, dict)]
        shown = [
            f"{one['differ']}: {one['their_errors']}/{one['our_errors']}"
            + (f" ({one['no_rate']} –)" if one["no_rate"] else "")
            for one in cells
        ]
        print(f"{label:28}{len(held):>6}" + "".join(f"{cell:>20}" for cell in shown))
    wrong = sum(
        one["differ"] + one["no_rate"]
        for label in agreeing
        for one in results[label].values()
        if isinstance(one, dict)
    )
    print(json.dumps({"versions": told["versions"], "seed": SEED, "wrong": wrong, "sets": results}))
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
