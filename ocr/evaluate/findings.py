"""What a report tells beyond its rates: how sure they are, where the errors are, which letters."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.evaluate.bootstrap import DRAWS, SEED, Interval, interval
from ocr.evaluate.facing import Facing, facing
from ocr.evaluate.lines import Fate, LineScore
from ocr.evaluate.rates import Letters, Tallies
from ocr.evaluate.report import Report

PARTS = 10
"""Lines are cut into so many equal parts to see where along them errors are."""
_SURE_PAGES = 400
"""With more pages than these no interval is made for each: nobody could look at them."""


@dataclass(frozen=True, slots=True)
class Sure:
    """The intervals of one profile; None where there is no truth."""

    cer: Interval | None
    wer: Interval | None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is worked out from the lines of a report, under its first profile where none is named."""

    seed: int
    draws: int
    sure: tuple[Sure, ...]
    """One per profile."""
    pages: tuple[Interval | None, ...]
    """CER of each page with bounds; all None when there are very many pages."""
    stages: dict[Fate, Tallies]
    """Letters of the lines that met each fate."""
    fates: dict[Fate, int]
    """How many lines met each fate."""
    confusions: Counter[Facing]
    """How often a letter of the truth was taken for another; "" is left out, or added."""
    frequency: Counter[str]
    """How often each letter stands in the truth."""
    position: tuple[tuple[int, int], ...]
    """(errors, letters) in equal parts of the lines that were found."""

    good_lines: int
    """Lines of the truth read without an error."""
    lines: int
    """Lines of the truth."""


def find(report: Report, *, seed: int = SEED, draws: int = DRAWS) -> Findings:
    """The findings of a report; the same seed gives the same figures."""
    sure = tuple(
        Sure(
            _interval([page.blocks[at] for page in report.pages], seed, draws),
            _interval([page.word_blocks[at] for page in report.pages], seed, draws),
        )
        for at in range(len(report.profiles))
    )
    few = len(report.pages) <= _SURE_PAGES
    pages = tuple(_interval([page.blocks[0]], seed, draws) if few else None for page in report.pages)
    stages = dict.fromkeys(Fate, Tallies())
    fates = dict.fromkeys(Fate, 0)
    lines = [line for page in report.pages for line in page.lines]
    for line in lines:
        stages[line.fate] += line.letters
        fates[line.fate] += 1
    confusions, frequency, position = _letters(lines, report.settings.letters)
    of_truth = [line for line in lines if line.truth_line is not None and line.letters.truth]
    good = sum(not line.letters.errors for line in of_truth)
    return Findings(
        seed, draws, sure, pages, stages, fates, confusions, frequency, position, good, len(of_truth)
    )


def _interval(pages: Sequence[Sequence[Tallies]], seed: int, draws: int) -> Interval | None:
    return interval([[(one.errors, one.truth) for one in page] for page in pages], seed=seed, draws=draws)


def _letters(
    lines: Sequence[LineScore], rule: Letters
) -> tuple[Counter[Facing], Counter[str], tuple[tuple[int, int], ...]]:
    confusions: Counter[Facing] = Counter()
    frequency: Counter[str] = Counter()
    errors, letters = [0] * PARTS, [0] * PARTS
    for line in lines:
        pairs = facing(line.truth, line.found, rule)
        frequency.update(truth for truth, _ in pairs if truth)
        confusions.update(pair for pair in pairs if pair[0] != pair[1])
        if line.fate in {Fate.MISSED, Fate.INVENTED}:
            continue
        long = max(sum(truth != "" for truth, _ in pairs), 1)
        place = 0
        for truth, found in pairs:
            part = min(PARTS * place // long, PARTS - 1)
            letters[part] += truth != ""
            errors[part] += truth != found
            place += truth != ""
    return confusions, frequency, tuple(zip(errors, letters, strict=True))
