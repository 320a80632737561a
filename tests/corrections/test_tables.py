"""A table is corrected cell by cell like any region, and a redo keeps what stands in it."""

from dataclasses import replace

import pytest

from ocr.corrections.changes import AddLine, MergeLines, RemoveLine, SplitLine, edit
from ocr.corrections.renew import renew
from ocr.corrections.spans import document
from ocr.corrections.tables import cells_of
from ocr.corrections.view import LineView, view
from ocr.formats.text import plain_text
from ocr.geometry import Box
from ocr.page import Page
from ocr.tei.names import q
from ocr.tei.parse import parse_tei
from ocr.tei.tree import load
from ocr.tei.write import to_tei
from tests.corrections.edits import WHEN, WHO, corrected, good
from tests.exports.tables import ROWS, page_with_table, table_record


def cell(content: bytes, row: int, column: int) -> LineView:
    """The first line of a cell."""
    lines = (line for line in view(content).lines if line.cell is not None)
    return next(line for line in lines if line.cell and (line.cell.row, line.cell.column) == (row, column))


def without_table(page: Page) -> Page:
    surface = page.surfaces[0]
    plain = tuple(replace(region, cell=None) for region in surface.regions)
    return replace(page, surfaces=(replace(surface, regions=plain),))


def test_the_view_knows_the_cell_of_each_line() -> None:
    cells = [line.cell for line in view(table_record()).lines]
    assert cells[:2] == [None, None]
    assert cells[-1] is None
    assert [(c.table, c.row, c.column) for c in cells if c][:3] == [(1, 0, 1), (1, 0, 2), (1, 1, 0)]


def test_a_word_in_a_cell_is_corrected_and_nothing_else_changes() -> None:
    old = table_record()
    new = good(corrected(old, cell(old, 2, 1).ident, 0, text="50"))
    assert plain_text(new) == plain_text(old).replace("Канска\t40", "Канска\t50")
    assert [r.cell for r in parse_tei(new).surfaces[0].regions] == [
        r.cell for r in parse_tei(old).surfaces[0].regions
    ]


def test_lines_of_cells_are_divided_joined_taken_out_and_put_in() -> None:
    old = table_record()
    wide = cell(old, 1, 1)
    parted = good(edit(old, SplitLine(wide.ident, 2), WHO, WHEN))
    assert plain_text(parted) == plain_text(old)
    second = [line for line in view(parted).lines if line.region == wide.region][1]
    assert plain_text(good(edit(parted, MergeLines(wide.ident, second.ident), WHO, WHEN))) == plain_text(old)
    without = good(edit(old, RemoveLine(wide.ident), WHO, WHEN))
    assert "До Томска\t\t1 р. 40 к." in plain_text(without)
    points = Box(410, 560, 500, 590).corners
    added = AddLine(wide.region or "", wide.ident, points, points[2:], "text", "съ пуда")
    assert "1 р. 20 к. съ пуда\t1 р. 40 к." in plain_text(good(edit(old, added, WHO, WHEN)))


def test_a_redo_keeps_corrected_cells_and_renews_the_others() -> None:
    old = table_record()
    mine = corrected(old, cell(old, 2, 1).ident, 0, text="50")
    rows = [list(row) for row in ROWS]
    rows[1][0], rows[2][2] = "До Омска", "60 к."
    again = good(renew(mine, page_with_table(rows)))
    assert plain_text(again) == plain_text(to_tei(page_with_table(rows))).replace("40 к.\t60", "50 к.\t60")
    assert len(list(load(again).iter(q("table")))) == 1


def test_a_table_found_anew_is_put_in_and_one_that_is_none_goes() -> None:
    whole = page_with_table()
    flat = to_tei(without_table(whole))
    first = view(flat).lines[0].ident
    mine = corrected(flat, first, 0, text="Высшія")
    emptied = replace(whole, surfaces=(replace(whole.surfaces[0], regions=whole.surfaces[0].regions[:1]),))
    bare = good(renew(mine, emptied))
    again = good(renew(bare, whole))
    assert plain_text(again) == plain_text(to_tei(whole)).replace("Среднія", "Высшія")
    gone = good(renew(again, emptied))
    assert list(load(gone).iter(q("table"))) == []


@pytest.mark.parametrize("at", [(0, 1), (3, 0), (3, 2)])
def test_a_cell_of_a_person_keeps_the_table_when_the_machine_finds_none(at: tuple[int, int]) -> None:
    old = table_record()
    mine = corrected(old, cell(old, *at).ident, 0, text="рука")
    whole = page_with_table()
    emptied = replace(whole, surfaces=(replace(whole.surfaces[0], regions=whole.surfaces[0].regions[:1]),))
    again = good(renew(mine, emptied))
    assert "рука" in plain_text(again)
    assert [(c.row, c.column) for c in cells_of(document(again)).values() if c][-1] == (3, 2)


def test_tables_are_the_same_to_both_readers() -> None:
    record = table_record()
    seen = {line.ident: line.cell for line in view(record).lines}
    page = parse_tei(record)
    read = [region.cell for region in page.surfaces[0].regions for _ in region.lines]
    assert list(seen.values()) == read
