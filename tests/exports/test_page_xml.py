"""PAGE files: valid, and read back as they were written."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from lxml import etree

from ocr.errors import RecordError
from ocr.exports.layout import layout_of
from ocr.exports.page_xml import NAMESPACE, page_xml
from ocr.exports.reading import ExportSettings
from ocr.page import Kind, Page
from ocr.tei.parse import parse_tei
from ocr.tei.write import to_tei
from tests.exports.readback import check_read_back, check_schema, page_of
from tests.exports.records import record_of
from tests.tei.made_pages import pages

NS = {"p": NAMESPACE}


@given(pages())
@settings(max_examples=60, deadline=None)
def test_any_page_is_valid_and_read_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, page: Page
) -> None:
    exported = page_of(to_tei(page))
    content = page_xml(exported, ExportSettings())
    check_read_back(layout_of(exported), content, tmp_path_factory.mktemp("page") / "page.xml")
    check_schema(content, "page-2019-07-15.xsd")


def test_alternatives_follow_the_text_with_their_confidences() -> None:
    root = etree.fromstring(page_xml(page_of(record_of("Старый конь")), ExportSettings()))
    equivs = root.findall(".//p:Word[1]/p:TextEquiv", NS)
    assert [(e.get("index"), e.get("conf"), e.findtext("p:Unicode", namespaces=NS)) for e in equivs] == [
        ("0", "0.5", "Старый"),
        ("1", "0.25", "йыратС?"),
    ]


def test_a_doubtful_border_is_told_by_the_places_confidence() -> None:
    page = parse_tei(record_of("Старый конь"))
    (surface,) = page.surfaces
    (region,) = surface.regions
    lines = tuple(replace(line, border_confidence=0.4275) for line in region.lines)
    doubtful = replace(page, surfaces=(replace(surface, regions=(replace(region, lines=lines),)),))
    root = etree.fromstring(page_xml(page_of(to_tei(doubtful)), ExportSettings()))
    assert [e.get("conf") for e in root.iterfind(".//p:TextLine/p:Coords", NS)] == ["0.4275"] * len(lines)
    assert root.find(".//p:Word/p:Coords[@conf]", NS) is None


def test_kinds_states_and_marks_are_named_as_transkribus_does() -> None:
    content = record_of("Глава\nзачеркнуто", kinds=[Kind.HEADING, Kind.STRUCK])
    root = etree.fromstring(page_xml(page_of(content), ExportSettings(images="https://archive.org/1/")))
    first, second = root.findall(".//p:TextLine", NS)
    assert "structure {type:heading;}" in first.get("custom", "")
    assert "textStyle {offset:0; length:10; strikethrough:true;}" in second.get("custom", "")
    body = root.find("p:Page", NS)
    assert body is not None
    assert body.get("imageFilename") == "https://archive.org/1/page.png"


def test_a_text_without_places_is_refused() -> None:
    content = b"<TEI xmlns='http://www.tei-c.org/ns/1.0'><text><body><p><lb/>x</p></body></text></TEI>"
    with pytest.raises(RecordError, match="places"):
        page_xml(page_of(content), ExportSettings())
