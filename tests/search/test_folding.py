"""What words are compared by: case, spelling, endings."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.search.folding import edits_allowed, exchanged, is_form, key_of, keys_of, stem_of
from ocr.text import nfc
from tests.search.collection import SPELLINGS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        *SPELLINGS,
        (unicodedata.normalize("NFD", "Ёлкой"), "елкой"),
        ("возможно", "возможно"),
    ],
)
def test_old_and_new_spelling_meet(old: str, new: str) -> None:
    assert key_of(old) == key_of(new)


def test_what_holds_no_letter_has_no_key() -> None:
    assert key_of("—") == ""
    assert keys_of("...") == ()


def test_a_word_of_two_parts_is_found_by_each() -> None:
    assert keys_of("Генералъ-губернаторъ,") == ("генералгубернатор", "генерал", "губернатор")


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    key = key_of(nfc(text))
    assert all(letter.isalnum() for letter in key)
    assert exchanged(exchanged(key)) == key


@pytest.mark.parametrize(
    ("word", "forms", "others"),
    [
        ("губерния", ("губернии", "губернию", "губерний", "губерниями"), ("губернатор", "губернский")),
        ("нового", ("новая", "новаго", "новых", "новыми"), ("новость",)),
        ("город", ("города", "городу", "городом", "городами"), ("городской", "городничий")),
        ("читать", ("читает", "читал", "читали", "читаю"), ("читатель",)),
    ],
)
def test_endings_make_no_difference(word: str, forms: tuple[str, ...], others: tuple[str, ...]) -> None:
    stem = stem_of(key_of(word))
    assert all(is_form(key_of(form), stem) for form in (word, *forms))
    assert not any(is_form(key_of(other), stem) for other in others)


@given(st.text("абвгдеийклмнопрстуя", max_size=14))
def test_a_word_is_a_form_of_itself(word: str) -> None:
    assert is_form(word, stem_of(word))


def test_one_letter_in_three_may_be_otherwise() -> None:
    assert [edits_allowed(key, 2) for key in ("да", "дом", "хлебы", "хлебом")] == [0, 1, 1, 2]
