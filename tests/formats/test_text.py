"""The plain text of a record: of the machine's own the page's, of a corrected one the person's."""

from hypothesis import given, settings

from ocr.formats.text import plain_text
from ocr.page import Page
from ocr.tei.plain import to_text
from ocr.tei.write import to_tei
from tests.tei.made_pages import pages

TEI = "<TEI xmlns='http://www.tei-c.org/ns/1.0'><text><body>{}</body></text></TEI>"


@given(pages())
@settings(max_examples=60, deadline=None)
def test_of_a_record_of_the_machine_it_is_the_text_of_the_page(page: Page) -> None:
    assert plain_text(to_tei(page)) == to_text(page)


def test_a_correction_counts_and_what_it_replaced_does_not() -> None:
    body = (
        "<ab><lb/><app><lem>Каприз</lem><rdg>Кризис</rdg></app> <del>не</del> идёт</ab><ab><lb/>дальше</ab>"
    )
    assert plain_text(TEI.format(body).encode()) == "Каприз идёт\n\nдальше\n"


def test_lines_of_a_stranger_are_kept_apart_by_paragraphs() -> None:
    body = "<head>Глава</head><p>раз<lb/>два</p><p>три</p><p/>"
    assert plain_text(TEI.format(body).encode()) == "Глава\n\nраз\nдва\n\nтри\n"
