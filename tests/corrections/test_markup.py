from ocr.corrections.tokens import Gap
from tests.corrections.edits import (
    MARKED,
    L,
    corrected,
    good,
    words,
)


def test_abbreviations_gaps_and_marks_are_tei() -> None:
    content = corrected(MARKED, f"{L}1", 1, text="т.е.,", marks=("abbr", "hi"), expan="то есть")
    content = corrected(content, f"{L}2", 1, text="", gap=Gap("damage", 4))
    text = good(content).decode()
    abbreviation = (
        "<choice><abbr>т.е.</abbr><expan>то есть</expan></choice></w>"
        '<pc facs="#s1_r1_l1_w2" cert="high">,</pc></hi>'
    )
    assert abbreviation in text
    assert '<gap reason="damage" unit="chars" quantity="4" facs="#s1_r1_l2_w2"/>' in text
    assert words(content, f"{L}2")[1].gap == Gap("damage", 4)
