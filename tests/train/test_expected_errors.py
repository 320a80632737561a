"""The errors expected of net and language model together fall where the truth gains on its rivals."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")

from torch import Tensor  # noqa: E402

from ocr.engines.beam_search import BeamSettings  # noqa: E402
from ocr.engines.language import load_language  # noqa: E402
from ocr.synth.text import ALPHABET  # noqa: E402
from ocr.train.expected_errors import ExpectedErrors  # noqa: E402
from ocr.train.net import Net  # noqa: E402
from ocr.train.run import ctc  # noqa: E402
from ocr.train.samples import Batch, collate, collate_soft, encode  # noqa: E402


@pytest.fixture(scope="module")
def risk() -> ExpectedErrors:
    return ExpectedErrors(load_language(), BeamSettings(), ALPHABET)


def shown(*texts: tuple[str, str, float]) -> Tensor:
    """(B, T, 1 + letters): scores of strips on which the net sees the first text so far, else the second."""
    scores = np.full((len(texts), 41, 1 + len(ALPHABET)), 1e-6, np.float32)
    for row, (first, second, share) in enumerate(texts):
        scores[row, :, 0] = 1
        for n, (a, b) in enumerate(zip(first, second, strict=True)):
            scores[row, 2 * n + 1, 0] = 1e-6
            scores[row, 2 * n + 1, ALPHABET.index(a) + 1] += share
            scores[row, 2 * n + 1, ALPHABET.index(b) + 1] += 1 - share
    return torch.from_numpy(scores / scores.sum(2, keepdims=True)).log()


def batch(*texts: str) -> Batch:
    return collate([(np.ones((48, 164), np.float32), encode(text, ALPHABET)) for text in texts])


def test_what_the_language_model_would_overrule_counts_though_the_net_is_right(risk: ExpectedErrors) -> None:
    truth, liked = "на пома", "на дома"
    sure, unsure = (float(risk.expected(shown((truth, liked, s)), batch(truth))) for s in (0.999, 0.6))
    usual = float(risk.expected(shown((liked, truth, 0.6)), batch(liked)))
    assert 0 <= sure < unsure <= 1 / len(truth) + 1e-6
    assert usual < unsure  # as sure a net, but nobody speaks against it


def test_errors_are_told_per_letter_of_all_strips(risk: ExpectedErrors) -> None:
    one, other = ("на пома", "на дома", 0.6), ("он был дома", "он выл дома", 0.6)
    alone = [float(risk.expected(shown(text), batch(text[0]))) * len(text[0]) for text in (one, other)]
    both = float(risk.expected(shown(one, other), batch(one[0], other[0])))
    assert both == pytest.approx(sum(alone) / (len(one[0]) + len(other[0])), rel=1e-4)


def test_its_slope_raises_the_truth(risk: ExpectedErrors) -> None:
    scores = shown(("на пома", "на дома", 0.6)).requires_grad_()
    risk.expected(scores, batch("на пома")).backward()
    assert scores.grad is not None
    of_letter = scores.grad[0, 7]
    assert of_letter[ALPHABET.index("п") + 1] < 0 < of_letter[ALPHABET.index("д") + 1]


def test_lines_with_several_likely_texts_are_asked_ctc_alone(risk: ExpectedErrors) -> None:
    torch.manual_seed(1)
    net = Net(len(ALPHABET), dropout=0.0).eval()
    strip = np.random.default_rng(1).normal(0, 0.5, (48, 96)).astype(np.float32)
    likely = collate_soft([(strip, [(b"\1\2", 0.75), (b"\3", 0.25)])])
    true = collate([(strip, [1, 2])])
    assert float(risk(net, likely).detach()) == pytest.approx(float(ctc(net, likely, half=False).detach()))
    plain = float(ctc(net, true, half=False).detach())
    assert float(risk(net, true).detach()) > risk.plain * plain
