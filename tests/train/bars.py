"""A small run that learns to tell thin bars from thick ones."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ocr.arrays import GreyImage

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
pytest.importorskip("onnx", reason="the extra `train` is not installed")
from ocr.train.net import Net  # noqa: E402
from ocr.train.run import Run, TrainSettings, go  # noqa: E402
from ocr.train.samples import SampleSettings, batches  # noqa: E402


class Bars:
    """A source of bars: thin ones are read a, thick ones b."""

    def strips(self, seed: int, longest: int) -> Iterator[tuple[GreyImage, str]]:
        rng = np.random.default_rng(seed)
        while True:
            text = "".join(rng.choice(["a", "b"], int(rng.integers(1, min(longest, 4)))))
            grey = np.full((48, 40 * len(text) + 20), 240, np.uint8)
            for n, letter in enumerate(text):
                grey[14:34, 20 + 40 * n : (24 if letter == "a" else 34) + 40 * n] = 20
            yield grey, text


RECIPE = TrainSettings("ab", warm_steps=2, half=False)


BATCHING = SampleSettings(batch_px=300)


def begin() -> Run:
    torch.manual_seed(3)
    return Run(Net(2), RECIPE)


def learn(run: Run, folder: Path, steps: int) -> Run:
    go(run, batches(Bars, BATCHING, "ab", run.place), folder, lambda net: {"cer": None}, steps=steps)
    return run
