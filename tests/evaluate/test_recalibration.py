import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.errors import ComparisonError, OutputError, SettingsError
from ocr.evaluate.calibration import ConfidenceOutcomes
from ocr.evaluate.recalibration import Factor, Recalibration, fit, fit_curve, fit_factor, read
from tests.evaluate.believed import page

outcomes = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


@settings(deadline=None, max_examples=60)
@given(outcomes, st.sampled_from([1, 1000]))
def test_more_belief_is_never_less_worth(pairs: list[tuple[float, bool]], times: int) -> None:
    believed, right = np.array(pairs * times, float).T
    curve = fit_curve(ConfidenceOutcomes(believed, right, "word"))
    assert curve is not None
    assert curve.kind == ("isotonic" if times == 1000 else "logistic")
    worth = curve.apply(np.linspace(0, 1, 50))
    assert (np.diff(worth) >= -1e-12).all()
    assert worth.min() > 0
    assert worth.max() < 1


def test_pools_by_hand() -> None:
    """0.2 is right 3 in 4, 0.6 only 1 in 4: pooled to 4 in 8, at the mean of their beliefs."""
    believed = np.repeat([0.2, 0.6, 0.9], 400)
    right = np.concatenate([np.arange(400) < 300, np.arange(400) < 100, np.arange(400) < 360]).astype(float)
    curve = fit_curve(ConfidenceOutcomes(believed, right, "word"))
    assert curve is not None
    assert curve.believed == pytest.approx((0.4, 0.9))
    assert curve.right == pytest.approx((400.5 / 801, 360.5 / 401))


@pytest.mark.parametrize("words", [700, 4000])
def test_boasts_are_seen_through(words: int) -> None:
    """Logistic with few words, isotonic with many: strangers' words come out true."""
    dice = np.random.default_rng(5)
    told, new = page(dice, "a", words, boast=1.5), page(dice, "b", 4000, boast=1.5)
    curve = fit_curve(told.words)
    assert curve is not None
    before = new.words.ece
    after = replace(new.words, confidence=curve.apply(new.words.confidence)).ece
    assert before > 0.15
    assert after < 0.04


def test_a_factor_of_two() -> None:
    """Twice the errors foretold, on every page: the mean says so, and pages do not differ."""
    ones = np.ones(30)
    found = fit_factor(40 * ones, 2000 * ones, 20 * ones, 2000 * ones)
    assert np.exp(found.mean) == pytest.approx(2, rel=0.03)
    assert found.page_sd < 0.2
    assert found.pages == 30


def test_pages_that_differ_are_said_to() -> None:
    dice = np.random.default_rng(7)
    foretold = np.full(300, 100.0)
    errors = dice.poisson(foretold * np.exp(dice.normal(0.3, 0.6, 300)))
    found = fit_factor(errors.astype(float), np.full(300, 5000.0), foretold, np.full(300, 5000.0))
    assert found.mean == pytest.approx(0.3, abs=0.1)
    assert found.page_sd == pytest.approx(0.6, abs=0.1)
    assert found.mean_sd == pytest.approx(0.6 / 300**0.5, rel=0.3)


def test_without_pages_the_doubt_is_assumed() -> None:
    nothing = np.empty(0)
    assert fit_factor(nothing, nothing, nothing, nothing) == Factor()
    one = fit_factor(np.array([20.0]), np.array([500.0]), np.array([20.0]), np.array([500.0]))
    assert one.page_sd == Factor().page_sd


def test_written_and_read(tmp_path: Path) -> None:
    dice = np.random.default_rng(1)
    table = fit([page(dice, f"p{n}", boast=1.0) for n in range(4)])
    table.write(tmp_path / "table.json")
    assert read(tmp_path / "table.json") == table
    assert table.pages == ("p0", "p1", "p2", "p3")
    assert [path.name for path in tmp_path.iterdir()] == ["table.json"]
    assert table.proof is not None
    assert table.proof.brier_after is not None
    assert table.proof.brier_after < table.proof.brier_before
    believed = np.array([0.5, 0.99])
    assert (table.apply(believed) < believed).all()
    assert (table.apply(believed, "line") == believed).all()


def test_a_single_page_cannot_prove_its_table() -> None:
    table = fit([page(np.random.default_rng(1), "p")])
    assert table.proof is not None
    assert table.proof.ece_after is None
    assert table.proof.brier_after is None


def test_nothing_to_fit() -> None:
    with pytest.raises(ComparisonError, match="no confidence"):
        fit([page(np.random.default_rng(1), "p", words=0)])


@pytest.mark.parametrize(
    "change",
    [
        {"format": "another"},
        {"curves": [{"level": "word"}]},
        {"curves": 5},
        {"letters": {"mean": float("nan"), "mean_sd": 1, "page_sd": 1, "pages": 0}},
        {"curves": [{"level": "w", "kind": "isotonic", "believed": [0.5, 0.1], "right": [0, 1], "count": 2}]},
    ],
)
def test_other_files_are_no_tables(tmp_path: Path, change: dict[str, object]) -> None:
    file = tmp_path / "table.json"
    Recalibration(()).write(file)
    file.write_text(json.dumps(json.loads(file.read_bytes()) | change), "utf-8")
    with pytest.raises(SettingsError, match=r"table\.json"):
        read(file)


def test_places_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read(tmp_path / "none.json")
    (tmp_path / "text.json").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="no calibration"):
        read(tmp_path / "text.json")
    with pytest.raises(OutputError, match="cannot be written"):
        Recalibration(()).write(tmp_path / "text.json" / "table.json")
