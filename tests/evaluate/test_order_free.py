import hypothesis.strategies as st
import pytest
from hypothesis import given

from ocr.evaluate.lines import by_line
from ocr.evaluate.order_free import OrderFree, order_free
from ocr.text import PROFILES

LINES = st.lists(st.sampled_from(["один", "два нѣт", "три", "", "чет", "одинъ"]), max_size=6).map("\n".join)


TRUTH = "первая строка письма\nвторая строка его\nтретья, последняя\nи ещё одна четвёртая"


def free(truth: str, found: str) -> OrderFree:
    return order_free([(truth, found)], by_line(truth, found, PROFILES).lines)


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
