"""The evaluate command: its flags, its table in the terminal, its files."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocr.cli.terminal import CSV_DIALECTS, knows_all_letters, one_of, one_of_names, say
from ocr.errors import SettingsError

if TYPE_CHECKING:
    from ocr.evaluate.bootstrap import Range
    from ocr.evaluate.findings import Findings
    from ocr.evaluate.scores import EvaluateSettings, Report
    from ocr.report.parts import ReportPart
    from ocr.tei.flow import TextRules

_SHOWN_PAGES = 12
_SHOWN_REASONS = 8


@dataclass(frozen=True, slots=True)
class _Output:
    """Where an answer goes, how it was counted, and with which dice."""

    html: Path | None
    as_json: bool
    lang: str
    seed: int
    draws: int
    settings: "EvaluateSettings"

    @property
    def provenance(self) -> dict[str, Any]:
        """What the figures depend on."""
        from ocr.evaluate.as_json import settings_as_json, versions

        return {"versions": versions(), "settings": settings_as_json(self.settings, self.seed, self.draws)}

    def page(self, make: Callable[[list[tuple[str, str]]], str]) -> None:
        """Writes the page, if one is wanted."""
        from ocr.evaluate.as_json import flat

        if self.html is not None:
            _write(self.html, make(flat(self.provenance)).encode())


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
    csv_dialect: Annotated[
        str, typer.Option(metavar="plain|excel-ru", help="excel-ru: semicolons and decimal commas.")
    ] = "plain",
    profile: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="strict, lenient, reading; may be repeated.")
    ] = None,
    equal: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="File of extra equivalences: a profile more."),
    ] = None,
    rules: Annotated[
        str, typer.Option(metavar="RULES", help="What is read of TEI, e.g. del=keep,supplied=keep.")
    ] = "",
    ink: Annotated[
        str | None,
        typer.Option(metavar="all|main", help="main: leave out other inks, such as a teacher's red."),
    ] = None,
    letters: Annotated[str, typer.Option(help="A letter is: graphemes, codepoints.")] = "graphemes",
    normal_form: Annotated[
        str, typer.Option(metavar="FORM", help="Unicode form to compare in: NFC, NFD, NFKC, NFKD.")
    ] = "NFC",
    words: Annotated[str, typer.Option(help="A word is: space, uax29.")] = "space",
    groups: Annotated[
        list[str] | None,
        typer.Option(metavar="BY", help="hand, notebook, date, folder... or FILE.csv; may be repeated."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="OTHER", help="Another run of the same pages: which is better?")
    ] = None,
    lint: Annotated[
        bool, typer.Option("--lint", help="List what is suspicious in the truth; FOUND may be left out.")
    ] = False,
    agreement: Annotated[
        bool, typer.Option("--agreement", help="Both sides are transcriptions: how far do they agree?")
    ] = False,
    calibration: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Calibration table, for an estimate.")
    ] = None,
    fit_calibration: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write such a table, fitted on these pages.")
    ] = None,
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
    from ocr.cli.show import print_report
    from ocr.evaluate.as_json import report_as_json
    from ocr.evaluate.choices import parse_rules, profiles_of, read_equal
    from ocr.evaluate.findings import find
    from ocr.evaluate.rates import Letters, Words
    from ocr.evaluate.recalibration import fit
    from ocr.evaluate.scores import EvaluateSettings
    from ocr.evaluate.scores import evaluate as score
    from ocr.evaluate.wording import Wording
    from ocr.report.parts import by_group, other_run, suspicious
    from ocr.text import FORMS

    Wording(lang)  # a language unknown is said before the work
    one_of_names(CSV_DIALECTS, csv_dialect, "CSV dialect")
    if normal_form.upper() not in FORMS:
        raise SettingsError(f"There is no normal form {normal_form!r}; known: {', '.join(FORMS)}.")
    chosen = profiles_of(profile or (), [read_equal(equal)] if equal else ())
    settings = EvaluateSettings(
        allow_missing=allow_missing,
        letters=one_of(Letters, letters, "letters"),
        words=one_of(Words, words, "words"),
        rules=parse_rules(",".join(filter(None, (rules, ink and f"ink={ink}")))),
        profiles=tuple(replace(each, form=normal_form.upper()) for each in chosen),
    )
    if scans is not None and not scans.exists():
        raise SettingsError(f"There is no folder {scans} with scans; check the name.")
    if lint and found is not None:
        _lint(truth, settings.rules, as_json=False, to_stderr=as_json)
    output = _Output(html, as_json, lang, seed, draws, settings)
    if found is None and lint:
        _lint(truth, settings.rules, as_json)
        return
    if found is None:
        if agreement or against or fit_calibration or as_csv:
            raise SettingsError("With one side only an estimate can be made; name TRUTH and FOUND.")
        _estimate(truth, calibration, output)
        return
    if agreement:
        _agreement(truth, found, output)
        return
    report = score(truth, found, settings)
    findings = find(report, seed=seed, draws=draws)
    parts = [suspicious(report)]
    if groups:
        parts.append(by_group(report, groups, seed=seed, draws=draws))
    if against is not None:
        sides = (str(found), str(against))
        parts.append(
            other_run(report, score(truth, against, settings, report), sides, seed=seed, draws=draws)
        )
    if fit_calibration is not None:
        fit(findings.outcomes).write(fit_calibration)
        say(f"written: {fit_calibration}")
    if html is not None:
        _write(
            html, _page(report, findings, parts, groups or (), (truth, found), scans, strips, lang).encode()
        )
    if as_csv is not None:
        _write_csv(as_csv, report, findings, csv_dialect)
    if as_json:
        _print_json(report_as_json(report, findings, {part.key: part.as_json for part in parts}))
    else:
        print_report(report, findings, parts)
        for remark in report.remarks:
            say(remark)
        if html is None:
            say("Every line with its picture, letter by letter: add --html report.html")


def _page(
    report: "Report",
    findings: "Findings",
    parts: "Sequence[ReportPart]",
    groups: Sequence[str],
    sides: tuple[Path, Path],
    scans: Path | None,
    most: int,
    lang: str,
) -> str:
    """The HTML report; what could not be used for pictures is said."""
    from ocr.evaluate.as_json import flat, settings_as_json, versions
    from ocr.report.markup import HtmlWording
    from ocr.report.page import page, worst
    from ocr.report.parts import hands
    from ocr.report.pictures import strips

    cutting = strips(report, worst(report), scans, most)
    for reason in cutting.failed[:_SHOWN_REASONS]:
        say(f"No picture: {reason}")
    if len(cutting.failed) > _SHOWN_REASONS:
        say(f"No picture for {len(cutting.failed) - _SHOWN_REASONS} scans more.")
    provenance = flat(
        {**settings_as_json(report.settings, findings.seed, findings.draws), "versions": versions()}
    )
    named = (str(sides[0]), str(sides[1]))
    more = {part.key: part.show(HtmlWording(lang)) for part in parts}
    return page(
        report,
        findings,
        lang=lang,
        strips=cutting.strips,
        hands=hands(report, groups),
        settings=provenance,
        sides=named,
        more=more,
    )


def _lint(truth: Path, rules: "TextRules", as_json: bool, to_stderr: bool = False) -> None:
    """What in the truth may be a slip, a place a line."""
    from ocr.evaluate.lint import lint_path
    from ocr.evaluate.wording import Wording
    from ocr.report.markup import visible_controls
    from ocr.report.more_sections import visible

    flaws, english = lint_path(truth, rules), Wording()
    if as_json:
        _print_json({"lint": [asdict(flaw) for flaw in flaws]})
        return
    for flaw in flaws:
        rather = "" if flaw.better is None else f", rather {visible(flaw.better) or 'nothing'}"
        place = f"{flaw.page}:{flaw.leaf}:{flaw.line}:{flaw.column}"
        problem = f"{english.plain(f'flaw.{flaw.kind}')}: {visible(flaw.found)}{rather}"
        typer.echo(f"{place}: {visible_controls(f'{problem}   {flaw.around}')}", err=to_stderr)
    if not flaws:
        typer.echo("Nothing suspicious was found in the truth.", err=to_stderr)


def _estimate(run: Path, calibration: Path | None, output: _Output) -> None:
    """How good a run is that nobody has transcribed, and what to transcribe next."""
    from ocr.cli.show import print_rows
    from ocr.evaluate.calibration import page_confidence
    from ocr.evaluate.estimate import estimate
    from ocr.evaluate.pair import listed, pair
    from ocr.evaluate.recalibration import ASSUMED, read
    from ocr.evaluate.wording import Wording, percent
    from ocr.formats.metadata import is_done
    from ocr.report.without_truth import estimate_page

    pages, _, passed = pair(run, run, output.settings.rules)  # a run beside itself: its files, by name
    if passed:
        say(Wording().plain("remark.passed", files=listed(passed)))
    beliefs = [page_confidence(page.name, page.found) for page in pages]
    estimated = estimate(
        beliefs,
        read(calibration) if calibration else ASSUMED,
        seed=output.seed,
        draws=output.draws,
        done={page.name for page in pages if all(map(is_done, page.found.files))},
    )
    output.page(lambda provenance: estimate_page(estimated, str(run), provenance, output.lang))
    if output.as_json:
        _print_json({**output.provenance, **asdict(estimated)})
        return

    def row(name: str, cer: "Range | None", wer: "Range | None") -> tuple[str, ...]:
        cells = (
            ("–", "") if bounds is None else (percent(bounds.rate), _range(bounds.low, bounds.high))
            for bounds in (cer, wer)
        )
        return (name, *chain(*cells))

    order = sorted(estimated.pages, key=lambda page: -(page.cer.rate if page.cer else -1.0))
    rows = [
        row("all", estimated.cer, estimated.wer),
        *(row(p.name, p.cer, p.wer) for p in order[:_SHOWN_PAGES]),
    ]
    print_rows(("estimated", "CER", "95 % interval", "WER", "95 % interval"), rows)
    if estimated.cer is None:
        typer.echo("No file tells a confidence: nothing can be estimated.")
    for number, page in enumerate(estimated.transcribe_next, 1):
        typer.echo(f"{'Transcribe next: ' if number == 1 else ''}{number}. {page.name}: {page.reason}")
    if estimated.cer is not None and not estimated.calibration_pages:
        say("Confidences are taken as they are told; --calibration FILE would narrow the intervals.")


def _range(low: float, high: float) -> str:
    return f"{100 * low:.2f}–{100 * high:.2f}"


def _agreement(first: Path, second: Path, output: _Output) -> None:
    """How far two transcriptions differ."""
    from ocr.cli.show import print_rows
    from ocr.evaluate.agreement import agreement
    from ocr.evaluate.wording import percent
    from ocr.report.without_truth import agreement_page

    agreed = agreement(first, second, output.settings, seed=output.seed, draws=output.draws)
    sides = (str(first), str(second))
    output.page(lambda provenance: agreement_page(agreed, sides, provenance, output.lang))
    if output.as_json:
        _print_json({**output.provenance, **asdict(agreed)})
        return

    def cells(sure: "Range | None") -> tuple[str, str]:
        return ("–", "") if sure is None else (percent(sure.rate), _range(sure.low, sure.high))

    rows = [(name, *cells(each.letters), *cells(each.words)) for name, each in agreed.profiles.items()]
    print_rows(("differ in", "letters", "95 % interval", "words", "95 % interval"), rows)
    typer.echo(agreed.sentence)


def _print_json(answer: dict[str, Any]) -> None:
    # where standard output does not know all letters they are escaped as JSON does: it stays the same data
    escaped = not knows_all_letters()
    typer.echo(json.dumps(answer, ensure_ascii=escaped, indent=1, allow_nan=False))


def _write_csv(path: Path, report: "Report", findings: "Findings", dialect: str) -> None:
    from io import StringIO

    from ocr.evaluate.as_json import rows, with_commas

    text = StringIO()
    table = rows(report, findings)
    if dialect == "excel-ru":
        csv.writer(text, delimiter=";").writerows(with_commas(table))
    else:
        csv.writer(text).writerows(table)
    # the mark tells Excel that it is UTF-8
    _write(path, text.getvalue().encode("utf-8-sig", "backslashreplace"))


def _write(path: Path, content: bytes) -> None:
    from ocr.files import write_whole

    write_whole(path, content)
    say(f"written: {path}")
