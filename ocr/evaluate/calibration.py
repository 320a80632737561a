"""Whether a confidence of 0.9 means nine in ten, and how many errors are found where confidence is least.

What is held against each other are the probabilities that a record gives its words, letters and lines
(@cert in TEI) and what was right when a person read the same page.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr.arrays import F64

Shares = F64

BINS = 10
SEED, _DRAWS = 1, 200
_CURVE = 101
READ_SHARE = 0.15
"""What a person may have time to read again."""


@dataclass(frozen=True, slots=True, eq=False)
class ConfidenceOutcomes:
    """What was believed of words, letters or lines, and what was right: arrays of like length (N,)."""

    believed: Shares
    """Probability of being right, 0..1."""
    right: Shares
    """1 or 0; of a line the share of its words that is right."""
    level: str
    """word, letter or line."""

    def __post_init__(self) -> None:
        if self.believed.shape != self.right.shape or self.believed.ndim != 1:
            raise ValueError("each belief needs its outcome")


@dataclass(frozen=True, slots=True)
class Bin:
    """What was believed between two bounds. Means over nothing are None."""

    low: float
    high: float
    count: int
    believed: float | None
    right: float | None


@dataclass(frozen=True, slots=True)
class Gain:
    """What a person gains who reads again where confidence is least."""

    read: float
    """Share of the units read again."""
    found: float | None
    """Share of all errors that is met there; None without errors."""
    left: float | None
    """Share of the rest that is wrong (the risk at a coverage of 1 - read); None when all is read."""


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """How well confidences at one level hold."""

    level: str
    count: int
    believed: float
    """Mean confidence."""
    right: float
    """Share that is right."""
    expected_error: float
    """Expected calibration error over `bins`."""
    chance: float | None
    """What the expected calibration error would be on the average had every confidence been true: few
    units scatter (consistency resampling: Bröcker and Smith, 2007). None for lines, which are shares."""
    brier: float
    """Mean squared difference (Brier, 1950): 0 at best, 0.25 for those who always say one half."""
    bins: tuple[Bin, ...]
    curve: tuple[Gain, ...]
    """From nothing read again to all, in steps of one in a hundred."""
    seed: int

    def reading(self, share: float = READ_SHARE) -> Gain:
        """What reading about this share again gains."""
        return self.curve[round(min(max(share, 0.0), 1.0) * (_CURVE - 1))]

    def sentence(self, share: float = READ_SHARE) -> str:
        """That in words."""
        gain = self.reading(share)
        if gain.found is None:
            return f"There are no errors among the {self.count} {self.level}s."
        read, found = round(100 * gain.read), round(100 * gain.found)
        return f"Reading the {read} % least sure {self.level}s finds {found} % of the errors."

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            "level": self.level,
            "count": self.count,
            "mean_confidence": self.believed,
            "right": self.right,
            "ece": self.expected_error,
            "ece_by_chance": self.chance,
            "ece_bins": f"{len(self.bins)} of like width",
            "brier": self.brier,
            "bins": [
                {"low": b.low, "high": b.high, "count": b.count, "believed": b.believed, "right": b.right}
                for b in self.bins
            ],
            "curve": [{"read": r.read, "found": r.found, "left_wrong": r.left} for r in self.curve],
            "sentence": self.sentence(),
            "seed": self.seed,
        }


def calibration_report(
    trust: ConfidenceOutcomes, *, bins: int = BINS, seed: int = SEED
) -> CalibrationReport | None:
    """How well these confidences hold; None when there are none."""
    count = len(trust.believed)
    if not count:
        return None
    whole = trust.level != "line"
    return CalibrationReport(
        trust.level,
        count,
        float(trust.believed.mean()),
        float(trust.right.mean()),
        expected_error(trust.believed, trust.right, bins),
        _chance(trust.believed, bins, seed) if whole else None,
        float(((trust.believed - trust.right) ** 2).mean()),
        reliability(trust, bins),
        _curve(trust),
        seed,
    )


def expected_error(believed: Shares, right: Shares, bins: int = BINS) -> float:
    """Expected calibration error over bins of like width (Naeini et al., 2015; Guo et al., 2017), in 0..1."""
    away = np.bincount(_places(believed, bins), believed - right, bins)
    return float(np.abs(away).sum() / max(len(right), 1))


def reliability(trust: ConfidenceOutcomes, bins: int = BINS) -> tuple[Bin, ...]:
    """The reliability diagram: bins of like width with counts, mean confidence, share that is right."""
    place = _places(trust.believed, bins)
    counts = np.bincount(place, minlength=bins)
    believed = np.bincount(place, trust.believed, bins)
    right = np.bincount(place, trust.right, bins)
    return tuple(
        Bin(n / bins, (n + 1) / bins, int(c), b / c if c else None, r / c if c else None)
        for n, (c, b, r) in enumerate(zip(counts.tolist(), believed.tolist(), right.tolist(), strict=True))
    )


def _places(believed: Shares, bins: int) -> npt.NDArray[np.intp]:
    return np.minimum((believed * bins).astype(np.intp), bins - 1)


def _chance(believed: Shares, bins: int, seed: int) -> float:
    dice = np.random.default_rng([seed, 3])
    # what counts is how many of each bin come out right; the sum of many unlike coins is nearly normal
    if len(believed) > 100_000:
        place = _places(believed, bins)
        spread = np.sqrt(np.bincount(place, believed * (1 - believed), bins))
        return float(np.abs(dice.normal(size=(_DRAWS, bins)) * spread).sum(1).mean() / len(believed))
    told = [
        expected_error(believed, (dice.random(len(believed)) < believed).astype(float), bins)
        for _ in range(_DRAWS)
    ]
    return float(np.mean(told))


def _curve(trust: ConfidenceOutcomes) -> tuple[Gain, ...]:
    """Least sure first; among the equally sure each comes as likely first, so errors spread evenly there."""
    count = len(trust.believed)
    _, group = np.unique(trust.believed, return_inverse=True)
    read_to = np.concatenate([[0], np.cumsum(np.bincount(group))]) / count
    wrong = np.concatenate([[0.0], np.cumsum(np.bincount(group, 1 - trust.right))])
    wrong = np.maximum.accumulate(wrong)
    total, shares = float(wrong[-1]), np.linspace(0, 1, _CURVE)
    met = np.interp(shares, read_to, wrong)
    met[-1] = total
    return tuple(
        Gain(
            share,
            min(one / total, 1.0) if total > 0 else None,
            max(total - one, 0.0) / ((1 - share) * count) if share < 1 else None,
        )
        for share, one in zip(shares.tolist(), met.tolist(), strict=True)
    )
