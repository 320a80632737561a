"""Places that nobody had read, in step with the lines."""

import re
from dataclasses import replace

import pytest

from ocr.corrections.changes import (
    AddLine,
    RedrawOutline,
    RemoveLine,
    RestoreLine,
    edit,
)
from ocr.corrections.renew import renew
from ocr.corrections.view import view
from ocr.geometry import Box, Point
from ocr.page import Unread
from ocr.tei.parse import parse_tei
from ocr.tei.write import to_tei
from tests.corrections.edits import MARKED, POINTS, WHEN, WHO, good, without_header
from tests.tei.golden.pages import GOLDEN_PAGES

PLACE = (Point(420, 40), Point(500, 40), Point(500, 70), Point(420, 70))


LOWER = (Point(420, 60), Point(500, 60), Point(500, 70), Point(420, 70))


@pytest.mark.parametrize("text", ["", "прочитано"])
def test_a_line_where_nobody_had_read_takes_the_gap_away_and_gives_it_back(text: str) -> None:
    assert [one.ident for one in view(MARKED).unread] == ["s2_u1"]
    content = good(edit(MARKED, AddLine("s2", None, PLACE, PLACE[2:], "text", text), WHO, WHEN))
    body = content[content.index(b"<text>") :]
    assert b"s2_u1" not in body
    assert view(content).unread == ()
    (line,) = view(content).lines[-1:]
    assert line.earlier == ()
    assert parse_tei(content).surfaces[1].unread == ()
    back = good(edit(content, RemoveLine(line.ident), WHO, WHEN))
    if not text:  # the region that the line was given stays
        stripped = re.sub(
            rb'\s*<zone xml:id="s2_r1".*?/?>(\s*</zone>)?|\s*<ab [^>]*#s2_r1.*?</ab>', b"", back
        )
        assert without_header(stripped) == without_header(MARKED)
    assert [one.ident for one in view(back).unread] == ["s2_u1"]
    if text:
        again = good(edit(back, RestoreLine(line.ident), WHO, WHEN))
        assert view(again).unread == ()
        assert b"s2_u1" not in again[again.index(b"<text>") :]
    for one in (content, back):
        renewed = good(renew(one, GOLDEN_PAGES["marks"]))
        # what a person called no line of the text is not asked about again
        assert len(view(renewed).unread) == (one is back and not text)
        assert b'type="covered"' not in renewed


def test_a_gap_stays_as_long_as_its_place_has_room_for_another_line() -> None:
    content = good(edit(MARKED, AddLine("s2", None, LOWER, (), "text", "низ"), WHO, WHEN))
    assert [one.ident for one in view(content).unread] == ["s2_u1"]
    assert b"#s2_u1" in content[content.index(b"<text>") :]
    low = view(content).lines[-1]
    upper = (Point(415, 38), Point(505, 38), Point(505, 58), Point(415, 58))
    both = good(edit(content, AddLine(low.region or "", None, upper, (), "text", "верх"), WHO, WHEN))
    assert view(both).unread == ()
    assert b"#s2_u1" not in both[both.index(b"<text>") :]
    moved = good(edit(both, RedrawOutline(low.ident, POINTS), WHO, WHEN))
    assert [one.ident for one in view(moved).unread] == ["s2_u1"]


def test_gaps_come_back_where_they_stood() -> None:
    page = GOLDEN_PAGES["marks"]
    spots = [Unread(Box(420, y, 500, y + 30).outline(), f"{y}") for y in (40, 140, 240)]
    surface = replace(page.surfaces[1], unread=tuple(spots))
    content = to_tei(replace(page, surfaces=(page.surfaces[0], surface)))
    gaps = content[content.index(b'<gap reason="unread" facs="#s2_u1"') :]
    for spot in (spots[1], spots[0], spots[2]):
        region = next((line.region for line in view(content).lines if line.surface == "s2"), "s2")
        content = good(edit(content, AddLine(region or "", None, spot.outline.points), WHO, WHEN))
    assert b"#s2_u" not in content[content.index(b"<text>") :]
    for ident in [line.ident for line in view(content).lines if line.surface == "s2"]:
        content = good(edit(content, RemoveLine(ident), WHO, WHEN))
    assert content.endswith(gaps)
    assert b'type="covered"' not in content
    assert content.count(b"<app") == MARKED.count(b"<app")
