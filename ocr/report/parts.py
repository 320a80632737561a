"""Parts of an evaluation that are made when asked for: each for JSON, for the page, and in a sentence."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ocr.errors import SettingsError
from ocr.evaluate.as_json import counted
from ocr.evaluate.bootstrap import Comparison, Interval
from ocr.evaluate.findings import interval_of
from ocr.evaluate.groups import Grouping, groupings
from ocr.evaluate.lint import lint
from ocr.evaluate.markup import Markup
from ocr.evaluate.rates import Score
from ocr.evaluate.run_comparison import against
from ocr.evaluate.scores import Report
from ocr.evaluate.wording import Wording, whole
from ocr.report import more_sections as further
from ocr.report.advice import Sentence
from ocr.report.more_sections import GroupRow, RunComparison

UNTOLD = "–"
"""The group of pages of which nothing is said."""


@dataclass(frozen=True, slots=True)
class ReportPart:
    """One part, under its key."""

    key: str
    told: Callable[[], Any]
    """For JSON."""
    show: Callable[[Wording], Markup]
    """Its section of the page."""
    said: tuple[Sentence, ...] = ()
    """What it says in short, for the terminal."""
    rows: tuple[tuple[str, Score, Interval | None], ...] = ()
    """Rows of its own for the table of the terminal: name, counts, bounds of the CER."""


def other_run(report: Report, other: Report, sides: tuple[str, str], *, seed: int, draws: int) -> ReportPart:
    """A second run against the first, under every profile."""
    comparisons, alone = [], tuple[str, ...]()
    for at, profile in enumerate(report.profiles):
        letters, alone = against(report, other, at, "letters", seed=seed, draws=draws)
        words, _ = against(report, other, at, "words", seed=seed, draws=draws)
        if letters is not None:
            comparisons.append(RunComparison(profile.name, letters, words))
    both = [_rate(name, one, seed, draws) for name, one in zip(sides, (report, other), strict=True)]
    told = {
        "other": sides[1],
        "rates": {
            side: {
                "cer": {**counted(row.letters), "interval": asdict(row.cer) if row.cer else None},
                "wer": counted(row.words),
                "pages": row.pages,
            }
            for side, row in zip(("found", "other"), both, strict=True)
        },
        "alone": list(alone),
        "profiles": {
            comparison.profile: {"cer": _compared(comparison.letters), "wer": _compared(comparison.words)}
            for comparison in comparisons
        },
    }
    return ReportPart(
        "against",
        lambda: told,
        lambda w: further.against(comparisons, sides, alone, both, w),
        further.verdict(comparisons),
        tuple(
            (f"{side}: {row.name} ({row.pages})", Score("", row.letters, row.words), row.cer)
            for side, row in zip(("FOUND", "OTHER"), both, strict=True)
        ),
    )


def _rate(name: str, run: Report, seed: int, draws: int) -> GroupRow:
    """What one run has by itself, under the first profile."""
    score = run.totals[0].micro
    sure = interval_of([page.blocks[0] for page in run.pages], seed, draws)
    return GroupRow(name, len(run.pages), score.letters, score.words, sure)


def by_group(report: Report, wanted: Sequence[str], *, seed: int, draws: int) -> ReportPart:
    """Rates of pages that share something, for each key or CSV file wanted."""
    made = [one for by in wanted for one in groupings([page.pair for page in report.pages], by)]
    held = [(one.key, _rows(report, one, seed, draws)) for one in made]
    told = {
        key: {
            row.name: {
                "pages": row.pages,
                "cer": {**counted(row.letters), "interval": asdict(row.cer) if row.cer else None},
                "wer": counted(row.words),
            }
            for row in rows
        }
        for key, rows in held
    }
    mean = report.totals[0].micro.cer
    return ReportPart("groups", lambda: told, lambda w: further.groups(held, mean, w), rows=_in_short(held))


def _rows(report: Report, grouping: Grouping, seed: int, draws: int) -> list[GroupRow]:
    rows = []
    for name, places in (*grouping.groups.items(), (UNTOLD, grouping.without)):
        pages = [report.pages[at] for at in places]
        if not pages:
            continue
        whole = sum((page.scores[0] for page in pages), Score(report.profiles[0].name))
        sure = interval_of([page.blocks[0] for page in pages], seed, draws)
        rows.append(GroupRow(name, len(pages), whole.letters, whole.words, sure))
    return rows


def _in_short(
    held: Sequence[tuple[str, Sequence[GroupRow]]],
) -> tuple[tuple[str, Score, Interval | None], ...]:
    return tuple(
        (f"{key}: {row.name} ({row.pages})", Score("", row.letters, row.words), row.cer)
        for key, rows in held
        for row in rows
    )


def suspicious(report: Report) -> ReportPart:
    """What in the truth may be a slip."""
    flaws = lint((page.name, page.pair.truth.given or page.pair.truth) for page in report.pages)
    said: tuple[Sentence, ...] = (("next.lint", {"n": whole(len(flaws))}),) if flaws else ()
    return ReportPart(
        "lint",
        lambda: [{**asdict(flaw), "kind": str(flaw.kind)} for flaw in flaws],
        lambda w: further.lint(flaws, w),
        said,
    )


def hands(report: Report, wanted: Sequence[str]) -> dict[str, str]:
    """The hand of each page, by its name, where a header or a table wanted tells it."""
    pairs = [page.pair for page in report.pages]
    for by in (*wanted, "hand"):
        try:
            made = groupings(pairs, by)
        except SettingsError:
            continue  # no header tells a hand
        for one in made:
            if one.key == "hand":
                return {report.pages[at].name: hand for hand, places in one.groups.items() for at in places}
    return {}


def _compared(held: Comparison | None) -> dict[str, Any] | None:
    if held is None:
        return None
    return {**asdict(held), "swapped": held.swapped, "contests": [
        {**asdict(one), "better": str(one.better)} for one in held.contests
    ]}  # fmt: skip


def told_of(parts: Sequence[ReportPart]) -> dict[str, Any]:
    """All of them for JSON."""
    return {part.key: part.told() for part in parts}
