"""ALTO files: valid, and read back as they were written."""

import pytest
from hypothesis import given, settings
from lxml import etree

from ocr.exports.alto import NAMESPACE, alto
from ocr.exports.layout import layout_of
from ocr.page import Kind, Page
from ocr.tei.write import to_tei
from tests.exports.readback import check_read_back, check_schema, page_of
from tests.exports.records import record_of
from tests.tei.made_pages import pages

NS = {"a": NAMESPACE}


@given(pages())
@settings(max_examples=60, deadline=None)
def test_any_page_is_valid_and_read_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, page: Page
) -> None:
    exported = page_of(to_tei(page))
    content = alto(exported)
    check_read_back(layout_of(exported), content, tmp_path_factory.mktemp("alto") / "page.xml")
    check_schema(content, "alto-4-3.xsd")


def test_kinds_and_marks_are_tags_and_styles() -> None:
    root = etree.fromstring(alto(page_of(record_of("Глава\nзачеркнуто", kinds=[Kind.HEADING, Kind.STRUCK]))))
    labels = {tag.get("ID"): (tag.get("TYPE"), tag.get("LABEL")) for tag in root.findall(".//a:OtherTag", NS)}
    first, second = root.findall(".//a:TextLine", NS)
    assert labels[first.get("TAGREFS")] == ("line", "heading")
    word = second.find("a:String", NS)
    assert word is not None
    assert word.get("STYLE") == "strikethrough"
    assert labels[word.get("TAGREFS")] == ("mark", "del")


def test_alternatives_are_listed_and_the_order_of_regions_is_told() -> None:
    root = etree.fromstring(alto(page_of(record_of("один", "два"))))
    assert [e.text for e in root.findall(".//a:ALTERNATIVE", NS)] == ["нидо?", "авд?"]
    assert [e.get("REF") for e in root.findall(".//a:ElementRef", NS)] == ["s1_r1", "s1_r2"]
