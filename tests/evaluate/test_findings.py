"""Measures beside the rates: stages, lines, old letters."""

import hypothesis.strategies as st
from hypothesis import given

from ocr.evaluate.findings import (
    confusions,
    loss_by_stage,
    normalised,
    old_letters,
    right_lines,
)
from ocr.evaluate.lines import LineOutcome, by_line
from ocr.evaluate.rates import EditCounts
from ocr.text import PROFILES

LINES = st.lists(st.sampled_from(["один", "два нѣт", "три", "", "чет", "одинъ"]), max_size=6).map("\n".join)


TRUTH = "первая строка письма\nвторая строка его\nтретья, последняя\nи ещё одна четвёртая"


@given(st.tuples(*[st.integers(0, 9)] * 4))
def test_the_normalised_rate_never_passes_one(counts: tuple[int, int, int, int]) -> None:
    held = EditCounts(*counts)
    rate = normalised(held)
    assert rate is None if not any(counts) else 0 <= (rate or 0) <= 1


@given(LINES, LINES)
def test_stages_add_up_to_all_errors(truth: str, found: str) -> None:
    leaf = by_line(truth, found, PROFILES)
    stages = loss_by_stage(leaf.lines).values()
    assert sum(stage.letters.errors for stage in stages) == leaf.scores[0].letters.errors
    assert sum(stage.lines for stage in stages) == len(leaf.lines)


def test_loss_of_a_page() -> None:
    leaf = by_line(TRUTH, "пирвая строка письма\nтретья, последняя\nи ещё одна четвёртая\n####", PROFILES)
    stages = loss_by_stage(leaf.lines)
    assert {fate: stage.letters.errors for fate, stage in stages.items() if stage.lines} == {
        LineOutcome.READ: 1,
        LineOutcome.MISSED: 18,
        LineOutcome.INVENTED: 5,
    }
    assert stages[LineOutcome.MISSED].lines == stages[LineOutcome.INVENTED].lines == 1
    assert right_lines(leaf.blocks[0]).accuracy == 0.5


def test_old_letters() -> None:
    leaf = by_line("Ѣхать въ лѣсъ и\u0306 міръ", "Ехать въ лѣс й мiръ ъѣ", PROFILES)
    told = confusions(leaf.lines)
    yat, i, er = old_letters(told)
    assert (yat.kept, yat.lost, yat.invented, yat.preserved) == (1, 1, 1, 0.5)
    assert (i.kept, i.lost, dict(i.became)) == (0, 1, {"i": 1})  # the Latin letter is another
    assert (er.kept, er.lost, er.invented, dict(er.became)) == (2, 1, 1, {"": 1})
    assert [old.letter for old in (yat, i, er)] == ["ѣ", "і", "ъ"]  # ѳ and ѵ stand on neither side
    assert told.rate("і", "i") == 1.0
    assert told.rate("ѵ", "и") is None
