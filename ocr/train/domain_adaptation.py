"""Real ink without a person: the base model goes on with lines that nobody has transcribed.

`python -m ocr.train.domain_adaptation RUN --lines FOLDER... --fonts DIR --texts FILE... --held LINES.tsv`
begins a run in RUN from the shipped model, or goes on with the one that is there; SIGTERM ends it after the
step at hand, saved. The model itself reads the lines and so makes their labels (`ocr.train.pseudo_labels`);
`--words FOLDER` holds pictures of single words in reading order, `--known LINES.tsv` lines with texts. The
other batches are lines made by `ocr.synth`, so that what the unread lines do not show is not forgotten; on
these the net also learns what to leave to the language model (`ocr.train.expected_errors`), so their texts
must be unknown to it. To be judged are the run and its average with its start (`python -m ocr.train.export
RUN/run.pt START.onnx MODEL.onnx`), which knows both (robust fine-tuning: Wortsman et al., 2022).
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from ocr.engines.cursive import SHIPPED, CursiveSettings, open_engine
from ocr.engines.language import load_language
from ocr.errors import ScanError
from ocr.lines.strips import fit_strip
from ocr.synth.text import ALPHABET
from ocr.synth.vary import Variety, varied
from ocr.train.expected_errors import ExpectedErrors
from ocr.train.hands import table_lines
from ocr.train.pretraining import FontsAndTexts, fields_of, learn, options
from ocr.train.pseudo_labels import LabelSettings, SoftLine, labelled, load_lines, save_lines
from ocr.train.run import Run, TrainSettings
from ocr.train.samples import Batch, DataPlace, SampleSettings, collate_soft, encode, fits, served
from ocr.train.unread import UnreadLine, unread_lines

WORDS_A_LINE = 5
"""So many pictures of words are put side by side."""
GENTLE = {"body_rate": 1.2e-4, "head_rate": 3e-4, "frozen_blocks": 0, "average": 0.995, "warm_steps": 50}
"""How the recipe differs for a model that can read already; `--set` goes before it."""


STRANGER = Variety(often=0.8, stretch=0.4, grow=0.2, shift_px=5, wave_px=3.5, hidden=5)
"""How made lines are changed: more than a net has to be that learns to read."""


@dataclass(frozen=True, slots=True)
class Mix:
    """How batches are drawn."""

    real: float = 0.5
    """Share of batches with real lines."""
    known: float = 0.1
    """Share of these that have lines with texts, where there are any."""
    batch_px: int = 3200
    """Width of all strips of a batch together, made ones too."""
    widest_px: int = 1400
    """Longer strips are left out."""
    seed: int = 1
    variety: Variety = field(default_factory=lambda: Variety(often=0.6))


def mixed(
    real: Sequence[SoftLine],
    known: Sequence[SoftLine],
    made: Iterator[tuple[Batch, DataPlace]],
    mix: Mix,
    *,
    step: int,
    place: DataPlace,
) -> Iterator[tuple[Batch, DataPlace]]:
    """Endless batches from a step on; the same from there for the same lines and mix. `place`: where `made`
    begins; each batch comes with the place after it."""
    parts = [_by_width(lines, mix.widest_px) for lines in (real, known)]
    while True:
        rng = np.random.default_rng((mix.seed, step))
        step += 1
        if rng.random() >= mix.real:
            batch, place = next(made)
            yield batch, place
            continue
        part = parts[1] if parts[1] and rng.random() < mix.known else parts[0]
        yield _drawn(part, rng, mix), place


def _by_width(lines: Sequence[SoftLine], widest_px: int) -> list[SoftLine]:
    return sorted(
        (line for line in lines if line.strip.shape[1] <= widest_px), key=lambda line: line.strip.shape[1]
    )


def _drawn(lines: Sequence[SoftLine], rng: np.random.Generator, mix: Mix) -> Batch:
    """Lines of like width: the first drawn as often as it is wide, the others from its neighbours."""
    widths = np.array([line.strip.shape[1] for line in lines], np.float64)
    first = int(rng.choice(len(lines), p=widths / widths.sum()))
    count = max(1, int(mix.batch_px // (widths[first] * 1.15)))
    near = np.arange(max(0, first - 2 * count), min(len(lines), first + 2 * count + 1))
    chosen = rng.permutation(near)[:count]
    items = []
    for line in (lines[number] for number in chosen):
        strip = varied(line.strip, rng, mix.variety)
        if not all(fits(strip, text) for text, _ in line.texts):
            strip = line.strip
        items.append((strip, [(text, share * line.weight) for text, share in line.texts]))
    return collate_soft(items)


def known_lines(table: Path, alphabet: str) -> Iterator[SoftLine]:
    """The lines of a table, their texts taken as they are; a picture that cannot be read is named on standard
    error."""
    for row in table_lines(table, _left_out):
        line = SoftLine(fit_strip(row.grey).fitted, ((bytes(encode(row.text, alphabet)), 1.0),))
        if fits(line.strip, line.texts[0][0]):
            yield line


def read_lines(asked: argparse.Namespace) -> list[SoftLine]:
    """The unread lines as the teacher reads them; a picture that cannot be is named on standard error.

    ScanError when none is read well enough.
    """
    settings = CursiveSettings(model=str(asked.teacher or asked.start), spelling=asked.spelling)
    engine, plain = open_engine(settings), open_engine(replace(settings, accustomed=False))
    if asked.language is not None:
        engine = replace(engine, language=load_language(asked.language))
    lines: list[UnreadLine] = []
    for folders, words in ((asked.lines, 1), (asked.words, WORDS_A_LINE)):
        for folder in folders:
            lines += (
                line
                for line in unread_lines(folder, on_refused=_left_out, words=words)
                if line.hand.partition("/")[2] not in asked.without
            )
    how = LabelSettings(language_kept=asked.language_kept, doubtful=asked.doubtful)
    real = list(labelled(engine, lines, how, plain))
    if not real:
        raise ScanError(
            f"None of {len(lines)} lines is read well enough to learn from; give others, or raise --doubtful."
        )
    return real


def _left_out(error: ScanError) -> None:
    sys.stderr.write(f"left out: {error}\n")


def main() -> None:
    """Begins or goes on."""
    parser = options(__doc__)
    parser.add_argument("--lines", type=Path, nargs="*", default=[], metavar="FOLDER")
    parser.add_argument("--words", type=Path, nargs="*", default=[], metavar="FOLDER")
    parser.add_argument("--known", type=Path, metavar="LINES.tsv")
    parser.add_argument("--without", nargs="*", default=[], metavar="HAND", help="hands kept apart")
    parser.add_argument("--spelling", default="old", help="of the unread lines: old, new or auto")
    parser.add_argument("--start", type=Path, default=SHIPPED)
    parser.add_argument("--teacher", type=Path, help="model that reads the lines; --start by default")
    parser.add_argument(
        "--language", type=Path, help="language model that it reads with; the shipped one by default"
    )
    parser.add_argument("--real", type=float, default=Mix().real, help="share of batches of real lines")
    parser.add_argument(
        "--romans", type=float, default=0.1, help="share of made lines with a Roman numeral, 0..1"
    )
    parser.add_argument("--language-kept", type=float, default=LabelSettings().language_kept)
    parser.add_argument("--doubtful", type=float, default=LabelSettings().doubtful)
    parser.add_argument(
        "--steps", type=int, default=1200, help="of the whole run; the rate falls from half on"
    )
    asked = parser.parse_args()
    torch.set_num_threads(1)
    saved, cool = asked.folder / "run.pt", asked.steps // 2
    if saved.exists():
        run = Run.load(saved)
    else:
        fields = GENTLE | {"cool_from": cool, "cool_steps": asked.steps - cool} | fields_of(asked)
        run = Run.begin(asked.start, TrainSettings(ALPHABET, **fields))
    if run.recipe.over(run.step):
        return
    labels = asked.folder / "labels.npz"
    if not labels.exists():
        asked.folder.mkdir(parents=True, exist_ok=True)
        save_lines(read_lines(asked), labels)
    real = load_lines(labels)
    known = list(known_lines(asked.known, ALPHABET)) if asked.known else []
    mix = Mix(real=asked.real, seed=run.recipe.seed)
    sources = FontsAndTexts(asked.fonts, tuple(asked.texts), 0.6, asked.print_faces, 0.05, asked.romans)
    # every length of text from the first sample on: this net can read already
    batching = SampleSettings(seed=mix.seed, batch_px=mix.batch_px, variety=STRANGER, longest=((0, 45),))
    made = served(sources, batching, run.recipe.alphabet, run.place)
    reader = open_engine(CursiveSettings(model=str(asked.start))).decoder.settings
    run.loss = ExpectedErrors(load_language(), reader, run.recipe.alphabet, half=run.recipe.half)
    learn(run, mixed(real, known, made, mix, step=run.step, place=run.place), asked)


if __name__ == "__main__":
    main()
