"""Does a hand learnt from aligned text alone read as well as one learnt from corrected lines?

    python bench/aligned_hand.py SPREAD.jpg [--learn 1] [--test 2] [--seconds 200]

SPREAD has leaves whose transcriptions lie beside it as SPREAD.1.txt, SPREAD.2.txt, a row for each line. One
leaf is learnt twice, from what the program reads of the scan: its lines corrected as a person would, each
from its own row; and its transcription without line breaks and hyphens, laid on by `align`. The lines of the
other leaf are read by the model as shipped and by both. --seconds are of CPU, so that both learn equally long
on a busy machine. P of the swap test: how often chance alone parts two equal models so far.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocr.alignment.letters import HYPHENS
from ocr.alignment.run import align
from ocr.corrections.changes import AcceptLine, Change, CorrectLine, edit
from ocr.corrections.tokens import Token
from ocr.corrections.view import LineView, view
from ocr.door import read_image
from ocr.engines.cursive import SHIPPED, CursiveSettings, open_engine
from ocr.evaluate.bootstrap import swap_test
from ocr.evaluate.rates import Score, score
from ocr.recipe import Recipe
from ocr.tei.write import to_tei
from ocr.text import STRICT
from ocr.train import fine_tuning
from ocr.train.fine_tuning import FineTuneSettings, fine_tune
from ocr.train.hands import KnownLine, known_lines

LIKE = 0.6
"""A row less far than this from a line as read is its transcription."""


def rows_of(spread: Path, leaf: int) -> list[str]:
    text = spread.with_suffix(f".{leaf}.txt").read_text("utf-8")
    return [row for row in text.splitlines() if row.strip()]


def corrected(record: bytes, lines: Sequence[LineView], rows: Sequence[str]) -> bytes:
    """Each line as a person corrects it: by the row that is most like it."""
    changes: list[Change] = []
    for line in lines:
        read = " ".join(token.text for token in line.tokens)
        row = min(rows, key=lambda row: Levenshtein.normalized_distance(row, read))
        if Levenshtein.normalized_distance(row, read) < LIKE:
            tokens = tuple(Token(word) for word in row.split())
            changes += [CorrectLine(line.ident, tokens), AcceptLine(line.ident)]
    return edit(record, changes, "A person", "2026-01-01")


def running(rows: Sequence[str]) -> str:
    """The rows without their breaks."""
    text = ""
    for row in rows:
        is_broken = row[-1] in HYPHENS and row[-2:-1].isalpha()
        text += row.rstrip(HYPHENS) if is_broken else f"{row} "
    return text


def read_by(model: Path, lines: Sequence[KnownLine]) -> list[Score]:
    engine = open_engine(CursiveSettings(model=str(model)))
    read = engine.decoded([engine.model.look(line.grey) for line in lines])
    return [score(line.text, decoded.text, STRICT) for line, decoded in zip(lines, read, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("spread", type=Path)
    parser.add_argument("--learn", type=int, default=1)
    parser.add_argument("--test", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=200.0)
    asked = parser.parse_args()
    fine_tuning.time = SimpleNamespace(monotonic=time.process_time)  # type: ignore[assignment, attr-defined]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(asked.spread, folder)
        plain = to_tei(read_image(asked.spread))
        record = view(plain)
        surfaces = [surface.ident for surface in record.surfaces]

        def lines_of(leaf: int) -> list[LineView]:
            return [line for line in record.lines if line.surface == surfaces[leaf - 1]]

        def known(stem: str, content: bytes) -> list[KnownLine]:
            path = folder / f"{stem}.xml"
            path.write_bytes(content)
            return list(known_lines([path], folder, Recipe()))

        def aligned() -> bytes:
            path = folder / "read.xml"
            path.write_bytes(plain)
            (page,) = align(running(rows_of(asked.spread, asked.learn)), [path], "Edition", "2026-01-01")
            return page.content or plain

        def by_hand() -> bytes:
            return corrected(plain, lines_of(asked.learn), rows_of(asked.spread, asked.learn))

        test = known("test", corrected(plain, lines_of(asked.test), rows_of(asked.spread, asked.test)))
        ways: dict[str, Callable[[], bytes]] = {"corrected lines": by_hand, "aligned text": aligned}
        rows: dict[str, dict[str, float]] = {}
        scores = {"as shipped": read_by(SHIPPED, test)}
        truth: set[str] = set(rows_of(asked.spread, asked.learn))
        for way, content in ways.items():
            lines = known(way.replace(" ", "_"), content())
            begun = time.process_time()
            learnt = fine_tune(
                "hand", lines, SHIPPED, folder, FineTuneSettings(seconds=asked.seconds, threads=1)
            )
            scores[way] = read_by(learnt.model or SHIPPED, test)
            rows[way] = {
                "lines": len(lines),
                "as_transcribed": sum(line.text in truth for line in lines),
                "steps": learnt.steps,
                "cpu_s": round(time.process_time() - begun),
            }
        for way, of_lines in scores.items():
            total = sum(of_lines, Score(STRICT.name)).letters
            rows.setdefault(way, {}).update(
                wrong=total.errors, letters=total.truth, cer=round(total.rate or 0, 4)
            )
        apart = np.array(
            [a.letters.errors - b.letters.errors for a, b in zip(*list(scores.values())[1:], strict=True)]
        )
        chance = swap_test(apart)
    print(f"{'':18}{'lines':>7}{'exactly':>9}{'steps':>7}{'wrong':>7}{'letters':>9}{'CER':>8}")
    for way, row in rows.items():
        print(
            f"{way:18}{row.get('lines', 0):7.0f}{row.get('as_transcribed', 0):9.0f}{row.get('steps', 0):7.0f}"
            f"{row['wrong']:7.0f}{row['letters']:9.0f}{row['cer']:8.2%}"
        )
    print(f"P of the swap test over {len(test)} lines: {chance:.3f}")
    print(json.dumps({**rows, "p": round(float(chance), 4)}))


if __name__ == "__main__":
    main()
