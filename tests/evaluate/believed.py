"""Pages whose words have a confidence and an outcome, made so that everything about them is known."""

import numpy as np

from ocr.evaluate.calibration import Trust
from ocr.evaluate.rates import Score, Tallies
from ocr.evaluate.trust import Belief, PageTrust

LENGTH = 5


def page(
    dice: np.random.Generator, name: str, words: int = 120, boast: float = 0.0, apart: float = 0.0
) -> PageTrust:
    """A page of words of five letters, one letter of each wrong word wrong.

    `boast`: by how much the log-odds told are above the true ones; `apart`: how far pages differ, as the
    standard deviation of a factor of their hazard.
    """
    told = dice.beta(6, 1, words)
    odds = np.log(told / (1 - told)) - boast
    true = 1 / (1 + np.exp(-odds))
    right = dice.random(words) < 1 - (1 - true) * np.exp(dice.normal(0, apart))
    wrong = int((~right).sum())
    letters = words * (LENGTH + 1) - 1
    nothing = Trust(np.empty(0), np.empty(0), "letter")
    return PageTrust(
        Belief(name, told, np.full(words, float(LENGTH)), 0, letters),
        Trust(told, right.astype(float), "word"),
        nothing,
        nothing,
        Score(
            "strict",
            Tallies(hits=letters - wrong, substitutions=wrong),
            Tallies(hits=words - wrong, substitutions=wrong),
        ),
    )
