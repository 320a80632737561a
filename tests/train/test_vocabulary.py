"""The vocabulary is built from texts and a list of forms."""

from ocr.engines.vocabulary import (
    START,
    UNKNOWN,
)
from ocr.train.vocabulary import build


def test_it_is_built_from_texts_and_a_list() -> None:
    text = "Дом стоит. Дом стоит! Дом стоит у реки; у реки стоит дом. Однажды."
    made = build([text], ["пароход", "дом"])
    assert made.log_probability("стоит", "дом") > made.log_probability("стоит", "реки")
    assert made.log_probability("пароход", START) > UNKNOWN
    assert made.log_probability("однажды", START) == UNKNOWN, "once is chance"
