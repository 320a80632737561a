"""A hand learnt from its own lines, in minutes.

The shipped model goes on learning from the lines given, each seen many times but never twice the same
(ocr.synth.vary), mixed with lines of other hands so that it does not forget how to read. First a few
lines are held back to see after how many steps it stops getting better; then all lines are learnt for so
many steps. What is kept is never worse on the held-back lines than the start.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from ocr.arrays import GreyImage
from ocr.engines.cursive import Model
from ocr.errors import ComparisonError
from ocr.evaluate.rates import EditCounts, compare
from ocr.lines.strips import Fitted, fit_strip
from ocr.synth import Source
from ocr.synth.vary import Variety, varied
from ocr.train.export import past_of
from ocr.train.loop import Run, TrainSettings
from ocr.train.net import Net, begin_from
from ocr.train.samples import Batch, DataPlace, collate, encode, needed_frames
from ocr.train.score import net_text

LEAST_LINES = 5
"""With fewer lines nothing can be held back and little be learnt."""

LineCounts = tuple[EditCounts, ...]
"""Of each line held back, read by the net alone: letters (code points) right, misread, added, left out."""
Pair = tuple[GreyImage, str]
"""The picture of a line and what stands in it."""


@dataclass(frozen=True, slots=True)
class AdaptSettings:
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
class Adapted:
    """What was learnt."""

    run: Run
    before: LineCounts
    after: LineCounts
    """After the first round, at its best."""
    half: LineCounts | None
    """The same after as many steps with half of the lines; None when nothing was learnt."""
    steps: int
    """Steps of the second round: none when learning did not help."""

    @property
    def held_before(self) -> float:
        """Character error rate on the lines held back, before."""
        return rate_of(self.before)

    @property
    def held_after(self) -> float:
        """And after."""
        return rate_of(self.after)


def rate_of(counts: Iterable[EditCounts]) -> float:
    """Errors per letter of all the lines; they have letters (see `fits`)."""
    return sum(counts, EditCounts()).rate or 0.0


def adapt(
    start: Path,
    model: Model,
    lines: Sequence[Pair],
    others: Source,
    settings: AdaptSettings,
    on_progress: Callable[[int, float], None] = lambda _steps, _rate: None,
) -> Adapted:
    """Learns the hand of the lines. ComparisonError when there are too few that can be learnt from."""
    torch.set_num_threads(settings.threads)
    fitted = [(fit_strip(grey).fitted, text) for grey, text in lines]
    usable = [(strip, text) for strip, text in fitted if fits(strip, text, model.alphabet)]
    if len(usable) < LEAST_LINES:
        raise ComparisonError(
            f"Only {len(usable)} lines can be learnt from, and at least {LEAST_LINES} are needed; "
            "correct some more."
        )
    rng = np.random.default_rng(settings.seed)
    back = set(rng.permutation(len(usable))[: max(1, round(len(usable) * settings.held_share))].tolist())
    held_back = [pair for n, pair in enumerate(usable) if n in back]
    rest = [pair for n, pair in enumerate(usable) if n not in back]
    run = begun(start, model.alphabet, settings)
    before = best = _counts(run.averaged(), held_back, model.alphabet)
    begin, best_at = time.monotonic(), 0
    feed = batches(rest, others, model.alphabet, settings)
    limit = settings.seconds * 0.4
    for number in range(1, settings.rounds + 1):
        while time.monotonic() - begin < limit * number / settings.rounds:
            run.learn(next(feed), DataPlace())
        counts = _counts(run.averaged(), held_back, model.alphabet)
        on_progress(run.step, rate_of(counts))
        if rate_of(counts) < rate_of(best):
            best, best_at = counts, run.step
    if best_at == 0:
        return Adapted(begun(start, model.alphabet, settings), before, best, None, 0)
    half = begun(start, model.alphabet, settings)
    for batch in islice(batches(rest[::2], others, model.alphabet, settings), best_at):
        half.learn(batch, DataPlace())
    final = begun(start, model.alphabet, settings, cool=best_at)
    feed = batches(usable, others, model.alphabet, settings)
    for batch in islice(feed, best_at):
        final.learn(batch, DataPlace())
    with_half = _counts(half.averaged(), held_back, model.alphabet)
    return Adapted(final, before, best, with_half, best_at)


def begun(start: Path, alphabet: str, settings: AdaptSettings, cool: int = 0) -> Run:
    """A run from the start model; `cool`: its last step, the rate falling from half way on (0: unknown)."""
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
    net = Net(len(alphabet), dropout=recipe.dropout)
    begin_from(net, start, alphabet)
    return Run(net, recipe, past_of(start))


def fits(strip: Fitted, text: str, alphabet: str) -> bool:
    """Whether a strip is long enough for its text, and there is any."""
    classes = encode(text, alphabet)
    return bool(classes) and needed_frames(classes) <= strip.shape[1] // Net.frame_px


def batches(
    lines: Sequence[tuple[Fitted, str]], others: Source, alphabet: str, settings: AdaptSettings
) -> Iterator[Batch]:
    """Endless batches of lines of the hand, each varied anew, and lines of other hands."""
    rng = np.random.default_rng((settings.seed, 1))
    strange = others.strips(settings.seed, 45)
    order: list[int] = []
    while True:
        items: list[tuple[Fitted, list[int]]] = []
        while len(items) < settings.lines:
            if not order:
                order = rng.permutation(len(lines)).tolist()
            strip, text = lines[order.pop()]
            changed = varied(strip, rng, settings.variety)
            items.append((changed if fits(changed, text, alphabet) else strip, encode(text, alphabet)))
        for grey, text in islice(strange, settings.others):
            strip = fit_strip(grey).fitted
            if fits(strip, text, alphabet):
                items.append((strip, encode(text, alphabet)))
        yield collate(items)


def _counts(net: Net, lines: Sequence[tuple[Fitted, str]], alphabet: str) -> LineCounts:
    return tuple(compare(text, net_text(net, strip, alphabet)) for strip, text in lines)
