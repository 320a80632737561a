"""A leaf filled with writing."""

from dataclasses import replace

from ocr.page import Kind
from ocr.synth.compose import Habits
from ocr.synth.notebook import NotebookSettings, notebook

OFTEN = Habits(struck=0.3, inserted=0.3, underlined=0.3, noted=0.3)


SMALL = NotebookSettings(dpi=100, lines=4, size_mm=(120.0, 90.0), habits=OFTEN)


def test_a_word_wider_than_the_page_is_divided() -> None:
    wish = replace(SMALL, modern=True, once=True, habits=Habits(0, 0, 0, 0))
    long = "щ" * 120
    told = "".join(
        line.text.removesuffix("-")
        for made in notebook(30, 2, wish, long)
        for line in made.page.lines
        if line.kind is Kind.TEXT
    )
    assert told == long
