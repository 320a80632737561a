"""Every word of a page has a place, whatever the record tells of it."""

from ocr.corrections.changes import CorrectLine, edit
from ocr.corrections.tokens import Token
from ocr.exports.layout import layout_of
from tests.exports.readback import page_of
from tests.exports.records import record_of


def test_words_that_a_person_split_share_the_place_of_the_old_one() -> None:
    change = CorrectLine("s1_r1_l1", (Token("Старый", "s1_r1_l1_w1"), Token("конь")))
    content = edit(record_of("Старыйконь"), change, "А. Б.", "2026-01-03")
    (region,) = layout_of(page_of(content)).regions
    old, new = region.lines[0].words
    assert (old.token.text, new.token.text) == ("Старый", "конь")
    assert old.box.left == 100
    assert old.box.right < new.box.left < new.box.right
    assert old.ident != new.ident


def test_a_stranger_without_zones_of_words_gives_the_line() -> None:
    tei = """<TEI xmlns='http://www.tei-c.org/ns/1.0'>
      <facsimile><surface xml:id='s' ulx='0' uly='0' lrx='100' lry='200'>
      <zone xml:id='z' points='10,10 90,10 90,40 10,40'/></surface></facsimile>
      <text><body><p><lb facs='#z'/>раз два</p><p><lb/>три</p></body></text></TEI>"""
    layout = layout_of(page_of(tei.encode()))
    first, second = layout.regions[0].lines
    assert first.words[1].box.right == 90
    assert second.outline.box.right == 90  # its region: nothing nearer is known
    assert (layout.width, layout.height) == (100, 200)
