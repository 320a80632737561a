from hypothesis import given
from hypothesis import strategies as st

from ocr.evaluate.align import EditKind, align
from ocr.evaluate.rates import compare, count_edits

units = st.lists(st.sampled_from(["а", "б", "в", "й\u0301", " "]), max_size=25)


@given(units, units)
def test_chunkes_rebuild_both_sides(truth: list[str], found: list[str]) -> None:
    at_truth = at_found = 0
    for chunk in align(truth, found).chunks:
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
    back = [(mirror.get(kind, kind), c, d, a, b) for kind, a, b, c, d in align(found, truth).chunks]
    assert [tuple(chunk) for chunk in align(truth, found).chunks] == back
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
