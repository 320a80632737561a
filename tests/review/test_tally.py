from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from ocr.corrections.view import view
from ocr.page import Cell
from ocr.review.tally import of_view, quick_tally
from ocr.tei.names import q
from ocr.tei.write import to_tei
from tests.exports.records import page_of
from tests.review.desks import Set, opened, set_up
from tests.review.test_writing import _correct, _page, _send


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


def test_unread_places_do_not_count_to_the_last_line(desk: Set) -> None:
    record = desk.root / "output/one/page-1.xml"
    inner, end, rest = record.read_text("utf-8").rpartition("</div>")
    record.write_text(f'{inner}<gap reason="unread" facs="#s1_u1"/>{end}{rest}', "utf-8")
    assert quick_tally(record.read_bytes()) == of_view(view(record.read_bytes()))


def test_lines_in_tables_are_told_by_row_and_column_at_a_glance_as_when_parsed() -> None:
    page = page_of("над таблицей", "а", "б", "в", "г", "под ней")
    cells = [None, Cell(1, 0, 0, 2, 1), Cell(1, 0, 1), Cell(1, 1, 1), Cell(2, 0, 0), None]
    (surface,) = page.surfaces
    regions = [replace(region, cell=cell) for region, cell in zip(surface.regions, cells, strict=True)]
    record = to_tei(replace(page, surfaces=(replace(surface, regions=tuple(regions)),)))
    _, lines = of_view(view(record))
    assert quick_tally(record) == of_view(view(record))
    assert [line.cell for line in lines] == cells
    assert [line.n for line in lines] == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize("at", [0, 1])
def test_a_table_in_a_cell_of_another_is_counted_by_itself(at: int) -> None:
    page = page_of("а", "б", "в", "г", "под ней")
    cells = [Cell(1, 0, 0), Cell(1, 0, 1), Cell(1, 1, 0), Cell(2, 0, 0), None]
    (surface,) = page.surfaces
    regions = [replace(region, cell=cell) for region, cell in zip(surface.regions, cells, strict=True)]
    tree = etree.fromstring(to_tei(replace(page, surfaces=(replace(surface, regions=tuple(regions)),))))
    outer, inner = tree.iter(q("table"))
    outer[0][0].insert(at, inner)
    record = etree.tostring(tree, encoding="utf-8")
    _, lines = of_view(view(record))
    assert {line.cell for line in lines} == set(cells)
    assert quick_tally(record) == of_view(view(record))


def test_the_tally_of_a_glance_is_that_of_the_page(desk: Set) -> None:
    page = _page(desk)
    _send(desk, page["etag"], _correct(page, 1, 0, "позволено"), {"change": "AcceptLine", "line": "s1_r1_l3"})
    fresh = opened(desk.root)
    book = fresh.desk.notebooks()[0].ident
    glanced = fresh.client.get(f"/api/notebooks/{book}/pages").json()[0]
    _page(fresh)
    parsed = fresh.client.get(f"/api/notebooks/{book}/pages").json()[0]
    exact = ("state", "lines", "accepted", "expected_errors")
    assert [glanced[key] for key in exact] == [parsed[key] for key in exact]
    assert glanced["seconds"] == pytest.approx(parsed["seconds"], rel=0.01)
