import math
from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.evaluate.bootstrap import compare, interval, resampled, student, swap_test

lines = st.tuples(st.integers(0, 40), st.integers(0, 40))
notebooks = st.lists(st.lists(lines, max_size=6), max_size=6)


def simulated(dice: np.random.Generator, pages: int, apart: float) -> list[list[tuple[int, int]]]:
    """Pages of 15 lines with one error in ten on the average, pages and lines unlike each other."""
    rates = (
        0.1 * np.exp(dice.normal(-apart * apart / 2, apart, (pages, 1))) * dice.gamma(3, 1 / 3, (pages, 15))
    )
    truth = dice.integers(20, 60, (pages, 15))
    errors = dice.poisson(rates * truth)
    return [list(zip(*page, strict=True)) for page in zip(errors.tolist(), truth.tolist(), strict=True)]


@pytest.mark.parametrize(("pages", "apart"), [(3, 0.3), (8, 0.0), (8, 0.3), (20, 0.3)])
def test_nineteen_of_twenty_intervals_hold_the_true_rate(pages: int, apart: float) -> None:
    dice = np.random.default_rng(1932)
    notebooks = 200
    held = 0
    for _ in range(notebooks):
        found = interval(simulated(dice, pages, apart), draws=200)
        assert found is not None
        held += found.low <= 0.1 <= found.high
    assert held >= 0.92 * notebooks


def test_one_page_tells_of_itself() -> None:
    """The lines of one page are drawn: bounds near those of the normal distribution of its lines."""
    page = simulated(np.random.default_rng(3), 1, 0)[0] * 8
    found = interval([page], draws=4000)
    assert found is not None
    assert found.pages == 1
    errors, truth = np.array(page).T
    spread = np.std(errors - found.rate * truth) / truth.mean() / math.sqrt(len(page))
    assert found.high - found.low == pytest.approx(2 * 1.98 * spread, rel=0.1)


@settings(max_examples=60, deadline=None)
@given(notebooks)
def test_bounds_hold_the_rate(pages: list[list[tuple[int, int]]]) -> None:
    truth = sum(t for page in pages for _, t in page)
    found = interval(pages, draws=50)
    if not truth:
        assert found is None
        return
    assert found is not None
    assert 0 <= found.low <= found.rate <= found.high
    assert math.isfinite(found.high)
    assert found.rate == sum(e for page in pages for e, _ in page) / truth


def test_the_same_seed_gives_the_same_figures() -> None:
    pages = simulated(np.random.default_rng(5), 4, 0.3)
    assert interval(pages, seed=7) == interval(pages, seed=7)
    assert interval(pages, seed=7) != interval(pages, seed=8)


def test_no_error_is_no_certainty() -> None:
    """With 100 letters and not one error the true rate may still be 3.6 in a hundred (Clopper, Pearson)."""
    found = interval([[(0, 60)], [(0, 40)]])
    assert found is not None
    assert (found.low, found.rate) == (0, 0)
    assert found.high == pytest.approx(0.0362, abs=1e-4)


def test_more_pages_tell_more() -> None:
    pages = simulated(np.random.default_rng(6), 4, 0.3)
    few, many = interval(pages), interval(pages * 6)
    assert few is not None
    assert many is not None
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(("freedom", "told"), [(1, 12.706), (2, 4.303), (4, 2.776), (30, 2.042)])
def test_student_as_in_the_tables(freedom: int, told: float) -> None:
    assert student(0.975, freedom) == pytest.approx(told, abs=1e-3)


def runs(better: float, pages: int = 12) -> list[list[tuple[int, int, int]]]:
    """Two runs of the same pages, the second with `better` times the chance of an error."""
    dice = np.random.default_rng(11)
    return [
        [(e, int(dice.binomial(2 * e, better / 2)), t) for e, t in page]
        for page in simulated(dice, pages, 0.5)
    ]


def test_a_better_run_is_seen() -> None:
    found = compare(runs(0.7), [f"p{n}" for n in range(12)])
    assert found is not None
    assert found.swapped == "pages"
    assert found.difference.high < 0
    assert found.improvement > 0.99
    assert found.p < 0.01
    won = Counter(contest.better for contest in found.contests)
    assert won["second"] > won["first"]
    assert won.total() == 12
    assert [contest.name for contest in found.contests] == [f"p{n}" for n in range(12)]


def test_exchanged_runs_tell_the_opposite() -> None:
    pages = runs(0.9)
    one, other = compare(pages), compare([[(b, a, t) for a, b, t in page] for page in pages])
    assert one is not None
    assert other is not None
    assert one.difference.rate == -other.difference.rate
    assert one.difference.low == pytest.approx(-other.difference.high)
    assert one.improvement == pytest.approx(1 - other.improvement)
    assert one.p == other.p


def test_a_run_against_itself() -> None:
    pages = [[(e, e, t) for e, t in page] for page in simulated(np.random.default_rng(2), 3, 0.3)]
    found = compare(pages)
    assert found is not None
    assert (found.difference.low, found.difference.rate, found.difference.high) == (0, 0, 0)
    assert (found.p, found.improvement) == (1, 0.5)
    assert [contest.better for contest in found.contests] == ["equal"] * 3


def test_pairing_sees_what_two_intervals_do_not() -> None:
    pages = runs(0.9)
    found = compare(pages)
    one = interval([[(a, t) for a, _, t in page] for page in pages])
    assert found is not None
    assert one is not None
    assert found.difference.high - found.difference.low < one.high - one.low


def test_runs_that_are_alike_are_seldom_told_apart() -> None:
    """Of tests between equals one in twenty has p <= 0.05."""
    dice = np.random.default_rng(9)
    told = [swap_test(dice.poisson(4, 25) - dice.poisson(4, 25), draws=199) for _ in range(400)]
    assert 0.02 < np.mean([p <= 0.05 for p in told]) < 0.08


def test_nothing_to_compare() -> None:
    assert compare([]) is None
    assert compare([[(1, 2, 0)]]) is None


def test_many_pages_as_few_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines drawn once for many draws give the bounds that lines drawn anew for each give."""
    pages = simulated(np.random.default_rng(8), 250, 0.1)
    pooled = interval(pages)
    monkeypatch.setattr("ocr.evaluate.bootstrap._MANY_PAGES", 1000)
    plain = interval(pages)
    assert pooled is not None
    assert plain is not None
    assert pooled != plain
    assert pooled.high - pooled.low == pytest.approx(plain.high - plain.low, rel=0.1)


@given(st.integers(0, 30), st.integers(1, 20))
def test_a_single_line_has_bounds_too(errors: int, truth: int) -> None:
    held = interval([[(errors, truth)]])
    assert held is not None
    assert 0 <= held.low <= held.rate <= held.high
    assert held.low < held.high
    assert held.high <= 1 or errors > truth


def test_any_figure_has_the_bounds_that_a_rate_has() -> None:
    pages = simulated(np.random.default_rng(5), 12, 0.3)
    lines = np.array([line for page in pages for line in page])
    plain = interval(pages, seed=3)

    def rate(drawn: npt.NDArray[np.int64]) -> float:
        errors, truth = (lines * drawn[:, None]).sum(0)
        return float(errors / truth)

    other = resampled([len(page) for page in pages], rate, seed=4)
    assert plain is not None
    assert other.rate == plain.rate
    assert other.low == pytest.approx(plain.low, rel=0.05)
    assert other.high == pytest.approx(plain.high, rel=0.05)
