"""Pages as the index keeps them come back."""

from hypothesis import given
from hypothesis import strategies as st

from ocr.search.packing import (
    boxes_of,
    first_spot,
    last_spot,
    line_of,
    packed_boxes,
    packed_words,
    spots_in,
    unpacked,
)
from ocr.search.record import SearchLine, Spot

_TEXT = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=9)
_CHANCE = st.integers(0, 100).map(lambda hundredths: hundredths / 100)
_SIDES = st.tuples(*[st.integers(0, 9000)] * 4).map(
    lambda four: (min(four[0], four[2]), min(four[1], four[3]), max(four[0], four[2]), max(four[1], four[3]))
)
_SPOT = st.builds(
    Spot, _TEXT, _CHANCE, st.lists(st.tuples(_TEXT, _CHANCE), max_size=3).map(tuple), st.none() | _SIDES
)
_LINES = st.lists(
    st.builds(SearchLine, _TEXT, st.lists(_SPOT, min_size=1, max_size=4).map(tuple)), max_size=5
)


@given(_LINES)
def test_words_come_back_and_places_hold_theirs(lines: list[SearchLine]) -> None:
    rows = unpacked(packed_words(lines)) if lines else []
    for row, line in zip(rows, lines, strict=True):
        back = line_of(row)
        assert back.ident == line.ident
        assert spots_in(row) == len(line.spots)
        assert [s[:3] for s in back.spots] == [s[:3] for s in line.spots]
        assert (first_spot(row)[:3], last_spot(row)[:3]) == (line.spots[0][:3], line.spots[-1][:3])
    counts = [len(line.spots) for line in lines]
    packed = packed_boxes(lines)
    boxes = [box for n in range(len(lines)) for box in boxes_of(packed, counts, n)]
    spots = [spot for line in lines for spot in line.spots]
    for box, spot in zip(boxes, spots, strict=True):
        assert (box is None) == (spot.sides is None)
        if box is not None and spot.sides is not None:
            left, top, right, bottom = spot.sides
            assert left - 2 < box.left <= left
            assert right <= box.right < right + 2
            assert box.top <= top
            assert bottom <= box.bottom
