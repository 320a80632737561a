"""Spellings near a word: as many as are, and no others."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from ocr.search.forms import add_forms, near_forms

_WORDS = st.text("абвгд1z", min_size=3, max_size=8)


@given(st.sets(_WORDS, max_size=30), _WORDS, st.integers(0, 2))
def test_all_that_are_near_are_there(keys: set[str], asked: str, most: int) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE forms(length INTEGER, part INTEGER, shapes BLOB, letters BLOB)")
    add_forms(connection, sorted(keys)[::2])
    add_forms(connection, sorted(keys)[1::2])
    near = {form.key: form.edits for form in near_forms(connection, asked, most)}
    connection.close()
    distances = {key: OSA.distance(asked, key) for key in keys if most}
    assert near == {key: edits for key, edits in distances.items() if 0 < edits <= most}


def test_words_of_letters_that_are_not_ours_are_passed_over() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE forms(length INTEGER, part INTEGER, shapes BLOB, letters BLOB)")
    add_forms(connection, ["ἀρχή", "архе"])
    assert near_forms(connection, "ἀρχή", 1) == []
    assert [form.key for form in near_forms(connection, "архи", 1)] == ["архе"]
    connection.close()
