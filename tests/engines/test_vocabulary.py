"""The vocabulary: forms folded alike, probabilities that come back, a project's own words, broken files."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engines.vocabulary import (
    NUMBER,
    OWN_WORD,
    SHIPPED,
    START,
    UNKNOWN,
    folded,
    forms,
    from_shares,
    load_vocabulary,
)
from ocr.errors import DependencyError, EngineError, SettingsError
from ocr.synth.spelling import old_spelling

SMALL = from_shares([("дом", 0.01), ("стоит", 0.02)], [("дом", "стоит", 0.5)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("домъ", "дом"),
        ("Хлѣбъ", "хлеб"),
        ("іюнь", "июнь"),
        ("новаго", "нового"),
        ("новыя", "новые"),
        ("разсказъ", "рассказ"),
        ("с'езд", "съезд"),
        ("ёлка", "елка"),
        ("Ѳедоръ", "Федор"),
    ],
)
def test_old_and_new_spelling_are_one_form(old: str, new: str) -> None:
    assert folded(old) == folded(new)


@pytest.mark.parametrize("word", ["хлеб", "съезд", "семья", "история", "который", "отсюда"])
def test_what_the_speller_writes_old_is_folded_back(word: str) -> None:
    assert folded(old_spelling(word)) == folded(word)


def test_numbers_are_one_form_and_other_letters_none() -> None:
    assert forms("Въ 1868 году, № 5 (XIV)") == ["в", NUMBER, "году", NUMBER]
    assert forms("— … !") == []


def test_a_pair_says_more_than_its_forms() -> None:
    alone, after = SMALL.log_probability("стоит", START), SMALL.log_probability("стоит", "дом")
    assert alone == pytest.approx(math.log(0.02), abs=0.04)
    assert after == pytest.approx(math.log(0.5 * 0.02 + 0.5 * 0.5), abs=0.04)
    assert SMALL.log_probability("ксюъ", "дом") == UNKNOWN


def test_a_file_comes_back(tmp_path: Path) -> None:
    SMALL.save(tmp_path / "v.npz")
    again = load_vocabulary(tmp_path / "v.npz")
    assert again.log_probability("стоит", "дом") == SMALL.log_probability("стоит", "дом")
    assert again.digest


def test_no_file_and_a_broken_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(DependencyError):
        load_vocabulary(tmp_path / "none.npz")
    (tmp_path / "bad.npz").write_bytes(b"PK")
    with pytest.raises(EngineError):
        load_vocabulary(tmp_path / "bad.npz")


def test_a_project_names_its_own_words_in_either_spelling(tmp_path: Path) -> None:
    (tmp_path / "villages.txt").write_text("\ufeffУсть-Кемь\nБогучаны, деревня Хлѣбниково\n", "utf-8")
    own = SMALL.with_own(tmp_path / "villages.txt")
    assert own.log_probability("хлебниково", START) == OWN_WORD
    assert own.log_probability("дом", START) == SMALL.log_probability("дом", START)
    assert own.digest != SMALL.digest
    (tmp_path / "cp1251.txt").write_bytes("Богучаны".encode("cp1251"))
    with pytest.raises(SettingsError, match=r"cp1251\.txt"):
        SMALL.with_own(tmp_path / "cp1251.txt")


@given(st.text(max_size=20))
def test_any_text_has_forms_and_each_a_probability(text: str) -> None:
    assert all(UNKNOWN <= SMALL.log_probability(form, START) < 0 for form in forms(text))


def test_the_shipped_one_knows_everyday_words() -> None:
    shipped = load_vocabulary(SHIPPED)
    for word in ("который", "съезд", "комитета", "пролетариата", "пароходъ"):
        assert shipped.log_probability(folded(word), START) > UNKNOWN, word
    assert shipped.log_probability("щыкфх", START) == UNKNOWN
