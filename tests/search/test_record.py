"""What of a record is searched."""

from pathlib import Path

import pytest

from ocr.corrections.changes import AcceptLine, CorrectLine, edit
from ocr.corrections.tokens import Token
from ocr.errors import RecordError
from ocr.geometry import Box
from ocr.search.record import SearchLine, Spot, _as_shown, items_of, search_page
from tests.search.collection import record

EXAMPLE = Path(__file__).parents[2] / "docs" / "example"
PERSON = ("Anna", "2026-01-01")


def test_readings_that_differ_in_case_and_marks_speak_for_each_other() -> None:
    content = record([[("Туда,", 0.5, {"туда": 0.2, "Туба,": 0.2, "т": 0.01})]])
    page = search_page(content, is_placed=True)
    (spot,) = page.lines[0].spots
    assert (spot.text, spot.likely, spot.others) == ("Туда,", 0.7, (("туба", 0.2),))
    assert page.lines[0].places == (Box(0, 5, 80, 40),)


@pytest.mark.parametrize("path", sorted(EXAMPLE.glob("*.xml")), ids=lambda path: path.name)
def test_a_record_is_read_quickly_as_the_desk_shows_it(path: Path) -> None:
    """Rivals of single letters have no probability of a word, and are not searched."""
    content = path.read_bytes()
    quick, shown = search_page(content, is_placed=True), _as_shown(content, is_placed=True)
    assert quick.title == shown.title
    assert [line.ident for line in quick.lines] == [line.ident for line in shown.lines]
    for ours, theirs in zip(quick.lines, shown.lines, strict=True):
        assert ours == theirs


def test_places_are_read_however_they_are_spelt() -> None:
    content = record([["домъ", "садъ"]])
    zone = b'<zone xml:id="s1_r1_l1_w2" type="word" ulx="100" uly="5" lrx="180" lry="40"/>'
    assert zone in content
    for other in (
        b'<zone ulx="100" uly="5" lrx="180" lry="40" type="word" xml:id="s1_r1_l1_w2"/>',
        b"<zone xml:id='s1_r1_l1_w2' points='100,5 180,5 180,40 100,40'/>",
    ):
        assert search_page(content.replace(zone, other), is_placed=True) == search_page(
            content, is_placed=True
        )
    for none in (b"", zone.replace(b'"180"', b'"99999999999"'), zone.replace(b'"180"', b'"1e99"')):
        (line,) = search_page(content.replace(zone, none), is_placed=True).lines
        assert line.places[1] is None


def test_what_a_person_wrote_or_accepted_is_certain() -> None:
    content = record([[("лошадь", 0.4, {"площадь": 0.3}), ("бѣжитъ", 0.5)], [("домой", 0.5)]])
    first, second = (line.ident for line in search_page(content).lines)
    corrected = edit(content, [CorrectLine(first, (Token("площадь"), Token("бѣжитъ")))], *PERSON)
    accepted = edit(corrected, [AcceptLine(second)], *PERSON)
    spots = [spot for line in search_page(accepted).lines for spot in line.spots]
    assert [(spot.text, spot.likely) for spot in spots if spot.text != "бѣжитъ"] == [
        ("площадь", 1.0),
        ("домой", 1.0),
    ]
    assert spots[0].others == ()


def test_a_word_that_a_line_end_breaks_is_one() -> None:
    lines = (
        SearchLine("l1", (Spot("Чу-", 0.9, (("чу", 0.05),)),)),
        SearchLine("l2", (Spot("лымъ", 0.5, (("лыш", 0.4),)), Spot("течетъ", 1.0))),
    )
    (whole,) = items_of(None, lines[0], lines[1].spots[0])
    assert whole.is_broken
    assert [(r.key, round(r.likely, 3)) for r in whole.readings] == [("чулым", 0.475), ("чулыш", 0.38)]
    assert [item.readings[0].key for item in items_of(lines[0].spots[-1], lines[1], None)] == ["течет"]


def test_a_file_that_is_no_tei_is_refused() -> None:
    with pytest.raises(RecordError):
        search_page(b"<html/>")
