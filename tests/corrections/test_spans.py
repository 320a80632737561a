"""Places of elements, held against expat, which knows byte offsets."""

import codecs
from pathlib import Path
from xml.parsers import expat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.corrections.spans import Document, TextEdits
from ocr.errors import RecordError
from ocr.page import Page
from ocr.tei.write import to_tei
from tests.tei.made_pages import pages

GOLDEN = Path(__file__).parents[1] / "tei" / "golden"
XML = """<?xml version="1.0" encoding="{0}"?>\r
<!-- <w> in a comment --><?go <lb/>?>
<t:TEI xmlns:t="http://www.tei-c.org/ns/1.0" xmlns:o='urn:other' n=" xml:id='no' >">\r
  <t:text ><t:body><t:div
    >
   <t:ab type = 'te"xt'\txml:id="a"><t:lb n="1"/>сло<![CDATA[<w>]]>во <t:w>ве&amp;к&#x439;</t:w ><t:w/></t:ab
  >
  <o:w xml:id="b"><o:thing>x</o:thing></o:w><t:p n="1" >a="b">c</t:p></t:div></t:body></t:text></t:TEI>
"""


def starts(content: bytes) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: found.append((name, parser.CurrentByteIndex))
    parser.Parse(content, True)
    return found


def ours(content: bytes) -> list[tuple[str, int]]:
    doc = Document(content)
    found = []
    for element in doc.root.walk():
        tag = doc.text[element.start + 1 : element.spelt_attributes[0]]
        before = doc.bom + doc.text[: element.start].encode(doc.encoding)
        found.append((tag, len(before)))
        if not element.is_empty:
            assert doc.text.startswith(f"</{tag}", element.inner_end)
            assert doc.text[element.end - 1] == ">"
    return found


@pytest.mark.parametrize(
    ("name", "codec", "bom"),
    [
        ("UTF-8", "utf-8", b""),
        ("UTF-8", "utf-8", codecs.BOM_UTF8),
        ("windows-1251", "windows-1251", b""),
        ("koi8-r", "koi8-r", b""),
        ("UTF-16", "utf-16-le", codecs.BOM_UTF16_LE),
        ("UTF-16", "utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
def test_every_element_stands_where_expat_finds_it(name: str, codec: str, bom: bytes) -> None:
    content = bom + XML.format(name).encode(codec)
    assert ours(content) == starts(content)
    doc = Document(content)
    assert TextEdits(doc).made() == content
    assert set(doc.by_id) == {"a", "b"}
    ab = doc.by_id["a"]
    assert (ab.name, ab.prefix, ab.get("type")) == ("ab", "t:", 'te"xt')
    assert doc.by_id["b"].name == ""
    assert doc.plain(ab) == "сло<w>во ве&кй"
    assert [lb.get("n") for lb in doc.lines] == ["1"]
    (p,) = (element for element in doc.root.walk() if element.name == "p")
    assert (p.get("n"), doc.plain(p)) == ("1", 'a="b">c')


@given(pages())
@settings(max_examples=25, deadline=None)
def test_so_it_is_in_records_of_ours(page: Page) -> None:
    content = to_tei(page)
    assert ours(content) == starts(content)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_an_attribute_set_is_read_back(value: str) -> None:
    doc = Document(XML.format("UTF-8").encode())
    edits = TextEdits(doc)
    ab = doc.by_id["a"]
    for name in ("type", "n"):
        edits.set(ab, name, value)
    edits.set(ab, "xml:id", None)
    changed = Document(edits.made())
    again = changed.root.find("ab")
    assert again is not None
    assert (again.get("type"), again.get("n"), again.get("xml:id")) == (value, value, None)
    assert changed.text[again.inner :] == doc.text[ab.inner :]


def test_letters_the_encoding_lacks_are_references() -> None:
    doc = Document(XML.format("koi8-r").encode("koi8-r"))
    edits = TextEdits(doc)
    ab = doc.by_id["a"]
    edits.put(ab.inner, ab.inner, "ѣ")
    again = Document(edits.made())
    assert again.plain(again.by_id["a"]).startswith("ѣсло")


def test_what_cannot_be_spelt_back_is_refused() -> None:
    with pytest.raises(RecordError, match="DOCTYPE"):
        Document(b"<!DOCTYPE TEI><TEI/>")
    with pytest.raises(RecordError, match="well-formed"):
        Document(b'<TEI xmlns="http://www.tei-c.org/ns/1.0"><w></TEI>')
