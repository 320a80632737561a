"""Sections that every report has."""

import re

from ocr.evaluate.findings import find
from ocr.report.markup import HtmlWording
from ocr.report.sections import brief, how, letters, pages
from tests.report.test_html import report

WORDS = HtmlWording()


def test_the_rates_stand_in_large_figures_beside_their_counts() -> None:
    held = report(("p", "раз два", "рас два"))
    text = brief(held, find(held, draws=100), WORDS).text
    assert "14.29\u202f%" in text
    assert "50.00\u202f%" in text
    assert text.count('class="head"') == 3


def test_pages_come_worst_first_and_those_without_a_rate_last() -> None:
    held = report(("good", "раз", "раз"), ("none", "", "а"), ("bad", "раз", "два"))
    rows = re.findall(r'<th scope="row">(\w+)', pages(held, find(held, draws=100), WORDS).text)
    assert rows == ["bad", "good", "none"]


def test_letters_confused_are_counted_beside_how_often_they_stand() -> None:
    held = report(("p", "ѣѣѣ а", "еѣе а"))
    text = letters(find(held, draws=100), WORDS).text
    row = re.search(r'<th scope="row">ѣ</th><td>е</td>(.*?)</tr>', text)
    assert row
    assert re.findall(r">(\d+)<", row[1]) == ["2", "3"]


def test_rules_and_settings_are_told() -> None:
    held = report(("p", "а", "а"))
    text = how(held, find(held, draws=100), WORDS, [("seed", "7")]).text
    assert "<dt>seed</dt><dd>7</dd>" in text
    assert all(f"<dt>{profile.name}</dt>" in text for profile in held.profiles)
