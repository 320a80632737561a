"""What reading lines by our own recogniser costs, part by part: `python bench/pages_cost.py LINES.tsv`.

Rows `picture<TAB>text`, as bench/reader.py takes them; the lines of a hand are read as a leaf. Each hand in a
new process with one thread, once: nothing is warm but the net, which reads one line before. CPU milliseconds
a line of the net and of each part of decoding, the peak of memory, and the CPU seconds that 25 lines take.
Last line: {"ms_per_line": {"PART": ms}, "decoding_ms": all but the net, "lines25_s", "peak_mb"}.
"""

import argparse
import gc
import json
import multiprocessing
import os
import resource
import time
from collections import Counter, defaultdict
from pathlib import Path

from ocr.arrays import GreyImage
from ocr.train.hands import table_lines

LINES = 25


def cost(lines: list[GreyImage]) -> tuple[dict[str, float], float]:
    """CPU seconds of each part, and the peak in megabytes."""
    from ocr.engines.cursive import CursiveSettings, open_engine
    from ocr.engines.lattice import LatticeSettings, rescore
    from ocr.engines.leaf_adaptation import LeafStrip, adapt_to_leaf

    engine = open_engine(CursiveSettings())
    decoder, alphabet, vocabulary = engine.decoder, engine.model.alphabet, engine.vocabulary
    assert vocabulary is not None
    engine.model.look(lines[0])
    gc.freeze()  # as a worker of a batch does
    spent: dict[str, float] = {}
    begun = time.process_time()

    def done(part: str) -> None:
        nonlocal begun
        now = time.process_time()
        spent[part], begun = now - begun, now

    looks = [engine.model.look(line) for line in lines]
    done("net")
    scores = [look.scores for look in looks]
    spelling = engine.spelling(scores)
    assert spelling is not None
    first = decoder.agreed(scores, spelling)
    done("first reading")
    features = [look.features for look in looks if look.features is not None]
    scores = adapt_to_leaf(list(map(LeafStrip, scores, features, first))) or scores
    done("hand learnt")
    stretches = decoder.stretches(scores, first, spelling)
    done("stretches")
    words = rescore(stretches, alphabet, vocabulary, LatticeSettings())
    done("words")
    reads = decoder.chosen(scores, spelling, words)
    for read, look in zip(reads, looks, strict=True):
        decoder.writing(read, look.frame)
    done("trust")
    return spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(table: str) -> None:
    hands = defaultdict[str, list[GreyImage]](list)
    for line in table_lines(Path(table)):
        hands[line.hand].append(line.grey)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as a worker of a batch has
    total, count, peak = Counter[str](), 0, 0.0
    for hand, lines in hands.items():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            spent, own_peak = pool.apply(cost, (lines,))
        total.update(spent)
        count, peak = count + len(lines), max(peak, own_peak)
        print(
            f"{hand:24} {len(lines):4} lines"
            + "".join(f"  {p} {s * 1e3 / len(lines):.1f}" for p, s in spent.items())
        )
    by_part = {part: round(seconds * 1e3 / count, 2) for part, seconds in total.items()}
    result = {
        "ms_per_line": by_part,
        "decoding_ms": round(sum(by_part.values()) - by_part["net"], 2),
        "lines25_s": round(sum(total.values()) / count * LINES, 3),
        "peak_mb": round(peak),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", metavar="LINES.tsv")
    asked = parser.parse_args()
    main(asked.lines)
