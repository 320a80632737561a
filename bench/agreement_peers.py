"""What jiwer and dinglehopper count; run by bench/agreement.py in an environment that has them.

stdin: JSON, a list of [truth, found]. stdout: JSON, per pair and program (errors, units of truth), and for
jiwer the kinds too; null where the program gives no finite rate or fails.
"""

import json
import logging
import math
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import jiwer  # type: ignore[import-not-found]
from dinglehopper import character_error_rate_n, word_error_rate_n  # type: ignore[import-not-found]


def by_jiwer(process: Callable[..., Any], truth: str, found: str) -> list[int] | None:
    try:
        told = process(truth, found)
    except ValueError:
        return None
    kinds = [told.hits, told.substitutions, told.insertions, told.deletions]
    return [sum(kinds[1:]), told.hits + told.substitutions + told.deletions, *kinds]


def by_dinglehopper(rate: Callable[..., tuple[float, int]], truth: str, found: str) -> list[int] | None:
    told, units = rate(truth, found)
    return [round(told * units), units] if math.isfinite(told) else None


def main() -> None:
    logging.disable()
    rows = [
        {
            "jiwer_letters": by_jiwer(jiwer.process_characters, truth, found),
            "jiwer_words": by_jiwer(jiwer.process_words, truth, found),
            "dinglehopper_letters": by_dinglehopper(character_error_rate_n, truth, found),
            "dinglehopper_words": by_dinglehopper(word_error_rate_n, truth, found),
        }
        for truth, found in json.load(sys.stdin)
    ]
    names = ("jiwer", "dinglehopper", "uniseg", "multimethod", "rapidfuzz")
    json.dump({"versions": {name: version(name) for name in names}, "rows": rows}, sys.stdout)


if __name__ == "__main__":
    main()
