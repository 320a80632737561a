"""Words of two texts without their order: counts that add."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bag:
    """Words of two texts without their order."""

    shared: int = 0
    truth: int = 0
    found: int = 0

    def __add__(self, other: "Bag") -> "Bag":
        """Counts of both together."""
        return Bag(self.shared + other.shared, self.truth + other.truth, self.found + other.found)

    @property
    def precision(self) -> float | None:
        """Of the words found, the share that stands in the truth; None when nothing was found."""
        return self.shared / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Of the words of the truth, the share that was found; None when the truth is empty."""
        return self.shared / self.truth if self.truth else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; None when both texts are empty."""
        both = self.truth + self.found
        return 2 * self.shared / both if both else None


def bag_of_words(truth: Iterable[str], found: Iterable[str]) -> Bag:
    """Words shared, each as often as it stands in both; for text whose order is not to count."""
    one, other = Counter(truth), Counter(found)
    return Bag((one & other).total(), one.total(), other.total())
