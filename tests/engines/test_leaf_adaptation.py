"""A leaf's own hand: what is surely read teaches how the rest is written."""

import numpy as np
import pytest

from ocr.arrays import F32
from ocr.engines.beam_search import BeamSettings
from ocr.engines.calibration import Calibration
from ocr.engines.decoding import AgreedLetters, Decoder
from ocr.engines.leaf_adaptation import LeafStrip, adapt_to_leaf

LETTERS = "абвг"
DECODER = Decoder(LETTERS, Calibration(), BeamSettings())
SHAPES = np.random.default_rng(0).normal(0, 1, (len(LETTERS) + 1, 16)).astype(np.float32)
"""What each class looks like, silence first."""


def strip(classes: list[int], wrong: dict[int, int] | None = None, sure: float = 0.95) -> LeafStrip:
    """A strip of two frames of each class with silence between; the net believes `wrong` classes instead."""
    frames = [c for code in classes for c in (code, code, 0)]
    believed = [(wrong or {}).get(c, c) for c in frames]
    scores = np.full((len(frames), len(LETTERS) + 1), (1 - sure) / len(LETTERS), np.float32)
    scores[np.arange(len(frames)), believed] = sure
    read = DECODER.read(np.log(scores), None)
    return LeafStrip(
        np.log(scores), SHAPES[frames], AgreedLetters(read.codes, read.spans, read.evidence.agreed)
    )


def read_as(seen: LeafStrip, codes: list[int]) -> LeafStrip:
    """The same strip, read with a language that knows what stands there."""
    spans = [(3 * n, 3 * n + 2) for n in range(len(codes))]
    return seen._replace(read=AgreedLetters(bytes(codes), spans, np.ones(len(codes))))


def best(scores: F32) -> list[int]:
    return [int(code) for code in scores.argmax(1)[::3]]


@pytest.mark.parametrize("lines", [4, 40])
def test_a_letter_that_the_language_puts_right_is_read_right_elsewhere(lines: int) -> None:
    row = [1, 2, 3, 4] * 4
    # the net takes this hand's г for в; the language knew better on these strips, not on the last
    taught = [read_as(strip(row, {4: 3}), row) for _ in range(lines)]
    doubtful = strip([4, 1, 4, 2], {4: 3})
    doubtful.read.agreed[:] = 0.5
    assert best(doubtful.scores) == [3, 1, 3, 2]
    own = adapt_to_leaf([*taught, doubtful])
    assert own is not None
    assert best(own[-1]) == [4, 1, 4, 2]
    assert all(np.allclose(np.exp(scores).sum(1), 1, atol=1e-4) for scores in own)


def test_what_is_sure_already_stays() -> None:
    row = [1, 2, 3, 4] * 4
    strips = [strip(row) for _ in range(4)]
    own = adapt_to_leaf(strips)
    assert own is not None
    assert [best(scores) for scores in own] == [row] * 4


def test_little_or_doubtful_writing_teaches_nothing() -> None:
    assert adapt_to_leaf([]) is None
    assert adapt_to_leaf([strip([1, 2, 3])]) is None
    doubtful = [strip([1, 2, 3, 4] * 4) for _ in range(4)]
    for seen in doubtful:
        seen.read.agreed[:] = 0.3
    assert adapt_to_leaf(doubtful) is None


def test_the_same_strips_give_the_same_scores() -> None:
    strips = [strip([1, 2, 3, 4] * 4, {2: 1}) for _ in range(3)]
    one, two = adapt_to_leaf(strips), adapt_to_leaf(strips)
    assert one is not None
    assert two is not None
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
