import pytest

from ocr.corrections.changes import Reorder, SetKind, edit
from ocr.corrections.view import view
from ocr.errors import RecordError
from tests.corrections.edits import MARKED, WHEN, WHO, L, good, without_header


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
