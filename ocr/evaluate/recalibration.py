"""A table that makes confidences true: fitted where a truth exists, applied where none does.

With a thousand outcomes and more the curve is isotonic: the best one that never falls, by pooling adjacent
violators (Ayer et al., 1955; for classifiers Zadrozny and Elkan, 2002). With fewer that follows chance, and
a logistic function of the log-odds is fitted (Platt, 1999); about where one overtakes the other: Niculescu-
Mizil and Caruana, 2005. Either is kept as points to be joined by straight lines, so that anything can use it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ocr.evaluate.calibration import Shares, Trust

_FOR_ISOTONIC = 1000
_EDGE = 1e-4
"""Nothing is believed more or less than this short of certainty."""
_POINTS = 25
_ASSUMED = 0.5
"""Before anything is measured a page is taken to have exp(0.5) = 1.6 times more or fewer errors than its
confidences foretell, in two cases of three."""
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
    """How many times more errors pages have than their confidences foretell, as natural logarithms.

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


def fit_curve(trust: Trust) -> Curve | None:
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


def _isotonic(trust: Trust) -> tuple[Shares, Shares]:
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
    errors, truth, foretold, found = errors[told], truth[told], foretold[told], found[told]
    apart = np.log((errors + 0.5) / truth) - np.log((foretold + 0.5) / found)
    chance = 1 / np.maximum(foretold, 0.5)  # variance of the logarithm of a count
    weight = 1 / chance
    mean = (weight * apart).sum() / weight.sum()
    between = 0.0
    if pages > 1:
        spread = (weight * (apart - mean) ** 2).sum() - (pages - 1)
        between = max(spread / (weight.sum() - (weight**2).sum() / weight.sum()), 0.0)
    # of one page nothing is learnt about how pages differ
    between = (_ASSUMED_PAGES * _ASSUMED**2 + (pages - 1) * between) / (_ASSUMED_PAGES + pages - 1)
    weight = 1 / (chance + between)
    mean = float((weight * apart).sum() / weight.sum())
    return Factor(mean, float(weight.sum() ** -0.5), float(between**0.5), pages)
