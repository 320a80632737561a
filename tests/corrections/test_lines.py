from ocr.corrections.changes import (
    MergeLines,
    Reorder,
    edit,
)
from ocr.corrections.spans import Document
from tests.corrections.edits import (
    MARKED,
    WHEN,
    WHO,
    L,
    good,
    words,
)


def test_an_unread_line_joined_with_one_that_has_words() -> None:
    order = tuple(f"{L}{n}" for n in (1, 2, 3, 5, 4, 6, 7, 8))
    content = edit(MARKED, [Reorder("s1_r1", order), MergeLines(f"{L}4", f"{L}6")], WHO, WHEN)
    zone = Document(good(content)).by_id[f"{L}4"]
    assert [child.name for child in zone.children] == ["path", "zone"]
    assert [t.text for t in words(content, f"{L}4")] == ["вставка"]
