"""Trust is fitted on made lines and put into the model's file."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")

from ocr.engines.calibration import BeamAgreement, Calibration, Evidence
from ocr.engines.cursive import SHIPPED, load_model
from ocr.engines.decoding import word_places
from ocr.models import card_sha256
from ocr.train import calibrate
from ocr.train.calibrate import Weighed, facing, fit, judged


def drawn(lines: int, seed: int) -> list[Weighed]:
    """Lines of two words of three letters, the letters right as often as their evidence says."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(lines):
        chance = rng.uniform(0.3, 1, 7)
        runs = [(0, 7)] if rng.random() < chance.min() else [(0, 3)]
        evidence = Evidence(
            chance,
            np.ones(7),
            np.zeros(7),
            rng.uniform(-5, 0, 7),
            [[]] * 7,
            [BeamAgreement(0, 7, [(0.5, [(0, 7)]), (0.5, runs)])],
        )
        right, places = rng.random(7) < chance, [(0, 3), (4, 7)]
        words = np.array([right[start:end].all() for start, end in places])
        found.append(Weighed(evidence, places, right, words))
    return found


def test_what_is_fitted_holds_on_other_lines() -> None:
    calibration = fit(drawn(600, 1))
    letters, words = judged(drawn(600, 2), calibration)
    assert letters is not None
    assert words is not None
    assert letters.ece < 0.03
    assert words.ece < 0.06
    assert list(calibration.word_curve) == sorted(calibration.word_curve)
    assert Calibration.from_json(calibration.to_json()) == calibration


@pytest.mark.parametrize(
    ("read", "truth", "right"),
    [
        ("мама мыла раму", "мама мыла раму", [True, True, True]),
        ("мама мыл раму", "мама мыла раму", [True, False, True]),
        ("мама мыла рму", "мама мыла раму.", [True, True, False]),
        ("мама мы ла раму", "мама мыла раму", [True, False, False, True]),
        ("мамамыла раму", "мама мыла раму", [False, True]),
    ],
)
def test_a_word_is_right_when_it_is_the_word_that_stands_there(
    read: str, truth: str, right: list[bool]
) -> None:
    """One that lacks a letter is not, though all its letters are."""
    found = [facing(read, truth, *place) == read[slice(*place)] for place in word_places(read)]
    assert found == right


def test_one_command_fits_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "m.onnx"
    shutil.copy(SHIPPED, path)
    path.with_suffix(".md").write_text(f"| sha256 | {load_hash(path)} |\n", encoding="utf-8")
    monkeypatch.setattr(calibrate, "LEAVES", 3)
    monkeypatch.setattr(calibrate, "LINES", 4)
    monkeypatch.setattr(sys, "argv", ["calibrate", str(path)])
    calibrate.main()
    assert load_model(path).calibration != load_model(SHIPPED).calibration
    assert card_sha256(path) == load_hash(path)


def load_hash(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()
