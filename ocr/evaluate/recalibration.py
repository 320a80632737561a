"""The table that `--fit-calibration` writes: curves and factors from pages with a truth, as JSON.

It makes the confidences of another run true, and lets errors be estimated where there is no truth.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from ocr.errors import ComparisonError, OutputError, SettingsError, reason_of
from ocr.evaluate.calibration import ConfidenceOutcomes, Shares, expected_error
from ocr.evaluate.curves import Curve, Factor, fit_curve, fit_factor
from ocr.evaluate.trust import PageOutcomes, joined

_FORMAT = "tetradi calibration 1"
_FOLDS = 10
_ASSUMED = Factor()
_LEVELS = (("word", "words"), ("letter", "letters"), ("line", "lines"))


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """What the curve does to words of pages that it was not fitted on; None with a single page."""

    ece_before: float
    ece_after: float | None
    brier_before: float
    brier_after: float | None

    @property
    def betters(self) -> bool | None:
        """Is the table worth applying? None when it could not be tried."""
        return None if self.brier_after is None else self.brier_after < self.brier_before


@dataclass(frozen=True, slots=True)
class Recalibration:
    """Curves for words, letters and lines, and the factors of their errors."""

    curves: tuple[Curve, ...]
    letters: Factor = _ASSUMED
    words: Factor = _ASSUMED
    pages: tuple[str, ...] = ()
    """The pages it was fitted on."""
    proof: CrossValidation | None = None

    def apply(self, believed: Shares, level: str = "word") -> Shares:
        """Confidences made true; as they are when there is no curve for the level."""
        for curve in self.curves:
            if curve.level == level:
                return curve.apply(believed)
        return believed

    def as_dict(self) -> dict[str, Any]:
        """As it stands in its file."""
        return {
            "format": _FORMAT,
            "use": "join the points (believed, right) by straight lines",
            **asdict(self),
        }

    def write(self, path: Path) -> None:
        """The file, whole or not at all. OutputError when it cannot be written."""
        unfinished = path.with_name(path.name + ".part")
        try:
            unfinished.write_text(
                json.dumps(self.as_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n", "utf-8"
            )
            unfinished.replace(path)
        except OSError as error:
            raise OutputError(f"The calibration {path} cannot be written: {reason_of(error)}.") from error


ASSUMED = Recalibration(())
"""Confidences as they are told, with the doubt of those that nobody has measured."""


def read(path: Path) -> Recalibration:
    """The table in a file. SettingsError when it is none."""
    try:
        held = json.loads(path.read_text("utf-8"))
        if held["format"] != _FORMAT:
            raise SettingsError(f"{path} is no calibration of this version; write it again.")
        return Recalibration(
            tuple(_curve(one) for one in held["curves"]),
            _factor(held["letters"]),
            _factor(held["words"]),
            tuple(str(name) for name in held["pages"]),
            None if held["proof"] is None else CrossValidation(**held["proof"]),
        )
    except OSError as error:
        raise SettingsError(f"The calibration {path} cannot be read: {reason_of(error)}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{path} is no calibration; write one with --fit-calibration.") from error


def _curve(held: dict[str, Any]) -> Curve:
    believed, right = (tuple(float(x) for x in held[name]) for name in ("believed", "right"))
    kind = held["kind"]
    sound = len(believed) == len(right) > 0 and list(believed) == sorted(believed)
    if not sound or kind not in {"isotonic", "logistic"} or not all(0 <= x <= 1 for x in believed + right):
        raise ValueError("the points of a curve ascend within 0..1")
    return Curve(str(held["level"]), kind, believed, right, int(held["count"]))


def _factor(held: dict[str, Any]) -> Factor:
    values = [float(held[field.name]) for field in fields(Factor)]
    if not np.isfinite(values).all() or min(values[1:]) < 0:
        raise ValueError("a factor is finite")
    return Factor(values[0], values[1], values[2], int(values[3]))


def fit(pages: Sequence[PageOutcomes]) -> Recalibration:
    """The table of these pages.

    Errors of each page are held against what the other pages' curve foretells of it (ten groups of pages at
    most), since a curve knows its own pages too well. ComparisonError when no word has a confidence.
    """
    if not any(len(page.words.believed) for page in pages):
        raise ComparisonError(
            "The found text tells no confidence of any word; there is nothing to calibrate."
        )
    curves = [fit_curve(joined([getattr(page, many) for page in pages], one)) for one, many in _LEVELS]
    foretold = _held_out(pages)
    told = [(page, words) for page, words in zip(pages, foretold, strict=True) if page.belief.found]
    factors = []
    for unit in ("letters", "words"):
        rows = [_row(page, words, unit) for page, words in told]
        errors, truth, expected, found = np.array(rows, float).reshape(-1, 4).T
        factors.append(fit_factor(errors, truth, expected, found))
    return Recalibration(
        tuple(curve for curve in curves if curve is not None),
        factors[0],
        factors[1],
        tuple(page.belief.name for page in pages),
        _proof(pages, foretold),
    )


def _row(page: PageOutcomes, words: Shares, unit: str) -> tuple[float, float, float, float]:
    belief = page.belief
    if unit == "letters":
        counts = page.score.letters
        return counts.errors, counts.truth, belief.wrong_letters(words), belief.letters if len(words) else 0
    counts = page.score.words
    return counts.errors, counts.truth, belief.wrong_words(words), belief.found if len(words) else 0


def _held_out(pages: Sequence[PageOutcomes]) -> list[Shares]:
    """Of each page the confidences of its words by the curve of the others; of a single page by its own."""
    folds = min(len(pages), _FOLDS)
    by_fold: list[Curve | None] = []
    for fold in range(folds):
        others = [page for n, page in enumerate(pages) if n % folds != fold] if folds > 1 else pages
        by_fold.append(fit_curve(joined([page.words for page in others], "word")))
    held = []
    for n, page in enumerate(pages):
        curve = by_fold[n % folds]
        held.append(page.belief.words if curve is None else curve.apply(page.belief.words))
    return held


def _proof(pages: Sequence[PageOutcomes], foretold: Sequence[Shares]) -> CrossValidation:
    words = joined([page.words for page in pages], "word")
    after: ConfidenceOutcomes | None = None
    if len(pages) > 1:
        after = ConfidenceOutcomes(np.concatenate(foretold), words.right, "word")
    return CrossValidation(
        expected_error(words.believed, words.right),
        None if after is None else expected_error(after.believed, after.right),
        float(((words.believed - words.right) ** 2).mean()),
        None if after is None else float(((after.believed - after.right) ** 2).mean()),
    )
