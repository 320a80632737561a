"""A leaf found in a long text."""

import random

import pytest

from ocr.alignment.letters import letters_of
from ocr.alignment.placing import Index


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2])
def test_a_leaf_is_placed_though_letters_are_misread(share: float) -> None:
    dice = random.Random(1)
    pages = [
        " ".join("".join(dice.choices("оеаинтсрвл", k=dice.randint(2, 9))) for _ in range(150))
        for _ in range(20)
    ]
    index = Index(letters_of(" ".join(pages)).codes)
    begin = 0
    for page in pages:
        read = "".join("ж" if letter != " " and dice.random() < share else letter for letter in page)
        stretch = index.place(letters_of(read).codes)
        assert stretch is not None
        assert stretch.start <= begin
        begin += len(letters_of(page).codes)
        assert stretch.end >= begin


def test_a_leaf_of_another_text_is_placed_nowhere() -> None:
    dice = random.Random(2)
    text, other = ("".join(dice.choices("оеаинтсрвлкмдп", k=3000)) for _ in range(2))
    assert Index(letters_of(text).codes).place(letters_of(other[:900]).codes) is None
