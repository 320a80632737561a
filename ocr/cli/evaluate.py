"""The evaluate command: its flags, and the files it writes."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocr.cli.terminal import knows_all_letters, one_of, one_of_names, say
from ocr.errors import SettingsError
from ocr.spreadsheet import DIALECTS, csv_text

if TYPE_CHECKING:
    from ocr.evaluate.findings import Findings
    from ocr.evaluate.scores import EvaluateSettings, Report
    from ocr.report.parts import ReportPart

_SHOWN_REASONS = 8


@dataclass(frozen=True, slots=True)
class EvaluateFlags:
    """What the command is asked."""

    truth: Annotated[Path, typer.Argument(metavar="TRUTH", help="Hand transcription: a file or a folder.")]
    found: Annotated[
        Path | None, typer.Argument(metavar="FOUND", help="What was read: a file or a folder.")
    ] = None
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the whole report, one file for any browser.")
    ] = None
    scans: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the scans are, for pictures of the worst lines.")
    ] = None
    strips: Annotated[int, typer.Option(min=0, help="So many pictures of lines at most.")] = 150
    lang: Annotated[str, typer.Option(metavar="en|ru", help="Language the report opens in.")] = "en"
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, not a table.")] = False
    as_csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write totals, pages and lines for a spreadsheet."),
    ] = None
    csv_dialect: Annotated[
        str, typer.Option(metavar="plain|excel-ru", help="excel-ru: semicolons and decimal commas.")
    ] = "plain"
    profile: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="strict, lenient, reading; may be repeated.")
    ] = None
    equal: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="File of extra equivalences: a profile more."),
    ] = None
    rules: Annotated[
        str, typer.Option(metavar="RULES", help="What is read of TEI, e.g. del=keep,supplied=keep.")
    ] = ""
    ink: Annotated[
        str | None,
        typer.Option(metavar="all|main", help="main: leave out other inks, such as a teacher's red."),
    ] = None
    letters: Annotated[str, typer.Option(help="A letter is: graphemes, codepoints.")] = "graphemes"
    normal_form: Annotated[
        str, typer.Option(metavar="FORM", help="Unicode form to compare in: NFC, NFD, NFKC, NFKD.")
    ] = "NFC"
    words: Annotated[str, typer.Option(help="A word is: space, uax29.")] = "space"
    groups: Annotated[
        list[str] | None,
        typer.Option(metavar="BY", help="hand, notebook, date, folder... or FILE.csv; may be repeated."),
    ] = None
    against: Annotated[
        Path | None, typer.Option(metavar="OTHER", help="Another run of the same pages: which is better?")
    ] = None
    lint: Annotated[
        bool, typer.Option("--lint", help="List what is suspicious in the truth; FOUND may be left out.")
    ] = False
    agreement: Annotated[
        bool, typer.Option("--agreement", help="Both sides are transcriptions: how far do they agree?")
    ] = False
    search: Annotated[
        bool, typer.Option("--search", help="Judge ocr search: are the words of TRUTH found in FOUND?")
    ] = False
    calibration: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Calibration table, for an estimate.")
    ] = None
    fit_calibration: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write such a table, fitted on these pages.")
    ] = None
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same intervals.")] = 1
    draws: Annotated[int, typer.Option(min=100, max=100_000, help="Draws of the bootstrap.")] = 2000
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Leave out files without a partner, and say so.")
    ] = False

    @property
    def settings(self) -> "EvaluateSettings":
        """How it is to be counted. SettingsError for what is not known."""
        from ocr.evaluate.choices import parse_rules, profiles_of, read_equal
        from ocr.evaluate.rates import Letters, Words
        from ocr.evaluate.scores import EvaluateSettings
        from ocr.text import FORMS

        form = self.normal_form.upper()
        if form not in FORMS:
            raise SettingsError(f"There is no normal form {self.normal_form!r}; known: {', '.join(FORMS)}.")
        profiles = profiles_of(self.profile or (), [read_equal(self.equal)] if self.equal else ())
        return EvaluateSettings(
            allow_missing=self.allow_missing,
            letters=one_of(Letters, self.letters, "letters"),
            words=one_of(Words, self.words, "words"),
            rules=parse_rules(",".join(filter(None, (self.rules, self.ink and f"ink={self.ink}")))),
            profiles=tuple(replace(each, form=form) for each in profiles),
        )

    def provenance(self, settings: "EvaluateSettings") -> dict[str, Any]:
        """What the figures depend on."""
        from ocr.evaluate.as_json import settings_as_json, versions

        return {"versions": versions(), "settings": settings_as_json(settings, self.seed, self.draws)}


def evaluate(flags: EvaluateFlags) -> None:
    """Score what was read against hand transcriptions: rates with intervals, and what to do next.

    Files are text, TEI, PAGE, ALTO or hOCR, paired by name; NAME.1.txt and NAME.2.txt are the leaves of the
    spread NAME. Exit code 11 when a file has no partner.
    \f
    SettingsError for flags that are not known or do not go together; ComparisonError, ScanError, RecordError
    for files that cannot be compared or read.
    """
    from ocr.evaluate.wording import Wording

    Wording(flags.lang)  # a language unknown is said before the work
    one_of_names(DIALECTS, flags.csv_dialect, "CSV dialect")
    settings = flags.settings
    if flags.scans is not None and not flags.scans.exists():
        raise SettingsError(f"There is no folder {flags.scans} with scans; check the name.")
    if flags.lint:
        _lint(flags, settings)
    if flags.search:
        _search(flags, settings)
    elif flags.found is not None:
        (_agreement if flags.agreement else _score)(flags, settings, flags.found)
    elif not flags.lint:
        _estimate(flags, settings)


def _score(flags: EvaluateFlags, settings: "EvaluateSettings", found: Path) -> None:
    """The rates of a run."""
    from ocr.cli.show import print_report
    from ocr.evaluate.as_json import report_as_json, rows
    from ocr.evaluate.findings import find
    from ocr.evaluate.recalibration import fit
    from ocr.evaluate.scores import evaluate as score
    from ocr.report.parts import by_group, other_run, suspicious

    dice = {"seed": flags.seed, "draws": flags.draws}
    report = score(flags.truth, found, settings)
    findings = find(report, **dice)
    parts = [suspicious(report)]
    if flags.groups:
        parts.append(by_group(report, flags.groups, **dice))
    if flags.against is not None:
        other = score(flags.truth, flags.against, settings, report)
        parts.append(other_run(report, other, (str(found), str(flags.against)), **dice))
    if flags.fit_calibration is not None:
        fit(findings.outcomes).write(flags.fit_calibration)
        say(f"written: {flags.fit_calibration}")
    if flags.html is not None:
        _write(flags.html, _page(flags, report, findings, parts).encode())
    if flags.as_csv is not None:
        table = csv_text(rows(report, findings), flags.csv_dialect, digits=6)
        # the mark tells Excel that it is UTF-8
        _write(flags.as_csv, table.encode("utf-8-sig", "backslashreplace"))
    if flags.as_json:
        _print_json(report_as_json(report, findings, {part.key: part.as_json for part in parts}))
        return
    print_report(report, findings, parts)
    for remark in report.remarks:
        say(remark)
    if flags.html is None:
        say("Every line with its picture, letter by letter: add --html report.html")


def _page(flags: EvaluateFlags, report: "Report", findings: "Findings", parts: "Sequence[ReportPart]") -> str:
    """The HTML report; what could not be used for pictures is said."""
    from ocr.evaluate.as_json import flat
    from ocr.report.markup import HtmlWording
    from ocr.report.page import page, worst
    from ocr.report.parts import hands
    from ocr.report.pictures import strips

    cutting = strips(report, worst(report), flags.scans, flags.strips)
    for reason in cutting.failed[:_SHOWN_REASONS]:
        say(f"No picture: {reason}")
    if len(cutting.failed) > _SHOWN_REASONS:
        say(f"No picture for {len(cutting.failed) - _SHOWN_REASONS} scans more.")
    provenance = flags.provenance(report.settings)
    return page(
        report,
        findings,
        lang=flags.lang,
        strips=cutting.strips,
        hands=hands(report, flags.groups or ()),
        settings=flat({**provenance["settings"], "versions": provenance["versions"]}),
        sides=(str(flags.truth), str(flags.found)),
        more={part.key: part.show(HtmlWording(flags.lang)) for part in parts},
    )


def _lint(flags: EvaluateFlags, settings: "EvaluateSettings") -> None:
    """What in the truth may be a slip, a place a line; beside a JSON of rates it goes to standard error."""
    from ocr.evaluate.lint import lint_path
    from ocr.evaluate.wording import Wording
    from ocr.report.markup import visible_controls
    from ocr.report.parts import visible

    flaws, english = lint_path(flags.truth, settings.rules), Wording()
    if flags.as_json and flags.found is None:
        _print_json({"lint": [asdict(flaw) for flaw in flaws]})
        return
    for flaw in flaws:
        rather = "" if flaw.better is None else f", rather {visible(flaw.better) or 'nothing'}"
        place = f"{flaw.page}:{flaw.leaf}:{flaw.line}:{flaw.column}"
        problem = f"{english.plain(f'flaw.{flaw.kind}')}: {visible(flaw.found)}{rather}"
        typer.echo(f"{place}: {visible_controls(f'{problem}   {flaw.around}')}", err=flags.as_json)
    if not flaws:
        typer.echo("Nothing suspicious was found in the truth.", err=flags.as_json)


def _estimate(flags: EvaluateFlags, settings: "EvaluateSettings") -> None:
    """How good a run is that nobody has transcribed, and what to transcribe next."""
    from ocr.cli.show import print_estimate
    from ocr.evaluate.as_json import flat
    from ocr.evaluate.calibration import page_confidence
    from ocr.evaluate.estimate import estimate
    from ocr.evaluate.pair import listed, pair
    from ocr.evaluate.recalibration import ASSUMED, read
    from ocr.evaluate.wording import Wording
    from ocr.formats.metadata import is_done
    from ocr.report.without_truth import estimate_page

    if flags.agreement or flags.against or flags.fit_calibration or flags.as_csv:
        raise SettingsError("With one side only an estimate can be made; name TRUTH and FOUND.")
    run = flags.truth
    pages, _, passed = pair(run, run, settings.rules)  # a run beside itself: its files, by name
    if passed:
        say(Wording().plain("remark.passed", files=listed(passed)))
    estimated = estimate(
        [page_confidence(page.name, page.found) for page in pages],
        read(flags.calibration) if flags.calibration else ASSUMED,
        seed=flags.seed,
        draws=flags.draws,
        done={page.name for page in pages if all(map(is_done, page.found.files))},
    )
    provenance = flags.provenance(settings)
    if flags.html is not None:
        _write(flags.html, estimate_page(estimated, str(run), flat(provenance), flags.lang).encode())
    if flags.as_json:
        _print_json({**provenance, **asdict(estimated)})
        return
    print_estimate(estimated)
    if estimated.cer is not None and not estimated.calibration_pages:
        say("Confidences are taken as they are told; --calibration FILE would narrow the intervals.")


def _agreement(flags: EvaluateFlags, settings: "EvaluateSettings", found: Path) -> None:
    """How far two transcriptions differ."""
    from ocr.cli.show import print_agreement
    from ocr.evaluate.agreement import agreement
    from ocr.evaluate.as_json import flat
    from ocr.report.without_truth import agreement_page

    agreed = agreement(flags.truth, found, settings, seed=flags.seed, draws=flags.draws)
    provenance, sides = flags.provenance(settings), (str(flags.truth), str(found))
    if flags.html is not None:
        _write(flags.html, agreement_page(agreed, sides, flat(provenance), flags.lang).encode())
    if flags.as_json:
        _print_json({**provenance, **asdict(agreed)})
    else:
        print_agreement(agreed)


def _search(flags: EvaluateFlags, settings: "EvaluateSettings") -> None:
    """How well the words of the truth are found."""
    from ocr.cli.show import print_search
    from ocr.evaluate.keywords import judge

    others = (flags.agreement, flags.against, flags.html, flags.as_csv, flags.fit_calibration, flags.groups)
    if flags.found is None or any(others):
        raise SettingsError("--search asks for TRUTH and FOUND, and answers in the terminal or with --json.")
    scores = judge(
        flags.truth,
        flags.found,
        rules=settings.rules,
        allow_missing=flags.allow_missing,
        seed=flags.seed,
        draws=flags.draws,
    )
    if flags.as_json:
        _print_json({**flags.provenance(settings), "search": [asdict(score) for score in scores]})
    else:
        print_search(scores)


def _print_json(answer: dict[str, Any]) -> None:
    # where standard output does not know all letters they are escaped as JSON does: it stays the same data
    escaped = not knows_all_letters()
    typer.echo(json.dumps(answer, ensure_ascii=escaped, indent=1, allow_nan=False))


def _write(path: Path, content: bytes) -> None:
    from ocr.files import write_whole

    write_whole(path, content)
    say(f"written: {path}")
