import json
import math
import unicodedata
from collections.abc import Callable
from itertools import starmap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.evaluate.rates import (
    Bag,
    EditCounts,
    Letters,
    Score,
    Words,
    bag_of_words,
    compare,
    letters_of,
    macro,
    score,
    words_of,
)
from ocr.text import PROFILES, STRICT

TEXTS = st.lists(st.sampled_from(["один", "два нѣт", "три", "", "чет", "одинъ"]), max_size=6).map("\n".join)


CASES = Path(__file__).parents[2] / "../shared/peers/cer_cases.jsonl"


counts = st.integers(0, 1000)


tallies = st.builds(EditCounts, counts, counts, counts, counts)


@given(tallies, tallies, tallies)
def test_tallies_add(a: EditCounts, b: EditCounts, c: EditCounts) -> None:
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + EditCounts() == a
    assert (a + b).errors == a.errors + b.errors
    assert (a + b).truth == a.truth + b.truth


def test_scores_of_two_profiles_do_not_add() -> None:
    with pytest.raises(ValueError, match="do not add"):
        Score("strict") + Score("lenient")


def test_empty_sides() -> None:
    for profile in PROFILES:
        invented, lost, blank = score("", "да", profile), score("да", "", profile), score("", " \n", profile)
        assert (invented.cer, invented.wer) == (None, None)
        assert invented.letters == EditCounts(insertions=2)
        assert (lost.cer, lost.wer) == (1.0, 1.0)
        assert (blank.cer, blank.wer) == (0.0, 0.0)
        assert blank.letters == EditCounts()


def test_blank_pages_do_not_sweeten_the_mean() -> None:
    assert macro([EditCounts(hits=1, deletions=1), EditCounts(), EditCounts(insertions=5)]) == 0.5
    assert macro([EditCounts()]) is None
    assert macro([]) is None


@given(st.text(alphabet="абйё \n-'", max_size=30), st.text(alphabet="абйё \n-'", max_size=30))
def test_the_normal_form_changes_no_count(truth: str, found: str) -> None:
    for profile in PROFILES:
        composed = score(unicodedata.normalize("NFC", truth), found, profile)
        assert score(unicodedata.normalize("NFD", truth), found, profile) == composed
        assert not score(truth, truth, profile).letters.errors


def test_a_line_left_out_costs_its_letters_and_a_space() -> None:
    assert score("одна\nдве\nтри", "одна\nтри", STRICT).letters == EditCounts(hits=8, deletions=4)
    assert score("одна\nдве три", "одна две\nтри", STRICT).letters.errors == 0


def _grapheme_rate(ref: str, hyp: str) -> float | None:
    return score(ref, hyp, STRICT).cer


def _codepoints(ref: str, hyp: str) -> EditCounts:
    return compare(letters_of(ref, Letters.CODEPOINTS), letters_of(hyp, Letters.CODEPOINTS))


def _words(ref: str, hyp: str) -> EditCounts:
    return compare(words_of(ref), words_of(hyp))


def _corpus(one: Callable[[str, str], EditCounts], refs: list[str], hyps: list[str]) -> EditCounts:
    return sum(starmap(one, zip(refs, hyps, strict=True)), EditCounts())


def _percent(rate: float | None) -> float | None:
    return None if rate is None else 100 * rate


MEASURES: dict[str, Callable[[Any, Any], Any]] = {
    "cer_grapheme_nfc": _grapheme_rate,
    "cer_codepoint": lambda ref, hyp: _codepoints(ref, hyp).rate,
    "cer_codepoint_corpus": lambda refs, hyps: _corpus(_codepoints, refs, hyps).rate,
    "cer_codepoint_corpus_pct": lambda refs, hyps: _percent(_corpus(_codepoints, refs, hyps).rate),
    "wer_uax29_nopunct": lambda ref, hyp: score(ref, hyp, STRICT, words=Words.UAX29).wer,
    "wer_ws_corpus_pct": lambda refs, hyps: _percent(_corpus(_words, refs, hyps).rate),
    "line_accuracy_pct": lambda refs, hyps: _percent((counts := compare(refs, hyps)).hits / counts.truth),
    "levenshtein_char": lambda ref, hyp: _codepoints(ref, hyp).errors,
    "levenshtein_word": lambda ref, hyp: _words(ref, hyp).errors,
    "sub_del_ins": _codepoints,
}


def _cases() -> list[Any]:
    if not CASES.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="shared/peers is not here"))]
    return [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case and f"{case['metric']}-{case['hyp'][:1]}")
def test_what_peers_expect(case: dict[str, Any]) -> None:
    measured = MEASURES[case["metric"]](case["ref"], case["hyp"])
    expected = case["expected"]
    if expected == "inf":  # an empty truth has no rate here
        assert measured is None
    elif case["metric"] == "sub_del_ins":  # several alignments are equally short: the total is unique
        assert (measured.substitutions, measured.deletions, measured.insertions) == tuple(expected)
    else:
        assert math.isclose(measured, expected, abs_tol=5e-7)


@given(TEXTS, TEXTS)
def test_bags_are_symmetric_and_bounded(one: str, other: str) -> None:
    bag, mirror = bag_of_words(one.split(), other.split()), bag_of_words(other.split(), one.split())
    assert (bag.precision, bag.recall, bag.f1) == (mirror.recall, mirror.precision, mirror.f1)
    assert bag_of_words(one.split(), one.split()).f1 in {1.0, None}
    assert bag + Bag() == bag


def test_words_in_a_bag_count_as_often_as_they_stand() -> None:
    assert bag_of_words(["да", "да", "нет"], ["нет", "да", "ой"]) == Bag(2, 3, 3)
    assert bag_of_words([], ["да"]).recall is None
    assert bag_of_words(["да"], []).precision is None
