"""What a report tells beyond rates: how sure they are, where errors are, which letters, the calibration."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, pairwise
from typing import TypeVar

from ocr.evaluate.bootstrap import DRAWS, SEED, Interval, interval
from ocr.evaluate.calibration import (
    LEVELS,
    CalibrationReport,
    PageOutcomes,
    calibration_report,
    joined,
    page_outcomes,
)
from ocr.evaluate.lines import LineOutcome, LineScore
from ocr.evaluate.order_free import OrderFree, order_free
from ocr.evaluate.rates import Bag, Counts, EditCounts, Letters, letters_of
from ocr.evaluate.scores import PageScore, Report

_Key = TypeVar("_Key", str, tuple[str, str])
PARTS = 10
"""Lines are cut into so many equal parts to see where along them errors are."""
_MOST_INTERVALS = 400
"""With more pages than these no interval is made for each: nobody could look at them."""
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


def loss_by_stage(lines: Iterable[LineScore]) -> dict[LineOutcome, Stage]:
    """The errors of lines by what became of the lines; the stages add up to all errors."""
    stages = dict.fromkeys(LineOutcome, Stage())
    for line in lines:
        stages[line.outcome] += Stage(1, line.letters)
    return stages


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
    """What became of those of ѣ і ѳ ѵ ъ that stand on either side.

    A letter of the wrong size is kept; one with an accent is the letter.
    """
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
        if stands or invented:
            rows.append(OldLetter(letter, stands - lost, lost, invented, became))
    return tuple(rows)


def _is(grapheme: str, letter: str) -> bool:
    return grapheme[:1].lower() == letter


@dataclass(frozen=True, slots=True)
class Intervals:
    """The intervals of one profile; None where there is no truth."""

    cer: Interval | None
    wer: Interval | None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is worked out from the lines of a report, under its first profile where none is named."""

    seed: int
    draws: int
    intervals: tuple[Intervals, ...]
    """One per profile."""
    bag_of_words: tuple[Bag, ...]
    """Words without order, one per profile."""
    page_intervals: tuple[Interval | None, ...]
    """CER of each page with bounds; all None when there are very many pages."""
    lines_without_error: LineCount
    """Lines read without an error."""
    stages: Mapping[LineOutcome, Stage]
    """What became of the lines, and the errors of each kind."""
    confusions: Confusions
    old_letters: tuple[OldLetter, ...]
    """Letters of the old spelling that stand on either side."""
    position: tuple[tuple[int, int], ...]
    """(errors, letters) in equal parts of the lines that were found."""
    order_free: OrderFree
    """Errors that no other order of lines mends."""
    outcomes: tuple[PageOutcomes, ...] = ()
    """The confidences of each page, and what was right; empty when no file tells a confidence."""
    calibration: tuple[CalibrationReport, ...] = ()
    """How well confidences hold, at those levels that have any."""


def find(report: Report, *, seed: int = SEED, draws: int = DRAWS) -> Findings:
    """The findings of a report; the same seed gives the same figures."""
    pages, profiles = report.pages, range(len(report.profiles))
    few = len(pages) <= _MOST_INTERVALS
    lines = [line for page in pages for line in page.lines]
    confused = confusions(lines, report.settings.letters)
    outcomes = tuple(page_outcomes(page) for page in pages if _has_confidences(page))
    reports = [calibration_report(joined(outcomes, level), seed=seed) for level in LEVELS]
    return Findings(
        seed,
        draws,
        tuple(
            Intervals(
                interval_of([page.blocks[at] for page in pages], seed, draws),
                interval_of([page.word_blocks[at] for page in pages], seed, draws),
            )
            for at in profiles
        ),
        tuple(sum((page.bags[at] for page in pages), Bag()) for at in profiles),
        tuple(interval_of([page.blocks[0]], seed, draws) if few else None for page in pages),
        sum((right_lines(page.blocks[0]) for page in pages), LineCount()),
        loss_by_stage(lines),
        confused,
        old_letters(confused),
        _position(lines),
        sum((order_free(page.pair.leaves, page.lines, report.profiles[0]) for page in pages), OrderFree()),
        outcomes,
        tuple(report for report in reports if report is not None),
    )


def interval_of(pages: Sequence[Sequence[EditCounts]], seed: int, draws: int) -> Interval | None:
    """The interval of the rate of these pages, each its lines."""
    return interval([[(line.errors, line.truth) for line in page] for page in pages], seed=seed, draws=draws)


def _has_confidences(page: PageScore) -> bool:
    """Does the found file tell a confidence at all?"""
    lines = chain(*page.pair.found.pieces)
    return any(word.confidence is not None for line in lines for word in line.words)


def _position(lines: Sequence[LineScore]) -> tuple[tuple[int, int], ...]:
    errors, letters = [0] * PARTS, [0] * PARTS
    for line in lines:
        if line.outcome in {LineOutcome.MISSED, LineOutcome.INVENTED}:
            continue
        long = line.letters.truth
        for part, count in enumerate(_parts(long)):
            letters[part] += count
        for at in line.wrong_at:
            errors[min(PARTS * at // max(long, 1), PARTS - 1)] += 1
    return tuple(zip(errors, letters, strict=True))


@lru_cache(maxsize=1024)
def _parts(long: int) -> tuple[int, ...]:
    """How many letters of a line of that length lie in each of its parts."""
    ends = [-(-part * long // PARTS) for part in range(PARTS + 1)]
    return tuple(end - start for start, end in pairwise(ends))
