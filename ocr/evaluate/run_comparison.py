"""Two runs of the same pages, line by line: what `bootstrap.compare` wants, from two reports."""

from dataclasses import dataclass
from typing import Literal

from ocr.errors import ComparisonError
from ocr.evaluate.bootstrap import DRAWS, SEED, Comparison, compare
from ocr.evaluate.pair import listed
from ocr.evaluate.rates import EditCounts
from ocr.evaluate.scores import PageScore, Report

Unit = Literal["letters", "words"]
_UNITS: tuple[Unit, Unit] = ("letters", "words")
_Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RunComparison:
    """The second of two runs against the first under one profile."""

    profile: str
    letters: Comparison
    words: Comparison | None


def compare_runs(
    first: Report, second: Report, *, seed: int = SEED, draws: int = DRAWS
) -> tuple[list[RunComparison], tuple[str, ...]]:
    """The second run against the first under every profile, and the pages that only one of them has.

    Pages are matched by name. ComparisonError when no page has both runs, or when the truths differ.
    """
    firsts = {page.name: page for page in first.pages}
    seconds = {page.name: page for page in second.pages}
    names = [name for name in firsts if name in seconds]
    if not names:
        raise ComparisonError("No page was read by both runs; give two runs of the same pages.")
    comparisons = []
    for at, profile in enumerate(first.profiles):
        letters, words = (
            compare([_rows(firsts[n], seconds[n], at, unit) for n in names], names, seed=seed, draws=draws)
            for unit in _UNITS
        )
        if letters is not None:
            comparisons.append(RunComparison(profile.name, letters, words))
    return comparisons, tuple(sorted(firsts.keys() ^ seconds.keys()))


def _rows(first: PageScore, other: PageScore, place: int, unit: Unit) -> list[tuple[int, int, int]]:
    """Of each line of the truth the errors of both runs and its units."""
    firsts, seconds = _by_line(first, place, unit), _by_line(other, place, unit)
    whole = [sum(lines.values(), EditCounts()) for lines in (firsts, seconds)]
    if whole[0].truth != whole[1].truth:
        files = listed(list(dict.fromkeys(first.pair.truth.files + other.pair.truth.files)))
        raise ComparisonError(f"The truth of {first.name} is not the same for both runs ({files}).")
    keys = sorted(firsts.keys() | seconds.keys())
    none = EditCounts()
    rows = [(firsts.get(key, none), seconds.get(key, none)) for key in keys]
    if any(a.truth != b.truth for a, b in rows):  # one run was compared leaf by leaf, the other as a whole
        return [(whole[0].errors, whole[1].errors, whole[0].truth)]
    return [(a.errors, b.errors, a.truth) for a, b in rows]


def _by_line(page: PageScore, place: int, unit: Unit) -> dict[_Key, EditCounts]:
    """EditCounts by leaf and line of the truth; an invented line goes with the line before it."""
    blocks = (page.blocks if unit == "letters" else page.word_blocks)[place]
    lines: dict[_Key, EditCounts] = {}
    last = (0, 0)
    for line, tallies in zip(page.lines, blocks, strict=True):
        if line.truth_line is not None:
            last = (line.leaf, line.truth_line)
        elif line.leaf != last[0]:
            last = (line.leaf, 0)
        lines[last] = lines.get(last, EditCounts()) + tallies
    return lines
