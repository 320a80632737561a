from hypothesis import given
from hypothesis import strategies as st

from ocr.review.priority import Effort, WordOdds, effort

shares = st.none() | st.floats(0, 1)
tokens = st.lists(st.builds(WordOdds, st.integers(0, 20), shares, st.booleans()), max_size=12)


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
