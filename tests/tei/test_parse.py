import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.corrections.changes import SetKind, edit
from ocr.errors import RecordError, SettingsError
from ocr.page import Kind, Page, Step
from ocr.tei.flow import TextRules
from ocr.tei.parse import parse_tei, to_text
from ocr.tei.seal import is_corrected, read_fingerprint
from ocr.tei.tree import load
from ocr.tei.validate import problems_of, validate
from ocr.tei.write import to_tei
from tests.tei.lines import text_lines
from tests.tei.made_pages import STEPS, pages

TYPED = "<!DOCTYPE TEI [<!ENTITY a 'b'>]><TEI xmlns='http://www.tei-c.org/ns/1.0'>&a;</TEI>"
TEI = '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body>{}</body></text></TEI>'


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


def test_what_the_machine_wrote_is_not_corrected_and_any_edit_is(tmp_path: Path) -> None:
    page = _page()
    path = tmp_path / "a.xml"
    path.write_bytes(to_tei(page))
    assert not is_corrected(path)
    assert read_fingerprint(path) == "f" * 64
    assert read_fingerprint(tmp_path / "none.xml") is None
    held = path.read_text("utf-8")
    for before, after in (("слово", "слава"), ("<body>", "<body><!-- да -->"), ("0.93", "0.94")):
        path.write_text(held.replace(before, after, 1), "utf-8")
        assert is_corrected(path), after
    path.write_text(held.replace("\n  <fileDesc>", "\n\n\n      <fileDesc>"), "utf-8")
    assert not is_corrected(path), "white space of the header says nothing"


def _page() -> Page:
    from ocr.geometry import Box
    from ocr.page import Line, Reading, Region, Source, Surface, Word

    box = Box(0, 0, 100, 30)
    line = Line(box.outline(), readings=(Reading("tesseract", (Word("слово", box, 0.93),)),))
    region = Region(box.outline(), (line,))
    return Page("a", Source("a.png", "0", 100, 100, "image/png"), (Surface(Box(0, 0, 100, 100), (region,)),),
                steps=STEPS, fingerprint="f" * 64)  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        (TextRules(), "а б в сик абр."),
        (TextRules(deleted="keep"), "а ДЕЛ б в сик абр."),
        (TextRules(added="leave out"), "а в сик абр."),
        (TextRules(supplied="keep", gap="mark"), "а б в СУП […] сик абр."),
        (TextRules(sic="corr", abbr="expan"), "а б в кор аббревиатура"),
        (TextRules(app="rdg", unclear="leave out"), "а б г сик абр."),
    ],
)
def test_rules_say_what_counts(rules: TextRules, text: str) -> None:
    body = (
        '<ab><lb n="1"/><unclear>а</unclear> <del>ДЕЛ</del> <add>б</add> '
        "<app><lem>в</lem><rdg>г</rdg></app> <supplied>СУП</supplied> <gap/> "
        "<choice><corr>кор</corr><sic>сик</sic></choice> "
        "<choice><abbr>абр.</abbr><expan>аббр<ex>евиатура</ex></expan></choice><note>нет</note></ab>"
    ).replace("аббр<ex>", "абб<ex>р")
    expected = text if rules.unclear == "keep" else text.removeprefix("а ")
    assert [line.text for line in text_lines(TEI.format(body).encode(), rules)] == [expected]


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(SettingsError, match="leave out"):
        TextRules(deleted="kepe")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"<a/>",
        b"<TEI/>",
        b"<TEI xmlns='http://www.tei-c.org/ns/1.0'>",
        b"<!DOCTYPE TEI><TEI xmlns='http://www.tei-c.org/ns/1.0'/>",
        b"<!DOCTYPE T [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><TEI xmlns='http://www.tei-c.org/ns/1.0'>&b;</TEI>",
        b"<!DOCTYPE T SYSTEM 'file:///etc/passwd'><TEI xmlns='http://www.tei-c.org/ns/1.0'/>",
        b"<?xml version='1.0' encoding='nonsense'?><TEI/>",
        *(
            f"<?xml version='1.0' encoding='{name}'?>".encode() + TYPED.encode(name)
            for name in ("cp1251", "koi8-r", "cp866", "iso8859-5", "shift_jis", "gb18030", "big5")
        ),
        b"<?xml version='1.0' encoding='UTF-7'?>" + TYPED.replace("<!", "+ADwAIQ-").encode(),
    ],
)
def test_what_is_no_tei_is_refused(held: bytes, tmp_path: Path) -> None:
    with pytest.raises(RecordError):
        text_lines(held)
    path = tmp_path / "a.xml"
    path.write_bytes(held)
    assert validate(path)


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda t: TEI.format(t).encode("utf-8", "ignore")))
def test_bytes_of_any_kind_give_lines_or_a_record_error(held: bytes) -> None:
    for read in (text_lines, parse_tei):
        with suppress(RecordError):
            read(held)


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
