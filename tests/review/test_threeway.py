from hypothesis import given
from hypothesis import strategies as st

from ocr.corrections.tokens import Token
from ocr.review.threeway import side_by_side, three_way

rows = st.lists(st.sampled_from("абвг").map(Token), max_size=7)


@given(rows, rows, rows)
def test_every_word_of_all_three_stands_in_one_run(
    base: list[Token], mine: list[Token], theirs: list[Token]
) -> None:
    runs = three_way(base, mine, theirs)
    for side, words in (("base", base), ("mine", mine), ("theirs", theirs)):
        assert [word for run in runs for word in getattr(run, side)] == words


@given(rows, rows)
def test_what_one_side_changed_is_taken_whole(base: list[Token], changed: list[Token]) -> None:
    for runs in (
        three_way(base, changed, base),
        three_way(base, base, changed),
        three_way(base, changed, changed),
    ):
        assert [word for run in runs for word in run.merged] == changed
        assert not any(run.conflict for run in runs)
        assert [word for run in runs for word in getattr(run, run.pick or "base")] == changed


@given(rows, rows)
def test_side_by_side_holds_every_word_once(ours: list[Token], theirs: list[Token]) -> None:
    pairs = side_by_side(ours, theirs)
    assert [word for pair in pairs for word in pair.ours] == ours
    assert [word for pair in pairs for word in pair.theirs] == theirs
    assert all(pair.same == (pair.ours == pair.theirs) for pair in pairs if pair.same)


def test_as_many_words_on_each_side_are_told_word_by_word() -> None:
    was, now = [Token("а"), Token("б"), Token("в")], [Token("а"), Token("г"), Token("д")]
    assert [(len(pair.ours), pair.same) for pair in side_by_side(was, now)] == [
        (1, True),
        (1, False),
        (1, False),
    ]
    assert [(len(pair.theirs), pair.same) for pair in side_by_side(was, now[:2])] == [(1, True), (1, False)]
