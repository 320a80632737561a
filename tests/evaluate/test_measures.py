"""Measures beside the rates: bags, stages, lines, old letters, order-free letters."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ocr.evaluate.lines import LineOutcome, by_line
from ocr.evaluate.measures import (
    confusions,
    loss_by_stage,
    normalised,
    old_letters,
    right_lines,
)
from ocr.evaluate.order_free import OrderFree, order_free
from ocr.evaluate.rates import Bag, EditCounts, bag_of_words
from ocr.text import PROFILES

LINES = st.lists(st.sampled_from(["один", "два нѣт", "три", "", "чет", "одинъ"]), max_size=6).map("\n".join)
TRUTH = "первая строка письма\nвторая строка его\nтретья, последняя\nи ещё одна четвёртая"


def free(truth: str, found: str) -> OrderFree:
    return order_free([(truth, found)], by_line(truth, found, PROFILES).lines)


@given(LINES, LINES)
def test_bags_are_symmetric_and_bounded(one: str, other: str) -> None:
    bag, mirror = bag_of_words(one.split(), other.split()), bag_of_words(other.split(), one.split())
    assert (bag.precision, bag.recall, bag.f1) == (mirror.recall, mirror.precision, mirror.f1)
    assert bag_of_words(one.split(), one.split()).f1 in {1.0, None}
    assert bag + Bag() == bag


def test_words_in_a_bag_count_as_often_as_they_stand() -> None:
    assert bag_of_words(["да", "да", "нет"], ["нет", "да", "ой"]) == Bag(2, 3, 3)
    assert bag_of_words([], ["да"]).recall is None
    assert bag_of_words(["да"], []).precision is None


@given(st.tuples(*[st.integers(0, 9)] * 4))
def test_the_normalised_rate_never_passes_one(counts: tuple[int, int, int, int]) -> None:
    held = EditCounts(*counts)
    rate = normalised(held)
    assert rate is None if not any(counts) else 0 <= (rate or 0) <= 1


@given(LINES, LINES)
def test_stages_add_up_to_all_errors(truth: str, found: str) -> None:
    leaf = by_line(truth, found, PROFILES)
    loss = loss_by_stage(leaf.lines)
    assert loss.finding + loss.parting + loss.reading == leaf.scores[0].letters.errors
    assert sum(stage.lines for stage in loss.stages.values()) == len(leaf.lines)


def test_loss_of_a_page() -> None:
    leaf = by_line(TRUTH, "пирвая строка письма\nтретья, последняя\nи ещё одна четвёртая\n####", PROFILES)
    loss = loss_by_stage(leaf.lines)
    assert (loss.finding, loss.parting, loss.reading) == (18 + 5, 0, 1)
    assert loss.stages[LineOutcome.MISSED].lines == loss.stages[LineOutcome.INVENTED].lines == 1
    assert right_lines(leaf.blocks[0]).accuracy == 0.5


def test_old_letters() -> None:
    leaf = by_line("Ѣхать въ лѣсъ и\u0306 міръ", "Ехать въ лѣс й мiръ ъѣ", PROFILES)
    told = confusions(leaf.lines)
    yat, i, fita, _, er = old_letters(told)
    assert (yat.kept, yat.lost, yat.invented, yat.preserved) == (1, 1, 1, 0.5)
    assert (i.kept, i.lost, dict(i.became)) == (0, 1, {"i": 1})  # the Latin letter is another
    assert (er.kept, er.lost, er.invented, dict(er.became)) == (2, 1, 1, {"": 1})
    assert fita.preserved is None
    assert told.rate("і", "i") == 1.0
    assert told.rate("ѵ", "и") is None


@given(LINES, LINES)
def test_no_order_makes_more_errors(truth: str, found: str) -> None:
    leaf = by_line(truth, found, PROFILES)
    told = order_free([(truth, found)], leaf.lines)
    assert 0 <= told.errors <= leaf.scores[0].letters.errors
    assert told.truth == sum(map(len, truth.split("\n")))
    assert (
        abs(len("".join(truth.split("\n"))) - len("".join(found.split("\n")))) <= told.errors
        or not told.errors
    )


@given(st.permutations(TRUTH.split("\n")))
def test_lines_in_any_order_are_right(found: list[str]) -> None:
    assert free(TRUTH, "\n".join(found)) == OrderFree(0, len(TRUTH) - 3)


@pytest.mark.parametrize(
    ("found", "errors"),
    [
        ("и ещё одна четвѣртая\nвторая строка его третья, последняя\nпервая строка\nписьма", 3),
        ("третья, последняя вторая строка его\nи ещё одна четвёртая\nпервая строка письма", 1),
        ("", 74),
        (TRUTH + "\n####", 4),
    ],
)
def test_lines_merged_and_split_out_of_order(found: str, errors: int) -> None:
    assert free(TRUTH, found).errors <= errors


def test_accuracy_never_falls_below_zero() -> None:
    assert OrderFree(5, 2).accuracy == 0.0
    assert OrderFree(5, 0).accuracy is None


def test_lines_too_long_to_be_lines_keep_their_errors() -> None:
    truth = "слово " * 500
    assert free(truth, truth.replace("слово", "слава", 3)) == OrderFree(6, 2999)
