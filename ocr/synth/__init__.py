"""Writing that we make ourselves, with its text known.

A source gives strips for a seed: see `Source`. Fonts are one; hands made of strokes are another.
"""

from collections.abc import Iterator
from typing import Protocol

from ocr.arrays import GreyImage


class Source(Protocol):
    """Something that writes lines."""

    def strips(self, seed: int, longest: int) -> Iterator[tuple[GreyImage, str]]:
        """Endless pairs of a strip (uint8, height by width, paper light) and its text, the same for a seed.

        No text is longer than `longest` letters, none is empty.
        """
        ...
