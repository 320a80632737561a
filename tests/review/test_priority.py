from hypothesis import given
from hypothesis import strategies as st

from ocr.corrections.tokens import Token as Word
from ocr.review.priority import Effort, WordOdds, effort
from ocr.review.threeway import side_by_side, three_way

shares = st.none() | st.floats(0, 1)
tokens = st.lists(st.builds(WordOdds, st.integers(0, 20), shares, st.booleans()), max_size=12)
rows = st.lists(st.sampled_from("абвг").map(Word), max_size=7)


@given(tokens, st.integers(0, 3))
def test_expected_errors_are_the_chances_summed(line: list[WordOdds], silences: int) -> None:
    told = effort(line, silences)
    assert abs(told.expected_errors - sum(token.error for token in line) - silences) < 1e-9
    assert told.seconds > 0
    assert told.worth >= 0


def test_a_doubtful_line_is_worth_more_than_a_sure_one() -> None:
    doubtful, sure = [WordOdds(6, 0.4)] * 5, [WordOdds(6, 0.99)] * 5
    assert effort(doubtful).worth > effort(sure).worth
    assert effort([WordOdds(6, 0.1, settled=True)]).worth == 0
    assert (Effort(1, 30) + Effort(2, 30)).worth == 3


@given(rows, rows, rows)
def test_every_word_of_all_three_stands_in_one_piece(
    base: list[Word], mine: list[Word], theirs: list[Word]
) -> None:
    pieces = three_way(base, mine, theirs)
    for side, words in (("base", base), ("mine", mine), ("theirs", theirs)):
        assert [word for piece in pieces for word in getattr(piece, side)] == words


@given(rows, rows)
def test_what_one_side_changed_is_taken_whole(base: list[Word], changed: list[Word]) -> None:
    for pieces in (
        three_way(base, changed, base),
        three_way(base, base, changed),
        three_way(base, changed, changed),
    ):
        assert [word for piece in pieces for word in piece.merged] == changed
        assert not any(piece.conflict for piece in pieces)


@given(rows, rows)
def test_side_by_side_holds_every_word_once(ours: list[Word], theirs: list[Word]) -> None:
    pairs = side_by_side(ours, theirs)
    assert [word for pair in pairs for word in pair.ours] == ours
    assert [word for pair in pairs for word in pair.theirs] == theirs
    assert all(pair.same == (pair.ours == pair.theirs) for pair in pairs if pair.same)
