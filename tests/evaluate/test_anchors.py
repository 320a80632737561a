import random
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ocr.evaluate import align as anchoring
from ocr.evaluate import align as room
from ocr.evaluate.align import align, anchors
from ocr.evaluate.rates import count_edits


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts of some hundred letters count as very long."""
    monkeypatch.setattr(room, "_LONG", 100)
    monkeypatch.setattr(anchoring, "_STEP", 50)


def damaged(seed: int, letters: int) -> tuple[str, str]:
    chance = random.Random(seed)
    text = "".join(chance.choices("оеаинтсрвлкмдпуя ", k=letters))
    return text, "".join(
        letter if chance.random() > 0.1 else chance.choice(["", "ъ", "ъъ"]) for letter in text
    )


@pytest.mark.usefixtures("small")
def test_parts_make_as_few_errors_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [damaged(seed, 2000) for seed in range(5)]
    assert all(len(anchors(*pair)) > 10 for pair in pairs)
    in_parts = [count_edits(align(*pair)) for pair in pairs]
    back = [count_edits(align(found, truth)) for truth, found in pairs]
    assert [(one.insertions, one.deletions) for one in in_parts] == [
        (b.deletions, b.insertions) for b in back
    ]
    monkeypatch.setattr(room, "_LONG", 10**9)
    whole = [count_edits(align(*pair)).errors for pair in pairs]
    assert [one.errors for one in in_parts] == whole


@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), unique_by=lambda pair: pair[0]).map(sorted)
)
def test_anchors_rise_in_both(pairs: list[tuple[int, int]]) -> None:
    chain = anchoring._rising(pairs)
    assert all(a < b and c < d for (a, c), (b, d) in pairwise(chain))
    assert bool(chain) == bool(pairs)


@pytest.mark.usefixtures("small")
def test_what_says_the_same_over_and_over_has_no_anchor() -> None:
    assert anchors("да " * 100, "да " * 90) == []
    assert count_edits(align("да " * 100, "да " * 90)).deletions == 30
    words = ["да", "нет"] * 80
    assert count_edits(align(words, words[2:])).deletions == 2
