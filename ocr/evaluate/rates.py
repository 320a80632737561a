"""Counts of errors, which add, and rates, which are made only when they are shown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from ocr.evaluate.align import Chunks, EditKind, align
from ocr.text import Profile, codepoints, graphemes, words_by_space, words_uax29


class Counts:
    """Counts that add, field by field; for dataclasses of counts."""

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]]

    def __add__(self, other: Self) -> Self:
        """Counts of both together."""
        return type(self)(*(getattr(self, name) + getattr(other, name) for name in self.__match_args__))


@dataclass(frozen=True, slots=True)
class Bag(Counts):
    """Words of two texts without their order."""

    shared: int = 0
    truth: int = 0
    found: int = 0

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
    truths, founds = Counter(truth), Counter(found)
    return Bag((truths & founds).total(), truths.total(), founds.total())


class Letters(StrEnum):
    """What is counted as one letter."""

    GRAPHEMES = "graphemes"
    CODEPOINTS = "codepoints"


class Words(StrEnum):
    """What is counted as one word: what stands between spaces, or words by UAX 29 without punctuation."""

    SPACE = "space"
    UAX29 = "uax29"


_LETTERS = {Letters.GRAPHEMES: graphemes, Letters.CODEPOINTS: codepoints}
_WORDS = {Words.SPACE: words_by_space, Words.UAX29: words_uax29}


def letters_of(text: str, rule: Letters = Letters.GRAPHEMES) -> list[str]:
    """The letters of a text, spaces and punctuation among them."""
    return _LETTERS[rule](text)


def words_of(text: str, rule: Words = Words.SPACE) -> list[str]:
    """The words of a text."""
    return _WORDS[rule](text)


@dataclass(frozen=True, slots=True)
class EditCounts(Counts):
    """How many units were right, wrong, added and left out. `EditCounts()` adds nothing."""

    hits: int = 0
    substitutions: int = 0
    insertions: int = 0
    """In the found text only."""
    deletions: int = 0
    """In the truth only."""

    @property
    def errors(self) -> int:
        """The Levenshtein distance."""
        return self.substitutions + self.insertions + self.deletions

    @property
    def truth(self) -> int:
        """Units in the truth."""
        return self.hits + self.substitutions + self.deletions

    @property
    def found(self) -> int:
        """Units in the found text."""
        return self.hits + self.substitutions + self.insertions

    @property
    def rate(self) -> float | None:
        """Errors per unit of truth; above 1 when much was invented.

        An empty truth gives no rate, except that nothing found where nothing stands is free of errors: 0.
        """
        if self.truth == 0:
            return None if self.errors else 0.0
        return self.errors / self.truth


def count_edits(chunks: Chunks) -> EditCounts:
    """The counts of one alignment."""
    counts = dict.fromkeys(EditKind, 0)  # in the order of the fields
    for chunk in chunks:
        counts[chunk.kind] += chunk.length
    return EditCounts(*counts.values())


def compare(truth: Sequence[str], found: Sequence[str]) -> EditCounts:
    """The counts of one sequence of units against another."""
    return count_edits(align(truth, found))


def macro(parts: Iterable[EditCounts]) -> float | None:
    """The plain mean of the rates of those parts that have a truth; None when none has.

    A blank page read as blank has the rate 0 but is left out: blank pages must not sweeten a mean.
    """
    rates = [part.errors / part.truth for part in parts if part.truth]
    return sum(rates) / len(rates) if rates else None


@dataclass(frozen=True, slots=True)
class Score:
    """One page, or all, under one profile."""

    profile: str
    letters: EditCounts = EditCounts()
    words: EditCounts = EditCounts()

    @property
    def cer(self) -> float | None:
        """Character error rate."""
        return self.letters.rate

    @property
    def wer(self) -> float | None:
        """Word error rate."""
        return self.words.rate

    def __add__(self, other: "Score") -> "Score":
        """Counts of both together; the profile must be the same."""
        if self.profile != other.profile:
            raise ValueError(f"{self.profile} and {other.profile} do not add")
        return Score(self.profile, self.letters + other.letters, self.words + other.words)


def score(
    truth: str,
    found: str,
    profile: Profile,
    letters: Letters = Letters.GRAPHEMES,
    words: Words = Words.SPACE,
) -> Score:
    """The counts of one found text against its truth.

    Each side is its lines parted by newlines. A line end counts as one space, so lines broken at other
    places cost nothing, and a line left out costs its letters and one space.
    """
    truth, found = profile.apply(truth), profile.apply(found)
    return Score(
        profile.name,
        compare(letters_of(truth, letters), letters_of(found, letters)),
        compare(words_of(truth, words), words_of(found, words)),
    )
