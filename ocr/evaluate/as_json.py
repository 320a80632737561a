"""A report as plain values: everything for JSON, row by row for a spreadsheet. Never NaN or inf."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ocr.evaluate.bootstrap import Interval
from ocr.evaluate.findings import Findings, most_first, normalised
from ocr.evaluate.rates import EditCounts, Score
from ocr.evaluate.scores import EvaluateSettings, PageScore, Report
from ocr.formats.metadata import made_by
from ocr.text import UNICODE_VERSION

HEADERS = (
    "level", "page", "leaf", "line", "fate", "profile",
    "cer", "cer_low", "cer_high", "letter_errors", "letters", "letters_found",
    "letters_right", "letters_misread", "letters_added", "letters_left_out",
    "wer", "wer_low", "wer_high", "word_errors", "words", "words_found",
    "words_right", "words_misread", "words_added", "words_left_out",
    "macro_cer", "macro_wer", "truth", "found",
)  # fmt: skip
"""Columns of the spreadsheet. Of "setting" rows `page` is the name and `truth` the value."""
Row = tuple[str | float | None, ...]


def versions() -> dict[str, str]:
    """What the figures depend on."""
    packages = {name: version(name) for name in ("tetradi", "rapidfuzz", "regex", "numpy")}
    return {**packages, "unicode": UNICODE_VERSION}


def settings_as_json(settings: EvaluateSettings, seed: int, draws: int) -> dict[str, Any]:
    """How it was counted."""
    return {
        "letters": str(settings.letters),
        "words": str(settings.words),
        "normal_form": settings.profiles[0].form,
        "profiles": [profile.name for profile in settings.profiles],
        "rules": asdict(settings.rules),
        "allow_missing": settings.allow_missing,
        "seed": seed,
        "draws": draws,
    }


def report_as_json(report: Report, findings: Findings, more: Mapping[str, Any]) -> dict[str, Any]:
    """Everything, ready for JSON: each rate beside its counts, null where there is no rate.

    `more` are further parts, ready for JSON themselves.
    """
    confused = findings.confusions
    return {
        "versions": versions(),
        "settings": settings_as_json(report.settings, findings.seed, findings.draws),
        "profiles": {profile.name: list(profile.descriptions) for profile in report.profiles},
        "totals": {
            total.micro.profile: {
                "pages": len(report.pages),
                "micro": {
                    "cer": {**counted(total.micro.letters), "interval": plain(bounds.cer)},
                    "wer": {**counted(total.micro.words), "interval": plain(bounds.wer)},
                },
                "macro": {"cer": total.macro_cer, "wer": total.macro_wer},
            }
            for total, bounds in zip(report.totals, findings.intervals, strict=True)
        },
        "bag_of_words": {
            profile.name: {**asdict(bag), "precision": bag.precision, "recall": bag.recall, "f1": bag.f1}
            for profile, bag in zip(report.profiles, findings.bag_of_words, strict=True)
        },
        "lines_without_error": {
            **asdict(findings.lines_without_error),
            "rate": findings.lines_without_error.accuracy,
        },
        "order_free": {**asdict(findings.order_free), "accuracy": findings.order_free.accuracy},
        "stages": {
            outcome: {"lines": stage.lines, **counted(stage.letters)}
            for outcome, stage in findings.stages.items()
        },
        "confusions": [
            {"truth": truth, "found": found, "times": times, "frequency": confused.frequency[truth]}
            for (truth, found), times in most_first(confused.pairs)
        ],
        "letters": dict(most_first(confused.frequency)),
        "old_letters": [
            {**asdict(old), "became": dict(old.became), "preserved": old.preserved}
            for old in findings.old_letters
        ],
        "calibration": [asdict(level) for level in findings.calibration],
        "position": [{"errors": errors, "letters": letters} for errors, letters in findings.position],
        **more,
        "pages": [
            _page(page, bounds) for page, bounds in zip(report.pages, findings.page_intervals, strict=True)
        ],
        "alone": [str(path) for path in report.alone],
        "passed_over": [str(path) for path in report.passed_over],
        "untouched_truth": report.untouched_truth,
        "fits_another": [asdict(fit) for fit in report.fits_another],
        "remarks": report.remarks,
    }


def counted(counts: EditCounts) -> dict[str, Any]:
    """A rate with all its counts."""
    whole = {"rate": counts.rate, "errors": counts.errors, "truth": counts.truth, "found": counts.found}
    return {**whole, **asdict(counts), "capped_rate": normalised(counts)}


def plain(bounds: Interval | None) -> dict[str, Any] | None:
    """An interval for JSON."""
    return asdict(bounds) if bounds else None


def _page(page: PageScore, bounds: Interval | None) -> dict[str, Any]:
    truth, found = page.pair.truth, page.pair.found
    return {
        "name": page.name,
        "truth": [str(path) for path in truth.files],
        "found": [str(path) for path in found.files],
        "truth_sha256": [_digest(path) for path in truth.files],
        "found_sha256": [_digest(path) for path in found.files],
        "found_made_by": [asdict(program) for path in found.files for program in made_by(path)],
        "leaves": len(page.pair.leaves),
        "lines_of": "found" if truth.given else "truth" if found.given else "both",
        "truth_gaps": truth.gaps,
        "found_gaps": found.gaps,
        "cer_interval": plain(bounds),
        "profiles": {
            score.profile: {"cer": counted(score.letters), "wer": counted(score.words)}
            for score in page.scores
        },
        "lines": [
            {
                "leaf": line.leaf + 1,
                "truth_line": None if line.truth_line is None else line.truth_line + 1,
                "found_lines": [at + 1 for at in line.found_lines],
                "fate": line.outcome,
                "struck_line": None if line.struck_line is None else line.struck_line + 1,
                "truth": line.truth,
                "found": line.found,
                "cer": counted(line.letters),
                "wer": counted(line.words),
            }
            for line in page.lines
        ],
    }


def _digest(path: Path) -> str | None:
    """The sha256 of a file in hexadecimal; None when it is gone meanwhile."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def rows(report: Report, findings: Findings) -> Iterator[Row]:
    """The spreadsheet: a header, then rows of the levels total, page and line, settings last."""
    yield HEADERS
    for total, bounds in zip(report.totals, findings.intervals, strict=True):
        macro = (total.macro_cer, total.macro_wer)
        yield _row(("total",), total.micro, bounds.cer, bounds.wer, macro)
    for page, page_bounds in zip(report.pages, findings.page_intervals, strict=True):
        for at, score in enumerate(page.scores):
            yield _row(("page", page.name), score, None if at else page_bounds)
    for page in report.pages:
        for line in page.lines:
            number = None if line.truth_line is None else line.truth_line + 1
            start = ("line", page.name, line.leaf + 1, number, line.outcome)
            score = Score(report.profiles[0].name, line.letters, line.words)
            yield _row(start, score, texts=(line.truth, line.found))
    settings = settings_as_json(report.settings, findings.seed, findings.draws)
    for name, value in flat({"versions": versions(), "settings": settings}):
        yield ("setting", name, *[None] * (len(HEADERS) - 4), value, None)


def _row(
    start: Row,
    score: Score,
    cer: Interval | None = None,
    wer: Interval | None = None,
    macro: Row = (None, None),
    texts: Row = (None, None),
) -> Row:
    blank = [None] * (5 - len(start))
    counts = (*_counts(score.letters, cer), *_counts(score.words, wer))
    return (*start, *blank, score.profile, *counts, *macro, *texts)


def _counts(counts: EditCounts, bounds: Interval | None) -> Row:
    return (
        counts.rate, *((bounds.low, bounds.high) if bounds else (None, None)),
        counts.errors, counts.truth, counts.found,
        counts.hits, counts.substitutions, counts.insertions, counts.deletions,
    )  # fmt: skip


def flat(settings: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    """Names and values of nested settings, as `a.b`: text, for those who read them."""
    pairs: list[tuple[str, str]] = []
    for key, value in settings.items():
        if isinstance(value, Mapping):
            pairs += flat(value, f"{above}{key}.")
        else:
            pairs.append((f"{above}{key}", ", ".join(value) if isinstance(value, list) else str(value)))
    return pairs
