"""What OCR programs write in hOCR, and what comes back of ours."""

from dataclasses import replace

from lxml import etree

from ocr.corrections.changes import CorrectLine, edit
from ocr.corrections.letters import Part
from ocr.corrections.tokens import Token
from ocr.corrections.view import RecordView, view
from ocr.geometry import Box, Outline, Point
from ocr.imports.hocr import pages_of
from ocr.page import Kind
from tests.exports.records import record_of
from tests.imports.roundtrip import there_and_back

HOCR = (
    '<html><head><meta name="ocr-system" content="tesseract 5.3.0"/></head><body>'
    "<div class='ocr_page' title='image \"scans/a b;1.jpg\"; bbox 0 0 1000 1400; ppageno 3'>"
    "<div class='ocr_carea' title='bbox 10 10 600 200'><p class='ocr_par' title='bbox 10 10 500 100'>"
    "<span class='ocr_line' title='bbox 10 20 500 60; baseline 0.01 -5; x_size 40'>"
    "<span class='ocrx_word' title='bbox 10 20 100 60; x_wconf 87'>Старый</span> "
    "<span class='ocrx_word' title='bbox 120 20 180 60'><del>конь</del></span></span></p></div></div>"
    "{}</body></html>"
)


def test_areas_lines_words_and_baselines() -> None:
    (page,) = pages_of(etree.fromstring(HOCR.format("")), "a.hocr")
    assert (page.image, page.size, page.program) == ("scans/a b;1.jpg", (1000, 1400), "tesseract 5.3.0")
    (region,) = page.regions
    assert region.outline == Box(10, 10, 500, 100).outline()
    (line,) = region.lines
    assert line.baseline == (Point(10, 55), Point(500, 59.9))
    assert [(word.text, word.confidence, word.box) for word in line.words] == [
        ("Старый", 0.87, Box(10, 20, 100, 60)),
        ("конь", None, Box(120, 20, 180, 60)),
    ]
    assert [span.mark for span in line.words[1].spans] == ["del"]
    assert page.left_out == {"property x_size": 1}


def test_several_pages_in_a_file() -> None:
    page = "<div class='ocr_page' title='image b.jpg; bbox 0 0 500 700'>"
    more = f"{page}<span class='ocr_line'>другая</span></div>"
    pages = pages_of(etree.fromstring(HOCR.format(more)), "a.hocr")
    assert [page.image for page in pages] == ["scans/a b;1.jpg", "b.jpg"]
    assert [word.text for word in pages[1].lines[0].words] == ["другая"]


def test_the_name_of_an_image_may_be_as_long_as_it_likes() -> None:
    blanks = " " * 200_000  # by the square of them, this would not end
    page = f"<div class='ocr_page' title='bbox 0 0 500 700; image b{blanks}.jpg{blanks};{blanks}x_size 3'>"
    html = f"<html><body>{page}<span class='ocr_line'>да</span></div></body></html>"
    (read,) = pages_of(etree.fromstring(html), "a.hocr")
    assert read.image == f"b{blanks}.jpg"


def test_struck_raised_and_underlined_letters_come_back_where_they_are() -> None:
    record = record_of("Старый 2го конь скоро")
    (line,) = view(record).lines
    old, number, horse, soon = line.tokens
    tokens = (
        replace(old, marks=("del",)),
        replace(number, parts=(Part("2"), Part("го", ("superscript", "hi")))),
        replace(horse, marks=("add",)),
        Token("новое", parts=(Part("нов"), Part("ое", ("superscript",)))),
        replace(soon, parts=(Part("ско", ("del",)), Part("ро"))),
    )
    before, after, _ = there_and_back(
        edit(record, [CorrectLine(line.ident, tokens)], "А", "2026-11-20"), "hocr"
    )

    def marks(record: RecordView) -> list[list[tuple[str, set[str]]]]:
        return [
            [(part.text, set(part.marks)) for part in token.parts or (Part(token.text, token.marks),)]
            for token in record.lines[0].tokens
        ]

    lost = [[(text, each - {"add"}) for text, each in parts] for parts in marks(before)]
    assert marks(after) == lost
    assert after.lines[0].kind is Kind.TEXT


def test_polygons_are_outlines() -> None:
    text = HOCR.format("").replace("x_size 40", "poly 10 20 500 20 500 60")
    assert pages_of(etree.fromstring(text), "a.hocr")[0].lines[0].outline == Outline(
        (Point(10, 20), Point(500, 20), Point(500, 60))
    )


def test_a_record_comes_back_as_far_as_hocr_goes() -> None:
    record = record_of("Старый конь\nне портит", kinds=[Kind.TEXT, Kind.STRUCK])
    before, after, _ = there_and_back(record, "hocr")
    assert [[t.text for t in line.tokens] for line in after.lines] == [
        [t.text for t in line.tokens] for line in before.lines
    ]
    for line, other in zip(before.lines, after.lines, strict=True):
        for token, again in zip(line.tokens, other.tokens, strict=True):
            assert (again.box, again.cert) == (token.box, token.cert)
    assert [line.kind for line in after.lines] == [Kind.TEXT, Kind.STRUCK]
