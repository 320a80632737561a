"""A language model of a few words, and how its letters are coded."""

from functools import cache

import numpy as np

from ocr.engines.language import CharModel
from ocr.synth.text import ALPHABET
from ocr.train.language import build, coded


@cache
def small_language() -> CharModel:
    """Two letters tell the third."""
    text = "мама мыла раму, а рама мала; мы мыли маму. " * 60
    return CharModel(ALPHABET, {"new": build(coded(text, np.random.default_rng(0)), 2)})


def codes(text: str) -> bytes:
    return bytes(ALPHABET.index(letter) + 1 for letter in text)
