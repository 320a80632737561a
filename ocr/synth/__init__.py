"""Writing that we make ourselves, with its text known.

A source gives strips for a seed: see `Source`. Fonts are one; hands made of strokes are another.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from ocr.arrays import GreyImage


class Source(Protocol):
    """Something that writes lines."""

    def strips(self, seed: int, longest: int) -> Iterator[tuple[GreyImage, str]]:
        """Endless pairs of a strip (uint8, height by width, paper light) and its text, the same for a seed.

        No text is longer than `longest` letters, none is empty.
        """
        ...


class Mixed:
    """Strips of several sources, each drawn as often as its share says."""

    def __init__(self, parts: Sequence[tuple[float, Source]]) -> None:
        shares = np.array([share for share, _ in parts], np.float64)
        self._shares = shares / shares.sum()
        self._sources = [source for _, source in parts]

    def strips(self, seed: int, longest: int) -> Iterator[tuple[GreyImage, str]]:
        """See `Source`."""
        rng = np.random.default_rng(seed)
        open_now = [source.strips(int(rng.integers(2**62)), longest) for source in self._sources]
        while True:
            yield next(open_now[rng.choice(len(open_now), p=self._shares)])
