"""Pages as the index keeps them come back."""

from hypothesis import given
from hypothesis import strategies as st

from ocr.search.packing import first_spot, last_spot, line_of, packed_words, unpacked
from ocr.search.record import SearchLine, Spot

_TEXT = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=9)
_CHANCE = st.integers(0, 100).map(lambda hundredths: hundredths / 100)
_SPOT = st.builds(Spot, _TEXT, _CHANCE, st.lists(st.tuples(_TEXT, _CHANCE), max_size=3).map(tuple))
_SPOTS = st.lists(_SPOT, min_size=1, max_size=4).map(tuple)
_LINES = st.lists(st.builds(SearchLine, _TEXT, _SPOTS), max_size=5)


@given(_LINES)
def test_words_come_back(lines: list[SearchLine]) -> None:
    rows = unpacked(packed_words(lines)) if lines else []
    for row, line in zip(rows, lines, strict=True):
        back = line_of(row)
        assert back.ident == line.ident
        assert back.spots == line.spots
        assert (first_spot(row), last_spot(row)) == (line.spots[0], line.spots[-1])
