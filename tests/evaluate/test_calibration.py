import json
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.evaluate.calibration import (
    ConfidenceOutcomes,
    PageOutcomes,
    calibration_report,
    page_outcomes,
    reliability,
)
from ocr.evaluate.pair import PageText, Pair
from ocr.evaluate.scores import EvaluateSettings, score_page
from ocr.formats.found_lines import FoundLine, FoundWord

outcomes = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def trust(pairs: list[tuple[float, bool]], level: str = "word") -> ConfidenceOutcomes:
    believed, right = zip(*pairs, strict=True) if pairs else ((), ())
    return ConfidenceOutcomes(np.array(believed, float), np.array(right, float), level)


@settings(deadline=None)
@given(outcomes)
def test_all_figures_are_shares(pairs: list[tuple[float, bool]]) -> None:
    found = calibration_report(trust(pairs))
    assert found is not None
    assert 0 <= found.ece <= 1
    assert 0 <= found.brier <= 1
    assert sum(one.count for one in found.bins) == found.count == len(pairs)
    text = json.dumps(asdict(found), allow_nan=False)
    assert "NaN" not in text
    shares = [one.found for one in found.curve]
    if shares[0] is None:
        assert all(right for _, right in pairs)
        assert "no errors" in found.sentence
    else:
        told = [one for one in shares if one is not None]
        assert (told[0], told[-1]) == (0, 1)
        assert told == sorted(told)


def test_by_hand() -> None:
    """Two bins: four believed 0.85 of which three are right, one believed 0.3 and wrong."""
    found = calibration_report(trust([(0.85, True)] * 3 + [(0.85, False), (0.3, False)]))
    assert found is not None
    assert found.ece == pytest.approx((4 * 0.1 + 0.3) / 5)
    assert found.brier == pytest.approx((3 * 0.15**2 + 0.85**2 + 0.3**2) / 5)
    assert [(b.low, b.count, b.right) for b in found.bins if b.count] == [(0.3, 1, 0.0), (0.8, 4, 0.75)]
    assert found.bins[0].believed is None
    assert found.curve[20].found == 0.5
    assert found.curve[20].left_wrong == pytest.approx(0.25)
    assert found.curve[0].left_wrong == pytest.approx(0.4)
    assert found.curve[100].left_wrong is None


def test_the_sentence() -> None:
    """Twenty words, three least sure; all but one error stands there."""
    pairs = [(0.1 + n / 100, False) for n in range(3)] + [(0.9, True)] * 16 + [(0.95, False)]
    found = calibration_report(trust(pairs))
    assert found is not None
    assert found.sentence == "Reading the 15 % least sure words finds 75 % of the errors."


def test_the_equally_sure_come_in_no_order() -> None:
    """With one confidence for all, reading a share finds that share, however the words stand."""
    found = calibration_report(trust([(0.5, False)] * 10 + [(0.5, True)] * 90))
    assert found is not None
    assert found.curve[15].found == pytest.approx(0.15)


def test_true_confidences_err_as_chance_has_it() -> None:
    dice = np.random.default_rng(4)
    believed = dice.beta(5, 1, 3000)
    found = calibration_report(
        ConfidenceOutcomes(believed, (dice.random(3000) < believed).astype(float), "letter")
    )
    boasting = calibration_report(
        ConfidenceOutcomes(believed, (dice.random(3000) < believed**2).astype(float), "letter")
    )
    assert found is not None
    assert boasting is not None
    assert found.ece_by_chance is not None
    assert found.ece < 2 * found.ece_by_chance
    assert boasting.ece > 5 * found.ece_by_chance


def test_chance_of_many_as_of_few() -> None:
    dice = np.random.default_rng(4)
    believed = dice.beta(5, 1, 100_001)
    right = np.ones(len(believed))
    many, few = (
        calibration_report(ConfidenceOutcomes(believed, right, "letter")),
        calibration_report(ConfidenceOutcomes(believed[1:], right[1:], "letter")),
    )
    assert many is not None
    assert few is not None
    assert many.ece_by_chance == pytest.approx(few.ece_by_chance, rel=0.1)


def test_lines_are_shares() -> None:
    found = calibration_report(ConfidenceOutcomes(np.array([0.9, 0.8]), np.array([0.95, 0.7]), "line"))
    assert found is not None
    assert found.ece_by_chance is None
    assert math.isclose(found.ece, 0.075)


def test_nothing_believed() -> None:
    assert calibration_report(trust([])) is None
    assert trust([]).ece == 0
    assert all(one.count == 0 for one in reliability(trust([])))


def test_each_belief_needs_its_outcome() -> None:
    with pytest.raises(ValueError, match="outcome"):
        ConfidenceOutcomes(np.zeros(2), np.zeros(3), "word")


def told(truth: str, *lines: FoundLine) -> PageOutcomes:
    found = PageText((Path("f.xml"),), ("\n".join(line.text for line in lines),), 0, (lines,))
    return page_outcomes(
        score_page(Pair("p", PageText((Path("t.txt"),), (truth,)), found), EvaluateSettings())
    )


def line(*words: tuple[str, float | None], confidence: float | None = None) -> FoundLine:
    tokens = tuple(FoundWord(text, sure) for text, sure in words)
    return FoundLine(" ".join(text for text, _ in words), None, None, confidence, tokens)


def test_words_letters_and_lines() -> None:
    page = told("мама мыла\nраму", line(("мама", 0.9), ("мыло", 0.4)), line(("раму", None), confidence=0.7))
    assert page.words.confidence.tolist() == [0.9, 0.4]
    assert page.words.right.tolist() == [1, 0]
    assert page.letters.right.tolist() == [1, 1, 1, 1, 1, 1, 1, 0]
    assert page.letters.confidence[:4] == pytest.approx([0.9**0.25] * 4)
    assert page.lines.confidence.tolist() == pytest.approx([0.65, 0.7])
    assert page.lines.right.tolist() == [0.5, 1]
    assert (
        page.confidence.word_count,
        page.confidence.words_without_confidence,
        page.confidence.letters,
    ) == (3, 1, 14)
    assert page.score.words.errors == 1


def test_letters_that_the_file_tells() -> None:
    """One doubtful letter takes the word's doubt on itself."""
    word = FoundWord("да", 0.5, None, (0.5, None))
    page = told("да", FoundLine("да", None, None, None, (word,)))
    assert page.letters.confidence.tolist() == [0.5, 1]
    whole = FoundWord("да", 0.1, None, (0.4, 0.6))
    assert told("да", FoundLine("да", None, None, None, (whole,))).letters.confidence.tolist() == [0.4, 0.6]


def test_hits_are_those_of_the_rates() -> None:
    page = told("а б в г д", line(("б", 0.9), ("х", 0.3)), line(("г", 0.8), ("д", 0.8), ("е", 0.1)))
    assert int(page.words.right.sum()) == page.score.words.hits == 3


def test_plain_text_believes_nothing() -> None:
    found = PageText((Path("f.txt"),), ("мама мыла",))
    page = page_outcomes(score_page(Pair("p", found, found), EvaluateSettings()))
    assert len(page.words.confidence) == len(page.letters.confidence) == len(page.lines.confidence) == 0
    assert page.confidence.words_without_confidence == 2


def test_a_decomposed_letter_is_one() -> None:
    page = told("мой", line(("мои\u0306", 0.5)))
    assert page.words.right.tolist() == [1]
    assert len(page.letters.right) == 3


@pytest.mark.parametrize("mark", ["\u0300", "\u0483"])
def test_a_word_that_begins_with_a_mark(mark: str) -> None:
    """The mark would sit on the space before it; letters are counted word by word all the same."""
    page = told("а слово конец", line(("а", 0.9), (f"{mark}слово", 0.8), ("конец", None)))
    assert page.letters.confidence.tolist() == pytest.approx([0.9] + [0.8 ** (1 / 6)] * 6)
    assert page.letters.right.tolist() == [1, 0, 1, 1, 1, 1, 1]


words = st.text("аб\u0301\u0483\u0600\u200d\u00a8й1", min_size=1, max_size=5)


@given(st.lists(words, min_size=1, max_size=6), st.lists(words, min_size=1, max_size=6))
def test_every_letter_of_every_word_is_judged(truth: list[str], found: list[str]) -> None:
    page = told(" ".join(truth), line(*((word, 0.5) for word in found)))
    assert len(page.words.confidence) == len(found)
    assert len(page.letters.confidence) == page.confidence.letters - (len(found) - 1)
    assert page.letters.right.sum() <= page.score.letters.hits
