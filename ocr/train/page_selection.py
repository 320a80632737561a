"""Which page to transcribe next: the one whose lines would teach a reader most.

What a page teaches are letters in their surroundings that are read with doubt, on it or on the pages that are
not on the list yet; the first examples teach most. So each pair of letters has a need, the errors expected in
it over all pages by calibrated confidence, and each page meets a share of it that grows with the number of
times the pair stands on it, ever more slowly. The list is the greedy one, which for such a sum (submodular:
Nemhauser et al., 1978) is never far from the best.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import exp
from pathlib import Path

from ocr.engines.cursive import CursiveSettings, open_engine
from ocr.engines.decoding import DecodedLine
from ocr.train.hands import KnownLine

_ENOUGH = 3.0
"""So many examples of a pair meet 63 % of its need."""


@dataclass(frozen=True, slots=True)
class PageCandidate:
    """A page as read."""

    name: str
    letters: int
    """Letters, spaces among them."""
    wrong: float
    """How many of them are expected to be wrong."""
    pairs: Counter[str]
    """How often each pair of letters stands on it."""
    doubt: dict[str, float]
    """Errors expected in the second letter of each pair."""


@dataclass(frozen=True, slots=True)
class RankedPage:
    """A page worth transcribing."""

    page: PageCandidate
    gain: float
    """Share of all expected errors, 0..1, of whose kind it would teach, beyond the pages before it."""

    @property
    def reason(self) -> str:
        """In words."""
        return (
            f"about {self.page.wrong:.0f} of {self.page.letters} letters wrong; would teach what "
            f"{100 * self.gain:.0f} % of all errors need"
        )


def select_pages(lines: Iterable[KnownLine], model: Path) -> list[RankedPage]:
    """The pages (files) of the lines, what teaches most first.

    The lines of a page stand together; those of a table are its page.
    """
    engine = open_engine(CursiveSettings(model=str(model)))
    pages = []
    for file, page_lines in groupby(lines, lambda line: line.file):
        writings = engine.decoded([engine.model.look(line.grey) for line in page_lines])
        pages.append(page_of(file.name, writings))
    return ranked(pages)


def page_of(name: str, writings: Iterable[DecodedLine]) -> PageCandidate:
    """What a page holds."""
    pairs, doubt = Counter[str](), Counter[str]()
    letters, wrong = 0, 0.0
    for writing in writings:
        before = " "
        for letter in writing.letters:
            pairs[before + letter.text] += 1
            doubt[before + letter.text] += 1 - letter.confidence  # type: ignore[assignment]  # counts of errors
            wrong += 1 - letter.confidence
            letters += 1
            before = letter.text
    return PageCandidate(name, letters, wrong, pairs, dict(doubt))


def ranked(pages: Iterable[PageCandidate]) -> list[RankedPage]:
    """The pages, each the one that teaches most beyond those before it; of like ones the first by name."""
    left = sorted(pages, key=lambda page: page.name)
    need: dict[str, float] = {}
    for page in left:
        for pair, doubt in page.doubt.items():
            need[pair] = need.get(pair, 0.0) + doubt
    whole = sum(need.values()) or 1.0
    met, listed = Counter[str](), list[RankedPage]()

    def gain(page: PageCandidate) -> float:
        return sum(
            need[pair] * exp(-met[pair] / _ENOUGH) * (1 - exp(-count / _ENOUGH))
            for pair, count in page.pairs.items()
        )

    while left:
        best = max(left, key=gain)
        listed.append(RankedPage(best, gain(best) / whole))
        met.update(best.pairs)
        left.remove(best)
    return listed
