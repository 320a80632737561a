"""Rows and cells: written, read back, valid, and text by rows."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ocr.formats.text import plain_text
from ocr.page import Cell
from ocr.tei.names import q
from ocr.tei.parse import parse_tei
from ocr.tei.plain import to_text
from ocr.tei.tables import cells_of, placed, put_table, table_text
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from ocr.tei.write import to_tei
from tests.exports.readback import SCHEMAS
from tests.exports.tables import page_with_table, region_of, table_record

cells = st.builds(Cell, st.just(1), *[st.integers(0, 4)] * 2, *[st.integers(1, 3)] * 2)


def test_a_table_comes_back_and_stands_between_its_regions() -> None:
    page = page_with_table()
    record = to_tei(page)
    root = load(record)
    assert problems_of(root) == []
    assert [cell.cell for cell in parse_tei(record).surfaces[0].regions] == [
        region.cell for region in page.surfaces[0].regions
    ]
    (table,) = root.iter(q("table"))
    assert (table.get("rows"), table.get("cols")) == ("4", "3")
    assert [len(row) for row in table] == [3] * 4  # empty cells are there
    assert [e.tag for e in table.itersiblings()] == [q("ab")]


def test_it_is_valid_tei() -> None:
    if not (SCHEMAS / "tei_all.rng").exists():
        pytest.skip("tei_all.rng is not here")
    schema = etree.RelaxNG(etree.parse(str(SCHEMAS / "tei_all.rng")))
    assert schema.validate(etree.fromstring(table_record())), schema.error_log


def test_text_goes_row_by_row_with_tabs_between_cells() -> None:
    page = page_with_table()
    table = "\n".join(
        ("\tВъ іюнѣ.\tВъ декабрѣ.", "До Томска\t1 р. 20 к.\t1 р. 40 к.", "„ Канска\t40 к.",
         "„ Иркутска и далѣе\t2 р.\t2 р. 30 к.")
    )  # fmt: skip
    text = to_text(page)
    assert text == f"Среднія цѣны съ пуда\nбыли слѣдующія:\n\n{table}\n\nПромыслы — рыболовство\n"
    assert plain_text(to_tei(page)) == text


def test_the_cells_of_a_strangers_table_are_text_by_rows_too() -> None:
    tei = (
        "<TEI xmlns='http://www.tei-c.org/ns/1.0'><text><body><p>до</p><table><row><cell rows='2'>А</cell>"
        "<cell>1</cell></row><row><cell>2</cell></row></table><p>после</p></body></text></TEI>"
    )
    assert plain_text(tei.encode()) == "до\n\nА\t1\n\t2\n\nпосле\n"


@given(st.lists(cells, min_size=1, max_size=8, unique_by=lambda cell: (cell.row, cell.column)))
@settings(max_examples=200, deadline=None)
def test_every_cell_has_its_place_and_every_row_a_cell(cells: list[Cell]) -> None:
    root = etree.Element(q("div"))
    holders = put_table(root, cells)
    back = cells_of(root)
    assert all(len(row) for row in root.iter(q("row")))
    for cell in cells:
        place = back[holders[cell.row, cell.column]]
        assert (place.row, place.column) == (cell.row, cell.column)
        assert (place.rows, place.columns) <= (cell.rows, cell.columns)
    covered = [
        (place.row + i, place.column + j)
        for place in back.values() for i in range(place.rows) for j in range(place.columns)
    ]  # fmt: skip
    (table,) = root
    assert len(covered) == len(set(covered)) == int(table.get("rows", "")) * int(table.get("cols", ""))


def test_cells_that_claim_absurd_sizes_cost_little() -> None:
    table = etree.fromstring("<t><c cols='99999999999999' rows='-3'/><c cols='x' rows='99999'/></t>")
    places = [cell for _, cell in placed(1, [list(table), list(table)])]
    assert [(p.column, p.rows, p.columns) for p in places[:2]] == [(0, 1, 1), (1, 100, 1)]


def test_lines_of_one_cell_are_one_text() -> None:
    assert table_text(
        [(Cell(1, 0, 1), "б"), (Cell(1, 0, 0), "а"), (Cell(1, 0, 1), "в"), (Cell(1, 2, 2), "г")]
    ) == [
        "а\tб в",
        "\t\tг",
    ]


def test_two_regions_may_stand_in_one_cell() -> None:
    page = page_with_table()
    surface = page.surfaces[0]
    extra = region_of("еще", Cell(1, 1, 1), 400, 560)
    page = replace(page, surfaces=(replace(surface, regions=(*surface.regions, extra)),))
    record = to_tei(page)
    assert problems_of(load(record)) == []
    assert "До Томска\t1 р. 20 к. еще\t" in plain_text(record)
