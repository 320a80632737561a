from dataclasses import replace

from ocr.corrections.changes import (
    CorrectLine,
    edit,
)
from ocr.corrections.tokens import Token
from ocr.corrections.view import view
from ocr.geometry import Box
from tests.corrections.edits import (
    MARKED,
    WHEN,
    WHO,
    L,
    good,
    words,
)
from tests.exports.records import record_of


def test_words_joined_and_parted_point_to_the_zones() -> None:
    old = words(MARKED, f"{L}1")
    one = good(
        edit(MARKED, CorrectLine(f"{L}1", (replace(old[0], text="Кризисоб'явлен"), old[2])), WHO, WHEN)
    )
    assert 'facs="#s1_r1_l1_w1 #s1_r1_l1_w2"' in one.decode()
    assert words(one, f"{L}1")[0].box == Box(0, 10, 110, 40)
    two = (replace(old[0], text="Кри"), Token("зис,"), *old[1:])
    parted = good(edit(MARKED, CorrectLine(f"{L}1", two), WHO, WHEN))
    assert parted.count(b'facs="#s1_r1_l1_w1"') == MARKED.count(b'facs="#s1_r1_l1_w1"') + 3
    assert [t.machine for t in words(parted, f"{L}1")[:2]] == ["«Кризис»,", "«Кризис»,"]


def test_of_two_equal_neighbours_each_keeps_its_zone() -> None:
    record = record_of("конь Старый Старый")
    (line,) = view(record).lines
    first, second, third = line.tokens
    tokens = (replace(first, marks=("add",)), replace(second, marks=("del",)), third)
    edited = edit(record, CorrectLine(line.ident, tokens), WHO, WHEN)
    assert [token.id for token in view(edited).lines[0].tokens] == [first.id, second.id, third.id]
    assert [token.machine for token in view(edited).lines[0].tokens] == ["конь", "Старый", None]
