"""The base model's run: fonts and texts in folders, PP-OCRv6's body, held-back lines to score with.

`python -m ocr.train.pretraining FOLDER --fonts DIR --texts FILE... --held LINES.tsv` begins a run in FOLDER,
or goes on with the one that is there. SIGTERM ends it after the step at hand, saved.
"""

import argparse
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ocr.synth import Mixed, Source
from ocr.synth.fonts import FontLines, open_faces
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import ALPHABET, Texts, read_text
from ocr.synth.vary import Variety
from ocr.train.net import find_start
from ocr.train.run import Run, TrainSettings, go
from ocr.train.samples import Batch, DataPlace, SampleSettings, served
from ocr.train.score import HeldBack


@dataclass(frozen=True, slots=True)
class FontsAndTexts:
    """Opens the sources of lines; can be sent to another process."""

    fonts: Path
    texts: tuple[Path, ...]
    strokes: float = 0.0
    """Share of lines that hands of strokes write."""
    print_faces: Path | None = None
    """Folder of faces of print and typescript."""
    printed: float = 0.0
    """Share of lines in these; the rest is left to `fonts`."""
    romans: float = 0.0
    """Share of lines with a Roman numeral."""

    def __call__(self) -> Source:
        """The source, opened where it is called."""
        texts = Texts([read_text(path) for path in self.texts], romans=self.romans)
        parts: list[tuple[float, Source]] = []
        if self.strokes > 0:
            parts.append((self.strokes, StrokeLines(texts)))
        if self.print_faces is not None and self.printed > 0:
            parts.append((self.printed, FontLines(open_faces(self.print_faces), texts)))
        rest = 1 - self.strokes - self.printed
        if rest > 1e-9:
            parts.append((rest, FontLines(open_faces(self.fonts), texts)))
        return Mixed(parts) if len(parts) > 1 else parts[0][1]


def options(description: str | None) -> argparse.ArgumentParser:
    """What the commands of the base model's runs have in common."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--texts", type=Path, nargs="+", required=True)
    parser.add_argument("--held", type=Path, required=True)
    parser.add_argument("--print-faces", type=Path, help="folder of faces of print and typescript")
    parser.add_argument("--every", type=float, default=300.0, help="seconds between two scores")
    parser.add_argument(
        "--set", nargs="*", default=[], metavar="FIELD=NUMBER", help="fields of the recipe to change"
    )
    return parser


def fields_of(asked: argparse.Namespace) -> dict[str, Any]:
    """The fields of the recipe that are to be changed."""
    pairs = (pair.split("=") for pair in asked.set)
    return {name: type(getattr(TrainSettings(""), name))(float(value)) for name, value in pairs}


def learn(
    run: Run, feed: Iterator[tuple[Batch, DataPlace]], asked: argparse.Namespace, steps: int | None = None
) -> None:
    """Learns until SIGTERM, the end of the recipe or of so many steps."""
    asked_to_stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked_to_stop.set())
    score = HeldBack(asked.held, run.recipe.alphabet)
    go(
        run,
        feed,
        asked.folder,
        score,
        steps=steps,
        every_s=asked.every,
        asked_to_stop=asked_to_stop.is_set,
    )


def main() -> None:
    """Begins or goes on."""
    parser = options(__doc__)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--strokes", type=float, default=0.0, help="share of lines by hands of strokes, 0..1")
    parser.add_argument("--printed", type=float, default=0.0, help="share of lines in print faces, 0..1")
    parser.add_argument(
        "--romans", type=float, default=0.05, help="share of lines with a Roman numeral, 0..1"
    )
    parser.add_argument("--vary", action="store_true", help="change strips once they are made")
    parser.add_argument("--steps", type=int)
    parser.add_argument(
        "--cool", type=int, help="bring the rate to zero over so many steps from here, then stop"
    )
    asked = parser.parse_args()
    torch.set_num_threads(1)
    fields, saved = fields_of(asked), asked.folder / "run.pt"
    if saved.exists():
        run = Run.load(saved, **fields)
        if asked.cool:
            run = Run.load(saved, **fields, cool_from=run.step, cool_steps=asked.cool)
    else:
        run = Run.begin(asked.start or find_start(), TrainSettings(ALPHABET, **fields))
    sources = FontsAndTexts(
        asked.fonts, tuple(asked.texts), asked.strokes, asked.print_faces, asked.printed, asked.romans
    )
    batching = SampleSettings(seed=run.recipe.seed, variety=Variety() if asked.vary else None)
    learn(run, served(sources, batching, run.recipe.alphabet, run.place), asked, asked.steps)


if __name__ == "__main__":
    main()
