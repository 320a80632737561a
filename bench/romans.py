"""How many Roman numerals are read right, with the language model and by the net alone.

`python bench/romans.py FONTS [--model FILE] [--lines N]`: lines made for it, each with a phrase that
holds numerals: half in hands of strokes, half in the faces of the folder FONTS, by turns in new and old
spelling, ten lines of a kind together as a leaf. A numeral counts when it stands in the reading as it is.
`--seed` draws others.
"""

import argparse
import json
from collections import Counter
from itertools import islice
from pathlib import Path

import regex

from ocr.engines.cursive import CursiveSettings, open_engine
from ocr.synth import Source
from ocr.synth.fonts import FontLines, open_faces
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import PROSE, Texts, read_text

LEAF, LONGEST = 10, 40
_NUMERAL = regex.compile(r"(?<!\p{L})[IVXLC]+(?!\p{L})")


def numerals(text: str) -> Counter[str]:
    return Counter(_NUMERAL.findall(text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fonts", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--lines", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1812)
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    engine = open_engine(CursiveSettings(model=str(asked.model or "")))
    faces = open_faces(asked.fonts)
    written = right = alone = 0
    for number in range(-(-asked.lines // LEAF)):
        texts = Texts([read_text(PROSE)], old=float(number % 2), romans=1.0)
        source: Source = FontLines(faces, texts) if number % 4 < 2 else StrokeLines(texts, stays=LEAF)
        made = source.strips(asked.seed + number, LONGEST)
        leaf = list(islice((line for line in made if numerals(line[1])), LEAF))
        looks = [engine.model.look(grey) for grey, _ in leaf]
        for (_, truth), look, read in zip(leaf, looks, engine.reads(looks), strict=True):
            wanted = numerals(truth)
            written += wanted.total()
            right += (wanted & numerals(read.text)).total()
            alone += (wanted & numerals(engine.decoder.rough(look.scores))).total()
            if asked.show and wanted - numerals(read.text):
                print(f"{truth}\n    {read.text}\n    {engine.decoder.rough(look.scores)}")
    print(f"{written} numerals: {right} right, {alone} by the net alone")
    print(json.dumps({"numerals": written, "right": right, "alone": alone}))


if __name__ == "__main__":
    main()
