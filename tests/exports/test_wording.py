"""What exports say of themselves."""

import pytest

from ocr.corrections.tokens import MARKS
from ocr.exports.reading import ExportSettings, ShownWords
from ocr.exports.wording import LEGEND, remark_of, summary


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 слово"), (2, "2 слова"), (5, "5 слов"), (11, "11 слов"), (1021, "1\u202f021 слово")],
)
def test_words_are_counted_in_russian(count: int, words: str) -> None:
    assert summary(ShownWords(words=count, unknown=count), ExportSettings())[1].startswith(f"{words}; у ")


def test_without_words_nothing_is_said_of_them() -> None:
    assert summary(ShownWords(), ExportSettings(threshold=0.5)) == ("0 words.", "0 слов.")
    assert remark_of(ShownWords(), ExportSettings(threshold=0.5)) == ""
    assert remark_of(ShownWords(words=3), ExportSettings()) == "", "no threshold, nothing left out"


def test_every_mark_has_its_meaning_in_the_legend() -> None:
    assert set(MARKS) - {"unclear", "abbr"} <= set(LEGEND)
