"""How sure a rate is, and whether one run is better than another: resampled pages, and lines within them.

A rate from twenty lines is not a rate from two thousand. The bootstrap (Efron, 1979) asks how much it would
move had other pages, and on each page other lines, been drawn. Lines of one page resemble each other, so
pages are drawn first and lines within each page drawn second (Davison and Hinkley, 1997, section 3.8). The
percentiles are taken further out than the level asks, as Student's t with as many degrees of freedom as
there are pages less one does (the expanded percentile interval: Hesterberg, 2014, arXiv 1411.5279): plain
percentiles are too narrow for few pages. Measured on simulated notebooks in `bench/evaluate.py --coverage`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Literal

import numpy as np

from ocr.arrays import F64, I32, I64

SEED, DRAWS, LEVEL = 1, 2000, 0.95
_ROWS = 400_000
"""So many lines are drawn at a time: some 30 MB."""
_MANY_PAGES, _POOL = 200, 200
"""With so many pages each page's lines are drawn so many times and these are picked from: pages outnumber
what a repetition could do."""
_PAGES_TO_SWAP = 10
"""With fewer pages than these whole pages can be swapped in too few ways to tell anything."""


@dataclass(frozen=True, slots=True)
class Range:
    """A rate with the bounds between which it lies LEVEL of the time."""

    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Interval(Range):
    """The range that a bootstrap gives; the same seed gives the same figures."""

    level: float
    pages: int
    """Pages with lines. With one page the interval tells of that page only: its lines are drawn."""
    lines: int
    seed: int
    draws: int


@dataclass(frozen=True, slots=True)
class Contest:
    """One page read by both runs."""

    name: str
    first: int
    """Errors of the first run."""
    second: int
    truth: int

    @property
    def better(self) -> Literal["first", "second", "equal"]:
        """Who has fewer errors here."""
        return "equal" if self.first == self.second else "first" if self.first < self.second else "second"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second run against the first on the same pages. Below zero: the second has fewer errors."""

    difference: Interval
    """Rate of the second less rate of the first."""
    improvement: float
    """Share of the draws in which the second is better, ties shared (probability of improvement: Bisani and
    Ney, 2004)."""
    p: float
    """Two-sided permutation test: how often runs that are really alike differ as much, when their results
    are swapped at random. Never 0 (Phipson and Smyth, 2010)."""
    swapped: Literal["pages", "lines"]
    """What was swapped: whole pages, or lines when there are few pages. Lines tell of these pages only."""
    contests: tuple[Contest, ...]
    """The pages, in their order."""


def interval(
    pages: Sequence[Sequence[tuple[int, int]]],
    *,
    seed: int = SEED,
    draws: int = DRAWS,
) -> Interval | None:
    """The rate of all lines together (errors summed, divided once) with its bounds.

    `pages`: of each page its lines, of each line (errors, units of truth). None when there is no truth.
    Without a single error the bounds are those of Clopper and Pearson (1934) for the units of truth, since
    no draw could show one. A single line can be drawn in one way only: its units are taken for independent.
    """
    table, sizes = _table(pages, 2)
    errors, truth = (int(x) for x in table.sum(0))
    if truth == 0:
        return None
    tail = (1 - LEVEL) / 2
    if errors == 0:
        low, high = 0.0, 1 - tail ** (1 / truth)
    elif len(table) == 1:
        low, high = _of_one_line(errors, truth, tail)
    else:
        drawn = _drawn(table, sizes, seed, draws)
        low, high = _bounds(drawn[:, 0], drawn[:, 1], sizes)
    rate = errors / truth
    return Interval(rate, min(low, rate), max(high, rate), LEVEL, len(sizes), len(table), seed, draws)


def resampled(
    sizes: Sequence[int], statistic: Callable[[I64], float], *, seed: int = SEED, draws: int = DRAWS
) -> Interval:
    """Any figure of the lines with its bounds, drawn as `interval` draws.

    `sizes`: how many lines each page has. `statistic` is given how often each line, in order, is drawn: (N,),
    first once each.
    """
    known = np.array([size for size in sizes if size], np.int64)
    every = np.ones(int(known.sum()), np.int64)
    dice = np.random.default_rng([seed, 1])
    drawn = np.empty(draws)
    for n in range(draws):
        lines = _lines(dice.integers(len(known), size=len(known)), known, dice)
        drawn[n] = statistic(np.bincount(lines, minlength=len(every)))
    low, high = _percentiles(drawn, known)
    rate = statistic(every)
    return Interval(rate, min(low, rate), max(high, rate), LEVEL, len(known), len(every), seed, draws)


def compare(
    pages: Sequence[Sequence[tuple[int, int, int]]],
    names: Sequence[str] = (),
    *,
    seed: int = SEED,
    draws: int = DRAWS,
) -> Comparison | None:
    """The second of two runs against the first; None when there is no truth.

    `pages`: of each page its lines, of each line (errors of the first run, errors of the second, units of
    truth). Both runs stand in each line that is drawn, so what is hard for both does not blur the difference.
    """
    names = names or [str(n) for n in range(1, len(pages) + 1)]
    contests = tuple(
        Contest(name, *(sum(column) for column in zip(*lines, strict=True)))
        for name, lines in zip(names, pages, strict=True)
        if lines
    )
    table, sizes = _table(pages, 3)
    first, second, truth = (int(x) for x in table.sum(0))
    if truth == 0:
        return None
    drawn = _drawn(table, sizes, seed, draws)
    apart = drawn[:, 1] - drawn[:, 0]
    low, high = _bounds(apart, drawn[:, 2], sizes)
    rate = (second - first) / truth
    difference = Interval(rate, min(low, rate), max(high, rate), LEVEL, len(sizes), len(table), seed, draws)
    improvement = float((apart < 0).mean() + (apart == 0).mean() / 2)
    whole = len(sizes) >= _PAGES_TO_SWAP
    lines = table[:, 1] - table[:, 0]
    units = np.add.reduceat(lines, np.cumsum(sizes) - sizes) if whole else lines
    return Comparison(
        difference,
        improvement,
        swap_test(units, seed=seed, draws=draws),
        "pages" if whole else "lines",
        contests,
    )


def swap_test(differences: I64, *, seed: int = SEED, draws: int = DRAWS) -> float:
    """The permutation test's p: how often the sum of randomly turned differences is as far from nought.

    `differences`: (N,) of the two runs, one for each unit that can be swapped.
    """
    moved = differences[differences != 0]
    if not len(moved):
        return 1.0
    dice = np.random.default_rng([seed, 2])
    distance, at_once = abs(int(moved.sum())), max(1, _ROWS // len(moved))
    as_far = 0
    for start in range(0, draws, at_once):
        turned = dice.integers(2, size=(min(at_once, draws - start), len(moved)), dtype=np.int8) * 2 - 1
        as_far += int((np.abs(turned @ moved) >= distance).sum())
    return (as_far + 1) / (draws + 1)


def _of_one_line(errors: int, truth: int, tail: float) -> tuple[float, float]:
    """The score interval (Wilson, 1927) of errors that each come for themselves."""
    units, z = max(errors, truth), NormalDist().inv_cdf(1 - tail)
    share, loose = errors / units, z * z / units
    middle = share + loose / 2
    half = z * math.sqrt((share * (1 - share) + loose / 4) / units)
    low, high = ((middle + turn * half) / (1 + loose) for turn in (-1, 1))
    return max(low, 0.0) * units / truth, min(high, 1.0) * units / truth


@lru_cache
def student(share: float, freedom: int) -> float:
    """The quantile of Student's t, `share` above one half.

    With x = sqrt(freedom) tan(a) the density is that of cos(a) to the power freedom - 1.
    """
    angle = np.linspace(0, math.pi / 2, 200_001)
    mass = np.cumsum(np.cos((angle[1:] + angle[:-1]) / 2) ** (freedom - 1))
    at = np.interp(2 * share - 1, np.concatenate([[0], mass / mass[-1]]), angle)
    return math.sqrt(freedom) * math.tan(at)


def _table(pages: Sequence[Sequence[tuple[int, ...]]], columns: int) -> tuple[I64, I64]:
    """All lines below each other, and how many belong to each page; pages without lines go."""
    sizes = np.array([len(lines) for lines in pages if lines], np.int64)
    rows = [line for lines in pages for line in lines]
    return np.array(rows, np.int64).reshape(-1, columns), sizes


def _drawn(table: I64, sizes: I64, seed: int, draws: int) -> I64:
    """(draws, columns): sums over pages drawn with replacement and over lines drawn within them."""
    dice = np.random.default_rng([seed, 1])
    pages = len(sizes)
    many = pages >= _MANY_PAGES and draws > _POOL
    pool = _pool(table, sizes, dice) if many else None
    at_once = max(1, _ROWS // (pages if many else len(table)))
    sums = np.empty((draws, table.shape[1]), np.int64)
    for begin in range(0, draws, at_once):
        some = min(at_once, draws - begin)
        picked = dice.integers(pages, size=(some, pages))
        if pool is None:
            lines = _lines(picked.ravel(), sizes, dice)
            ends = np.cumsum(sizes[picked].sum(1))
            sums[begin : begin + some] = np.add.reduceat(table[lines], np.concatenate([[0], ends[:-1]]))
        else:
            sums[begin : begin + some] = pool[dice.integers(_POOL, size=picked.shape), picked].sum(1)
    return sums


def _pool(table: I64, sizes: I64, dice: np.random.Generator) -> I32:
    """(_POOL, pages, columns): sums of each page with its lines drawn anew, so many times."""
    starts, every = np.cumsum(sizes) - sizes, np.arange(len(sizes))
    pool = np.empty((_POOL, len(sizes), table.shape[1]), np.int32)
    for own in pool:
        own[:] = np.add.reduceat(table[_lines(every, sizes, dice)], starts)
    return pool


def _lines(picked: I64, sizes: I64, dice: np.random.Generator) -> I64:
    """Of each page picked as many lines as it has, drawn with replacement: their places in the table."""
    lengths = sizes[picked]
    chance = dice.integers(1 << 32, size=int(lengths.sum()), dtype=np.uint32).astype(np.uint64)
    # a 32-bit chance times the number of lines, its upper half: a line, each as likely as the others
    lines = (chance * np.repeat(lengths, lengths).astype(np.uint64) >> np.uint64(32)).astype(np.int64)
    lines += np.repeat((np.cumsum(sizes) - sizes)[picked], lengths)
    return lines


def _bounds(above: I64, below: I64, sizes: I64) -> tuple[float, float]:
    """Expanded percentiles of the drawn rates; draws without truth have none."""
    has_truth = below > 0
    return _percentiles(above[has_truth] / below[has_truth], sizes)


def _percentiles(rates: F64, sizes: I64) -> tuple[float, float]:
    units = len(sizes) if len(sizes) > 1 else int(sizes[0])
    tail = (1 - LEVEL) / 2
    if 1 < units <= 1000:  # beyond, t is the normal distribution to three digits
        tail = NormalDist().cdf(-math.sqrt(units / (units - 1)) * student(1 - tail, units - 1))
    low, high = np.quantile(rates, [tail, 1 - tail])
    return float(low), float(high)
