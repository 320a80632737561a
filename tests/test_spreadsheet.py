"""Tables that a spreadsheet opens: dialects, and text that must not be computed."""

import csv
import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.spreadsheet import csv_text


def cells(text: str, mark: str = ",") -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline=""), delimiter=mark))


@pytest.mark.parametrize("text", ["=1+1", "+7 рублей", "-то", "@SUM(A1)", "\t=1", "'=1", "''-то"])
def test_what_would_be_computed_gets_an_apostrophe(text: str) -> None:
    assert cells(csv_text([[text]], "plain")) == [["'" + text]]


@pytest.mark.parametrize("text", ["", "слово", "— тире", "'тогда", "об'явленіе", "1=1"])
def test_other_text_stays(text: str) -> None:
    assert cells(csv_text([[text, "б"]], "excel-ru"), ";") == [[text, "б"]]


@given(st.text(alphabet="'=+-@\tа, ;\"", max_size=6))
def test_one_apostrophe_less_gives_every_text_back(text: str) -> None:
    ((shown, _),) = cells(csv_text([[text, "б"]], "plain"))
    assert not re.match(r"[=+\-@\t]", shown)
    assert (shown[1:] if re.match(r"'+[=+\-@\t\r]", shown) else shown) == text


def test_figures_are_figures_in_both_dialects() -> None:
    row = (-3, 0.5, -0.25, None, (0.5, None, 0.125), ("-а", "б"))
    assert csv_text([row], "plain") == "-3,0.5,-0.25,,0.5  0.125,'-а б\r\n"
    assert csv_text([row[:3]], "excel-ru", digits=3) == "-3;0,500;-0,250\r\n"
