"""The evaluate command: its flags, its table in the terminal, its files."""

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocr.errors import SettingsError

if TYPE_CHECKING:
    from ocr.evaluate.findings import Findings
    from ocr.evaluate.report import Report

_SHOWN_PAGES = 12

_Truth = Annotated[Path, typer.Argument(metavar="TRUTH", help="Hand transcription: a file or a folder.")]
_Found = Annotated[Path | None, typer.Argument(metavar="FOUND", help="What was read: a file or a folder.")]


def evaluate(
    truth: _Truth,
    found: _Found = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the whole report, one file for any browser.")
    ] = None,
    scans: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the scans are, for pictures of the worst lines.")
    ] = None,
    strips: Annotated[int, typer.Option(min=0, help="So many pictures of lines at most.")] = 150,
    lang: Annotated[str, typer.Option(metavar="en|ru", help="Language the report opens in.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, not a table.")] = False,
    as_csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write totals, pages and lines for a spreadsheet."),
    ] = None,
    profile: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="strict, lenient, reading; may be repeated.")
    ] = None,
    rules: Annotated[
        str, typer.Option(metavar="RULES", help="What is read of TEI, e.g. del=keep,supplied=keep.")
    ] = "",
    letters: Annotated[str, typer.Option(help="A letter is: graphemes, codepoints.")] = "graphemes",
    words: Annotated[str, typer.Option(help="A word is: space, uax29.")] = "space",
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same intervals.")] = 1,
    draws: Annotated[int, typer.Option(min=100, max=100_000, help="Draws of the bootstrap.")] = 2000,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Leave out files without a partner, and say so.")
    ] = False,
) -> None:
    """Score what was read against hand transcriptions: rates with intervals, and what to do next.

    Files are text, TEI, PAGE, ALTO or hOCR, paired by name; NAME.1.txt and NAME.2.txt are the leaves of the
    spread NAME. Exit code 11 when a file has no partner.
    """
    from ocr.evaluate.chosen import profiles_of, rules_of
    from ocr.evaluate.findings import find
    from ocr.evaluate.rates import Letters, Words
    from ocr.evaluate.report import EvaluateSettings
    from ocr.evaluate.report import evaluate as score
    from ocr.evaluate.words import Words as Language

    Language(lang)  # a language unknown is said before the work
    settings = EvaluateSettings(
        allow_missing=allow_missing,
        letters=_one_of(Letters, letters, "letters"),
        words=_one_of(Words, words, "words"),
        rules=rules_of(rules),
        profiles=profiles_of(profile or ()),
    )
    if found is None:
        raise SettingsError("Give TRUTH and FOUND.")
    report = score(truth, found, settings)
    findings = find(report, seed=seed, draws=draws)
    if html is not None:
        _write(html, _page(report, findings, (truth, found), scans, strips, lang).encode())
    if as_csv is not None:
        _write_csv(as_csv, report, findings)
    if as_json:
        _print_json(report, findings)
    else:
        _print_table(report, findings)
        if html is None:
            typer.echo("Every line with its picture, letter by letter: add --html report.html", err=True)


def _page(
    report: "Report",
    findings: "Findings",
    sides: tuple[Path, Path],
    scans: Path | None,
    most: int,
    lang: str,
) -> str:
    """The HTML report; what could not be used for pictures is said."""
    from ocr.evaluate.pictures import strips
    from ocr.evaluate.render import page, worst
    from ocr.evaluate.told import flat, settings_told, versions

    if scans is not None and not scans.exists():
        raise SettingsError(f"There is no folder {scans} with scans; check the name.")
    cutting = strips(report, worst(report), scans, most)
    for reason in cutting.failed:
        typer.echo(f"No picture: {reason}", err=True)
    told = flat({**settings_told(report.settings, findings), "versions": versions()})
    named = (str(sides[0]), str(sides[1]))
    return page(report, findings, lang=lang, strips=cutting.strips, told=told, sides=named)


def _print_json(report: "Report", findings: "Findings") -> None:
    from ocr.evaluate.told import told

    held = told(report, findings, {})
    typer.echo(json.dumps(held, ensure_ascii=False, indent=1, allow_nan=False))


def _write_csv(path: Path, report: "Report", findings: "Findings") -> None:
    from io import StringIO

    from ocr.evaluate.told import rows

    held = StringIO()
    csv.writer(held).writerows(rows(report, findings))
    _write(
        path, held.getvalue().encode("utf-8-sig", "backslashreplace")
    )  # the mark tells Excel that it is UTF-8


def _write(path: Path, held: bytes) -> None:
    from ocr.files import write_whole

    write_whole(path, held)
    typer.echo(f"written: {path}", err=True)


def _print_table(report: "Report", findings: "Findings") -> None:
    """Totals with their intervals, the worst pages, and what the figures say."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from ocr.evaluate.advice import advice
    from ocr.evaluate.words import Words, percent, whole

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in ("", "CER", "95 % interval", "errors/letters", "WER", "95 % interval", "errors/words"):
        table.add_column(head, justify="left" if not head else "right", no_wrap=bool(head))

    def row(name: str, one: Any, cer: Any, wer: Any, style: str = "") -> None:
        bounds = [
            "" if sure is None else f"{100 * sure.low:.2f}–{100 * sure.high:.2f}" for sure in (cer, wer)
        ]
        table.add_row(
            Text(name, overflow="fold"),
            Text(percent(one.cer), style=f"bold {style}"),
            Text(bounds[0], style="dim"),
            f"{whole(one.letters.errors)}/{whole(one.letters.truth)}",
            Text(percent(one.wer), style="bold"),
            Text(bounds[1], style="dim"),
            f"{whole(one.words.errors)}/{whole(one.words.truth)}",
        )

    for total, sure in zip(report.totals, findings.sure, strict=True):
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
            sure_page = findings.pages[at]
            style = ""
            if sure_page is not None and whole_rate is not None:  # colour only what is no accident
                style = (
                    "red" if sure_page.low > whole_rate else "green" if sure_page.high < whole_rate else ""
                )
            row(report.pages[at].name, report.pages[at].scores[0], sure_page, None, style)
    console.print(table)
    if len(report.pages) > _SHOWN_PAGES:
        console.print(f"the worst {_SHOWN_PAGES} of {whole(len(report.pages))} pages", style="dim")
    english = Words()
    console.print()
    for key, values in advice(report, findings):
        console.print(Text(f"• {english.plain(key, **values)}"))
    for remark in report.remarks:
        typer.echo(remark, err=True)


def _one_of(kind: Any, name: str, what: str) -> Any:
    """The member of an enumeration by its name; SettingsError names the known ones."""
    if name not in set(kind):
        raise SettingsError(f"There is no {what} {name!r}; known: {', '.join(kind)}.")
    return kind(name)
