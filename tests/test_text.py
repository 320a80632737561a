import unicodedata

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.text import (
    LENIENT,
    PROFILES,
    READING,
    STRICT,
    Profile,
    bare_word,
    codepoints,
    fit_for_xml,
    graphemes,
    squeeze,
    words_by_space,
    words_uax29,
)

ODD = "аеёѣіїѳѵъъЪЁѢИйй'’ʼ`«»\"“-–—\u00ad\u2212.,!?(\n \t№§1a\u0301\u0306\u0308\u0483"
texts = st.one_of(st.text(max_size=40), st.text(alphabet=ODD, max_size=40))


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@settings(max_examples=400, deadline=None)
@given(text=texts)
def test_a_profile_twice_is_the_profile_once(profile: Profile, text: str) -> None:
    once = profile.apply(text)
    assert profile.apply(once) == once


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@settings(max_examples=400, deadline=None)
@given(text=texts)
def test_composed_and_decomposed_text_meet(profile: Profile, text: str) -> None:
    assert profile.apply(unicodedata.normalize("NFD", text)) == profile.apply(
        unicodedata.normalize("NFC", text)
    )


@given(texts)
def test_each_profile_sees_no_more_than_the_one_before(text: str) -> None:
    assert LENIENT.apply(STRICT.apply(text)) == LENIENT.apply(text)


@pytest.mark.parametrize(
    ("profile", "one", "other"),
    [
        (STRICT, "мой  дом\nтам", "мой дом там"),
        (LENIENT, "об'явление", "объявление"),
        (LENIENT, "с’езд СʼЕЗД С`езд", "съезд СЪЕЗД Съезд"),
        (LENIENT, "ёж Ёж", "еж Еж"),
        (LENIENT, "да — нет – да − нет", "да - нет - да - нет"),
        (LENIENT, "«да» „нет“", '"да" "нет"'),
        (LENIENT, "рево\u00ad", "рево-"),
        (READING, "рево-\nлюция", "революция"),
        (READING, "рево\u00ad \n  люция", "революция"),
        (READING, "Способныя рѣки въ губерніи.", "способныя реки в губернии"),
        (READING, "ѳита, сѵнодъ", "фита синод"),
        (READING, "изъ-за", "из-за"),
        (READING, "объ-\nявить", "объявить"),
        (READING, "т. т. и ВКП(б)!", "т т и вкпб"),
    ],
)
def test_what_a_profile_makes_equal(profile: Profile, one: str, other: str) -> None:
    assert profile.apply(one) == profile.apply(other)


@pytest.mark.parametrize(
    ("profile", "one", "other"),
    [
        (STRICT, "ёж", "еж"),
        (STRICT, "с'езд", "съезд"),
        (LENIENT, "Дом", "дом"),
        (LENIENT, "рево-\nлюция", "революция"),
        (LENIENT, "рѣка", "река"),
        (READING, "мой", "мои"),
        (READING, "съезд", "сезд"),
        (READING, "он —\nона", "онона"),
    ],
)
def test_what_a_profile_keeps_apart(profile: Profile, one: str, other: str) -> None:
    assert profile.apply(one) != profile.apply(other)


def test_a_profile_tells_what_it_does() -> None:
    for profile in PROFILES:
        assert profile.descriptions[0] == "Unicode NFC"
        assert len(profile.descriptions) == len(profile.rules) + 2


def test_letters_words_and_characters() -> None:
    assert graphemes("й\u0301а") == ["й\u0301", "а"]
    assert codepoints("й\u0301") == ["й", "\u0301"]
    assert words_by_space(" да,  нет\n№ 5 ") == ["да,", "нет", "№", "5"]
    assert words_uax29("Dies. ist «ein» об'явление!") == ["Dies", "ist", "ein", "об'явление"]


@given(st.one_of(st.text(max_size=60), st.text(alphabet="a\r\n\u00ad\u0306й©№—\u200dґѣ", max_size=20)))
def test_graphemes_are_extended_clusters(text: str) -> None:
    assert "".join(graphemes(text)) == text
    if not regex.search(r"\p{Zs}", text):
        assert graphemes(text) == regex.findall(r"\X", text)


@given(st.lists(st.text("аб \u00a0\u0301\u0600\u200d\u0e31", max_size=4), max_size=6))
def test_letters_of_words_are_those_of_their_text(words: list[str]) -> None:
    apart = [graphemes(word) for word in words]
    assert graphemes(" ".join(words)) == [
        letter for at, word in enumerate(apart) for letter in ([" "] if at else []) + word
    ]


@given(st.text(max_size=60))
def test_bare_word_rebuilds_the_token(text: str) -> None:
    assert "".join(bare_word(text)) == text


def test_bare_word_keeps_marks_that_belong() -> None:
    assert bare_word("«об'явление»,") == ("«", "об'явление", "»,")
    assert bare_word("ВКП(б)") == ("", "ВКП(б)", "")
    assert bare_word("—") == ("—", "", "")


def test_what_xml_forbids_is_taken_out_and_counted() -> None:
    assert fit_for_xml("а\x00б\x0bв\ufffeг\n") == ("абвг\n", 3)


@given(st.text(max_size=60))
def test_squeeze_leaves_single_spaces(text: str) -> None:
    assert squeeze(squeeze(text)) == squeeze(text)
    assert "  " not in squeeze(text)
