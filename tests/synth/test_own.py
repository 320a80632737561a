"""A writer's own letters: none without traits, the same traits for the same letter."""

import numpy as np

from ocr.synth.own import rows_of, stray, widths
from ocr.synth.writer import TRAITS


def test_without_traits_letters_are_the_models() -> None:
    places = np.random.default_rng(1).normal(0, 1, (9, 3))
    strayed = places.copy()
    stray(strayed, places[:, 0].copy(), np.zeros((9, TRAITS)))
    assert np.allclose(strayed, places)
    assert np.allclose(widths(np.zeros((4, TRAITS))), 1)


def test_a_letter_has_one_row_wherever_it_stands() -> None:
    rows = rows_of("мама мыла")
    assert rows[0] == rows[2] == rows[5]
    assert len({int(row) for row in rows_of("мыла")}) == 4
    assert rows[4] == 0


def test_letters_stay_near_their_models_whatever_the_traits() -> None:
    wild = np.random.default_rng(2).normal(0, 9, (50, TRAITS))
    places = np.tile([0.5, 0.5, 0.0], (50, 1))
    strayed = places.copy()
    stray(strayed, places[:, 0].copy(), wild)
    assert np.abs(strayed - places).max() < 0.5
    assert 0.7 < widths(wild).min() <= widths(wild).max() < 1.4
