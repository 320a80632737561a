"""A hand learnt from its transcribed lines, in minutes: the model fine-tuned, judged, written with its card.

The shipped model goes on learning from the lines given, each seen many times but never twice the same
(ocr.synth.vary), mixed with lines of other hands so that it does not forget how to read. First a few
lines are held back to see after how many steps it stops getting better; then all lines are learnt for so
many steps. What is kept is never worse on the held-back lines than the start.
"""

import hashlib
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from ocr.arrays import F64
from ocr.engines.cursive import Model, load_model
from ocr.errors import ComparisonError
from ocr.evaluate.bootstrap import DRAWS, SEED, Interval, Range, interval
from ocr.evaluate.rates import EditCounts, compare
from ocr.files import write_whole
from ocr.lines.strips import Fitted, fit_strip
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import PROSE, Texts, read_text
from ocr.synth.vary import Variety, varied
from ocr.train.export import export
from ocr.train.hands import KnownLine, places_of, suspect
from ocr.train.run import Run, TrainSettings
from ocr.train.samples import Batch, collate, encode, fits
from ocr.train.score import net_text

LEAST_LINES = 5
"""With fewer lines nothing can be held back and little be learnt."""
MORE = 20
"""Lines of which it is told what they would likely bring."""

LineCounts = tuple[EditCounts, ...]
"""Of each line held back, read by the net alone: letters (code points) right, misread, added, left out."""
Lesson = Sequence[tuple[Fitted, str]]
"""Strips and what stands in them, which fits (see `fits`)."""


@dataclass(frozen=True, slots=True)
class FineTuneSettings:
    """How a hand is learnt."""

    seconds: float = 240.0
    """Time for learning, both rounds together."""
    body_rate: float = 5e-4
    """Learning rate of the body of the net when a hand is learnt (`ocr train --hand`),"""
    head_rate: float = 1.5e-3
    """and of its head, which tells letters from features."""
    frozen_blocks: int = 4
    """The stem and so many blocks of the body stay: what a stroke is, they know."""
    lines: int = 6
    """Lines of the hand in a batch,"""
    others: int = 2
    """and lines of other hands."""
    held_share: float = 0.15
    """Share of lines held back in the first round."""
    rounds: int = 8
    """So often the held-back lines are read."""
    threads: int = 1
    """Processors it may use."""
    seed: int = 1
    variety: Variety = field(default_factory=lambda: Variety(often=0.7))


@dataclass(frozen=True, slots=True)
class FineTuned:
    """What came of it. Rates are of the net alone, on lines held back, in 0..1."""

    lines: int
    suspect: tuple[KnownLine, ...]
    """Lines left out, because they look mistranscribed."""
    before: LineCounts
    after: LineCounts
    """After the first round, at its best."""
    steps: int
    """Steps of the second round: none when learning did not help."""
    model: Path | None
    """None when learning did not help: then nothing is written."""
    with_more: Range | None
    """Rate to be expected with MORE lines more; None when it cannot be told."""

    @property
    def interval(self) -> Interval | None:
        """The rate after learning with its bounds; None when there are no letters."""
        return _interval(self.after)


def fine_tune(
    name: str,
    lines: Sequence[KnownLine],
    start: Path,
    folder: Path,
    settings: FineTuneSettings,
    on_progress: Callable[[int, float], None] = lambda _steps, _rate: None,
) -> FineTuned:
    """Learns a hand and writes FOLDER/NAME.onnx and its card NAME.md.

    Lines that look mistranscribed are left out and named. `on_progress`: steps so far, and the rate after
    them. ComparisonError when there are too few lines that can be learnt from.
    """
    torch.set_num_threads(settings.threads)
    model = load_model(start)
    odd = suspect(lines, model)
    used = [line for line in lines if line not in odd]
    fitted = [(fit_strip(line.grey).fitted, line.text) for line in used]
    usable = [(strip, text) for strip, text in fitted if fits(strip, encode(text, model.alphabet))]
    if len(usable) < LEAST_LINES:
        why = f" Left out because their text looks like another line's: {places_of(odd)}." if odd else ""
        raise ComparisonError(
            f"Only {len(usable)} lines can be learnt from, and at least {LEAST_LINES} are needed; "
            f"correct some more.{why}"
        )
    rng = np.random.default_rng(settings.seed)
    back = set(rng.permutation(len(usable))[: max(1, round(len(usable) * settings.held_share))].tolist())
    held_back = [pair for n, pair in enumerate(usable) if n in back]
    rest = [pair for n, pair in enumerate(usable) if n not in back]
    run = begin_run(start, model.alphabet, settings)
    before = best = _counts(run, held_back)
    begin, steps = time.monotonic(), 0
    feed = batches(rest, model.alphabet, settings)
    limit = settings.seconds * 0.4
    for number in range(1, settings.rounds + 1):
        while time.monotonic() - begin < limit * number / settings.rounds:
            run.learn(*next(feed))
        counts = _counts(run, held_back)
        on_progress(run.step, rate_of(counts))
        if rate_of(counts) < rate_of(best):
            best, steps = counts, run.step
    if not steps:
        return FineTuned(len(used), tuple(odd), before, best, 0, None, None)
    half = _counts(learn(rest[::2], start, model.alphabet, settings, steps, cools=False), held_back)
    path = write_model(
        name,
        folder,
        learn(usable, start, model.alphabet, settings, steps),
        model,
        [
            f"| learnt from | {origin_of(used)} |",
            f"| steps | {steps} |",
            f"| error of letters, net alone, lines held back | {rate_of(before):.3f} before, "
            f"{rate_of(best):.3f} after |",
        ],
    )
    return FineTuned(len(used), tuple(odd), before, best, steps, path, with_more(len(used), half, best))


def learn(
    lesson: Lesson,
    start: Path,
    alphabet: str,
    settings: FineTuneSettings,
    steps: int,
    *,
    cools: bool = True,
    seconds: float = math.inf,
) -> Run:
    """A run from the start model, so many steps long; shorter when `seconds` are over.

    `cools`: its rate falls to zero from half way on.
    """
    run = begin_run(start, alphabet, settings, cool=steps if cools else 0)
    begin = time.monotonic()
    for parts in islice(batches(lesson, alphabet, settings), steps):
        if time.monotonic() - begin > seconds:
            break
        run.learn(*parts)
    return run


def begin_run(start: Path, alphabet: str, settings: FineTuneSettings, cool: int = 0) -> Run:
    """`cool`: its last step, the rate falling from half way on (0: unknown)."""
    recipe = TrainSettings(
        alphabet,
        body_rate=settings.body_rate,
        head_rate=settings.head_rate,
        warm_steps=20,
        cool_from=cool // 2,
        cool_steps=max(cool - cool // 2, 1),
        average=0.96,
        frozen_blocks=settings.frozen_blocks,
        seed=settings.seed,
    )
    return Run.begin(start, recipe)


def batches(lines: Lesson, alphabet: str, settings: FineTuneSettings) -> Iterator[tuple[Batch, ...]]:
    """Endless batches of lines of the hand, varied anew, and lines of other hands. Each line is a part by
    itself: the net looks over all of a strip, and none that is read is padded to another's width."""
    rng = np.random.default_rng((settings.seed, 1))
    others = StrokeLines(Texts([read_text(PROSE)])).strips(settings.seed, 45)
    order: list[int] = []
    while True:
        items: list[tuple[Fitted, list[int]]] = []
        while len(items) < settings.lines:
            if not order:
                order = rng.permutation(len(lines)).tolist()
            strip, text = lines[order.pop()]
            changed, classes = varied(strip, rng, settings.variety), encode(text, alphabet)
            items.append((changed if fits(changed, classes) else strip, classes))
        for grey, text in islice(others, settings.others):
            strip, classes = fit_strip(grey).fitted, encode(text, alphabet)
            if fits(strip, classes):
                items.append((strip, classes))
        yield tuple(collate([item]) for item in items)


def _counts(run: Run, lines: Lesson) -> LineCounts:
    net = run.averaged()
    return tuple(compare(text, net_text(net, strip, run.recipe.alphabet)) for strip, text in lines)


def rate_of(counts: Iterable[EditCounts]) -> float:
    """Errors per letter of all the lines, which have letters."""
    return sum(counts, EditCounts()).rate or 0.0


def with_more(lines: int, half: LineCounts, after: LineCounts) -> Range | None:
    """Error falls as a power of the number of lines (Hestness et al., 2017), seen from half to all.

    `half` and `after` are counts of the same held-back lines after as many steps with half of the lines and
    with all; the bounds come of drawing these anew. None when they do not fall, or to nothing.
    """
    if not 0 < rate_of(after) < rate_of(half):
        return None
    table = np.array(
        [(few.errors, few.truth, every.errors, every.truth) for few, every in zip(half, after, strict=True)],
        np.int64,
    )
    dice = np.random.default_rng(SEED)
    drawn = table[dice.integers(len(table), size=(DRAWS, len(table)))].sum(1)
    of_half, of_all = (drawn[:, at] / np.maximum(drawn[:, at + 1], 1) for at in (0, 2))
    growth = (lines + MORE) / lines

    def expected(half: F64, after: F64) -> F64:
        power = np.clip(np.log2(np.maximum(half, 1e-9) / np.maximum(after, 1e-9)), 0.0, 1.0)
        return np.asarray(after * growth**-power, np.float64)

    low, high = np.quantile(expected(of_half, of_all), [0.025, 0.975])
    rate = float(expected(np.array([rate_of(half)]), np.array([rate_of(after)]))[0])
    # drawing anew shows no error where few were met: what was counted may be as bad as its own bounds
    sure = _interval(after)
    return Range(rate, min(float(low), rate), max(float(high), rate, sure.high / growth if sure else 0.0))


def _interval(counts: LineCounts) -> Interval | None:
    return interval([[(line.errors, line.truth) for line in counts]])


def origin_of(lines: Sequence[KnownLine]) -> str:
    """How many lines of which files, for a card."""
    files = sorted({line.file.name for line in lines})
    return f"{len(lines)} lines of {len(files)} files: {', '.join(files[:20])}"


def write_model(name: str, folder: Path, run: Run, start: Model, learnt: Sequence[str], **facts: str) -> Path:
    """Writes the model and its card; `learnt`: rows of the card, `facts`: more for the model's metadata."""
    path = folder / f"{name}.onnx"
    folder.mkdir(parents=True, exist_ok=True)
    # the calibration given is kept: a few lines are too few to fit it anew
    export(run, path, calibration=start.calibration.to_json(), hand=name, start=start.digest, **facts)
    card = [
        f"# {name}.onnx",
        "",
        f"Our recogniser after learning one hand; use it with `ocr transcribe --model {path}`.",
        "",
        "| | |",
        "|---|---|",
        f"| began from | model data {start.digest} |",
        *learnt,
        f"| sha256 | {hashlib.sha256(path.read_bytes()).hexdigest()} |",
        "| licence | scans and texts learnt from keep theirs; the card of the start is in the package |",
        "",
    ]
    write_whole(path.with_suffix(".md"), "\n".join(card).encode())
    return path
