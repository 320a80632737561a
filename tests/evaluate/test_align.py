import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.evaluate import align as room
from ocr.evaluate.align import EditKind, align, anchors
from ocr.evaluate.rates import compare, count_edits

units = st.lists(st.sampled_from(["а", "б", "в", "й\u0301", " "]), max_size=25)


@given(units, units)
def test_chunkes_rebuild_both_sides(truth: list[str], found: list[str]) -> None:
    at_truth = at_found = 0
    for chunk in align(truth, found):
        assert (chunk.truth_start, chunk.found_start) == (at_truth, at_found)
        assert chunk.length > 0
        at_truth, at_found = chunk.truth_end, chunk.found_end
        there = truth[chunk.truth_start : at_truth], found[chunk.found_start : at_found]
        match chunk.kind:
            case EditKind.HIT:
                assert there[0] == there[1]
            case EditKind.SUBSTITUTION:
                assert len(there[0]) == len(there[1])
                assert all(a != b for a, b in zip(*there, strict=True))
            case EditKind.INSERTION:
                assert not there[0]
            case EditKind.DELETION:
                assert not there[1]
    assert (at_truth, at_found) == (len(truth), len(found))


@given(units, units)
def test_exchanging_the_sides_exchanges_left_out_and_added(truth: list[str], found: list[str]) -> None:
    mirror = {EditKind.INSERTION: EditKind.DELETION, EditKind.DELETION: EditKind.INSERTION}
    back = [(mirror.get(kind, kind), c, d, a, b) for kind, a, b, c, d in align(found, truth)]
    assert [tuple(chunk) for chunk in align(truth, found)] == back
    forth, mirrored = compare(truth, found), compare(found, truth)
    assert (forth.hits, forth.substitutions) == (mirrored.hits, mirrored.substitutions)
    assert (forth.insertions, forth.deletions) == (mirrored.deletions, mirrored.insertions)


@given(units, units)
def test_no_alignment_is_shorter(truth: list[str], found: list[str]) -> None:
    row = list(range(len(found) + 1))
    for i, a in enumerate(truth, 1):
        before, row = row, [i]
        for j, b in enumerate(found, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
    assert count_edits(align(truth, found)).errors == row[-1]


@given(units, units, units)
def test_a_detour_is_never_shorter(a: list[str], b: list[str], c: list[str]) -> None:
    assert compare(a, c).errors <= compare(a, b).errors + compare(b, c).errors


@given(units)
def test_nothing_is_wrong_with_itself(truth: list[str]) -> None:
    counts = compare(truth, truth)
    assert (counts.hits, counts.errors) == (len(truth), 0)


def test_long_texts_with_many_errors() -> None:
    truth = [chr(0x430 + k * k % 31) for k in range(3000)]
    found = [unit for place, unit in enumerate(truth) if place % 3]
    counts = compare(truth, found)
    assert (counts.errors, counts.deletions) == (1000, 1000)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts of some hundred letters count as very long."""
    monkeypatch.setattr(room, "_LONG", 100)
    monkeypatch.setattr(room, "_STEP", 50)


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
    chain = room._rising(pairs)
    assert all(a < b and c < d for (a, c), (b, d) in pairwise(chain))
    assert bool(chain) == bool(pairs)


@pytest.mark.usefixtures("small")
def test_what_says_the_same_over_and_over_has_no_anchor() -> None:
    assert anchors("да " * 100, "да " * 90) == []
    assert count_edits(align("да " * 100, "да " * 90)).deletions == 30
    words = ["да", "нет"] * 80
    assert count_edits(align(words, words[2:])).deletions == 2
