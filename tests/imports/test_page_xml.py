"""What Transkribus, OCR-D and old files write in PAGE."""

import re
from collections import Counter

from lxml import etree

from ocr.corrections.letters import Part
from ocr.corrections.tokens import Gap
from ocr.corrections.view import view
from ocr.geometry import Box, Outline, Point
from ocr.imports.page_xml import page_of
from ocr.page import Kind, Rival
from tests.imports.exports import page
from tests.imports.roundtrip import imported


def _tokens(
    custom: str, text: str = "Старый конь 2го борозды"
) -> tuple[list[tuple[object, ...]], Counter[str]]:
    """The tokens of a line with that @custom: text, marks, parts, expansion, gap; what was left out."""
    record, read = imported(page(text, custom=custom))
    (line,) = view(record).lines
    return [(t.text, t.marks, t.parts, t.expan, t.gap) for t in line.tokens], read.left_out


def test_marks_of_words_of_letters_and_over_several_words() -> None:
    tokens, left_out = _tokens(
        "textStyle {offset:0; length:6; strikethrough:true;}"
        " textStyle {offset:13; length:2; superscript:true;}"
        " unclear {offset:7; length:8;}"
    )
    assert tokens == [
        ("Старый", ("del",), (), None, None),
        ("конь", ("unclear",), (), None, None),
        ("2го", ("unclear",), (Part("2"), Part("го", ("superscript",))), None, None),
        ("борозды", (), (), None, None),
    ]
    assert not left_out


def test_gaps_stand_where_they_are() -> None:
    tokens, _ = _tokens("gap {offset:0; length:0;} gap {offset:11; length:0; reason:blot; extent:3;}")
    assert [(token[0], token[4]) for token in tokens] == [
        ("", Gap("illegible")),
        ("Старый", None),
        ("конь", None),
        ("", Gap("blot", 3)),
        ("2го", None),
        ("борозды", None),
    ]


def test_abbreviations_have_their_expansion_and_signs_by_number() -> None:
    tokens, _ = _tokens(r"abbrev {offset:0; length:2; expansion:\u007bгосподин\u007d;}", "г. конь")
    assert tokens[0] == ("г.", ("abbr",), (), "{господин}", None)


def test_what_has_no_place_in_a_record_is_counted() -> None:
    _, left_out = _tokens(
        "textStyle {offset:0; length:6; bold:true; italic:false; fontSize:0.0;} person {offset:0; length:6;}"
        " unclear {offset:7; length:4; alternative:кони;} comment {offset:0;} readingOrder {index:3;}"
    )
    assert left_out == {
        "style bold": 1,
        "tag person": 1,
        "alternative of unclear": 1,
        "tag comment": 1,
    }


def test_regions_without_text_attributes_and_foreign_types_are_counted() -> None:
    regions = (
        '<ImageRegion id="i1"><Coords points="0,0 9,0 9,9"/></ImageRegion><SeparatorRegion id="s1"/>'
        '<TextRegion id="empty" orientation="90"/><TextRegion id="f" type="footer"><TextLine id="fl">'
        '<Coords points="0,0 9,0 9,9"/><TextEquiv><Unicode>низ</Unicode></TextEquiv>'
        "<TextEquiv><Unicode>низъ</Unicode></TextEquiv></TextLine></TextRegion>"
    )
    read = page_of(etree.fromstring(page("слово", regions=regions)))
    assert read.left_out == {
        "ImageRegion": 1,
        "SeparatorRegion": 1,
        "TextRegion without lines": 1,
        "TextRegion/@orientation": 1,
        "region of the type footer": 1,
        "other readings of a whole line": 1,
    }


def test_kinds_of_regions_are_those_of_their_lines() -> None:
    content = page("1", custom="structure {type:page-number;}") + b""
    assert page_of(etree.fromstring(content)).lines[0].kind is Kind.NUMBER
    heading = page("Глава").replace(b'type="paragraph"', b'type="heading"')
    (region,) = page_of(etree.fromstring(heading)).regions
    assert (region.kind, region.lines[0].kind) == (Kind.HEADING, Kind.HEADING)


def test_words_with_places_confidences_and_alternatives() -> None:
    word = (
        '<Word id="w1"><Coords points="100,100 200,100 200,150 100,150"/>'
        '<Glyph id="g1"><Coords points="0,0 1,0 1,1"/>'
        '<TextEquiv conf="0.4"><Unicode>я</Unicode></TextEquiv></Glyph>'
        '<TextEquiv index="1" conf="0.2"><Unicode>ю</Unicode></TextEquiv>'
        '<TextEquiv index="0" conf="0.7"><Unicode>я</Unicode></TextEquiv>'
        '<TextEquiv index="2"><Unicode>э</Unicode></TextEquiv></Word>'
    ).encode()
    content = page("я").replace(b"<TextEquiv>", word + b"<TextEquiv>", 1)
    read = page_of(etree.fromstring(content))
    (only,) = read.lines[0].words
    assert (only.text, only.confidence, only.letters) == ("я", 0.7, (0.4,))
    assert only.box == Box(100, 100, 200, 150)
    assert only.rivals == (Rival("ю", 0.2),)
    assert read.left_out == {"alternatives without a probability": 1}


def test_a_program_that_doubts_an_outline_is_believed() -> None:
    for conf, told in (("0.4", 0.4), ("1", None), ("-1", None), ("much", None)):
        content = re.sub(rb"(<TextLine.*?<Coords)", rb'\1 conf="%s"' % conf.encode(), page("я"), flags=re.S)
        assert page_of(etree.fromstring(content)).lines[0].border_confidence == told


def test_a_corrected_line_keeps_the_places_of_words_that_stayed() -> None:
    words = "".join(
        f'<Word id="w{n}"><Coords points="{n}00,100 {n}90,100 {n}90,150 {n}00,150"/>'
        f"<TextEquiv><Unicode>{text}</Unicode></TextEquiv></Word>"
        for n, text in enumerate(("Старый", "кань", "борозды"), 1)
    ).encode()
    read = page_of(
        etree.fromstring(page("Старый конь борозды").replace(b"<TextEquiv>", words + b"<TextEquiv>", 1))
    )
    boxes = [(word.text, word.box and word.box.left) for word in read.lines[0].words]
    assert boxes == [("Старый", 100), ("конь", None), ("борозды", 300)]
    assert read.left_out == {"words that the text of their line does not have": 1}


def test_points_of_2010_and_text_of_a_region_alone() -> None:
    content = (
        '<PcGts><Page imageFilename="a.tif" imageWidth="10" imageHeight="10"><TextRegion id="r"><Coords>'
        '<Point x="1" y="2"/><Point x="8" y="2"/><Point x="8" y="9"/></Coords>'
        "<TextEquiv><Unicode>одна\nдве</Unicode></TextEquiv></TextRegion></Page></PcGts>"
    )
    (region,) = page_of(etree.fromstring(content)).regions
    assert region.outline == Outline((Point(1, 2), Point(8, 2), Point(8, 9)))
    assert [[word.text for word in line.words] for line in region.lines] == [["одна"], ["две"]]
