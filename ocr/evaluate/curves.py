"""Curves that make confidences true, and how far the errors of a page lie from what they foretell.

With a thousand outcomes and more the curve is isotonic: the best one that never falls, by pooling adjacent
violators (Ayer et al., 1955; for classifiers Zadrozny and Elkan, 2002). With fewer that follows chance, and
a logistic function of the log-odds is fitted (Platt, 1999); about where one overtakes the other: Niculescu-
Mizil and Caruana, 2005. Either is kept as points to be joined by straight lines, so that anything can use it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ocr.evaluate.calibration import ConfidenceOutcomes, Shares

_FOR_ISOTONIC = 1000
_EDGE = 1e-4
"""Nothing is believed more or less than this short of certainty."""
_POINTS = 25
_ASSUMED = 0.5
"""Before anything is measured a page is taken to have exp(0.5) = 1.6 times more or fewer errors than its
confidences foretell, in two cases of three."""
_ALL_WRONG = 0.99
_ASSUMED_PAGES = 2
"""So many pages the assumption weighs once others are measured."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What a confidence is worth: points joined by straight lines, level beyond the outermost."""

    level: str
    kind: Literal["isotonic", "logistic"]
    believed: tuple[float, ...]
    """Ascending, 0..1."""
    right: tuple[float, ...]
    """Never falling, strictly between 0 and 1."""
    count: int
    """Outcomes it was fitted on."""

    def apply(self, believed: Shares) -> Shares:
        """Confidences made true."""
        return np.interp(believed, self.believed, self.right)


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


def fit_curve(trust: ConfidenceOutcomes) -> Curve | None:
    """The curve for one level; None when nothing was believed, or all the same and at one place."""
    count = len(trust.believed)
    if not count:
        return None
    if count >= _FOR_ISOTONIC:
        believed, right = _isotonic(trust)
        return Curve(trust.level, "isotonic", tuple(believed.tolist()), tuple(right.tolist()), count)
    odds = log_odds(trust.believed)
    weights = fit_logistic(np.stack([np.ones(count), odds], 1), trust.right)
    slope = max(float(weights[1]), 0.0)  # more belief is never less worth
    points = 1 / (1 + np.exp(-np.linspace(-9, 9, _POINTS)))
    right = 1 / (1 + np.exp(-(weights[0] + slope * log_odds(points))))
    return Curve(
        trust.level,
        "logistic",
        tuple(points.tolist()),
        tuple(np.clip(right, _EDGE, 1 - _EDGE).tolist()),
        count,
    )


def log_odds(share: Shares) -> Shares:
    """Natural logarithm of the odds, kept short of certainty."""
    held = np.clip(share, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(held / (1 - held)))


def fit_logistic(traits: Shares, right: Shares, prior: float = 0.1) -> Shares:
    """Weights of a logistic regression (iterated least squares), drawn to nought by `prior`.

    `traits`: (N, K), the first of them 1 and its weight nearly free; `right`: (N,).
    """
    held = np.full(traits.shape[1], prior)
    held[0] = 1e-9
    weights = np.zeros(traits.shape[1])
    rights = float(np.sum(right))
    # Platt's targets, just short of certain: all right or all wrong has no end otherwise
    aim = right * (rights + 1) / (rights + 2) + (1 - right) / (len(right) - rights + 2)
    for _ in range(50):
        told = 1 / (1 + np.exp(-(traits @ weights)))
        slope = traits.T @ (told - aim) + held * weights
        bend = (traits * (told * (1 - told))[:, None]).T @ traits + np.diag(held)
        step = np.linalg.solve(bend, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _isotonic(trust: ConfidenceOutcomes) -> tuple[Shares, Shares]:
    """Mean belief and share right of each pool, each with half a right and half a wrong one more."""
    _, group = np.unique(trust.believed, return_inverse=True)
    columns = (np.bincount(group), np.bincount(group, trust.right), np.bincount(group, trust.believed))
    pools: list[tuple[float, float, float]] = []  # count, right, sum of beliefs
    for count, right, believed in zip(*(column.tolist() for column in columns), strict=True):
        pools.append((count, right, believed))
        while len(pools) > 1 and pools[-2][1] * pools[-1][0] >= pools[-1][1] * pools[-2][0]:
            last, before = pools.pop(), pools.pop()
            pools.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    counts, rights, beliefs = np.array(pools).T
    return beliefs / counts, np.maximum.accumulate((rights + 0.5) / (counts + 1))


def fit_factor(errors: Shares, truth: Shares, foretold: Shares, found: Shares) -> Factor:
    """The factor of pages measured, from arrays of one number a page.

    `errors` of `truth` units were wrong; `foretold` of `found` units had been expected to be.
    """
    told = (truth > 0) & (found > 0)
    pages = int(told.sum())
    if not pages:
        return Factor()
    rate = (errors[told] + 0.5) / (truth[told] + 1)
    expected = (foretold[told] + 0.5) / (found[told] + 1)
    apart = np.log(hazard(rate)) - np.log(hazard(expected))
    held = np.minimum(expected, _ALL_WRONG)
    chance = held / (
        (1 - held) * found[told] * hazard(held) ** 2
    )  # variance of log hazard, by the delta method
    mean, _, spread = _weighed(apart, 1 / chance)
    between = 0.0
    if pages > 1:
        weight = 1 / chance
        free = weight.sum() - (weight**2).sum() / weight.sum()
        between = max((spread - (pages - 1)) / free, 0.0)
    # of one page nothing is learnt about how pages differ
    between = (_ASSUMED_PAGES * _ASSUMED**2 + (pages - 1) * between) / (_ASSUMED_PAGES + pages - 1)
    mean, mean_sd, _ = _weighed(apart, 1 / (chance + between))
    return Factor(mean, mean_sd, float(between**0.5), pages)


def hazard(rate: Shares) -> Shares:
    """-log(1 - rate): grows as the rate where that is small; no factor makes a rate above one of it."""
    return np.asarray(-np.log1p(-np.minimum(rate, _ALL_WRONG)))


def _weighed(values: Shares, weight: Shares) -> tuple[float, float, float]:
    """Mean, its standard deviation, and the weighed sum of squares around it."""
    mean = float((weight * values).sum() / weight.sum())
    return mean, float(weight.sum() ** -0.5), float((weight * (values - mean) ** 2).sum())
