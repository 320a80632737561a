"""Parts that only some evaluations have: each for JSON, for the page, and in a sentence for the terminal."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ocr.errors import SettingsError
from ocr.evaluate.as_json import counted, plain
from ocr.evaluate.bootstrap import Comparison, Interval
from ocr.evaluate.calibration import CalibrationReport
from ocr.evaluate.findings import interval_of
from ocr.evaluate.groups import Grouping, groupings
from ocr.evaluate.lint import Flaw, lint
from ocr.evaluate.rates import Score
from ocr.evaluate.run_comparison import RunComparison, compare_runs
from ocr.evaluate.scores import PageScore, Report
from ocr.evaluate.wording import whole
from ocr.report import cell
from ocr.report.advice import Sentence
from ocr.report.markup import Content, HtmlWording, Markup, joined, tag
from ocr.report.plots import Bar, Dot, forest, reliability, risk_coverage
from ocr.report.sections import figure

_MOST_ROWS = 300
_SPACES = {" ": "␣", "\t": "⇥", "\u00a0": "⍽"}
_SIGNIFICANT = 0.05
"""The usual border of p."""
_UNTOLD = "–"
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


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Pages that share something."""

    name: str
    pages: int
    score: Score
    cer: Interval | None


_GROUP_HEADS = ("col.group", "col.pages#", *cell.SCORE_HEADS)


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
        lambda w: _against(comparisons, sides, alone, both, w),
        _verdict(comparisons),
        tuple(_in_short(side, row) for side, row in zip(("FOUND", "OTHER"), both, strict=True)),
    )


def _compared(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    contests = [{**asdict(contest), "better": contest.better} for contest in comparison.contests]
    return {**asdict(comparison), "contests": contests}


def _against(
    comparisons: Sequence[RunComparison],
    sides: tuple[str, str],
    alone: Sequence[str],
    both: Sequence[GroupRow],
    words: HtmlWording,
) -> Markup:
    """What each of two runs has by itself, their difference with its interval, and where each wins."""
    if not comparisons:
        return words.element("p", "against.none")
    first = comparisons[0].letters
    heads = (
        "col.profile", "col.measure", "col.difference#", "col.interval", "col.improvement#", "col.p#",
    )  # fmt: skip
    by_unit = [
        (runs.profile, unit, comparison)
        for runs in comparisons
        for unit, comparison in (("CER", runs.letters), ("WER", runs.words))
        if comparison is not None
    ]
    bars = [
        Bar(f"{profile}, {unit}", differ.difference.rate, differ.difference, differ.difference.lines)
        for profile, unit, differ in by_unit
    ]
    won = Counter(contest.better for contest in first.contests)
    wins = {"n1": whole(won["second"]), "n2": whole(won["first"]), "n3": whole(won["equal"])}
    pages = [
        [
            cell.name(page.name),
            cell.rate(page.first / page.truth if page.truth else None, words),
            cell.rate(page.second / page.truth if page.truth else None, words),
            tag("td", f"{page.second - page.first:+d}", class_="r", data_v=page.second - page.first),
            cell.count(page.truth),
        ]
        for page in sorted(first.contests, key=lambda page: page.second - page.first)[:_MOST_ROWS]
    ]
    left = None
    if alone:
        left = words.element("p", "against.alone", {"pages": ", ".join(alone)}, class_="quiet meta")
    return joined(
        [
            words.element("p", "against.names", {"found": sides[0], "other": sides[1]}, class_="meta"),
            cell.table(_GROUP_HEADS, [_group_cells(row, words) for row in both], words),
            tag("p", tag("strong", *(words.say(key, **values) for key, values in _verdict(comparisons)))),
            figure("against", forest(bars, words, "plot.difference"), words),
            cell.table(heads, [_comparison_row(*row, words) for row in by_unit], words),
            words.element("p", f"against.swapped.{first.swapped}", class_="quiet meta"),
            words.element("h3", "against.wins"),
            words.element("p", "against.pages", wins),
            cell.table(("col.page", "col.first#", "col.second#", "col.errors#", "col.letters#"), pages, words,
                       sortable=True),
            left,
        ]
    )  # fmt: skip


def _verdict(comparisons: Sequence[RunComparison]) -> tuple[Sentence, ...]:
    """Who is better in letters under the first profile, if that is no accident."""
    if not comparisons:
        return (("against.none", {}),)
    letters = comparisons[0].letters
    differ = letters.difference
    key = "against.no"
    if letters.p < _SIGNIFICANT and (differ.low > 0 or differ.high < 0):
        key = "against.yes.other" if differ.rate < 0 else "against.yes.found"
    bounds = f"{100 * differ.low:+.2f} … {100 * differ.high:+.2f}\u202f%"
    return ((key, {"n": f"{100 * differ.rate:+.2f}\u202f%", "n1": bounds, "n2": f"{letters.p:.3g}"}),)


def _comparison_row(profile: str, unit: str, comparison: Comparison, words: HtmlWording) -> list[Markup]:
    differ = comparison.difference
    return [
        cell.name(profile),
        cell.text(unit),
        tag("td", words.number(f"{100 * differ.rate:+.2f}\u202f%"), class_="r", data_v=round(differ.rate, 6)),
        tag("td", cell.bounds(differ.low, differ.high, words, signed=True), class_="range"),
        cell.rate(comparison.improvement, words, 1),
        tag("td", words.number(f"{comparison.p:.3g}"), class_="r", data_v=round(comparison.p, 6)),
    ]


def by_group(report: Report, wanted: Sequence[str], *, seed: int, draws: int) -> ReportPart:
    """Rates of pages that share something, for each key or CSV file wanted."""
    made = [grouping for by in wanted for grouping in groupings([page.pair for page in report.pages], by)]
    by_key = [(grouping.key, _rows(report, grouping, seed, draws)) for grouping in made]
    mean = report.totals[0].micro.cer
    return ReportPart(
        "groups",
        {key: {row.name: {"pages": row.pages, **_rates(row)} for row in rows} for key, rows in by_key},
        lambda w: _groups(by_key, mean, w),
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
        for name, places in (*grouping.groups.items(), (_UNTOLD, grouping.without))
        if places
    ]


def _groups(
    groupings: Sequence[tuple[str, Sequence[GroupRow]]], mean: float | None, words: HtmlWording
) -> Markup:
    """Rates by group, for each thing that pages are grouped by."""
    parts: list[Content] = [words.element("p", "groups.small", class_="quiet meta")]
    for name, rows in groupings:
        order = sorted(rows, key=lambda row: -(row.score.cer or 0.0))
        bars = [Bar(row.name, row.score.cer, row.cer, row.score.letters.truth) for row in order]
        cells = [_group_cells(row, words) for row in order]
        parts += [
            words.element("h3", "groups.by", {"name": name}),
            tag("div", forest(bars[:60], words, "plot.bygroup", mean=mean), class_="wide"),
            cell.table(_GROUP_HEADS, cells, words, sortable=True),
        ]
    return joined(parts)


def _group_cells(row: GroupRow, words: HtmlWording) -> list[Markup]:
    return [cell.name(row.name), cell.count(row.pages), *cell.score(row.score, row.cer, words)]


def suspicious(report: Report) -> ReportPart:
    """What in the truth may be a slip."""
    flaws = lint((page.name, page.pair.truth.given or page.pair.truth) for page in report.pages)
    return ReportPart(
        "lint",
        [asdict(flaw) for flaw in flaws],
        lambda w: _lint(flaws, w),
        (("next.lint", {"n": whole(len(flaws))}),) if flaws else (),
    )


def _lint(flaws: Sequence[Flaw], words: HtmlWording) -> Markup:
    """The suspicious places of the truth, one a row."""
    if not flaws:
        return words.element("p", "lint.none")
    few = None
    if len(flaws) > _MOST_ROWS:
        few = words.element("p", "lint.few", {"n": str(_MOST_ROWS), "n1": whole(len(flaws))}, class_="quiet")
    rows = [
        [
            cell.name(flaw.page),
            cell.text(words.say("flaw.place", n=str(flaw.leaf), n1=str(flaw.line), n2=str(flaw.column))),
            cell.text(words.say(f"flaw.{flaw.kind}")),
            cell.text(visible(flaw.found)),
            cell.text("–" if flaw.better is None else visible(flaw.better) or "∅"),
            cell.text(flaw.around),
        ]
        for flaw in flaws[:_MOST_ROWS]
    ]
    heads = ("col.page", "col.place", "col.problem", "col.stands", "col.rather", "col.text")
    small = words.element("p", "lint.small", class_="quiet meta")
    return joined([small, few, cell.table(heads, rows, words, sortable=True)])


def visible(text: str) -> str:
    """Text with its spaces showing, and letters of other alphabets by their numbers."""
    shown = "".join(_SPACES.get(letter, letter) for letter in text)
    numbers = " ".join(f"U+{ord(letter):04X}" for letter in text[:3])
    return f"{shown} ({numbers})" if shown.isalpha() and len(text) <= 3 else shown


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


def calibration(levels: Sequence[CalibrationReport], words: HtmlWording) -> Markup:
    """How well confidences hold, in figures and drawn, level by level."""
    heads = (
        "col.level", "col.readings#", "col.believed#", "col.right#", "col.ece#", "col.chance#", "col.brier#",
        "col.read15#",
    )  # fmt: skip
    rows = [
        [
            cell.name(words.say(f"level.{level.level}")),
            cell.count(level.count),
            cell.rate(level.mean_confidence, words, 1),
            cell.rate(level.right, words, 1),
            cell.figure(level.ece, words),
            cell.figure(level.ece_by_chance, words),
            cell.figure(level.brier, words),
            cell.rate(level.reading.found, words, 0),
        ]
        for level in levels
    ]
    parts: list[Content] = [cell.table(heads, rows, words)]
    for level in levels:
        dots = [
            Dot(b.believed, b.right, b.count)
            for b in level.bins
            if b.believed is not None and b.right is not None
        ]
        curve = [
            (1 - gain.read, gain.left_wrong) for gain in reversed(level.curve) if gain.left_wrong is not None
        ]
        plots = tag(
            "div",
            figure("reliability", reliability(dots, words), words),
            figure("risk", risk_coverage(curve, words), words),
            class_="two",
        )
        name = tag("summary", words.element("h3", f"level.{level.level}"))
        parts.append(tag("details", name, plots, open=level is levels[0], data_print=True))
    parts.append(words.element("p", "trust.small", class_="quiet meta"))
    return joined(parts)
