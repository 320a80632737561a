import pytest

from ocr.corrections.changes import (
    MergeLines,
    Reorder,
    SetKind,
    edit,
)
from ocr.corrections.spans import Document
from ocr.corrections.view import view
from ocr.errors import RecordError
from tests.corrections.edits import (
    MARKED,
    WHEN,
    WHO,
    L,
    good,
    without_header,
    words,
)


def test_an_unread_line_joined_with_one_that_has_words() -> None:
    order = tuple(f"{L}{n}" for n in (1, 2, 3, 5, 4, 6, 7, 8))
    content = edit(MARKED, [Reorder("s1_r1", order), MergeLines(f"{L}4", f"{L}6")], WHO, WHEN)
    zone = Document(good(content)).by_id[f"{L}4"]
    assert [child.name for child in zone.children] == ["path", "zone"]
    assert [t.text for t in words(content, f"{L}4")] == ["вставка"]


def test_a_line_made_an_insertion_and_text_again_is_spelt_as_it_was() -> None:
    inserted = good(edit(MARKED, SetKind(f"{L}1", "insertion"), WHO, WHEN))
    assert view(inserted).lines[0].kind == "insertion"
    assert b'<add place="above">' in inserted[inserted.index(b"<lb n=") : inserted.index(b'<lb n="2"')]
    back = edit(inserted, SetKind(f"{L}1", "text"), WHO, WHEN)
    change = view(back).changes[0].id
    assert without_header(back).replace(f' change="#{change}"'.encode(), b"", 1) == without_header(MARKED)


@pytest.mark.parametrize("names", [(), (f"{L}1",), tuple(f"{L}1" for _ in range(8))])
def test_an_order_names_each_line_once(names: tuple[str, ...]) -> None:
    with pytest.raises(RecordError, match="name each line of the region once"):
        edit(MARKED, Reorder("s1_r1", names), WHO, WHEN)
