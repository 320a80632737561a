"""Lines cut out of a page's alignment: sums that are exact, and fates that are true."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ocr.evaluate.align import EditKind, align
from ocr.evaluate.line_breaks import at_line_ends
from ocr.evaluate.lines import LeafScore, LineOutcome, by_line
from ocr.evaluate.rates import EditCounts, Letters, Words, count_edits, score
from ocr.evaluate.side import side_of
from ocr.text import PROFILES, STRICT, nfc

UNITS = [*"абъѣі-'\n\n  .", "и\u0306", "а\u0301"]
TEXTS = st.lists(st.sampled_from(UNITS), max_size=40).map("".join)
ANY_TEXTS = st.lists(st.sampled_from([*UNITS, "\u0301", "\x1f", "\u2028"]), max_size=30).map("".join)


def fates(truth: str, found: str) -> list[str]:
    return [line.outcome.value for line in by_line(truth, found, PROFILES).lines]


@given(ANY_TEXTS, ANY_TEXTS, st.sampled_from(Letters), st.sampled_from(Words))
def test_lines_add_up_to_the_page_under_every_profile(
    truth: str, found: str, letters: Letters, words: Words
) -> None:
    leaf = by_line(truth, found, PROFILES, letters, words)
    assert leaf.scores == tuple(score(truth, found, profile, letters, words) for profile in PROFILES)
    for one, block, word_block in zip(leaf.scores, leaf.blocks, leaf.word_blocks, strict=True):
        assert len(block) == len(word_block) == len(leaf.lines)
        assert sum(block, EditCounts()) == one.letters
        assert sum(word_block, EditCounts()) == one.words
    assert tuple(line.letters for line in leaf.lines) == leaf.blocks[0]


@given(TEXTS, TEXTS)
def test_every_line_with_text_is_told_once(truth: str, found: str) -> None:
    leaf = by_line(truth, found, PROFILES)
    with_text = {at for at, line in enumerate(truth.split("\n")) if line.strip()}
    told = [line.truth_line for line in leaf.lines if line.truth_line is not None]
    assert with_text <= set(told)
    assert told == sorted(set(told))
    assert {line.found_lines for line in leaf.lines if line.outcome is LineOutcome.MISSED} <= {()}
    answered = {at for line in leaf.lines for at in line.found_lines}
    assert {at for at, line in enumerate(found.split("\n")) if line.strip()} == answered


@given(TEXTS)
def test_a_text_against_itself_is_read(text: str) -> None:
    leaf = by_line(text, nfc(text), PROFILES)
    assert not any(line.letters.errors or line.words.errors for line in leaf.lines)
    assert {line.outcome for line in leaf.lines} <= {LineOutcome.READ}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ("первая строка\nвторая строка\nтретья", ["read"] * 3),
        ("перваа стрка\nтретья", ["read", "missed", "read"]),
        ("первая строка\nвторая строка третья", ["read", "merged", "merged"]),
        ("первая\nстрока\nвторая строка\nтретья", ["split", "read", "read"]),
        ("~~\nпервая строка\nвторая строка\nтретья", ["invented", "read", "read", "read"]),
        ("первая строка\n#%&!\nвторая строка\nтретья", ["read", "invented", "read", "read"]),
        ("", ["missed"] * 3),
    ],
)
def test_the_fate_of_lines(found: str, told: list[str]) -> None:
    assert fates("первая строка\nвторая строка\nтретья", found) == told


def test_an_invented_line_is_told_whole_with_its_place() -> None:
    leaf = by_line("один\nдва", "один\n###\nдва", PROFILES, leaf=3)
    assert [(line.leaf, line.truth_line, line.found_lines, line.found) for line in leaf.lines] == [
        (3, 0, (0,), "один"),
        (3, None, (1,), "###"),
        (3, 1, (2,), "два"),
    ]
    assert leaf.lines[1].letters.insertions == 4


def test_words_joined_at_line_ends_are_cut_where_the_line_ends() -> None:
    leaf: LeafScore = by_line("пар-\nтіи были", "партии\nбыли", PROFILES)
    assert [one.truth for one in leaf.blocks[2]] == [3, 8]
    assert [one.truth for one in leaf.word_blocks[2]] == [1, 1]
    assert leaf.scores[2].letters.errors == 0


@given(ANY_TEXTS, ANY_TEXTS)
def test_the_errors_of_a_line_are_its_tallies(truth: str, found: str) -> None:
    for line in by_line(truth, found, PROFILES).lines:
        told = EditCounts(
            line.letters.hits,
            sum(bool(one and other) for one, other in line.wrong),
            sum(not one for one, _ in line.wrong),
            sum(not other for _, other in line.wrong),
        )
        assert told == line.letters


@pytest.mark.parametrize(
    ("truth", "found"),
    [("один\nдва\nтри", "один\nтри"), ("один\nдва\nтри", "один\nдва"), ("один", "один\n##\n##")],
)
def test_a_line_lost_or_invented_costs_its_neighbours_nothing(truth: str, found: str) -> None:
    for one, other in ((truth, found), (found, truth)):
        lines = by_line(one, other, PROFILES).lines
        assert [line.letters.errors for line in lines if line.truth == line.found] == [0] * (
            sum(line.truth == line.found for line in lines)
        )
        assert {line.outcome for line in lines} - {LineOutcome.READ}


@given(ANY_TEXTS, ANY_TEXTS)
def test_alignments_moved_to_line_ends_rebuild_both_sides(truth: str, found: str) -> None:
    one, other = (side_of(text, STRICT, Letters.GRAPHEMES, Words.SPACE) for text in (truth, found))
    plain = align(one.letters, other.letters)
    moved, truth_side, found_side = at_line_ends(plain, one, other)
    assert count_edits(moved) == count_edits(plain)
    sides = (truth_side, found_side)
    assert [len(side.letter_line) for side in sides] == [len(one.letters), len(other.letters)]
    at_truth = at_found = 0
    for kind, *places in moved:
        start, end, found_start, found_end = places
        assert (start, found_start) == (at_truth, at_found)
        assert (end - start or found_end - found_start) > 0
        if kind is EditKind.HIT:
            assert one.letters[start:end] == other.letters[found_start:found_end]
        at_truth, at_found = end, found_end
    assert (at_truth, at_found) == (len(one.letters), len(other.letters))


def test_a_line_left_out_is_left_out_in_one_piece() -> None:
    lines = by_line("письма\nвторая строка его\nтретья", "письма\nтретья", PROFILES).lines
    assert [line.letters.errors for line in lines] == [0, 18, 0]
    lines = by_line("письма\nтретья", "письма\nвторая строка его\nтретья", PROFILES).lines
    assert [line.letters.errors for line in lines] == [0, 18, 0]


def test_an_error_knows_its_letter() -> None:
    (line,) = by_line("вечер", "вчерь", PROFILES).lines
    assert (line.wrong, line.wrong_at) == ((("е", ""), ("", "ь")), (1, 5))
