import re

import pytest

from ocr.errors import SettingsError
from ocr.evaluate.wording import Wording, catalogue


def test_every_key_has_both_languages_and_the_same_values() -> None:
    for key, (english, russian) in catalogue().items():
        assert english, key
        assert russian, key
        values = [set(re.findall(r"\{(\w+)\}", form)) for form in (english, russian)]
        assert values[0] == values[1], key
        if "|" in english:
            assert (len(english.split("|")), len(russian.split("|"))) == (2, 3), key


def test_numbers_choose_their_forms() -> None:
    russian = Wording("ru")
    told = [russian.plain("head.pages", n=str(n)) for n in (1, 2, 5, 11, 21, 22, 112)]
    ends = ("страница", "страницы", "страниц", "страниц", "страница", "страницы", "страниц")
    assert told == [f"{n} {end}" for n, end in zip((1, 2, 5, 11, 21, 22, 112), ends, strict=True)]
    assert Wording().plain("head.pages", n="1") == "1 page"
    assert russian.plain("next.worst", n="8.07 %").startswith("В худшей")
    assert "8,07" in russian.plain("next.worst", n="8.07 %")


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(SettingsError, match=r"'de'.*en, ru"):
        Wording("de")
