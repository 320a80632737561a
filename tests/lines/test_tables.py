"""Ruled tables become cells; nothing that merely looks like a table does, and no word is lost or doubled."""

import pytest

from ocr.lines.ruled import Rule, _joined
from tests.lines.tables import compared, found_on
from tests.tables import Other, Rules, other_page, table_page


@pytest.mark.parametrize("rules", [Rules.GRID, Rules.COLUMNS, Rules.OPEN, Rules.LEDGER])
def test_cells_of_ruled_tables_hold_their_words_and_no_others(rules: Rules) -> None:
    page = table_page(6, rules)
    regions = found_on(page)
    result = compared(page, regions)
    assert result["right"] == result["found"] >= 0.9 * result["true"]
    assert result["twice"] == 0
    assert result["lost"] <= 2  # strokes by themselves, which the finder takes for no writing


@pytest.mark.parametrize("other", Other)
def test_what_is_no_table_stays_text(other: Other) -> None:
    assert not [region for region in found_on(other_page(3, other)) if region.cell is not None]


def test_prose_around_a_table_is_read_before_and_behind_it() -> None:
    page = table_page(1, Rules.GRID, around=True)
    regions = found_on(page)
    kinds = [region.cell is not None for region in regions]
    assert kinds[0] is kinds[-1] is False
    assert sorted(kinds[1:-1]) == [True] * (len(kinds) - 2)
    cells = [region.cell for region in regions if region.cell]
    assert [(c.row, c.column) for c in cells] == sorted((c.row, c.column) for c in cells)


def test_pieces_of_one_rule_are_one() -> None:
    parts = [Rule(100, 0, 400, 0.01), Rule(104.5, 450, 800, 0.0), Rule(160, 0, 800, 0.0)]
    assert [(rule.start, rule.end) for rule in _joined(parts, 10)] == [(0, 800), (0, 800)]
