from dataclasses import replace

from ocr.corrections.changes import (
    CorrectLine,
    edit,
)
from ocr.corrections.tokens import Token
from ocr.geometry import Box
from tests.corrections.edits import (
    MARKED,
    WHEN,
    WHO,
    L,
    good,
    words,
)


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
