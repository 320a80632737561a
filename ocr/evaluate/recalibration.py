"""Curves and factors fitted on pages with a truth: the table that `--fit-calibration` writes, as JSON.

It makes the confidences of another run true, and lets errors be estimated where there is no truth.

With a thousand outcomes and more a curve is isotonic: the best one that never falls, by pooling adjacent
violators (Ayer et al., 1955; for classifiers Zadrozny and Elkan, 2002). With fewer that follows chance, and
a logistic function of the log-odds is fitted (Platt, 1999); about where one overtakes the other: Niculescu-
Mizil and Caruana, 2005. Either is kept as points to be joined by straight lines, so that anything can use it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from itertools import cycle
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from ocr.arrays import F64, SURE, log_odds
from ocr.errors import ComparisonError, SettingsError, reason_of
from ocr.evaluate.calibration import LEVELS, ConfidenceOutcomes, PageOutcomes, joined
from ocr.files import write_whole
from ocr.notation import object_from_json

_FORMAT = "tetradi calibration 1"
_FOLDS = 10
_FOR_ISOTONIC = 1000
_POINTS = 25
_PRIOR = 0.1
"""How much the weights of a logistic regression are drawn to nought (an L2 penalty)."""
_ASSUMED = 0.5
"""Before anything is measured a page is taken to have exp(0.5) = 1.6 times more or fewer errors than its
confidences foretell, in two cases of three."""
_ALL_WRONG = 0.99
_ASSUMED_PAGES = 2
"""So many pages the assumption weighs once others are measured."""


_CurveKind = Literal["isotonic", "logistic"]


@dataclass(frozen=True, slots=True)
class Curve:
    """What a confidence is worth: points joined by straight lines, level beyond the outermost."""

    level: str
    kind: _CurveKind
    believed: tuple[float, ...]
    """Ascending, 0..1."""
    right: tuple[float, ...]
    """Never falling, strictly between 0 and 1."""
    count: int
    """Outcomes it was fitted on."""

    def __post_init__(self) -> None:
        known, points = self.kind in get_args(_CurveKind), self.believed + self.right
        sound = len(self.believed) == len(self.right) > 0 and list(self.believed) == sorted(self.believed)
        if not known or not sound or not all(0 <= x <= 1 for x in points):
            raise ValueError("the points of a curve ascend within 0..1")

    def apply(self, confidence: F64) -> F64:
        """Confidences made true."""
        return np.interp(confidence, self.believed, self.right)


@dataclass(frozen=True, slots=True)
class Factor:
    """How many times the errors of pages are those their confidences foretell, as natural logarithms.

    Nobody's confidences tell of ink that was passed over, and hands differ. A random-effects mean over the
    pages measured (DerSimonian and Laird, 1986).
    """

    mean: float = 0.0
    mean_sd: float = _ASSUMED
    """How unsure the mean is."""
    page_sd: float = _ASSUMED
    """How far a page lies from it."""
    pages: int = 0
    """Measured; with none the figures are assumed."""

    def __post_init__(self) -> None:
        if not np.isfinite(astuple(self)).all() or min(self.mean_sd, self.page_sd, self.pages) < 0:
            raise ValueError("a factor is finite")


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """What the curve does to words of pages that it was not fitted on; None with a single page."""

    ece_before: float
    ece_after: float | None
    brier_before: float
    brier_after: float | None
    """Below `brier_before` when the table is worth applying."""


@dataclass(frozen=True, slots=True)
class Recalibration:
    """Curves for words, letters and lines, and the factors of their errors."""

    curves: tuple[Curve, ...]
    letters: Factor = Factor()
    words: Factor = Factor()
    pages: tuple[str, ...] = ()
    """The pages it was fitted on."""
    proof: CrossValidation | None = None

    def apply(self, confidence: F64, level: str = "word") -> F64:
        """Confidences made true; as they are when there is no curve for the level."""
        curve = next((curve for curve in self.curves if curve.level == level), None)
        return confidence if curve is None else curve.apply(confidence)

    def write(self, path: Path) -> None:
        """The file, whole or not at all. OutputError when it cannot be written."""
        use = "join the points (believed, right) by straight lines"
        table = {"format": _FORMAT, "use": use, **asdict(self)}
        text = json.dumps(table, ensure_ascii=False, indent=1, allow_nan=False)
        write_whole(path, f"{text}\n".encode())


ASSUMED = Recalibration(())
"""Confidences as they are told, with the doubt of those that nobody has measured."""


def read(path: Path) -> Recalibration:
    """The table in a file. SettingsError when it is none."""
    try:
        table = object_from_json(path.read_bytes())
        if table["format"] != _FORMAT:
            raise SettingsError(f"{path} is no calibration of this version; write it again.")
        return Recalibration(
            tuple(
                Curve(**{**curve, **{name: tuple(map(float, curve[name])) for name in ("believed", "right")}})
                for curve in table["curves"]
            ),
            Factor(**table["letters"]),
            Factor(**table["words"]),
            tuple(str(name) for name in table["pages"]),
            None if table["proof"] is None else CrossValidation(**table["proof"]),
        )
    except OSError as error:
        raise SettingsError(f"The calibration {path} cannot be read: {reason_of(error)}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{path} is no calibration; write one with --fit-calibration.") from error


def fit(pages: Sequence[PageOutcomes]) -> Recalibration:
    """The table of these pages.

    Errors of each page are held against what the other pages' curve foretells of it (ten groups of pages at
    most), since a curve knows its own pages too well. ComparisonError when no word has a confidence.
    """
    if not any(len(page.words.confidence) for page in pages):
        raise ComparisonError(
            "The found text tells no confidence of any word; there is nothing to calibrate."
        )
    curves = [fit_curve(joined(pages, level)) for level in LEVELS]
    foretold = _held_out(pages)
    rows = [
        _rows(page, words) for page, words in zip(pages, foretold, strict=True) if page.confidence.word_count
    ]
    letters, words = (
        fit_factor(*columns) for columns in np.array(rows, float).reshape(-1, 2, 4).transpose(1, 2, 0)
    )
    return Recalibration(
        tuple(curve for curve in curves if curve is not None),
        letters,
        words,
        tuple(page.confidence.name for page in pages),
        _cross_validation(pages, foretold),
    )


def _rows(page: PageOutcomes, words: F64) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Of letters and of words: errors, units of the truth, errors foretold, units found."""
    sure, letters, spelt = page.confidence, page.score.letters, page.score.words
    return (
        (letters.errors, letters.truth, sure.wrong_letters(words), sure.letters if len(words) else 0),
        (spelt.errors, spelt.truth, sure.wrong_words(words), sure.word_count if len(words) else 0),
    )


def _held_out(pages: Sequence[PageOutcomes]) -> list[F64]:
    """Of each page the confidences of its words by the curve of the others; of a single page by its own."""
    folds = min(len(pages), _FOLDS)
    by_fold = [
        fit_curve(joined((p for n, p in enumerate(pages) if folds == 1 or n % folds != fold), "word"))
        for fold in range(folds)
    ]
    return [
        page.confidence.words if curve is None else curve.apply(page.confidence.words)
        for page, curve in zip(pages, cycle(by_fold))
    ]


def _cross_validation(pages: Sequence[PageOutcomes], foretold: Sequence[F64]) -> CrossValidation:
    before = joined(pages, "word")
    after = ConfidenceOutcomes(np.concatenate(foretold), before.right, "word") if len(pages) > 1 else None
    ece, brier = (None, None) if after is None else (after.ece, after.brier)
    return CrossValidation(before.ece, ece, before.brier, brier)


def fit_curve(outcomes: ConfidenceOutcomes) -> Curve | None:
    """The curve for one level; None when there is no confidence."""
    count = len(outcomes.confidence)
    if not count:
        return None
    if count >= _FOR_ISOTONIC:
        believed, right = _isotonic(outcomes)
        return Curve(outcomes.level, "isotonic", tuple(believed.tolist()), tuple(right.tolist()), count)
    features = np.stack([np.ones(count), log_odds(outcomes.confidence)], 1)
    weights = fit_logistic(features, outcomes.right)
    slope = max(float(weights[1]), 0.0)  # a higher confidence is never less worth
    points = 1 / (1 + np.exp(-np.linspace(-9, 9, _POINTS)))
    right = np.clip(1 / (1 + np.exp(-(weights[0] + slope * log_odds(points)))), SURE, 1 - SURE)
    return Curve(outcomes.level, "logistic", tuple(points.tolist()), tuple(right.tolist()), count)


def fit_logistic(features: F64, right: F64) -> F64:
    """Weights (K,) of a logistic regression (iterated least squares), drawn to nought a little.

    `features`: (N, K), the first of them 1 and its weight nearly free; `right`: (N,).
    """
    penalty = np.full(features.shape[1], _PRIOR)
    penalty[0] = 1e-9
    weights = np.zeros(features.shape[1])
    rights = float(np.sum(right))
    # Platt's targets, just short of certain: all right or all wrong has no end otherwise
    aim = right * (rights + 1) / (rights + 2) + (1 - right) / (len(right) - rights + 2)
    for _ in range(50):
        likely = 1 / (1 + np.exp(-(features @ weights)))
        gradient = features.T @ (likely - aim) + penalty * weights
        hessian = (features * (likely * (1 - likely))[:, None]).T @ features + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _isotonic(outcomes: ConfidenceOutcomes) -> tuple[F64, F64]:
    """Mean confidence and share right of each pool, each with half a right and half a wrong one more."""
    _, group = np.unique(outcomes.confidence, return_inverse=True)
    columns = (
        np.bincount(group),
        np.bincount(group, outcomes.right),
        np.bincount(group, outcomes.confidence),
    )
    pools: list[tuple[float, float, float]] = []  # count, right, sum of confidences
    for count, right, confidence in zip(*(column.tolist() for column in columns), strict=True):
        pools.append((count, right, confidence))
        while len(pools) > 1 and pools[-2][1] * pools[-1][0] >= pools[-1][1] * pools[-2][0]:
            last, before = pools.pop(), pools.pop()
            pools.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    counts, rights, confidences = np.array(pools).T
    return confidences / counts, np.maximum.accumulate((rights + 0.5) / (counts + 1))


def fit_factor(errors: F64, truth: F64, foretold: F64, found: F64) -> Factor:
    """The factor of pages measured, from arrays of one number a page.

    `errors` of `truth` units were wrong; `foretold` of `found` units had been expected to be.
    """
    errors, truth, foretold, found = np.stack([errors, truth, foretold, found])[:, (truth > 0) & (found > 0)]
    pages = len(errors)
    if not pages:
        return Factor()
    expected = (foretold + 0.5) / (found + 1)
    apart = np.log(hazard((errors + 0.5) / (truth + 1))) - np.log(hazard(expected))
    share = np.minimum(expected, _ALL_WRONG)
    chance = share / ((1 - share) * found * hazard(share) ** 2)  # variance of log hazard, by the delta method
    weight = 1 / chance
    mean, _, spread = _weighed(apart, weight)
    between = 0.0
    if pages > 1:
        free = weight.sum() - (weight**2).sum() / weight.sum()
        between = max((spread - (pages - 1)) / free, 0.0)
    # of one page nothing is learnt about how pages differ
    between = (_ASSUMED_PAGES * _ASSUMED**2 + (pages - 1) * between) / (_ASSUMED_PAGES + pages - 1)
    mean, mean_sd, _ = _weighed(apart, 1 / (chance + between))
    return Factor(mean, mean_sd, float(between**0.5), pages)


def hazard(rate: F64) -> F64:
    """-log(1 - rate): grows as the rate where that is small; no factor makes a rate above one of it."""
    return np.asarray(-np.log1p(-np.minimum(rate, _ALL_WRONG)))


def _weighed(values: F64, weight: F64) -> tuple[float, float, float]:
    """Mean, its standard deviation, and the weighed sum of squares around it."""
    mean = float((weight * values).sum() / weight.sum())
    return mean, float(weight.sum() ** -0.5), float((weight * (values - mean) ** 2).sum())
