"""Readings of stretches become one distribution each; words that exist and follow each other win."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.arrays import F32, I32, I64
from ocr.engines.beam_search import Beam, BeamSettings
from ocr.engines.lattice import NEUTRAL, LatticeSettings, WordSpan, rescore, word_spans
from ocr.engines.vocabulary import START, Vocabulary, forms, from_shares
from ocr.synth.text import ALPHABET
from tests.engines.languages import codes

KNOWN = from_shares(
    [(word, 1e-3) for word in ("мама", "мыла", "раму", "правительство", "дом")], [("мама", "мыла", 0.4)]
)
EMPTY = from_shares([], [])


def stretch(*readings: tuple[str, float]) -> WordSpan:
    return WordSpan([Beam(codes(text), score) for text, score in readings])


def texts(line: list) -> list[str]:  # type: ignore[type-arg]
    return ["".join(ALPHABET[code - 1] for code in one.readings[0][0]) for one in line]


def read(*lines: list[WordSpan], vocabulary: Vocabulary = KNOWN, weight: float = 0.7) -> list[list[str]]:
    return [texts(line) for line in rescore(lines, ALPHABET, vocabulary, LatticeSettings(weight=weight))]


class Indifferent:
    """A language to which all letters are alike."""

    def begin(self, lines: Sequence[bytes]) -> I32:
        return np.zeros((len(lines), 1), np.int32)

    def follow(self, states: I32, codes: I64) -> tuple[F32, I32]:
        return np.full(len(codes), -3.0, np.float32), states


def searched(text: str, *, doubt: str, frame: int, share: float) -> list[WordSpan]:
    """The stretches of a strip that is read as a text, three frames a letter, of which the net is sure; but
    it believes so much of another letter in a frame."""
    shares = np.full((3 * len(text), 1 + len(ALPHABET)), 1e-7, np.float32)
    shares[:, 0] = 0.999
    spans = [(3 * at + 1, 3 * at + 2) for at in range(len(text))]
    for (first, _), code in zip(spans, codes(text), strict=True):
        shares[first, [0, code]] = 1e-6, 0.999
    shares[frame, codes(doubt)[0]] = share
    (line,) = word_spans([np.log(shares)], [codes(text)], [spans], Indifferent(), ALPHABET, BeamSettings())
    return line


def readings(span: WordSpan) -> list[str]:
    return ["".join(ALPHABET[code - 1] for code in beam.codes) for beam in span.readings]


def test_a_letter_that_the_net_hardly_believes_in_makes_a_word_that_exists() -> None:
    line = searched("мана", doubt="м", frame=7, share=5e-4)
    assert "мама" in readings(line[0])
    assert read(line) == [["мама"]]


@pytest.mark.parametrize("frame", [12, 15], ids=["before the gap", "behind it"])
def test_a_faint_mark_beside_the_gap_after_a_word_is_thought_of(frame: int) -> None:
    first, second = searched("мама мыла", doubt=",", frame=frame, share=0.05)
    assert readings(first)[:2] == ["мама", "мама,"]
    assert readings(second)[0] == "мыла"


def test_a_word_that_exists_overrules_a_slightly_better_one_that_does_not() -> None:
    line = [stretch(("мана", 0.0), ("мама", -2.0))]
    assert read(line) == [["мама"]]
    assert read(line, weight=0.0) == [["мана"]]
    assert read([stretch(("мана", 0.0), ("мама", -10.5))]) == [["мана"]], "ink that is clear stays"


def test_what_follows_decides_between_two_words() -> None:
    assert read([stretch(("мама", 0.0)), stretch(("раму", 0.0), ("мыла", -1.0))]) == [["мама", "мыла"]]


def test_a_broken_word_is_weighed_whole() -> None:
    first = [stretch(("правитель-", 0.0))]
    assert read(first, [stretch(("сгво", 0.0), ("ство", -3.0))]) == [["правитель-"], ["ство"]]


def test_stretches_without_words_and_empty_lines_pass() -> None:
    assert read([], [stretch(("—", 0.0))], [stretch(("5", 0.0), ("мама", -10.0))], []) == [
        [],
        ["—"],
        ["5"],
        [],
    ]
    assert read() == []


def test_probabilities_are_those_of_all_ways_added_up() -> None:
    """Against every way through two stretches, by hand."""
    line = [stretch(("мама", 0.0), ("мана", 0.5)), stretch(("мыла", -0.5), ("мула", 0.0), ("раму", -1.0))]
    how, total = LatticeSettings(histories=99), dict[tuple[int, int], float]()
    for a, b in itertools.product(range(2), range(3)):
        score, before = 0.0, START
        for one, n in zip(line, (a, b), strict=True):
            score += one.readings[n].score
            for form in forms("".join(ALPHABET[code - 1] for code in one.readings[n].codes)):
                score += how.weight * (KNOWN.log_probability(form, before) - NEUTRAL)
                before = form
        total[a, b] = math.exp(score)
    found = rescore([line], ALPHABET, KNOWN, how)[0]
    for place in (0, 1):
        for n, beam in enumerate(line[place].readings):
            share = sum(value for way, value in total.items() if way[place] == n) / sum(total.values())
            assert dict(found[place].readings)[beam.codes] == pytest.approx(share)


LINES = st.lists(
    st.lists(
        st.lists(
            st.tuples(st.text("маылр -.5", max_size=6), st.floats(-30, 30)),
            min_size=1,
            max_size=5,
            unique_by=lambda one: one[0],
        ),
        max_size=4,
    ),
    max_size=4,
)


@given(LINES, st.sampled_from([KNOWN, EMPTY]))
@settings(deadline=None)
def test_each_stretch_is_one_distribution_and_its_text_the_likeliest(
    lines: list[list[list[tuple[str, float]]]], vocabulary: Vocabulary
) -> None:
    leaf = [[stretch(*sorted(one, key=lambda r: -r[1])) for one in line] for line in lines]
    found = rescore(leaf, ALPHABET, vocabulary, LatticeSettings(histories=3))
    assert [len(line) for line in found] == [len(line) for line in leaf]
    for one in itertools.chain.from_iterable(found):
        shares = [share for _, share in one.readings]
        assert sum(shares) == pytest.approx(1)
        assert shares == sorted(shares, reverse=True)
