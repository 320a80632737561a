from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.evaluate.calibration import PageOutcomes, page_outcomes
from ocr.evaluate.pair import PageText, Pair
from ocr.evaluate.scores import EvaluateSettings, score_page
from ocr.formats.found_lines import FoundLine, FoundWord


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
