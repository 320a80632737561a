"""The header of a record: who read, with which threshold."""

from dataclasses import replace

import pytest

from ocr.corrections.view import view
from ocr.tei.write import to_tei
from tests.tei.golden.pages import GOLDEN_PAGES

WHO, WHEN = "И. Фамилия", "2026-11-26"


def test_an_engine_that_read_nothing_here_is_not_named_and_is_told_of_in_app_info() -> None:
    page = GOLDEN_PAGES["marks"]
    idle = replace(page.steps[0], ident="cursive", label="Cursive")
    header = to_tei(replace(page, steps=(*page.steps, idle)), when=WHEN).decode()
    assert "#cursive" not in header
    assert 'xml:id="cursive"' not in header
    assert 'ident="cursive"' in header
    assert f'when="{WHEN}" who="#tesseract"' in header


@pytest.mark.parametrize("threshold", [0.25, 0.6, 1.0])
def test_the_threshold_is_a_number_of_the_header(threshold: float) -> None:
    record = to_tei(GOLDEN_PAGES["marks"], review_threshold=threshold)
    assert view(record).threshold == threshold
