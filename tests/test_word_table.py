"""The words of a page as rows: from memory, from a file, from a corrected file."""

from pathlib import Path

import ocr
from ocr.geometry import Box
from tests.test_door import RECIPE, ROOT, leaf


def test_words_of_a_page_and_of_its_file_are_the_same(tmp_path: Path) -> None:
    page = ocr.read_image(leaf(tmp_path), recipe=RECIPE)
    path = tmp_path / "leaf.xml"
    path.write_bytes(ocr.to_tei(page))
    rows = ocr.words(page)
    assert [row.text for row in rows] == [word.text for line in page.lines for word in line.reading.words]  # type: ignore[union-attr]
    assert {row.state for row in rows} == {None}
    assert [row._replace(state="draft") for row in rows] == ocr.words(path) == ocr.words(path.read_bytes())


def test_words_of_a_corrected_file_tell_who_and_how_far(tmp_path: Path) -> None:
    rows = ocr.words(ROOT / "tests/golden/desk.page.xml")
    assert {row.state for row in rows} == {"draft", "verified"}
    assert any(row.by and row.by != rows[0].by for row in rows)
    boxed = next(row for row in rows if row.box)
    assert isinstance(boxed.box, Box)
    assert boxed.box.left == boxed.left


def test_columns_are_of_one_kind_each() -> None:
    """So a frame makes columns of numbers and of text, with nothing lost."""
    rows = ocr.words(ROOT / "docs/example/page-0001.xml")
    columns = dict(zip(rows[0]._fields, map(list, zip(*rows, strict=True)), strict=True))
    kinds = {name: {type(cell) for cell in cells if cell is not None} for name, cells in columns.items()}
    assert kinds["confidence"] <= {float}
    assert kinds["left"] == kinds["place"] == {int}
    assert all(len(kind) <= 1 for kind in kinds.values())
