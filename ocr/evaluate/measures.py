"""What one rate hides: lines, stages, old letters, confusions: counts that add."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from ocr.evaluate.lines import LineOutcome, LineScore
from ocr.evaluate.rates import Counts, EditCounts, Letters, letters_of

_Key = TypeVar("_Key", str, tuple[str, str])
OLD_LETTERS = "ѣіѳѵъ"
"""Letters that the reform of 1918 took away (ъ at word ends), the first to be lost by modern readers."""


def normalised(counts: EditCounts) -> float | None:
    """Errors per unit of the alignment, never above 1; None when both texts are empty.

    errors / (hits + errors), as ocrd and ocreval give it: a reading full of inventions nears 1 and stays
    below it, where the plain rate grows without end.
    """
    whole = counts.hits + counts.errors
    return counts.errors / whole if whole else None


@dataclass(frozen=True, slots=True)
class LineCount(Counts):
    """Lines of the truth that have text, and how many of them stand in the found text without an error."""

    right: int = 0
    truth: int = 0

    @property
    def accuracy(self) -> float | None:
        """The share of lines without an error; None without lines."""
        return self.right / self.truth if self.truth else None


def right_lines(blocks: Iterable[EditCounts]) -> LineCount:
    """Of the blocks of a page (`PageScore.blocks`), those with truth, and those without an error."""
    of_truth = [block for block in blocks if block.truth]
    return LineCount(sum(not block.errors for block in of_truth), len(of_truth))


@dataclass(frozen=True, slots=True)
class Stage(Counts):
    """Lines of one outcome, and their letters."""

    lines: int = 0
    letters: EditCounts = field(default_factory=EditCounts)


@dataclass(frozen=True, slots=True)
class Loss:
    """Where letters were lost: finding the lines, or reading them."""

    stages: Mapping[LineOutcome, Stage]

    @property
    def finding(self) -> int:
        """Errors in letters of lines missed and invented."""
        return sum(self.stages[fate].letters.errors for fate in (LineOutcome.MISSED, LineOutcome.INVENTED))

    @property
    def parting(self) -> int:
        """Errors in letters of lines merged and split: lost by finding or by reading, nobody can say."""
        return sum(self.stages[fate].letters.errors for fate in (LineOutcome.MERGED, LineOutcome.SPLIT))

    @property
    def reading(self) -> int:
        """Errors in letters of lines that were found as they are."""
        return self.stages[LineOutcome.READ].letters.errors


def loss_by_stage(lines: Iterable[LineScore]) -> Loss:
    """The errors of lines by what became of the lines; the stages add up to all errors."""
    stages = dict.fromkeys(LineOutcome, Stage())
    for line in lines:
        stages[line.outcome] += Stage(1, line.letters)
    return Loss(stages)


@dataclass(frozen=True, slots=True)
class Confusions:
    """How often letters were taken for others, beside how often they stand in the truth."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(letter of the truth, letter found), errors only; "" on one side: added, left out."""
    frequency: Counter[str] = field(default_factory=Counter)
    """Of each letter in the truth, without the spaces that line ends count as."""

    def rate(self, truth: str, found: str) -> float | None:
        """The share of a letter of the truth that was read as another; None when it never stands there."""
        stands = self.frequency[truth]
        return self.pairs[truth, found] / stands if stands else None


def most_first(counts: Mapping[_Key, int]) -> list[tuple[_Key, int]]:
    """The counts by size, those of one size by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def confusions(lines: Iterable[LineScore], letters: Letters = Letters.GRAPHEMES) -> Confusions:
    """The errors of lines letter by letter, out of the alignment that the page's tallies come from."""
    counts = Confusions()
    for line in lines:
        counts.pairs.update(line.wrong)
        counts.frequency.update(letters_of(line.truth, letters))
    return counts


@dataclass(frozen=True, slots=True)
class OldLetter:
    """What became of one letter, small and capital together."""

    letter: str
    kept: int
    lost: int
    invented: int
    """Found where the truth has another letter or none."""
    became: Counter[str]
    """What the lost ones were read as; "" is left out."""

    @property
    def preserved(self) -> float | None:
        """The share that was kept; None when the truth has none."""
        return self.kept / (self.kept + self.lost) if self.kept + self.lost else None


def old_letters(confused: Confusions) -> tuple[OldLetter, ...]:
    """What became of ѣ і ѳ ѵ ъ. A letter of the wrong size is kept; one with an accent is the letter."""
    rows = []
    for letter in OLD_LETTERS:
        stands = sum(count for sign, count in confused.frequency.items() if _is(sign, letter))
        became: Counter[str] = Counter()
        invented = 0
        for (truth, found), count in confused.pairs.items():
            if _is(truth, letter) and not _is(found, letter):
                became[found] += count
            elif _is(found, letter) and not _is(truth, letter):
                invented += count
        lost = became.total()
        rows.append(OldLetter(letter, stands - lost, lost, invented, became))
    return tuple(rows)


def _is(grapheme: str, letter: str) -> bool:
    return grapheme[:1].lower() == letter
