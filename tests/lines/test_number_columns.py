"""Columns of numbers become cells by what was read; texts with numbers in them stay text; no word is lost."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.geometry import Affine, Box, Point
from ocr.lines import with_number_columns
from ocr.page import Kind, Line, Reading, Region, Surface, Word
from tests.lines.tables import compared, found_on
from tests.tables import Rules, table_page

PITCH = 50
PRICES = ("До Ачинска;50 к.;60 к.", "„ Томска;1 „ 20 „;1 „ 20 „", "„ Канска;40 „;—", "„ Иркутска;2 „;2 „ 30")


def surface_of(
    rows: Sequence[str], *, angle_deg: float = 0.0, columns: int = 300, kind: Kind = Kind.TEXT
) -> Surface:
    """Rows of words, cells parted by semicolons and beginning at every so many pixels."""
    turned = Affine.turn(angle_deg, Point(500, 500))
    lines = []
    for n, row in enumerate(rows):
        words, y = [], 100 + PITCH * n
        for c, cell in enumerate(row.split(";")):
            x = 100.0 + 300 * c
            for word in cell.split():
                words.append(Word(word, turned.box(Box(x, y, x + 10 * len(word), y + 25)), 0.9))
                x += 10 * len(word) + 10
        right = max((w.box.right for w in words if w.box), default=200)
        outline = turned.outline(Box(95, y - 5, max(right, 200), y + 30).outline())
        baseline = (turned(Point(100, y + 25)), turned(Point(right, y + 25)))
        lines.append(Line(outline, baseline, readings=(Reading("a", tuple(words), 0.7),)))
    around = Box.around(point for line in lines for point in line.outline.points)
    return Surface(Box(0, 0, 1000, 1000), (Region(around.outline(), tuple(lines), kind),))


def texts_of(surface: Surface) -> list[tuple[tuple[int, int] | None, str]]:
    return [
        ((region.cell.row, region.cell.column) if region.cell else None, line.text)
        for region in surface.regions
        for line in region.lines
    ]


@pytest.mark.parametrize("angle_deg", [0.0, 3.0])
def test_names_and_sums_stand_in_cells_and_prose_around_them_does_not(angle_deg: float) -> None:
    prose = "Среднія цѣны съ пуда на перевозку отъ города Красноярска сухимъ путемъ тяжестей были слѣдующія"
    rows = (prose, "цѣны;Въ іюнѣ;Въ декабрѣ", *PRICES, prose, prose)
    surface = surface_of(rows, angle_deg=angle_deg)
    texts = texts_of(with_number_columns(surface, Affine.turn(angle_deg, Point(500, 500))))
    assert texts == [
        (None, prose),
        *(((n, c), cell) for n, row in enumerate(rows[1:6]) for c, cell in enumerate(row.split(";"))),
        (None, prose),
        (None, prose),
    ]


def test_a_line_of_prose_over_a_long_table_is_no_head() -> None:
    prose = "изъ Красноярска до разныхъ мѣстъ губерніи по цѣнамъ сего года были"
    rows = (prose, "цѣны;Въ іюнѣ;Въ декабрѣ", *PRICES, "„ Енисейска;60 „;2 „", "„ Минусинска;60 „;80 „")
    first, *cells = texts_of(with_number_columns(surface_of(rows), Affine()))
    assert first == (None, prose)
    assert cells == [
        ((n, c), cell) for n, row in enumerate(rows[1:]) for c, cell in enumerate(row.split(";"))
    ]


@pytest.mark.parametrize(
    "rows",
    [
        PRICES[:3],  # too few
        [f"{n};слово за словомъ" for n in range(1, 9)],  # a list, or years
        ["слово;дѣло", "рука;нога", "домъ;лѣсъ", "вода;земля", "хлѣбъ;соль"],  # two columns of words
        [f"строка стиха {'слово ' * (n % 3)};{n + 1 if n % 5 == 4 else ''}" for n in range(12)],  # verse
        ["—;—", "„;—", "—;„", "„;„", "—;—"],  # no number at all
        [f"въ {n} году было {n * 3} душъ и {n} дворовъ" for n in range(1861, 1870)],
    ],
)
def test_what_is_no_column_of_numbers_stays_as_it_is(rows: list[str]) -> None:
    surface = surface_of(rows)
    assert with_number_columns(surface, Affine()) == surface


@pytest.mark.parametrize("kind", [Kind.MARGIN, Kind.NUMBER])
def test_margins_are_left_alone(kind: Kind) -> None:
    surface = surface_of(PRICES, kind=kind)
    assert with_number_columns(surface, Affine()) == surface


cells = st.sampled_from(["", "—", "5", "20 к.", "1 р. 5 к.", "хлѣбъ", "„", "дрова и свѣчи"])


@given(st.lists(st.lists(cells, min_size=1, max_size=3), min_size=1, max_size=9))
@settings(max_examples=150, deadline=None)
def test_every_word_is_in_one_line_still_and_each_row_in_its_order(rows: list[list[str]]) -> None:
    surface = surface_of([";".join(row) for row in rows])
    after = with_number_columns(surface, Affine())
    words = [word for line in surface.lines for word in line.readings[-1].words]
    assert [word for line in after.lines for word in line.readings[-1].words] == words
    assert with_number_columns(after, Affine()) == after
    for line in after.lines:
        assert all(word.box and line.outline.holds(word.box.centre) for word in line.readings[-1].words)


def test_sums_without_rules_are_found_on_a_drawn_page() -> None:
    page = table_page(1, Rules.NONE)
    result = compared(page, found_on(page))
    assert result["right"] == result["found"] >= 0.8 * result["true"]
