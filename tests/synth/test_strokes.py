"""Strips in hands of strokes: the same for a seed, with writing on them."""

from itertools import islice

import numpy as np

from ocr.synth.strokes import StrokeLines
from ocr.synth.text import Texts

PROSE = "Съезд советов открылся в два часа дня; ещё до этого народ стоял на улице и ждал известий. " * 5


def test_same_seed_same_strips() -> None:
    one, two = (list(islice(StrokeLines(Texts([PROSE])).strips(7, 20), 8)) for _ in range(2))
    for (grey, text), (other, same) in zip(one, two, strict=True):
        assert text == same
        assert np.array_equal(grey, other)


def test_strips_hold_writing() -> None:
    for grey, text in islice(StrokeLines(Texts([PROSE])).strips(1, 30), 60):
        assert grey.dtype == np.uint8
        assert 10 < grey.shape[0] < 200
        assert 0 < len(text) <= 30
        assert int(grey.max()) - int(grey.min()) > 12
