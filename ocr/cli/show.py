"""What the evaluate command shows in a terminal: tables, colour only where a difference is no accident."""

import sys
from collections.abc import Sequence
from itertools import chain
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ocr.evaluate.findings import Findings
from ocr.evaluate.scores import Report
from ocr.evaluate.wording import Wording, percent, whole
from ocr.report.advice import advice
from ocr.report.parts import ReportPart

_SHOWN_PAGES = 12
_SHOWN_GROUPS = 40


def print_report(report: Report, findings: Findings, parts: Sequence[ReportPart]) -> None:
    """Totals with their intervals, the worst pages, and what the figures say."""

    console = _console()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("", "CER", "95 % interval", "errors/letters", "WER", "95 % interval", "errors/words"):
        table.add_column(head, justify="left" if not head else "right", no_wrap=bool(head))

    def row(name: str, score: Any, cer: Any, wer: Any, style: str = "") -> None:
        bounds = [
            "" if sure is None else f"{100 * sure.low:.2f}–{100 * sure.high:.2f}" for sure in (cer, wer)
        ]
        table.add_row(
            Text(name, overflow="fold"),
            Text(percent(score.cer), style=f"bold {style}"),
            Text(bounds[0], style="dim"),
            f"{whole(score.letters.errors)}/{whole(score.letters.truth)}",
            Text(percent(score.wer), style="bold"),
            Text(bounds[1], style="dim"),
            f"{whole(score.words.errors)}/{whole(score.words.truth)}",
        )

    for total, sure in zip(report.totals, findings.intervals, strict=True):
        row(total.micro.profile, total.micro, sure.cer, sure.wer, "cyan")
    if len(report.pages) > 1:
        mean = report.totals[0]
        means = (Text(percent(rate), style="dim") for rate in (mean.macro_cer, mean.macro_wer))
        table.add_row(
            "mean of pages", next(means), "", "", next(means), "", "", style="dim", end_section=True
        )
        table.add_row()
        order = sorted(range(len(report.pages)), key=lambda at: -(report.pages[at].scores[0].cer or 0.0))
        whole_rate = report.totals[0].micro.cer
        for at in order[:_SHOWN_PAGES]:
            sure_page = findings.page_intervals[at]
            style = ""
            if sure_page is not None and whole_rate is not None:  # colour only what is no accident
                style = (
                    "red" if sure_page.low > whole_rate else "green" if sure_page.high < whole_rate else ""
                )
            row(report.pages[at].name, report.pages[at].scores[0], sure_page, None, style)
    rows = [line for part in parts for line in part.rows]
    if rows:
        table.add_row()
    for name, score, bounds in rows[:_SHOWN_GROUPS]:
        row(name, score, bounds, None)
    console.print(table)
    if len(report.pages) > _SHOWN_PAGES:
        console.print(f"the worst {_SHOWN_PAGES} of {whole(len(report.pages))} pages", style="dim")
    english = Wording()
    console.print()
    for key, values in chain(*(part.sentences for part in parts), advice(report, findings)):
        console.print(Text(f"• {english.plain(key, **values)}"))


def print_rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table: names to the left, figures to the right."""

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left", no_wrap=bool(place))
    for first, *rest in rows:
        table.add_row(Text(first, overflow="fold"), *rest)
    _console().print(table)


def _console() -> Console:

    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)
