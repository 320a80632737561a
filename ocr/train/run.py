"""A training run: batches in, a better net out, a checkpoint now and then. Stopped, it goes on the same.

The rate of learning is constant after a warm-up and the shipped weights are an average over the last
steps, so a run has no fixed end; `cool` brings the rate to zero over its last steps.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor
from torch.nn import functional

from ocr.arrays import I64
from ocr.engines.cursive import KIND
from ocr.errors import ScanError, reason_of
from ocr.files import unlinked
from ocr.train.net import Net, begin_from
from ocr.train.samples import BEGINNING, Batch, DataPlace

Score = Callable[[Net], dict[str, object]]
"""What a net is worth on held-back lines: a JSON object, rates in 0..1."""
Loss = Callable[[Net, Batch], Tensor]
"""How bad a net is on a batch, to be made less."""


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """How the net learns. All of it stands in every checkpoint."""

    alphabet: str
    body_rate: float = 6e-4
    """Learning rate of the body of the net; a hand has its own (`FineTuneSettings`)."""
    head_rate: float = 2.5e-3
    """Learning rate of the head."""
    warm_steps: int = 200
    cool_from: int = 0
    """Step at which the rate starts down; 0: not yet."""
    cool_steps: int = 1500
    decay: float = 0.01
    clip: float = 3.0
    average: float = 0.998
    frozen_blocks: int = 1
    """The stem and so many blocks of the body stay as they began; -1: nothing is frozen."""
    dropout: float = 0.1
    half: bool = True
    """bfloat16 where it is safe, on processors that know it: twice as fast there, three to fifteen times
    slower on others, which it is not used on."""
    seed: int = 1

    def rate(self, step: int) -> float:
        """Factor on both rates at a step."""
        warm = min((step + 1) / self.warm_steps, 1.0)
        if not self.cool_from or step < self.cool_from:
            return warm
        left = 1 - (step - self.cool_from) / self.cool_steps
        return warm * max(left, 0.0)

    def over(self, step: int) -> bool:
        """Has the rate come down to zero?"""
        return bool(self.cool_from) and step >= self.cool_from + self.cool_steps


@dataclass(frozen=True, slots=True)
class Ancestor:
    """What a model had learnt before a run went on with it."""

    digest: str = ""
    """The model's; empty: there was none."""
    samples: int = 0
    seconds: float = 0.0


def past_of(path: Path) -> Ancestor | None:
    """What a model has learnt, all its stages together; None when it is of ours and does not tell.

    A model of others counts as nothing learnt.
    """
    data = path.read_bytes()
    facts = {prop.key: prop.value for prop in onnx.load_from_string(data).metadata_props}
    if facts.get("kind") != KIND:
        return Ancestor()
    if "samples_in_all" not in facts or "hours_in_all" not in facts:
        return None
    digest = hashlib.sha256(data).hexdigest()[:16]
    return Ancestor(digest, int(facts["samples_in_all"]), float(facts["hours_in_all"]) * 3600)


class Run:
    """A net on its way: weights, their average, the optimiser, the count of steps and samples, the place."""

    def __init__(self, net: Net, recipe: TrainSettings, past: Ancestor | None = Ancestor()) -> None:
        torch.manual_seed(recipe.seed)
        self.past = past
        """None: the model that it began from does not tell."""
        self.loss: Loss = partial(ctc, half=recipe.half)
        self.net = net.to(memory_format=torch.channels_last)
        self.recipe = recipe
        self.average = {name: value.detach().clone() for name, value in net.state_dict().items()}
        self.step, self.samples, self.seconds, self.place = 0, 0, 0.0, DataPlace()
        self.optimiser = self._prepare()

    def _prepare(self) -> torch.optim.AdamW:
        frozen = (
            {id(p) for p in self.net.early(self.recipe.frozen_blocks)}
            if self.recipe.frozen_blocks >= 0
            else set()
        )
        for weight in self.net.parameters():
            weight.requires_grad_(id(weight) not in frozen)
        head = list(self.net.head.parameters())
        heads = {id(p) for p in head}
        rest = [p for p in self.net.parameters() if id(p) not in heads]
        groups = [
            {
                "params": [p for p in rest if p.ndim > 1],
                "lr": self.recipe.body_rate,
                "weight_decay": self.recipe.decay,
            },
            {"params": [p for p in rest if p.ndim <= 1], "lr": self.recipe.body_rate, "weight_decay": 0.0},
            {"params": head, "lr": self.recipe.head_rate, "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, betas=(0.9, 0.98))

    def learn(self, *parts: Batch, place: DataPlace = BEGINNING) -> float:
        """One step over all parts of a batch together; the loss, per letter. Parts of unlike width need no
        padding to one, and only one of them is held at a time."""
        recipe = self.recipe
        for group, rate in zip(
            self.optimiser.param_groups, (recipe.body_rate, recipe.body_rate, recipe.head_rate), strict=True
        ):
            group["lr"] = rate * recipe.rate(self.step)
        self.net.train()
        self.optimiser.zero_grad(set_to_none=True)
        letters = [int(part.lengths.sum()) for part in parts]
        mean = 0.0
        for part, of_part in zip(parts, letters, strict=True):
            loss = self.loss(self.net, part) * (of_part / max(sum(letters), 1))
            loss.backward()
            mean += float(loss.detach())
        norm = torch.nn.utils.clip_grad_norm_(
            [p for p in self.net.parameters() if p.requires_grad], recipe.clip
        )
        if bool(torch.isfinite(norm)):
            self.optimiser.step()
            # young averages forget fast, so that the start weights do not linger
            keep = min(recipe.average, (1 + self.step) / (10 + self.step))
            with torch.no_grad():
                for name, value in self.net.state_dict().items():
                    self.average[name].lerp_(value, 1 - keep)
        self.step += 1
        self.samples += sum(len(part.frames) for part in parts)
        self.place = place
        return mean

    def averaged(self) -> Net:
        """A net with the averaged weights, ready to read."""
        with torch.random.fork_rng():  # a score must not change the run
            net = Net(len(self.recipe.alphabet), dropout=0.0)
        net.load_state_dict(self.average)
        return net.eval()

    def save(self, path: Path) -> None:
        """Writes all of it, whole or not at all."""
        state = {
            "recipe": asdict(self.recipe),
            "net": self.net.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "step": self.step,
            "samples": self.samples,
            "seconds": self.seconds,
            "place": (self.place.chunk, self.place.batch),
            "past": None if self.past is None else asdict(self.past),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + ".part")
        torch.save(state, unfinished)
        unfinished.replace(path)

    @staticmethod
    def begin(start: Path, recipe: TrainSettings) -> "Run":
        """A run from a model, of ours or the foreign start. ScanError when it has other weights."""
        torch.manual_seed(recipe.seed)
        net = Net(len(recipe.alphabet), dropout=recipe.dropout)
        begin_from(net, start, recipe.alphabet)
        return Run(net, recipe, past_of(start))

    @staticmethod
    def load(path: Path, **changes: Any) -> "Run":
        """The run as it was saved, or with fields of its recipe changed. ScanError for a file not of ours."""
        try:
            state = torch.load(path, weights_only=True)
            recipe = replace(TrainSettings(**state["recipe"]), **changes)
            past = Ancestor(**state["past"]) if state.get("past") is not None else None
            run = Run(Net(len(recipe.alphabet), dropout=recipe.dropout), recipe, past)
            run.net.load_state_dict(state["net"])
        except (OSError, KeyError, TypeError, RuntimeError, ValueError) as error:
            raise ScanError(
                f"{path} is no checkpoint of a run: {reason_of(error)}. Name another file."
            ) from error
        run.average = state["average"]
        run.optimiser.load_state_dict(state["optimiser"])
        run.step, run.samples, run.seconds = state["step"], state["samples"], state["seconds"]
        run.place = DataPlace(*state["place"])
        torch.set_rng_state(state["random"])
        return run


def knows_half() -> bool:
    """Does this processor calculate with bfloat16? Many with AVX512 do not, and only imitate it."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def ctc(net: Net, batch: Batch, *, half: bool) -> Tensor:
    """Loss of a batch, per letter; where a strip has several texts, their losses weighed."""
    return ctc_of(shares_of(net, batch, half=half), batch)


def shares_of(net: Net, batch: Batch, *, half: bool) -> Tensor:
    """(B, T, 1 + letters): logarithms of what a net sees on the strips of a batch."""
    strips = torch.from_numpy(batch.strips).to(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16, enabled=half and knows_half()):
        scores: Tensor = net(strips)
    return scores.float().log_softmax(-1)


def ctc_of(shares: Tensor, batch: Batch) -> Tensor:
    """The same loss of what a net sees already."""
    lengths, weights = torch.from_numpy(batch.lengths), batch.weights
    losses = losses_of(shares, batch, batch.classes, lengths, batch.strip_of)
    if weights is None:
        return losses.sum() / lengths.sum().clamp(min=1)
    weighed = torch.from_numpy(weights)
    return (losses * weighed).sum() / (lengths * weighed).sum().clamp(min=1)


def losses_of(shares: Tensor, batch: Batch, classes: I64, lengths: Tensor, strip_of: I64 | None) -> Tensor:
    """(N,) minus the natural logarithm of each of N texts, given as in a batch, on its strip."""
    frames = torch.from_numpy(batch.frames)
    if strip_of is not None:
        rows = torch.from_numpy(strip_of)
        shares, frames = shares[rows], frames[rows]
    return functional.ctc_loss(
        shares.transpose(0, 1),
        torch.from_numpy(classes),
        frames,
        lengths,
        reduction="none",
        zero_infinity=True,
    )


def go(
    run: Run,
    feed: Iterator[tuple[Batch, DataPlace]],
    folder: Path,
    score: Score,
    *,
    steps: int | None = None,
    every_s: float = 300.0,
    asked_to_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Learns until the recipe is over, `steps` are done or it is asked to stop; scores, logs, saves at times.

    The folder gets log.jsonl (one line per interval) and run.pt; the last state is always saved.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before, mark, losses = run.seconds, time.monotonic(), list[float]()
    last, last_samples = run.seconds, run.samples
    for done, (batch, place) in enumerate(feed, start=1):
        losses.append(run.learn(batch, place=place))
        run.seconds = before + time.monotonic() - mark
        ended = run.recipe.over(run.step) or (steps is not None and done >= steps) or asked_to_stop()
        if ended or run.seconds - last >= every_s:
            pace = (run.samples - last_samples) / max(run.seconds - last, 1e-9)
            mean = math.fsum(losses) / len(losses)
            line = {
                "step": run.step,
                "samples": run.samples,
                "seconds": round(run.seconds),
                "loss": round(mean, 4),
            }
            line |= {"per_s": round(pace, 2)}
            run.save(folder / "run.pt")
            _log(folder / "log.jsonl", line | score(run.averaged()))
            losses, last, last_samples = [], run.seconds, run.samples
            # scoring is no learning: its time is not counted
            before, mark = run.seconds, time.monotonic()
        if ended:
            return


def _log(path: Path, line: dict[str, object]) -> None:
    with open(path, "a", encoding="utf-8", opener=unlinked) as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")
