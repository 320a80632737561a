"""Sections of the report that only some evaluations have: trust in confidences, another run, groups, lint."""

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.evaluate.bootstrap import Better, Comparison, Interval
from ocr.evaluate.calibration import CalibrationReport
from ocr.evaluate.lint import Flaw
from ocr.evaluate.markup import Content, Markup, joined, tag
from ocr.evaluate.rates import EditCounts
from ocr.evaluate.wording import Wording, whole
from ocr.report import cell
from ocr.report.plots import Bar, Dot, forest, reliability, risk_coverage
from ocr.report.sections import figure

_MOST_ROWS = 300
_SPACES = {" ": "␣", "\t": "⇥", "\u00a0": "⍽"}
_SURE = 0.05
"""The usual border of significance."""


def trust(judgements: Sequence[CalibrationReport], words: Wording) -> Markup:
    """How well confidences hold, in figures and drawn, level by level."""
    heads = (
        "col.level", "col.readings#", "col.believed#", "col.right#", "col.ece#", "col.chance#", "col.brier#",
        "col.read15#",
    )  # fmt: skip
    rows = [
        [
            cell.name(words.say(f"level.{one.level}")),
            cell.count(one.count),
            cell.rate(one.believed, words, 1),
            cell.rate(one.right, words, 1),
            cell.figure(one.expected_error, words),
            cell.figure(one.chance, words),
            cell.figure(one.brier, words),
            cell.rate(one.reading().found, words, 0),
        ]
        for one in judgements
    ]
    held: list[Content] = [cell.table(heads, rows, words)]
    for one in judgements:
        drawn = [
            Dot(b.believed, b.right, b.count)
            for b in one.bins
            if b.believed is not None and b.right is not None
        ]
        curve = [(1 - gain.read, gain.left) for gain in reversed(one.curve) if gain.left is not None]
        plots = tag(
            "div",
            figure("reliability", reliability(drawn, words), words),
            figure("risk", risk_coverage(curve, words), words),
            class_="two",
        )
        name = tag("summary", words.element("h3", f"level.{one.level}"))
        held.append(tag("details", name, plots, open=one is judgements[0], data_print=True))
    held.append(words.element("p", "trust.small", class_="quiet meta"))
    return joined(held)


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two runs under one profile."""

    profile: str
    letters: Comparison
    words: Comparison | None


def against(
    comparisons: Sequence[RunComparison],
    sides: tuple[str, str],
    alone: Sequence[str],
    both: Sequence["GroupRow"],
    words: Wording,
) -> Markup:
    """What each of two runs has by itself, their difference with its interval, and where each wins."""
    if not comparisons:
        return words.element("p", "against.none")
    first = comparisons[0].letters
    heads = (
        "col.profile", "col.measure", "col.difference#", "col.interval", "col.improvement#", "col.p#",
    )  # fmt: skip
    rows = [
        row
        for comparison in comparisons
        for row in (
            _comparison_row(comparison.profile, "CER", comparison.letters, words),
            _comparison_row(comparison.profile, "WER", comparison.words, words),
        )
        if row
    ]
    won = {better: first.won(better) for better in Better}
    counts = {
        "n1": whole(won[Better.SECOND]),
        "n2": whole(won[Better.FIRST]),
        "n3": whole(won[Better.EQUAL]),
    }
    contests = sorted(first.contests, key=lambda one: one.second - one.first)[:_MOST_ROWS]
    wins = [
        [
            cell.name(one.name),
            cell.rate(one.first / one.truth if one.truth else None, words),
            cell.rate(one.second / one.truth if one.truth else None, words),
            tag("td", f"{one.second - one.first:+d}", class_="r", data_v=one.second - one.first),
            cell.count(one.truth),
        ]
        for one in contests
    ]
    bars = [
        Bar(
            f"{comparison.profile}, {unit}",
            one.difference.rate,
            one.difference.low,
            one.difference.high,
            one.difference.lines,
        )
        for comparison in comparisons
        for unit, one in (("CER", comparison.letters), ("WER", comparison.words))
        if one is not None
    ]
    left = (
        words.element("p", "against.alone", {"pages": ", ".join(alone)}, class_="quiet meta")
        if alone
        else None
    )
    return joined(
        [
            words.element("p", "against.names", {"found": sides[0], "other": sides[1]}, class_="meta"),
            cell.table(_GROUP_HEADS, [_group_cells(row, words) for row in both], words),
            tag("p", tag("strong", *(words.say(key, **told) for key, told in verdict(comparisons)))),
            figure("against", forest(bars, words, "plot.difference"), words),
            cell.table(heads, rows, words),
            words.element("p", f"against.swapped.{first.swapped}", class_="quiet meta"),
            words.element("h3", "against.wins"),
            words.element("p", "against.pages", counts),
            cell.table(("col.page", "col.first#", "col.second#", "col.errors#", "col.letters#"), wins, words,
                       sortable=True),
            left,
        ]
    )  # fmt: skip


def verdict(comparisons: Sequence[RunComparison]) -> tuple[tuple[str, dict[str, str]], ...]:
    """Who is better in letters under the first profile, if that is no accident, as keys of words."""
    if not comparisons:
        return (("against.none", {}),)
    held = comparisons[0].letters
    told = held.difference
    key = "against.no"
    if held.p < _SURE and (told.low > 0 or told.high < 0):
        key = "against.yes.other" if told.rate < 0 else "against.yes.found"
    difference = f"{100 * told.rate:+.2f}\u202f%"
    bounds = f"{100 * told.low:+.2f} … {100 * told.high:+.2f}\u202f%"
    return ((key, {"n": difference, "n1": bounds, "n2": f"{held.p:.3g}"}),)


def _comparison_row(profile: str, measure: str, one: Comparison | None, words: Wording) -> list[Markup]:
    if one is None:
        return []
    told = one.difference
    return [
        cell.name(profile),
        cell.text(measure),
        tag("td", words.number(f"{100 * told.rate:+.2f}\u202f%"), class_="r", data_v=round(told.rate, 6)),
        tag("td", cell.bounds(told.low, told.high, words, signed=True), class_="range"),
        cell.rate(one.improvement, words, 1),
        tag("td", words.number(f"{one.p:.3g}"), class_="r", data_v=round(one.p, 6)),
    ]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Pages that share something."""

    name: str
    pages: int
    letters: EditCounts
    words: EditCounts
    cer: Interval | None


def groups(held: Sequence[tuple[str, Sequence[GroupRow]]], mean: float | None, words: Wording) -> Markup:
    """Rates by group, for each thing that pages are grouped by."""
    parts: list[Content] = [words.element("p", "groups.small", class_="quiet meta")]
    for name, rows in held:
        order = sorted(rows, key=lambda row: -(row.letters.rate or 0.0))
        bars = [_group_bar(row) for row in order]
        cells = [_group_cells(row, words) for row in order]
        parts += [
            words.element("h3", "groups.by", {"name": name}),
            tag("div", forest(bars[:60], words, "plot.bygroup", mean=mean), class_="wide"),
            cell.table(_GROUP_HEADS, cells, words, sortable=True),
        ]
    return joined(parts)


_GROUP_HEADS = (
    "col.group", "col.pages#", "col.cer#", "col.interval", "col.errors#", "col.letters#", "col.wer#",
    "col.errors#", "col.words#",
)  # fmt: skip


def _group_cells(row: GroupRow, words: Wording) -> list[Markup]:
    return [
        cell.name(row.name),
        cell.count(row.pages),
        cell.rate(row.letters.rate, words),
        cell.span(row.cer.low, row.cer.high, words) if row.cer else tag("td"),
        cell.count(row.letters.errors),
        cell.count(row.letters.truth),
        cell.rate(row.words.rate, words),
        cell.count(row.words.errors),
        cell.count(row.words.truth),
    ]


def _group_bar(row: GroupRow) -> Bar:
    low, high = (row.cer.low, row.cer.high) if row.cer else (None, None)
    return Bar(row.name, row.letters.rate, low, high, row.letters.truth)


def lint(flaws: Sequence[Flaw], words: Wording) -> Markup:
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
    told = words.element("p", "lint.small", class_="quiet meta")
    return joined([told, few, cell.table(heads, rows, words, sortable=True)])


def visible(text: str) -> str:
    """Text with its spaces showing, and letters of other alphabets by their numbers."""
    shown = "".join(_SPACES.get(letter, letter) for letter in text)
    numbers = " ".join(f"U+{ord(letter):04X}" for letter in text[:3])
    return f"{shown} ({numbers})" if shown.isalpha() and len(text) <= 3 else shown
