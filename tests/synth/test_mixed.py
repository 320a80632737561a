"""A mixture keeps its shares and its seed."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from ocr.arrays import GreyImage
from ocr.synth import Mixed


class Always:
    """Writes one letter."""

    def __init__(self, letter: str) -> None:
        self.letter = letter

    def strips(self, seed: int, longest: int) -> Iterator[tuple[GreyImage, str]]:
        while True:
            yield np.full((4, 4), 255, np.uint8), self.letter


def test_shares_are_kept() -> None:
    mixed = Mixed([(3, Always("a")), (1, Always("b"))])
    texts = [text for _, text in islice(mixed.strips(1, 5), 400)]
    assert 260 < texts.count("a") < 340
    assert texts == [text for _, text in islice(mixed.strips(1, 5), 400)]
