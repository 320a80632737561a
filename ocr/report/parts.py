"""Parts of an evaluation that are made when asked for: each for JSON, for the page, and in a sentence."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ocr.errors import SettingsError
from ocr.evaluate.as_json import counted, plain
from ocr.evaluate.bootstrap import Comparison, Interval
from ocr.evaluate.findings import interval_of
from ocr.evaluate.groups import Grouping, groupings
from ocr.evaluate.lint import lint
from ocr.evaluate.rates import Score
from ocr.evaluate.run_comparison import compare_runs
from ocr.evaluate.scores import PageScore, Report
from ocr.evaluate.wording import whole
from ocr.report import more_sections
from ocr.report.advice import Sentence
from ocr.report.markup import HtmlWording, Markup
from ocr.report.more_sections import GroupRow

UNTOLD = "–"
"""The group of pages of which nothing is said."""


@dataclass(frozen=True, slots=True)
class ReportPart:
    """One part, under its key."""

    key: str
    as_json: Any
    show: Callable[[HtmlWording], Markup]
    """Its section of the page."""
    sentences: tuple[Sentence, ...] = ()
    """What it says in short, for the terminal."""
    rows: tuple[tuple[str, Score, Interval | None], ...] = ()
    """Rows of its own for the table of the terminal: name, counts, bounds of the CER."""


def other_run(report: Report, other: Report, sides: tuple[str, str], *, seed: int, draws: int) -> ReportPart:
    """A second run against the first, under every profile."""
    comparisons, alone = compare_runs(report, other, seed=seed, draws=draws)
    both = [_row(sides[0], report.pages, seed, draws), _row(sides[1], other.pages, seed, draws)]
    as_json = {
        "other": sides[1],
        "rates": {
            side: {**_rates(row), "pages": row.pages}
            for side, row in zip(("found", "other"), both, strict=True)
        },
        "alone": alone,
        "profiles": {
            runs.profile: {"cer": _compared(runs.letters), "wer": _compared(runs.words)}
            for runs in comparisons
        },
    }
    return ReportPart(
        "against",
        as_json,
        lambda w: more_sections.against(comparisons, sides, alone, both, w),
        more_sections.verdict(comparisons),
        tuple(_in_short(side, row) for side, row in zip(("FOUND", "OTHER"), both, strict=True)),
    )


def by_group(report: Report, wanted: Sequence[str], *, seed: int, draws: int) -> ReportPart:
    """Rates of pages that share something, for each key or CSV file wanted."""
    made = [grouping for by in wanted for grouping in groupings([page.pair for page in report.pages], by)]
    by_key = [(grouping.key, _rows(report, grouping, seed, draws)) for grouping in made]
    mean = report.totals[0].micro.cer
    return ReportPart(
        "groups",
        {key: {row.name: {"pages": row.pages, **_rates(row)} for row in rows} for key, rows in by_key},
        lambda w: more_sections.groups(by_key, mean, w),
        rows=tuple(_in_short(key, row) for key, rows in by_key for row in rows),
    )


def _rates(row: GroupRow) -> dict[str, Any]:
    letters, words = row.score.letters, row.score.words
    return {"cer": {**counted(letters), "interval": plain(row.cer)}, "wer": counted(words)}


def _row(name: str, pages: Sequence[PageScore], seed: int, draws: int) -> GroupRow:
    """What some pages have together, under the first profile."""
    profile = pages[0].scores[0].profile
    whole = sum((page.scores[0] for page in pages), Score(profile))
    return GroupRow(name, len(pages), whole, interval_of([page.blocks[0] for page in pages], seed, draws))


def _in_short(start: str, row: GroupRow) -> tuple[str, Score, Interval | None]:
    return f"{start}: {row.name} ({row.pages})", row.score, row.cer


def _rows(report: Report, grouping: Grouping, seed: int, draws: int) -> list[GroupRow]:
    return [
        _row(name, [report.pages[at] for at in places], seed, draws)
        for name, places in (*grouping.groups.items(), (UNTOLD, grouping.without))
        if places
    ]


def suspicious(report: Report) -> ReportPart:
    """What in the truth may be a slip."""
    flaws = lint((page.name, page.pair.truth.given or page.pair.truth) for page in report.pages)
    return ReportPart(
        "lint",
        [asdict(flaw) for flaw in flaws],
        lambda w: more_sections.lint(flaws, w),
        (("next.lint", {"n": whole(len(flaws))}),) if flaws else (),
    )


def hands(report: Report, wanted: Sequence[str]) -> dict[str, str]:
    """The hand of each page, by its name, where a header or a table wanted tells it."""
    pairs = [page.pair for page in report.pages]
    for by in (*wanted, "hand"):
        try:
            made = groupings(pairs, by)
        except SettingsError:
            continue  # no header tells a hand
        for grouping in made:
            if grouping.key == "hand":
                return {
                    report.pages[at].name: hand for hand, places in grouping.groups.items() for at in places
                }
    return {}


def _compared(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    contests = [{**asdict(contest), "better": contest.better} for contest in comparison.contests]
    return {**asdict(comparison), "contests": contests}
