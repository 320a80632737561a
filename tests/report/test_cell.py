"""Cells that sort by their figures, and tables that scroll."""

from ocr.evaluate.bootstrap import Range
from ocr.evaluate.rates import EditCounts, Score
from ocr.report import cell
from ocr.report.markup import HtmlWording

ENGLISH, RUSSIAN = HtmlWording("en"), HtmlWording("ru")


def test_a_figure_is_shown_short_and_sorted_exactly() -> None:
    assert cell.rate(0.123456789, ENGLISH).text == (
        '<td class="r" data-v="0.1235"><span data-n="12.35\u202f%">12.35\u202f%</span></td>'
    )
    assert ">12,35\u202f%<" in cell.rate(0.123456789, RUSSIAN).text
    assert cell.count(12345).text == '<td class="r" data-v="12345">12\u202f345</td>'


def test_what_is_not_known_is_a_dash_and_sorts_as_nothing() -> None:
    for shown in (cell.rate(None, ENGLISH), cell.figure(None, ENGLISH)):
        assert 'data-v=""' in shown.text
        assert ">–<" in shown.text
    assert cell.span(None, ENGLISH).text == "<td></td>"


def test_a_score_has_a_cell_under_each_of_its_heads() -> None:
    score = Score("strict", EditCounts(8, 1, 0, 1), EditCounts(1, 1))
    cells = cell.score(score, Range(0.2, 0.1, 0.3), ENGLISH)
    assert len(cells) == len(cell.SCORE_HEADS)
    assert "10.00–30.00" in cells[1].text
    assert [cells[at].text for at in (2, 3, 5, 6)] == [cell.count(n).text for n in (2, 10, 1, 2)]


def test_a_table_that_sorts_has_buttons() -> None:
    rows = [[cell.name("<b>"), cell.count(1)]]
    plain, sortable = (
        cell.table(("col.page", "col.errors#"), rows, ENGLISH, sortable=is_sortable).text
        for is_sortable in (False, True)
    )
    assert "<button" not in plain
    assert sortable.count("<button") == 2
    assert "&lt;b&gt;" in plain
    assert plain.count('scope="col" class="r"') == 1
