"""Tables on drawn pages: `python bench/tables.py N [--first SEED] [--show]`.

Draws N pages for each way of ruling a table (tests/tables.py) and N of each sort that looks like one, finds
their lines, and compares cells word by word. A cell is right when it holds the words of a true one and no
other, in the same row and column beside the other cells. Columns without rules are told by their words: these
are given as drawn, not read. Last line: {"cells": {"found", "right", "true", "precision", "recall"}, "words":
{"lost", "all"}, "false_tables", "pages", ...}, and the same by way of ruling.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.lines.tables import compared, found_on
from tests.tables import Other, Rules, TablePage, other_page, table_page


def main() -> None:
    """Prints a table, then one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="name the pages that are not right")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.count)
    total, by_sort = Counter[str](), dict[str, dict[str, Any]]()
    print(f"{'sort':40} pages cells found right true  P      R    lost words")
    for sort in (*Rules, *Other):
        counts = Counter[str]()
        for seed in seeds:
            page: TablePage = table_page(seed, sort) if isinstance(sort, Rules) else other_page(seed, sort)
            result = compared(page, found_on(page))
            if options.show and (result["right"] < max(result["true"], result["found"]) or result["lost"]):
                print("  ", sort.value, seed, dict(result))
            counts.update(result)
            counts["pages"] += 1
            counts["false_tables"] += isinstance(sort, Other) and result["found"] > 0
        total.update(counts)
        by_sort[sort.value] = _as_json(counts)
        share = by_sort[sort.value]["cells"]
        print(
            f"{sort.value:40} {counts['pages']:5} {counts['found']:9} {counts['right']:5} {counts['true']:4} "
            f"{_spelt(share['precision'])} {_spelt(share['recall'])} {counts['lost']:6} of {counts['words']}"
        )
    print(json.dumps({**_as_json(total), "by_sort": by_sort}))


def _as_json(counts: Counter[str]) -> dict[str, Any]:
    cells = {name: counts[name] for name in ("found", "right", "true")}
    return {
        "cells": {
            **cells,
            "precision": counts["right"] / counts["found"] if counts["found"] else None,
            "recall": counts["right"] / counts["true"] if counts["true"] else None,
        },
        "words": {"lost": counts["lost"], "twice": counts["twice"], "all": counts["words"]},
        "false_tables": counts["false_tables"],
        "pages": counts["pages"],
    }


def _spelt(share: float | None) -> str:
    return "   –  " if share is None else f"{share:6.3f}"


if __name__ == "__main__":
    main()
