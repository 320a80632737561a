"""A report as plain values: everything for JSON, row by row for a spreadsheet. Never NaN or inf."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ocr.evaluate.bootstrap import Interval
from ocr.evaluate.findings import Findings
from ocr.evaluate.measures import normalised
from ocr.evaluate.rates import EditCounts, Score
from ocr.evaluate.scores import EvaluateSettings, PageScore, Report
from ocr.formats.metadata import made_by
from ocr.text import UNICODE_VERSION

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

HEADERS = (
    "level", "page", "leaf", "line", "fate", "profile",
    "cer", "cer_low", "cer_high", "letter_errors", "letters", "letters_found",
    "letters_right", "letters_misread", "letters_added", "letters_left_out",
    "wer", "wer_low", "wer_high", "word_errors", "words", "words_found",
    "words_right", "words_misread", "words_added", "words_left_out",
    "macro_cer", "macro_wer", "truth", "found",
)  # fmt: skip
"""Columns of the spreadsheet. Of "setting" rows `page` is the name and `truth` the value."""
_WORDS = frozenset({"level", "page", "leaf", "line", "fate", "profile", "truth", "found"})
"""Columns that hold no figures."""


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


def report_as_json(report: Report, found: Findings, more: Mapping[str, Any]) -> dict[str, Any]:
    """Everything, ready for JSON: each rate beside its counts, null where there is no rate.

    `more` are further parts, ready for JSON themselves.
    """
    return {
        "versions": versions(),
        "settings": settings_as_json(report.settings, found.seed, found.draws),
        "profiles": {profile.name: list(profile.told) for profile in report.profiles},
        "totals": {
            total.micro.profile: {
                "pages": len(report.pages),
                "micro": {
                    "cer": {**counted(total.micro.letters), "interval": _interval(sure.cer)},
                    "wer": {**counted(total.micro.words), "interval": _interval(sure.wer)},
                },
                "macro": {"cer": total.macro_cer, "wer": total.macro_wer},
            }
            for total, sure in zip(report.totals, found.sure, strict=True)
        },
        "bag_of_words": {
            profile.name: {**asdict(bag), "precision": bag.precision, "recall": bag.recall, "f1": bag.f1}
            for profile, bag in zip(report.profiles, found.bags, strict=True)
        },
        "lines_without_error": {**asdict(found.lines), "rate": found.lines.accuracy},
        "order_free": {**asdict(found.free), "accuracy": found.free.accuracy},
        "stages": {
            str(fate): {"lines": stage.lines, **counted(stage.letters)}
            for fate, stage in found.loss.stages.items()
        },
        "confusions": [
            {"truth": truth, "found": read, "times": times, "frequency": found.confusions.frequency[truth]}
            for (truth, read), times in sorted(
                found.confusions.pairs.items(), key=lambda one: (-one[1], one[0])
            )
        ],
        "letters": dict(sorted(found.confusions.frequency.items(), key=lambda one: (-one[1], one[0]))),
        "old_letters": [
            {**asdict(one), "became": dict(one.became), "preserved": one.preserved} for one in found.old
        ],
        "calibration": [judgement.as_dict() for judgement in found.judgements],
        "position": [{"errors": errors, "letters": letters} for errors, letters in found.position],
        **more,
        "pages": [_page(page, sure) for page, sure in zip(report.pages, found.pages, strict=True)],
        "alone": [str(path) for path in report.alone],
        "passed_over": [str(path) for path in report.passed],
        "untouched_truth": list(report.machines),
        "fits_another": [asdict(one) for one in report.better_fits],
        "remarks": list(report.remarks),
    }


def counted(counts: EditCounts) -> dict[str, Any]:
    """A rate with all its counts."""
    return {
        "rate": counts.rate,
        "errors": counts.errors,
        "truth": counts.truth,
        "found": counts.found,
        "hits": counts.hits,
        "substitutions": counts.substitutions,
        "insertions": counts.insertions,
        "deletions": counts.deletions,
        "capped_rate": normalised(counts),
    }


def _interval(sure: Interval | None) -> dict[str, Any] | None:
    return asdict(sure) if sure else None


def _page(page: PageScore, sure: Interval | None) -> dict[str, Any]:
    return {
        "name": page.name,
        "truth": [str(path) for path in page.pair.truth.files],
        "found": [str(path) for path in page.pair.found.files],
        "truth_sha256": [_digest(path) for path in page.pair.truth.files],
        "found_sha256": [_digest(path) for path in page.pair.found.files],
        "found_made_by": [asdict(by) for path in page.pair.found.files for by in made_by(path)],
        "leaves": len(page.pair.leaves),
        "lines_of": "found" if page.pair.truth.given else "truth" if page.pair.found.given else "both",
        "truth_gaps": page.pair.truth.gaps,
        "found_gaps": page.pair.found.gaps,
        "cer_interval": _interval(sure),
        "profiles": {
            one.profile: {"cer": counted(one.letters), "wer": counted(one.words)} for one in page.scores
        },
        "lines": [
            {
                "leaf": line.leaf + 1,
                "truth_line": None if line.truth_line is None else line.truth_line + 1,
                "found_lines": [at + 1 for at in line.found_lines],
                "fate": str(line.fate),
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


def rows(report: Report, found: Findings) -> Iterator[tuple[str, ...]]:
    """The spreadsheet: a header, then rows of the levels total, page and line, settings last.

    Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    yield HEADERS
    for total, sure in zip(report.totals, found.sure, strict=True):
        macro = (_cell(total.macro_cer), _cell(total.macro_wer))
        yield _row(("total", "", "", "", "", total.micro.profile), total.micro, sure.cer, sure.wer, macro)
    for page, sure_page in zip(report.pages, found.pages, strict=True):
        for at, one in enumerate(page.scores):
            yield _row(("page", page.name, "", "", "", one.profile), one, None if at else sure_page)
    for page in report.pages:
        for line in page.lines:
            number = "" if line.truth_line is None else str(line.truth_line + 1)
            start = ("line", page.name, str(line.leaf + 1), number, str(line.fate), report.profiles[0].name)
            one = Score(report.profiles[0].name, line.letters, line.words)
            yield _row(start, one, told=(line.truth, line.found))
    settings = settings_as_json(report.settings, found.seed, found.draws)
    for name, value in flat({"versions": versions(), "settings": settings}):
        yield ("setting", name, *[""] * (len(HEADERS) - 4), _text(value), "")


def with_commas(table: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The same rows for a spreadsheet that writes a decimal comma."""
    figures = [header not in _WORDS for header in HEADERS]
    for row in table:
        yield tuple(
            cell.replace(".", ",") if figure else cell for cell, figure in zip(row, figures, strict=True)
        )


def _row(
    start: tuple[str, ...],
    one: Score,
    cer: Interval | None = None,
    wer: Interval | None = None,
    macro: tuple[str, str] = ("", ""),
    told: tuple[str, str] = ("", ""),
) -> tuple[str, ...]:
    return (
        *map(_text, start),
        *_counts(one.letters, cer),
        *_counts(one.words, wer),
        *macro,
        *map(_text, told),
    )


def _counts(counts: EditCounts, sure: Interval | None) -> Iterable[str]:
    bounds = (sure.low, sure.high) if sure else (None, None)
    whole = (
        counts.errors, counts.truth, counts.found,
        counts.hits, counts.substitutions, counts.insertions, counts.deletions,
    )  # fmt: skip
    return (_cell(counts.rate), *map(_cell, bounds), *map(str, whole))


def _cell(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.6f}"


def _text(told: str) -> str:
    return f"'{told}" if told.startswith(_FORMULA) else told


def _flat(held: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in held.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", ", ".join(value) if isinstance(value, list) else str(value)


def flat(held: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values of nested settings, as `a.b`: text, for those who read them."""
    return list(_flat(held))
