"""What the figures mean for the work to come."""

from ocr.evaluate.findings import find
from ocr.report.advice import advice
from tests.report.test_html import report


def keys(*pages: tuple[str, str, str]) -> list[str]:
    held = report(*pages)
    return [key for key, _ in advice(held, find(held, draws=100))]


def test_without_errors_nothing_is_advised_but_more_pages() -> None:
    assert keys(("p", "раз два", "раз два")) == ["next.few"]
    assert keys(("p", "", "")) == []


def test_lines_that_were_not_found_come_before_letters() -> None:
    assert keys(("p", "раз\nдва три четыре\nпять", "раз\nпять"))[0] == "next.lines"
    assert keys(("p", "раз\nдва\nпять", "рас\nдва\nпять"))[0] == "next.letters"


def test_what_is_often_wrong_is_named_once_it_is_often() -> None:
    held = report(("p", "мѣсто дѣло тѣло лѣсъ", "место дело тело лесъ"))
    (found,) = [values for key, values in advice(held, find(held, draws=100)) if key == "next.confusion"]
    assert (found["truth"], found["found"], found["n"]) == ("ѣ", "е", "4")
    assert "next.confusion" not in keys(("p", "мѣсто дѣло", "место дело"))
    assert "next.lost" in keys(("p", "а б в г д", "абвгд"))


def test_spelling_that_makes_most_errors_is_told() -> None:
    assert "next.profile" in keys(("p", "мѣсто дѣло тѣло", "место дело тело"))
    assert "next.profile" not in keys(("p", "масло", "мисло"))
