"""CSV that a spreadsheet opens as it is meant: its dialects, and no text that it takes for a formula."""

import csv
import re
from collections.abc import Iterable
from io import StringIO

DIALECTS = {"plain": ",", "excel-ru": ";"}
"""And what parts the cells; excel-ru also has decimal commas."""
_FORMULA = re.compile(r"'*[=+\-@\t\r]")

Cell = str | float | tuple[str, ...] | tuple[float | None, ...] | None


def csv_text(rows: Iterable[Iterable[Cell]], dialect: str, digits: int | None = None) -> str:
    """The rows as CSV; `digits` of a float behind the point, else as many as it has.

    A spreadsheet computes a text that begins with = + - @, or with a tab: it gets an apostrophe before it. So
    does one that begins with apostrophes and then one of these, so that taking one apostrophe away always
    gives the text back. What a tuple holds stands in one cell, with spaces between.
    """

    def shown(cell: Cell) -> str:
        if isinstance(cell, float):
            figure = str(cell) if digits is None else f"{cell:.{digits}f}"
            return figure if dialect == "plain" else figure.replace(".", ",")
        if isinstance(cell, tuple):
            return " ".join(map(shown, cell))
        return "" if cell is None else str(cell)

    def guarded(cell: Cell) -> str:
        text = shown(cell)
        is_figure = isinstance(cell, int | float)
        return f"'{text}" if not is_figure and _FORMULA.match(text) else text

    table = StringIO()
    csv.writer(table, delimiter=DIALECTS[dialect]).writerows([guarded(cell) for cell in row] for row in rows)
    return table.getvalue()
