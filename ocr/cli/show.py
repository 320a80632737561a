"""What the evaluate command shows in a terminal: tables, colour only where a difference is no accident."""

import sys
from collections.abc import Sequence
from itertools import chain

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ocr.evaluate.agreement import Agreement
from ocr.evaluate.bootstrap import Range
from ocr.evaluate.estimate import Estimate
from ocr.evaluate.findings import Findings
from ocr.evaluate.keywords import SearchScore
from ocr.evaluate.rates import Score
from ocr.evaluate.scores import Report
from ocr.evaluate.wording import Wording, percent, whole
from ocr.report.advice import advice
from ocr.report.parts import ReportPart

_SHOWN_PAGES = 12
_SHOWN_GROUPS = 40


def print_report(report: Report, findings: Findings, parts: Sequence[ReportPart]) -> None:
    """Totals with their intervals, the worst pages, and what the figures say."""
    console = _console()
    table = _table("", "CER", "95 % interval", "errors/letters", "WER", "95 % interval", "errors/words")

    def row(name: str, score: Score, cer: Range | None, wer: Range | None = None, style: str = "") -> None:
        table.add_row(
            Text(name, overflow="fold"),
            Text(percent(score.cer), style=f"bold {style}"),
            Text(_bounds(cer), style="dim"),
            f"{whole(score.letters.errors)}/{whole(score.letters.truth)}",
            Text(percent(score.wer), style="bold"),
            Text(_bounds(wer), style="dim"),
            f"{whole(score.words.errors)}/{whole(score.words.truth)}",
        )

    for total, sure in zip(report.totals, findings.intervals, strict=True):
        row(total.micro.profile, total.micro, sure.cer, sure.wer, "cyan")
    if len(report.pages) > 1:
        mean = report.totals[0]
        cer, wer = (Text(percent(rate), style="dim") for rate in (mean.macro_cer, mean.macro_wer))
        table.add_row("mean of pages", cer, "", "", wer, "", "", style="dim", end_section=True)
        table.add_row()
        pages = sorted(
            zip(report.pages, findings.page_intervals, strict=True),
            key=lambda page: -(page[0].scores[0].cer or 0.0),
        )
        for page, bounds in pages[:_SHOWN_PAGES]:
            style = ""
            if bounds is not None and mean.micro.cer is not None:  # colour only what is no accident
                worse, better = bounds.low > mean.micro.cer, bounds.high < mean.micro.cer
                style = "red" if worse else "green" if better else ""
            row(page.name, page.scores[0], bounds, style=style)
    rows = [line for part in parts for line in part.rows]
    if rows:
        table.add_row()
    for line in rows[:_SHOWN_GROUPS]:
        row(*line)
    console.print(table)
    if len(report.pages) > _SHOWN_PAGES:
        console.print(f"the worst {_SHOWN_PAGES} of {whole(len(report.pages))} pages", style="dim")
    english = Wording()
    console.print()
    for key, values in chain(*(part.sentences for part in parts), advice(report, findings)):
        console.print(Text(f"• {english.plain(key, **values)}"))


def print_estimate(run: Estimate) -> None:
    """The rates expected, of all and of the worst pages, and what to transcribe next."""
    table = _table("estimated", "CER", "95 % interval", "WER", "95 % interval")
    table.add_row("all", *_rate(run.cer), *_rate(run.wer))
    order = sorted(run.pages, key=lambda page: -(page.cer.rate if page.cer else -1.0))
    for page in order[:_SHOWN_PAGES]:
        table.add_row(Text(page.name, overflow="fold"), *_rate(page.cer), *_rate(page.wer))
    _console().print(table)
    if run.cer is None:
        typer.echo("No file tells a confidence: nothing can be estimated.")
    for number, chosen in enumerate(run.transcribe_next, 1):
        typer.echo(f"{'Transcribe next: ' if number == 1 else ''}{number}. {chosen.name}: {chosen.reason}")


def print_agreement(agreed: Agreement) -> None:
    """How far two transcribers differ."""
    table = _table("differ in", "letters", "95 % interval", "words", "95 % interval")
    for name, each in agreed.profiles.items():
        table.add_row(Text(name, overflow="fold"), *_rate(each.letters), *_rate(each.words))
    _console().print(table)
    typer.echo(agreed.sentence)


def print_search(scores: Sequence[SearchScore]) -> None:
    """How well the words of the truth are found: each way of searching, and its curve."""
    table = _table("ways of searching", "average precision", "95 % interval", "recall", "at precision 80 %")
    for score in scores:
        name = f"{'any ending' if score.with_endings else 'as written'}, {score.edits} slips"
        found = score.average_precision
        recalls = percent(score.recall), percent(score.recall_at_precision)
        table.add_row(name, percent(found.rate), _bounds(found), *recalls)
    _console().print(table)
    for score in scores:
        curve = _table("probability", "recall", "precision", "hits")
        for point in score.curve:
            rates = percent(point.recall), percent(point.precision)
            curve.add_row(f"{point.certainty:g} and more", *rates, whole(point.hits))
        typer.echo(f"\n{'Any ending' if score.with_endings else 'As written'}, {score.edits} slips:")
        _console().print(curve)
    typer.echo(
        f"{whole(scores[0].keywords)} words of three letters and more of the truth were asked, "
        f"which stand in {whole(scores[0].places)} places."
    )


def _rate(sure: Range | None) -> tuple[str, str]:
    return percent(sure.rate if sure else None), _bounds(sure)


def _bounds(sure: Range | None) -> str:
    return "" if sure is None else f"{100 * sure.low:.2f}–{100 * sure.high:.2f}"


def _table(*heads: str) -> Table:
    """A plain table: names to the left, figures to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left", no_wrap=bool(place))
    return table


def _console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)
