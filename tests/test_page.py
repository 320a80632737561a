"""The values of a read scan: silences apart, rivals beside their reading, ink in lines and outside."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.geometry import Box
from ocr.page import (
    WITHHELD,
    InkAccount,
    Line,
    Page,
    Reading,
    Region,
    Rival,
    Source,
    Step,
    Surface,
    Word,
    beside,
)

BOX = Box(0, 0, 100, 50)
SOURCE = Source("a.png", "0" * 64, 100, 50, "image/png")
shares = st.floats(0, 1)


@given(st.none() | shares, st.lists(shares.map(lambda share: Rival("а", share)), max_size=4))
def test_rivals_share_what_the_reading_leaves(own: float | None, others: list[Rival]) -> None:
    rivals = beside(own, others)
    assert sum(round(rival.confidence * 10_000) for rival in rivals) <= 10_000 - round((own or 0) * 10_000)
    assert all(0 < rival.confidence <= (1 if own is None else round(own, 4)) for rival in rivals)
    assert [rival.confidence for rival in rivals] == sorted((r.confidence for r in rivals), reverse=True)
    assert beside(own, rivals) == rivals


def test_not_read_blank_and_failed_are_three_things() -> None:
    outline = BOX.outline()
    unread, blank = Line(outline), Line(outline, readings=(Reading("a"),))
    failed = Line(outline, readings=(Reading("a", failure="the engine stopped"),))
    assert (unread.reading, unread.text) == (None, "")
    assert blank.reading is not None
    assert (blank.reading.failure, blank.text) == (None, "")
    assert failed.reading is not None
    assert failed.reading.failure


def test_the_last_reading_is_the_text() -> None:
    first, last = Reading("a", (Word("рас"),)), Reading("b", (Word("раз"), Word("два")))
    line = Line(BOX.outline(), readings=(first, last))
    page = Page("a", SOURCE, (Surface(BOX, (Region(BOX.outline(), (line,)),)),))
    assert [line.text for line in page.lines] == ["раз два"]


def test_ink_that_nobody_counted_is_unknown() -> None:
    surface = Surface(BOX)
    page = Page("a", SOURCE, (surface, surface))
    assert (page.ink_uncovered, page.partial) == (None, False)
    counted = replace(surface, ink=InkAccount(300, 30, partial=True))
    page = replace(page, surfaces=(counted, replace(surface, ink=InkAccount(100, 10)), surface))
    assert (page.ink_uncovered, page.partial) == (0.1, True)
    assert replace(page, surfaces=(replace(surface, ink=InkAccount(0, 0)),)).ink_uncovered is None
    assert Page("a", replace(SOURCE, damage="cut off"), ()).partial


@given(st.lists(st.floats(0.01, 0.99), min_size=1), st.floats(0, 5))
def test_what_a_reader_withholds_is_no_doubt(chances: list[float], withheld: float) -> None:
    def page(chances: list[float], *settings: tuple[str, str]) -> Page:
        words = tuple(Word("слово", confidence=chance) for chance in chances)
        line = Line(BOX.outline(), readings=(Reading("a", words),))
        surfaces = (Surface(BOX, (Region(BOX.outline(), (line,)),)),)
        return Page("a", SOURCE, surfaces, (Step("a", "reader", "1", settings, reads=True),))

    lowered = [1 / (1 + (1 - chance) / chance * math.exp(withheld)) for chance in chances]
    doubt, modest = page(chances).doubt, page(lowered, (WITHHELD, f"{withheld:.6f}")).doubt
    assert doubt is not None
    assert modest == pytest.approx(doubt, abs=1e-4)
    assert page(chances, (WITHHELD, "much")).doubt == doubt
