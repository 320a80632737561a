"""What a report tells beyond rates: how sure they are, where errors are, which letters, what to trust."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ocr.evaluate.bootstrap import DRAWS, SEED, Interval, interval
from ocr.evaluate.calibration import CalibrationReport, calibration_report
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
from ocr.evaluate.trust import PageOutcomes, joined, page_outcomes

PARTS = 10
"""Lines are cut into so many equal parts to see where along them errors are."""
_SURE_PAGES = 400
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
    sure: tuple[Intervals, ...]
    """One per profile."""
    bags: tuple[Bag, ...]
    """Words without order, one per profile."""
    pages: tuple[Interval | None, ...]
    """CER of each page with bounds; all None when there are very many pages."""
    lines: LineCount
    """Lines read without an error."""
    loss: Loss
    confusions: Confusions
    old: tuple[OldLetter, ...]
    """Letters of the old spelling that stand on either side."""
    position: tuple[tuple[int, int], ...]
    """(errors, letters) in equal parts of the lines that were found."""
    free: OrderFree
    """Errors that no other order of lines mends."""
    trust: tuple[PageOutcomes, ...] = ()
    """What each page believed, and what was right; empty when no file tells a confidence."""
    judgements: tuple[CalibrationReport, ...] = ()
    """How well confidences hold, at those levels that have any."""


def find(report: Report, *, seed: int = SEED, draws: int = DRAWS) -> Findings:
    """The findings of a report; the same seed gives the same figures."""
    sure = tuple(
        Intervals(
            interval_of([page.blocks[at] for page in report.pages], seed, draws),
            interval_of([page.word_blocks[at] for page in report.pages], seed, draws),
        )
        for at in range(len(report.profiles))
    )
    few = len(report.pages) <= _SURE_PAGES
    lines = [line for page in report.pages for line in page.lines]
    told = confusions(lines, report.settings.letters)
    old = tuple(one for one in old_letters(told) if one.kept or one.lost or one.invented)
    trust = tuple(page_outcomes(page) for page in report.pages if _tells(page))
    return Findings(
        seed,
        draws,
        sure,
        tuple(sum((page.bags[at] for page in report.pages), Bag()) for at in range(len(report.profiles))),
        tuple(interval_of([page.blocks[0]], seed, draws) if few else None for page in report.pages),
        sum((right_lines(page.blocks[0]) for page in report.pages), LineCount()),
        loss_by_stage(lines),
        told,
        old,
        _position(lines),
        sum((order_free(p.pair.leaves, p.lines, report.profiles[0]) for p in report.pages), OrderFree()),
        trust,
        _judged(trust, seed),
    )


def interval_of(pages: Sequence[Sequence[EditCounts]], seed: int, draws: int) -> Interval | None:
    """The interval of the rate of these pages, each its lines."""
    return interval([[(one.errors, one.truth) for one in page] for page in pages], seed=seed, draws=draws)


def _tells(page: PageScore) -> bool:
    """Does the found file tell a confidence at all?"""
    return any(
        word.confidence is not None
        for leaf in page.pair.found.pieces
        for piece in leaf
        for word in piece.words
    )


def _judged(trust: Sequence[PageOutcomes], seed: int) -> tuple[CalibrationReport, ...]:
    levels = (
        joined([page.words for page in trust], "word"),
        joined([page.letters for page in trust], "letter"),
        joined([page.lines for page in trust], "line"),
    )
    held = (calibration_report(level, seed=seed) for level in levels)
    return tuple(one for one in held if one is not None)


def _position(lines: Sequence[LineScore]) -> tuple[tuple[int, int], ...]:
    errors, letters = [0] * PARTS, [0] * PARTS
    for line in lines:
        if line.fate in {LineOutcome.MISSED, LineOutcome.INVENTED}:
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
