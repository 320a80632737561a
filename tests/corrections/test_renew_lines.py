"""Lines of a new reading written into a corrected record."""

from copy import deepcopy
from dataclasses import replace

from lxml import etree

from ocr.corrections import changes
from ocr.corrections.renew import renew
from ocr.corrections.tokens import Token
from ocr.corrections.view import view
from ocr.page import Page, Rival, Word
from ocr.tei.names import q
from ocr.tei.parse import parse_tei
from ocr.tei.tree import load
from ocr.tei.write import serialize, to_tei
from tests.corrections.test_renew import edit
from tests.exports.records import page_of
from tests.tei.golden.pages import GOLDEN_PAGES


def test_a_corrected_word_stays_and_the_rest_of_its_line_is_renewed() -> None:
    from ocr.geometry import Box
    from ocr.page import Line, Reading, Region, Source, Surface, Word
    from tests.tei.made_pages import STEPS

    boxes = [Box(10, 10, 60, 40), Box(80, 10, 140, 40), Box(160, 10, 220, 40)]

    def page(*said: str) -> Page:
        words = tuple(Word(s, b, 0.5) for s, b in zip(said, boxes, strict=True))
        line = Line(Box(0, 5, 300, 45).outline(), readings=(Reading("tesseract", words, 0.5),))
        region = Region(Box(0, 0, 300, 100).outline(), (line,))
        return Page(
            "a",
            Source("a.png", "0", 300, 100, "image/png"),
            (Surface(Box(0, 0, 300, 100), (region,)),),
            STEPS,
        )

    root = load(to_tei(page("один", "двa,", "тpи")))
    assert edit(root, "correct", 1, "два")
    merged = renew(serialize(root), replace(page("Один", "лва,", "три."), fingerprint="new"))
    (line,) = parse_tei(merged).lines
    assert line.text == "Один два, три."
    assert line.readings[-1].by == "rev1"
    assert line.readings[-2].text == "Один двa, три."
    assert b">new<" in merged
    deleted = load(to_tei(page("один", "два", "три")))
    ab = next(deleted.iter(q("ab")))
    for node in list(ab):
        ab.remove(node)
    kept = renew(serialize(deepcopy(deleted)), page("а", "б", "в"))
    assert list(parse_tei(kept).lines) == [], "a line a person took out does not come back"
    assert list(parse_tei(renew(kept, page("а", "б", "в"))).lines) == []


def test_a_remark_in_a_region_without_lines_stays() -> None:
    page = GOLDEN_PAGES["marks"]
    first, *others = page.surfaces
    bare = replace(first, regions=tuple(replace(region, lines=()) for region in first.regions))
    empty = replace(page, surfaces=(bare, *others))
    root = load(to_tei(empty))
    next(root.iter(q("ab"))).append(etree.Comment("РУКА"))
    for again in (page, empty, page):
        root = load(renew(serialize(root), again))
        assert serialize(root).count("РУКА".encode()) == 1


def test_a_line_goes_on_behind_a_broken_word_that_has_another_reading() -> None:
    page = page_of("и ещё не-\nго")
    region = page.surfaces[0].regions[0]
    first, second = region.lines
    (reading,) = first.readings
    words = (Word(""), Word(""), *reading.words[:1], Word("не-", rivals=(Rival("—", 0.1),)))
    lines = (replace(first, readings=(replace(reading, words=words),)), second)
    surface = replace(page.surfaces[0], regions=(replace(region, lines=lines),))
    page = replace(page, surfaces=(surface,))
    record = to_tei(page)
    line = view(record).lines[0]
    corrected = changes.edit(
        record, changes.CorrectLine(line.ident, (Token("рука"), *line.tokens[1:])), "А. Б.", "2026-01-02"
    )
    body = slice(corrected.index(b"<body"), corrected.index(b"</body"))
    renewed = renew(corrected, page)
    assert renewed[renewed.index(b"<body") : renewed.index(b"</body")] == corrected[body]
