"""Scores become letters and words with places and with what they are worth."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.arrays import F32, I32, I64
from ocr.engines.beam_search import BeamSettings
from ocr.engines.calibration import GRID, Calibration
from ocr.engines.decoding import LEAST_RIVAL, MOST_RIVALS, Decoder, LogProbs, spelling_of, words_of
from ocr.engines.lattice import WordHypotheses
from ocr.geometry import Affine

DECODER = Decoder("ab ", Calibration(), BeamSettings())


class Indifferent:
    """A language to which all letters are alike."""

    def begin(self, lines: Sequence[bytes]) -> I32:
        return np.zeros((len(lines), 1), np.int32)

    def follow(self, states: I32, codes: I64) -> tuple[F32, I32]:
        return np.full(len(codes), -1.4, np.float32), states


def scores(path: list[int], classes: int, sure: float = 0.9) -> LogProbs:
    held = np.full((len(path), classes), (1 - sure) / (classes - 1), np.float32)
    held[np.arange(len(path)), path] = sure
    return np.log(held)


def test_letters_stand_from_left_to_right() -> None:
    writing = DECODER.writing(DECODER.read(scores([0, 1, 1, 0, 1, 2, 0, 3, 0, 2, 0], 4), None), 4.0)
    assert writing.text == "aab b"
    assert all(one.left < one.right for one in writing.letters)
    assert [one.left for one in writing.letters] == sorted(one.left for one in writing.letters)
    assert [(word.start, word.end) for word in writing.words] == [(0, 3), (4, 5)]


def test_spaces_at_the_ends_are_dropped() -> None:
    assert DECODER.writing(DECODER.read(scores([3, 1, 3], 4), None), 4.0).text == "a"
    assert DECODER.writing(DECODER.read(scores([0, 0], 4), None), 4.0).letters == ()
    assert DECODER.writing(DECODER.read(scores([0, 3, 0], 4), None), 4.0).words == ()


def test_words_have_boxes_on_the_scan() -> None:
    writing = DECODER.writing(DECODER.read(scores([0, 1, 0, 3, 0, 2, 0], 4), None), 4.0)
    one, two = words_of(writing, 48, Affine.shift(100, 50))
    assert (one.text, two.text) == ("a", "b")
    assert one.box is not None
    assert two.box is not None
    assert one.box.left >= 100
    assert one.box.right <= two.box.left
    assert one.glyphs[0].box == one.box


def test_a_close_rival_is_told_and_lowers_trust() -> None:
    held = scores([0, 1, 0, 2, 0], 4, 0.99)
    sure = DECODER.writing(DECODER.read(held, None), 4.0)
    held[3] = np.log([0.01, 0.4, 0.58, 0.01])
    doubtful = DECODER.writing(DECODER.read(held, None), 4.0)
    assert doubtful.text == sure.text
    assert [rival.text for rival in doubtful.letters[1].rivals] == ["a"]
    assert sure.letters[1].rivals == ()
    assert doubtful.letters[1].confidence < sure.letters[1].confidence
    assert doubtful.words[0][2] < sure.words[0][2]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.floats(0.4, 0.999))
def test_whatever_is_read_trust_is_a_probability(path: list[int], sure: float) -> None:
    writing = DECODER.writing(DECODER.read(scores(path, 4, sure), None), 4.0)
    assert all(0 < letter.confidence < 1 for letter in writing.letters)
    assert all(0 < word.confidence < 1 for word in writing.words)
    assert (
        " ".join(writing.text[word.start : word.end] for word in writing.words).split()
        == writing.text.split()
    )


def test_old_spelling_is_told_from_new() -> None:
    assert spelling_of("Въ навигацію 1868 года пароходъ") == "old"
    assert spelling_of("В навигацию 1868 года пароход") == "new"


@pytest.mark.parametrize(("chance", "rivals"), [(0.5, ["ba", "bb", "a"]), (0.99, ["ba", "bb"]), (0.9999, [])])
def test_a_word_tells_what_else_it_may_be_but_hardly_is(chance: float, rivals: list[str]) -> None:
    decoder = replace(DECODER, calibration=Calibration(word_curve=(chance,) * len(GRID)))
    read = decoder.read(scores([0, 1, 0, 2, 0], 4), None)
    read = read._replace(others={0: [("ba", 0.2), ("bb", 0.1), ("a", 0.001)]})
    (word,) = decoder.writing(read, 4.0).words
    assert [rival.text for rival in word.rivals] == rivals
    assert word.confidence + sum(rival.confidence for rival in word.rivals) <= 1


def test_of_two_rivals_alike_the_longer_comes_first() -> None:
    """What is read wrong lacks a letter or a mark more often than it has one too many."""
    decoder = replace(DECODER, calibration=Calibration(word_curve=(0.4,) * len(GRID)))
    read = decoder.read(scores([0, 1, 0, 2, 0], 4), None)
    read = read._replace(others={0: [("a", 0.2), ("bb", 0.2), ("aba", 0.2)]})
    (word,) = decoder.writing(read, 4.0).words
    assert [rival.text for rival in word.rivals] == ["aba", "bb", "a"]


@given(st.dictionaries(st.text("ab", max_size=6), st.floats(0, 1), max_size=12), st.floats(0, 1))
def test_a_word_and_its_rivals_are_one_distribution_of_which_it_is_the_likeliest(
    others: dict[str, float], chance: float
) -> None:
    decoder = replace(DECODER, calibration=Calibration(word_curve=(chance,) * len(GRID)))
    read = decoder.read(scores([0, 1, 0, 2, 0], 4), None)
    others.pop(read.text, None)
    (word,) = decoder.writing(read._replace(others={0: list(others.items())}), 4.0).words
    shares = [rival.confidence for rival in word.rivals]
    assert sum(shares) + word.confidence <= 1 + 1e-4
    assert all(word.confidence + 1e-4 >= share >= LEAST_RIVAL for share in shares)
    assert shares == sorted(shares, reverse=True)
    assert len({rival.text for rival in word.rivals} | {read.text}) == len(shares) + 1 <= 1 + MOST_RIVALS


def test_words_of_one_stretch_have_the_rivals_of_readings_with_as_many_words() -> None:
    def coded(text: str) -> bytes:
        return bytes("ab ".index(letter) + 1 for letter in text)

    readings = [("a b", 0.4), ("b b", 0.2), ("b a", 0.1), ("a aa", 0.15), ("ab", 0.1), ("", 0.05)]
    stretch = WordHypotheses([(coded(text), share) for text, share in readings])
    other = WordHypotheses([(coded("ab"), 0.7), (coded("a b"), 0.2), (coded("bb"), 0.1)])
    strip = scores([0, 1, 0, 2, 0, 3, 0, 1, 0, 3, 0, 2, 0], 4)
    (read,) = DECODER.chosen([strip], Indifferent(), [[other, stretch]])
    assert read.text == "ab a b"
    assert {place: [text for text, _ in rivals] for place, rivals in read.others.items()} == {
        0: ["bb"],
        3: ["b"],
        5: ["aa", "a"],
    }
    assert dict(read.others[3])["b"] == pytest.approx(0.3)


def test_stretches_stand_between_the_spaces_of_the_first_reading() -> None:
    """Whatever the strip says once the hand is known: nothing searches the whole line again."""
    told = scores([0, 1, 0, 3, 0, 2, 0, 1, 0], 4, sure=0.997)
    (first,) = DECODER.agreed([told], Indifferent())
    assert first.codes == bytes([1, 3, 2, 1])
    changed = scores([0, 1, 0, 3, 0, 1, 0, 2, 0], 4, sure=0.997)
    (line,) = DECODER.stretches([changed], [first], Indifferent())
    assert [stretch.readings[0].codes for stretch in line] == [bytes([1]), bytes([1, 2])]
    joined = scores([0, 1, 0, 0, 0, 1, 0, 2, 0], 4, sure=0.997)
    (line,) = DECODER.stretches([joined], [first], Indifferent())
    assert len(line) == 2
