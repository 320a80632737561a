"""Queries: any text is one, or is refused in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.errors import SettingsError
from ocr.search.query import Clause, Term, likelihood, parse_query
from ocr.search.record import Item, Reading


def test_the_kinds_of_queries() -> None:
    assert parse_query("Хлѣбъ", edits=2).clauses == (Clause((Term("хлеб", edits=1),)),)
    assert parse_query("сло*").clauses == (Clause((Term("сло", is_prefix=True, with_endings=False),)),)
    assert parse_query("=слово").clauses == (Clause((Term("слово", with_endings=False),)),)
    phrase, other = parse_query('"въ губерніи" NEAR/3 край', edits=0).clauses
    assert phrase == Clause((Term("в", with_endings=False), Term("губернии")))
    assert other == Clause((Term("край"),), near=3)
    assert parse_query("да", edits=2).clauses[0].terms[0].edits == 0  # too short for slips
    assert parse_query("дом РЯДОМ сад").clauses[1].near == 5
    assert parse_query("NEAR").clauses == (Clause((Term("near", edits=1),)),)  # nothing it could be near to


@pytest.mark.parametrize("text", ["", "  ", "***", '""', "«—»", "а " * 13])
def test_what_cannot_be_asked_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_query(text)


@given(st.text() | st.text('"*()^{}:+-NEAR/ORANDT аб1='))
def test_nothing_but_letters_and_digits_is_ever_asked(text: str) -> None:
    try:
        query = parse_query(text)
    except SettingsError:
        return
    assert all(term.key.isalnum() for clause in query.clauses for term in clause.terms)


def _likely(readings: list[Reading], term: Term, near: dict[str, int] | None = None) -> float:
    return round(likelihood(Item(0, tuple(readings)), term, term.stem(), near or {}), 3)


def test_a_word_is_as_likely_as_all_its_readings_that_are_it() -> None:
    readings = [Reading("города", 0.5), Reading("городу", 0.2), Reading("короба", 0.2)]
    assert _likely(readings, Term("город")) == 0.7
    assert _likely(readings, Term("городу", with_endings=False)) == 0.2
    assert _likely(readings, Term("гор", is_prefix=True)) == 0.7
    assert _likely(readings, Term("сад")) == 0.0


def test_a_part_counts_once() -> None:
    readings = [Reading("ктото", 0.6), Reading("кто", 0.6, is_part=True)]
    assert _likely(readings, Term("кто", is_prefix=True)) == 0.6


def test_a_slip_leaves_less_than_a_reading_and_more_than_two() -> None:
    readings = [Reading("гарода", 0.6)]
    one, two = (_likely(readings, Term("города", edits=2), {"гарода": edits}) for edits in (1, 2))
    assert 0 < two < one < 0.6
