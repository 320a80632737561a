"""Pages whose words have a confidence and an outcome, made so that everything about them is known."""

import numpy as np

from ocr.evaluate.calibration import ConfidenceOutcomes, PageConfidence, PageOutcomes
from ocr.evaluate.rates import EditCounts, Score

LENGTH = 5


def page(
    dice: np.random.Generator, name: str, words: int = 120, boast: float = 0.0, apart: float = 0.0
) -> PageOutcomes:
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
    nothing = ConfidenceOutcomes(np.empty(0), np.empty(0), "letter")
    return PageOutcomes(
        PageConfidence(name, told, np.full(words, float(LENGTH)), 0, letters),
        ConfidenceOutcomes(told, right.astype(float), "word"),
        nothing,
        nothing,
        Score(
            "strict",
            EditCounts(hits=letters - wrong, substitutions=wrong),
            EditCounts(hits=words - wrong, substitutions=wrong),
        ),
    )
