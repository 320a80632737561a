"""How well lines of clerks are read whom no setting was chosen by.

`python bench/clerks.py FOLDER [--model FILE]`: FOLDER holds pictures of lines, SHEET_NUMBER.jpg, cut out with
black around. bench/clerks.tsv has the text of 42 of them, of eight sheets by as many clerks, read by eye. The
lines of a sheet are read together; forty at most are, the transcribed ones first. Strict profile.
"""

import argparse
import json
import sys
from collections import defaultdict
from itertools import chain, islice
from pathlib import Path

from ocr.engines.cursive import CursiveSettings, open_engine
from ocr.evaluate.rates import Score, score
from ocr.text import STRICT
from ocr.train.unread import UnreadLine, unread_lines

TABLE = Path(__file__).with_suffix(".tsv")
MOST = 40


def sheets_of(folder: Path, most: int) -> dict[str, list[tuple[UnreadLine, str | None]]]:
    """By sheet its lines, as many at most, those first that have a text."""
    truths = dict(row.split("\t") for row in TABLE.read_text("utf-8").splitlines())
    sheets = {name.split("_")[0] for name in truths}
    known: dict[str, list[UnreadLine]] = defaultdict(list)
    others: dict[str, list[UnreadLine]] = defaultdict(list)
    for line in unread_lines(folder, on_refused=lambda error: print(error, file=sys.stderr)):
        name = Path(line.ident).stem
        sheet = name.split("_")[0]
        if sheet in sheets:
            (known if name in truths else others)[sheet].append(line)
    return {
        sheet: [
            (line, truths.get(Path(line.ident).stem))
            for line in islice(chain(known[sheet], others[sheet]), most)
        ]
        for sheet in sorted(sheets, key=int)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path)
    asked = parser.parse_args()
    engine = open_engine(CursiveSettings(model=str(asked.model or "")))
    alone, read = Score(STRICT.name), Score(STRICT.name)
    rates: dict[str, float | None] = {}
    for sheet, lines in sheets_of(asked.folder, MOST).items():
        looks = [engine.model.look_at(line.strip) for line, _ in lines]
        own = Score(STRICT.name)
        for (_, truth), look, found in zip(lines, looks, engine.reads(looks), strict=True):
            if truth is not None:
                alone += score(truth, engine.decoder.rough(look.scores), STRICT)
                own += score(truth, found.text.strip(), STRICT)
        rates[sheet] = None if own.cer is None else round(own.cer, 3)
        read += own
        print(f"{sheet:>5} {own.letters.truth:5} letters {own.cer or 0:7.3f}")
    print(json.dumps({"letters": read.letters.truth, "alone": alone.cer, "cer": read.cer, "sheets": rates}))


if __name__ == "__main__":
    main()
