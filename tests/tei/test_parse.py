import re
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.corrections.changes import MergeLines, RedrawOutline, SetKind, edit
from ocr.corrections.view import view
from ocr.errors import RecordError
from ocr.geometry import Point
from ocr.page import Kind, Page, Step
from ocr.tei.flow import TextRules
from ocr.tei.parse import parse_tei
from ocr.tei.plain import to_text
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from ocr.tei.write import to_tei
from tests.tei.lines import text_lines
from tests.tei.made_pages import pages


@given(pages())
@settings(max_examples=60, deadline=None)
def test_a_page_comes_back_equal_and_gives_the_same_bytes(page: Page) -> None:
    held = to_tei(page)
    assert parse_tei(held) == page
    assert to_tei(parse_tei(held)) == held


@given(pages())
@settings(max_examples=20, deadline=None)
def test_lines_of_text_are_the_lines_of_the_page(page: Page) -> None:
    found = text_lines(to_tei(page), TextRules(deleted="keep"))
    assert [line.text for line in found] == [" ".join(line.text.split()) for line in page.lines]


@given(pages(), st.data())
@settings(max_examples=30, deadline=None)
def test_a_damaged_record_gives_a_page_or_a_record_error(page: Page, data: st.DataObject) -> None:
    held = bytearray(to_tei(page))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(200, len(held) - 1))
        held[at : at + data.draw(st.integers(1, 6))] = data.draw(
            st.sampled_from([b"", b"9", b"nan", b'"', b"-"])
        )
    with suppress(RecordError):
        to_text(parse_tei(bytes(held)))
    with suppress(RecordError):
        text_lines(bytes(held))


def test_what_the_machine_says_a_line_is_names_it_and_how_sure_it_is() -> None:
    from dataclasses import replace

    from tests.tei.golden.pages import GOLDEN_PAGES

    page = GOLDEN_PAGES["marks"]
    surface = page.surfaces[0]
    (region,) = surface.regions
    marks = {Kind.STRUCK: 0.97, Kind.INSERTION: 0.99}
    lines = tuple(replace(line, kind_confidence=marks.get(line.kind)) for line in region.lines)
    steps = (Step("tetradi", "tetradi", "1.0"), *page.steps)
    page = replace(
        page,
        steps=steps,
        surfaces=(replace(surface, regions=(replace(region, lines=lines),)), *page.surfaces[1:]),
    )
    record = to_tei(page)
    for tag, sure in ((b"del", b"0.97"), (b'add place="above"', b"0.99")):
        assert b'<%s cert="%s" resp="#tetradi">' % (tag, sure) in record
    assert b'<respStmt xml:id="tetradi">' in record
    assert problems_of(load(record)) == []
    assert [line.kind_confidence for line in parse_tei(record).lines] == [
        line.kind_confidence for line in page.lines
    ]
    assert parse_tei(to_tei(GOLDEN_PAGES["marks"])).surfaces[0].regions[0].lines[5].kind_confidence is None


def _with_margin() -> Page:
    """A page with a page number and two notes in the margin, as sure as the machine said."""
    from dataclasses import replace

    from tests.tei.golden.pages import GOLDEN_PAGES

    page = GOLDEN_PAGES["marks"]
    (surface, *others) = page.surfaces
    (region,) = surface.regions
    number = next(line for line in region.lines if line.kind is Kind.NUMBER)
    note = replace(number, kind=Kind.MARGIN, kind_confidence=0.96)
    regions = (
        replace(region, lines=(replace(number, kind_confidence=0.98),), kind=Kind.NUMBER),
        replace(region, lines=(note, note), kind=Kind.MARGIN),
    )
    steps = (Step("tetradi", "tetradi", "1.0"), *page.steps)
    return replace(page, steps=steps, surfaces=(replace(surface, regions=regions), *others))


def test_page_numbers_and_notes_in_the_margin_say_how_sure_the_machine_is() -> None:
    record = to_tei(_with_margin())
    assert b'<fw type="pageNum" cert="0.98" resp="#tetradi">' in record
    assert record.count(b'cert="0.96" resp="#tetradi"') == 1
    assert re.search(rb'<ab type="margin"[^>]* cert="0.96" resp="#tetradi">', record)
    assert problems_of(load(record)) == []
    assert [line.kind_confidence for line in parse_tei(record).lines][:3] == [0.98, 0.96, 0.96]


def test_what_a_person_takes_back_of_page_numbers_and_margins_is_the_machines_no_more() -> None:
    record = to_tei(_with_margin())
    lines = re.findall(rb'<lb [^>]*facs="#([^"]+)"', record)[:2]
    edits = [SetKind(line.decode(), "text") for line in lines]
    told = edit(record, edits, "Анна", "2026-01-02")
    assert problems_of(load(told)) == []
    assert b"<fw" not in told
    kinds = [(line.kind, line.kind_confidence) for line in parse_tei(told).lines][:3]
    assert kinds == [(Kind.TEXT, None), (Kind.TEXT, None), (Kind.MARGIN, 0.96)]


def _with_doubt() -> bytes:
    """A record with a line whose border is doubtful, the second."""
    from dataclasses import replace

    from tests.tei.golden.pages import GOLDEN_PAGES

    page = GOLDEN_PAGES["marks"]
    (surface, *others) = page.surfaces
    (region,) = surface.regions
    lines = (region.lines[0], replace(region.lines[1], border_confidence=0.4275), *region.lines[2:])
    surfaces = (replace(surface, regions=(replace(region, lines=lines),)), *others)
    return to_tei(replace(page, surfaces=surfaces))


def test_a_doubtful_border_stands_in_the_zone_of_its_line() -> None:
    record = _with_doubt()
    told = b'<certainty locus="value" match="@points" degree="0.4275" resp="#tetradi"/>'
    assert record.count(told) == record.count(b"<certainty") == 1
    assert re.search(rb'<zone xml:id="s1_r1_l2"(?:(?!</?zone).)*<certainty', record, re.DOTALL)
    assert b'<respStmt xml:id="tetradi">' in record
    assert problems_of(load(record)) == []
    assert [line.border_confidence for line in parse_tei(record).lines[:3]] == [None, 0.4275, None]
    assert [line.border for line in view(record).lines[:3]] == [None, 0.4275, None]


def test_a_border_that_a_person_draws_is_doubtful_no_more() -> None:
    record = _with_doubt()
    line = view(record).lines[1]
    assert line.outline is not None
    moved = tuple(Point(p.x + 3, p.y) for p in line.outline.points)
    for change in (
        RedrawOutline(line.ident, moved),
        MergeLines(view(record).lines[0].ident, line.ident),
        MergeLines(line.ident, view(record).lines[2].ident),
    ):
        done = edit(record, [change], "Анна", "2026-01-02")
        assert b"<certainty" not in done
        assert problems_of(load(done)) == []
    same = edit(record, [RedrawOutline(line.ident, line.outline.points)], "Анна", "2026-01-02")
    assert b"<certainty" in same
