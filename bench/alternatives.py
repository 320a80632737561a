"""Of the words read wrong, how many have the right one among their alternatives.

`python bench/alternatives.py LINES.tsv`: rows `picture<TAB>text`, as bench/reader.py takes them. A word of
the reading stands for the words of the truth that its letters are aligned to; it is right when both are the
same.
Sums are checked everywhere: a word and its alternatives together at most 1, the word the likeliest.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

from ocr.arrays import GreyImage
from ocr.engines.cursive import CursiveSettings, open_engine
from ocr.train.calibrate import facing
from ocr.train.hands import table_lines

MOST = (1, 3, 5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--model", type=Path)
    asked = parser.parse_args()
    engine = open_engine(CursiveSettings(model=str(asked.model or "")))
    hands: dict[str, list[tuple[str, GreyImage]]] = defaultdict(list)
    for line in table_lines(asked.lines):
        hands[line.hand].append((line.text, line.grey))
    words = wrong = with_any = off = 0
    hits = dict.fromkeys(MOST, 0)
    for rows in hands.values():
        writings = engine.decoded([engine.model.look(grey) for _, grey in rows])
        for (truth, _), writing in zip(rows, writings, strict=True):
            for word in writing.words:
                words += 1
                shares = [rival.confidence for rival in word.rivals]
                off += (
                    sum(shares) + word.confidence > 1.0001
                    or max(shares, default=0.0) > word.confidence + 1e-4
                )
                right = facing(writing.text, truth, word.start, word.end)
                if writing.text[word.start : word.end] == right:
                    continue
                wrong += 1
                with_any += bool(word.rivals)
                for most in MOST:
                    hits[most] += right in [rival.text for rival in word.rivals[:most]]
    print(f"{words} words, {wrong} wrong, {with_any} of these with alternatives; sums that are off: {off}")
    shares_of = {most: round(count / max(wrong, 1), 3) for most, count in hits.items()}
    for most, share in shares_of.items():
        print(f"right word among the first {most}: {share:.1%}")
    print(json.dumps({"words": words, "wrong": wrong, "within": shares_of, "off": off}))


if __name__ == "__main__":
    main()
