"""The points an editor of the Guidelines looks at, on drawn pages, before and after a person's work."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.tei_points import corrected, faults
from ocr.corrections.changes import AcceptLine, AddLine, CorrectLine, RemoveLine, edit
from ocr.corrections.renew import renew
from ocr.corrections.session import line_states
from ocr.corrections.spans import Document
from ocr.corrections.tokens import Token
from ocr.corrections.view import view
from ocr.geometry import Box
from ocr.page import Glyph, Line, Page, Reading, Region, Rival, Surface, Word, beside
from ocr.tei.parse import parse_tei
from ocr.tei.seal import is_corrected
from ocr.tei.tree import load
from ocr.tei.validate import problems_of
from ocr.tei.write import to_tei
from tests.tei.golden.pages import GOLDEN_PAGES
from tests.tei.made_pages import pages

WHO, WHEN = "И. Фамилия", "2026-11-26"
chances = st.floats(0, 1)
rivals = st.lists(st.builds(Rival, st.sampled_from("абвгд"), chances), max_size=4)


def known(page: Page) -> Page:
    """The page with a place and a probability for every word: what a reader does not tell, no pc has."""

    def reading(one: Reading, box: Box) -> Reading:
        words = tuple(
            replace(w, box=w.box or box, confidence=w.confidence or 0.5, rivals=beside(0.5, w.rivals))
            for w in one.words
        )
        return replace(one, words=words)

    def line(one: Line) -> Line:
        return replace(one, readings=tuple(reading(r, one.outline.box) for r in one.readings))

    def region(one: Region) -> Region:
        return replace(one, lines=tuple(line(held) for held in one.lines))

    surfaces = (replace(s, regions=tuple(region(r) for r in s.regions)) for s in page.surfaces)
    return replace(page, surfaces=tuple(surfaces))


@given(pages().map(known))
@settings(max_examples=40, deadline=None)
def test_what_the_machine_writes_has_no_fault(page: Page) -> None:
    assert faults(load(to_tei(page, when=WHEN))) == {}


def but_readers(problems: dict[str, list[str]]) -> dict[str, list[str]]:
    """The faults, but that a reader is named whose only lines a person took away, or joined to others: it did
    read."""
    rest = {k: [one for one in v if "read nothing" not in one] for k, v in problems.items()}
    return {point: ones for point, ones in rest.items() if ones}


@given(pages().map(known), pages().map(known))
@settings(max_examples=25, deadline=None)
def test_nor_has_it_after_a_person_and_after_another_reading(page: Page, other: Page) -> None:
    present = to_tei(page, when=WHEN)
    if len(view(present).lines) > 2:
        present = corrected(present)
    assert but_readers(faults(load(present))) == {}
    renewed = load(renew(present, other, when=WHEN))
    assert but_readers(faults(renewed)) == {}
    assert problems_of(renewed) == []


@given(st.none() | chances, rivals)
def test_a_reading_and_its_rivals_are_one_distribution(own: float | None, others: list[Rival]) -> None:
    fair = beside(own, others)
    assert beside(own, fair) == fair
    assert sum(one.confidence for one in fair) + round(own or 0, 4) <= 1 + 1e-9
    assert list(fair) == sorted(fair, key=lambda one: -one.confidence)
    assert own is None or all(one.confidence <= round(own, 4) for one in fair)
    assert {one.text for one in fair} <= {one.text for one in others}


@given(chances, rivals, chances, rivals)
@settings(max_examples=60, deadline=None)
def test_whatever_a_reader_claims_the_record_is_a_distribution(
    own: float, others: list[Rival], letter: float, letters: list[Rival]
) -> None:
    box = Box(0, 0, 90, 30)
    glyphs = (Glyph("с", letter, None, tuple(letters)), Glyph(",", letter, None, tuple(letters)))
    word = Word("с,", box, own, glyphs, tuple(others))
    line = Line(box.outline(), readings=(Reading("cursive", (word,), own),))
    page = replace(GOLDEN_PAGES["marks"], surfaces=(Surface(box, (Region(box.outline(), (line,)),)),))
    assert faults(load(to_tei(page, when=WHEN))) == {}


def _whole() -> Page:
    page = GOLDEN_PAGES["marks"]
    return replace(page, surfaces=(replace(page.surfaces[0], box=Box(0, 0, 800, 600)),))


def test_a_picture_of_the_leaf_alone_stands_in_the_surface_and_a_larger_one_in_a_zone() -> None:
    alone, cut = to_tei(_whole()).decode(), to_tei(GOLDEN_PAGES["marks"]).decode()
    assert 'lrx="800" lry="600">\n<graphic' in alone
    assert alone.count('type="picture"') == 0
    assert cut.count('<zone type="picture" ulx="0" uly="0" lrx="800" lry="600">\n<graphic') == 2
    assert view(cut.encode()).surfaces[0].box == Box(0, 0, 400, 600)


def test_a_change_points_to_the_line_break_and_is_still_that_of_the_line() -> None:
    page = GOLDEN_PAGES["marks"]
    accepted = edit(to_tei(page), AcceptLine("s1_r1_l2"), WHO, WHEN)
    assert b'target="#s1_r1_l2_lb"' in accepted
    assert (
        b'<lb n="2" facs="#s1_r1_l2" break="no" cert="0.7" resp="#tesseract" xml:id="s1_r1_l2_lb"/>'
        in accepted
    )
    assert line_states(Document(accepted)) == {"s1_r1_l2": ("corrected", "rev1")}
    assert next(c.targets for c in view(accepted).changes if c.targets) == ("s1_r1_l2",)
    again = edit(accepted, [AcceptLine("s1_r1_l2", "draft"), AcceptLine("s1_r1_l2", "verified")], WHO, WHEN)
    assert line_states(Document(again))["s1_r1_l2"][0] == "verified"
    assert problems_of(load(edit(again, RemoveLine("s1_r1_l2"), WHO, WHEN))) == []


def test_a_change_of_an_old_record_that_targets_a_zone_is_understood() -> None:
    accepted = edit(to_tei(GOLDEN_PAGES["marks"]), AcceptLine("s1_r1_l2"), WHO, WHEN)
    old = accepted.replace(b"#s1_r1_l2_lb", b"#s1_r1_l2").replace(b' xml:id="s1_r1_l2_lb"', b"")
    assert line_states(Document(old)) == {"s1_r1_l2": ("corrected", "rev1")}
    both = edit(old, AcceptLine("s1_r1_l1"), WHO, WHEN)
    assert b'target="#s1_r1_l2 #s1_r1_l1_lb"' in both


def test_what_old_records_hold_is_read_as_before() -> None:
    """Before: doubt with @resp and a cert in words, rivals that are no distribution, pc without anything."""
    new = to_tei(GOLDEN_PAGES["marks"]).decode()
    old = new.replace('<pc facs="#s1_r1_l1_w1" cert="0.93">', "<pc>").replace(
        '<unclear reason="ocr_low_confidence">',
        '<unclear reason="ocr_low_confidence" resp="#tesseract" cert="low">',
    )
    assert old != new
    assert parse_tei(old.encode()) == parse_tei(new.encode())
    seen = view(old.encode())
    assert [line.tokens for line in seen.lines] == [line.tokens for line in view(new.encode()).lines]


def test_a_person_who_calls_a_word_unclear_is_not_sure_of_it() -> None:
    old = view(to_tei(GOLDEN_PAGES["marks"])).lines[0]
    tokens = (replace(old.tokens[0], marks=("unclear",)), *old.tokens[1:])
    marked = edit(to_tei(GOLDEN_PAGES["marks"]), CorrectLine(old.ident, tokens), WHO, WHEN)
    assert b'<w facs="#s1_r1_l1_w1" cert="low">' in marked
    assert view(marked).lines[0].tokens[0].marks == ("unclear",)


def test_a_line_of_a_person_has_no_places_of_words() -> None:
    outline = tuple(Box(0, 320, 300, 350).outline().points)
    new = AddLine("s1_r1", "s1_r1_l8", outline, text="новая, строка")
    added = edit(to_tei(GOLDEN_PAGES["marks"], when=WHEN), new, WHO, WHEN)
    assert faults(load(added)) == {}


def test_variants_are_declared_once_where_an_app_is_first_written(tmp_path: Path) -> None:
    page = replace(_whole(), surfaces=_whole().surfaces[:1])
    first = to_tei(page)
    path = tmp_path / "a.xml"
    path.write_bytes(first)
    assert not is_corrected(path)
    present = first
    for text in ("а", "б"):
        present = edit(present, CorrectLine("s1_r1_l1", (Token(text),)), WHO, WHEN)
    assert first.count(b"parallel-segmentation") == 0
    assert present.count(b'<variantEncoding method="parallel-segmentation" location="internal"/>') == 1
