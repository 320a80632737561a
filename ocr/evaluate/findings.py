"""What a report tells beyond rates: how sure they are, where errors are, which letters, the calibration."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from ocr.evaluate.bootstrap import DRAWS, SEED, Interval, interval
from ocr.evaluate.calibration import (
    CalibrationReport,
    PageOutcomes,
    calibration_report,
    joined,
    page_outcomes,
)
from ocr.evaluate.lines import LineOutcome, LineScore
from ocr.evaluate.measures import (
    Confusions,
    LineCount,
    Loss,
    OldLetter,
    confusions,
    loss_by_stage,
    old_letters,
    right_lines,
)
from ocr.evaluate.order_free import OrderFree, order_free
from ocr.evaluate.rates import Bag, EditCounts
from ocr.evaluate.scores import PageScore, Report

PARTS = 10
"""Lines are cut into so many equal parts to see where along them errors are."""
_MOST_INTERVALS = 400
"""With more pages than these no interval is made for each: nobody could look at them."""


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
    loss: Loss
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
        tuple(old for old in old_letters(confused) if old.kept or old.lost or old.invented),
        _position(lines),
        sum((order_free(page.pair.leaves, page.lines, report.profiles[0]) for page in pages), OrderFree()),
        outcomes,
        _calibration(outcomes, seed),
    )


def interval_of(pages: Sequence[Sequence[EditCounts]], seed: int, draws: int) -> Interval | None:
    """The interval of the rate of these pages, each its lines."""
    return interval([[(line.errors, line.truth) for line in page] for page in pages], seed=seed, draws=draws)


def _has_confidences(page: PageScore) -> bool:
    """Does the found file tell a confidence at all?"""
    lines = chain(*page.pair.found.pieces)
    return any(word.confidence is not None for line in lines for word in line.words)


def _calibration(pages: Sequence[PageOutcomes], seed: int) -> tuple[CalibrationReport, ...]:
    levels = (
        joined([page.words for page in pages], "word"),
        joined([page.letters for page in pages], "letter"),
        joined([page.lines for page in pages], "line"),
    )
    reports = (calibration_report(level, seed=seed) for level in levels)
    return tuple(report for report in reports if report is not None)


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
