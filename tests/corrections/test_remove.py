"""Lines taken out of the text and brought back."""

import pytest

from ocr.corrections.changes import (
    AcceptLine,
    AddLine,
    RemoveLine,
    RestoreLine,
    edit,
)
from ocr.corrections.spans import Document
from ocr.errors import RecordError
from tests.corrections.edits import MARKED, POINTS, WHEN, WHO, L, all_words, good, without_header
from tests.tei.lines import text_lines


@pytest.mark.parametrize("number", range(1, 9))
def test_a_line_taken_out_comes_back_byte_for_byte(number: int) -> None:
    line, above = f"{L}{number}", None if number == 1 else f"{L}{number - 1}"
    content = good(edit(MARKED, RemoveLine(line), WHO, WHEN))
    assert [one.zone for one in text_lines(content)] == [
        one.zone for one in text_lines(MARKED) if one.zone != line
    ]
    assert line in Document(content).by_id  # so a later run leaves it out
    for back in (RestoreLine(line, above), RestoreLine(line)):
        assert without_header(good(edit(content, back, WHO, WHEN))) == without_header(MARKED)


def test_lines_taken_out_one_after_the_other_and_all_brought_back() -> None:
    content = MARKED
    for number in (3, 1, 2, 8, 7, 6, 5, 4):
        content = good(edit(content, RemoveLine(f"{L}{number}"), WHO, WHEN))
    gone = content
    for number in (4, 5, 6, 7, 8, 2, 1, 3):
        content = good(edit(content, RestoreLine(f"{L}{number}"), WHO, WHEN))
    assert without_header(content) == without_header(MARKED)
    for number in (1, 3, 8, 2, 7, 4, 6, 5):
        gone = good(edit(gone, RestoreLine(f"{L}{number}"), WHO, WHEN))
    assert all_words(gone) == all_words(MARKED)
    with pytest.raises(RecordError, match="not taken out"):
        edit(content, RestoreLine(f"{L}1"), WHO, WHEN)


def test_a_line_that_a_person_put_in_without_words_goes_without_a_trace() -> None:
    added = edit(MARKED, AddLine("s1_r1", f"{L}1", POINTS, POINTS[:2]), WHO, WHEN)
    before = {line.zone for line in text_lines(MARKED)}
    name = next(line.zone for line in text_lines(added) if line.zone not in before)
    assert name is not None
    content = good(edit(added, [AcceptLine(name), RemoveLine(name)], WHO, WHEN))
    assert without_header(content) == without_header(MARKED)
