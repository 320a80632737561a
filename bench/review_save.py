"""How long a save takes: python bench/review_save.py RECORD.xml [SAVES].

SAVES (200) corrections of one word each, on the record given, from the request at the journal to the file
on disk: the page read, the change made, journal and file written with fsync. Half of them with the page known
from showing it (as the desk has it), half with the page parsed anew. Prints percentiles in ms, wall clock and
CPU. Last line: {"words", "kilobytes", "known_p50_ms", "known_p95_ms", "anew_p50_ms", ..., "load"}.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from ocr.corrections.changes import CorrectLine
from ocr.corrections.spans import Document, document
from ocr.corrections.tokens import line_name, line_tokens
from ocr.files import sha256_of
from ocr.review.journal import Journal


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("record", type=Path, metavar="RECORD.xml")
    parser.add_argument("saves", nargs="?", type=int, default=200)
    asked = parser.parse_args()
    saves = asked.saves
    took: list[tuple[float, float]] = []
    cold: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory(dir=".") as folder:
        page = Path(folder) / "page.xml"
        shutil.copyfile(asked.record, page)
        size = page.stat().st_size
        journal = Journal(page)
        words = sum(
            len(line_tokens(doc, lb).tokens) for doc in [Document(page.read_bytes())] for lb in doc.lines
        )
        for number in range(saves):
            held = journal.current()
            doc = document(held.content)  # as after showing the page
            rows = [row for lb in doc.lines if (row := line_tokens(doc, lb)).places]
            row = rows[number % len(rows)]
            tokens = list(row.tokens)
            at = number // len(rows) % len(tokens)
            tokens[at] = replace(tokens[at], text=f"слово{number}", gap=None)
            change = CorrectLine(line_name(doc, row.lb), tuple(tokens))
            if number % 2:
                document.cache_clear()
            begun, used = time.perf_counter(), time.process_time()
            saved = journal.save({sha256_of(held.content)}, [change], "Рецензент", "2026-11-22")
            assert saved is not None
            spent = (time.perf_counter() - begun, time.process_time() - used)
            (cold if number % 2 else took).append(spent)
    load = os.getloadavg()[0]
    print(f"{words} words, {size / 1000:.0f} kB, {saves} saves; load of the machine {load:.1f}")
    figures: dict[str, float] = {"words": words, "kilobytes": round(size / 1000)}
    for name, times in (("known", took), ("anew", cold)):
        wall, cpu = ([1000 * one[which] for one in times] for which in (0, 1))
        found = {"p50_ms": _part(wall, 0.5), "p95_ms": _part(wall, 0.95), "cpu_p50_ms": _part(cpu, 0.5)}
        print(f"page {name:>5}: " + ", ".join(f"{what} {value:6.1f}" for what, value in found.items()))
        figures |= {f"{name}_{what}": round(value, 1) for what, value in found.items()}
    print(json.dumps(figures | {"load": round(load, 1)}))


def _part(times: list[float], share: float) -> float:
    return sorted(times)[min(int(share * len(times)), len(times) - 1)]


if __name__ == "__main__":
    main()
