"""A notebook as running text."""

from pathlib import Path, PurePosixPath

from ocr.exports.pages import Group
from ocr.exports.reading import ExportSettings, ShownWords
from ocr.exports.running import LineBegins, PageBegins, ParagraphBegins, ShownWord, running_text
from ocr.page import Kind
from ocr.scan.scan_of import Shelf
from tests.exports.records import record_of


def _told(folder: Path, *pages: bytes, counts: ShownWords | None = None) -> list[str]:
    records = []
    for number, content in enumerate(pages, 1):
        path = folder / f"p{number}.xml"
        path.write_bytes(content)
        records.append((path, PurePosixPath(f"p{number}")))
    group = Group(PurePosixPath("book"), tuple(records), Shelf([]))
    shown = []
    for event in running_text(group, ExportSettings(), counts or ShownWords()):
        match event:
            case PageBegins():
                shown.append(f"[{event.number}]")
            case LineBegins():
                shown.append(f"/{event.number}")
            case ParagraphBegins():
                shown.append(f"¶{event.kind}")
            case ShownWord():
                shown.append(event.text)
    return shown


def test_a_word_over_a_leaf_comes_whole_and_the_leaf_after_it(tmp_path: Path) -> None:
    counts = ShownWords()
    pages = [record_of("въ губер-"), record_of("2\nніи два", kinds=(Kind.NUMBER,)), record_of("три-\nчетыре")]
    assert _told(tmp_path, *pages, counts=counts) == [
        *("¶text", "[1]", "/1", "въ", "губерніи", "[2]", "/1", "два"),
        *("[3]", "/1", "тричетыре", "/2"),
    ]
    assert counts.words == 7, "halves are read one by one, and counted so"


def test_notes_in_the_margin_come_after_the_paragraph(tmp_path: Path) -> None:
    first = record_of("раз два", "на полях", kinds=(Kind.TEXT, Kind.MARGIN))
    assert _told(tmp_path, first, record_of("три")) == [
        *("¶text", "[1]", "/1", "раз", "два", "[2]", "/1", "три"),
        *("¶margin", "на", "полях"),
    ]


def test_an_insertion_above_the_rest_of_a_word_stands_behind_it(tmp_path: Path) -> None:
    lines = record_of("раз губер-\nвставка\nніи два", kinds=(Kind.TEXT, Kind.INSERTION, Kind.TEXT))
    assert _told(tmp_path, lines) == ["¶text", "[1]", "/1", "раз", "губерніи", "/2", "вставка", "два"]


def test_pages_without_text_are_told_in_their_place(tmp_path: Path) -> None:
    number = record_of("7", kinds=(Kind.NUMBER,))
    assert _told(tmp_path, number, record_of("раз"), number) == ["[1]", "¶text", "[2]", "/1", "раз", "[3]"]


def test_a_number_that_is_left_out_is_not_the_folio_of_its_page(tmp_path: Path) -> None:
    path = tmp_path / "p1.xml"
    path.write_bytes(record_of("12\n88\nраз", kinds=(Kind.NUMBER, Kind.NUMBER)))
    group = Group(PurePosixPath("book"), ((path, PurePosixPath("p1")),), Shelf([]))
    events = running_text(group, ExportSettings(threshold=0.505), ShownWords())
    assert [event.folios for event in events if isinstance(event, PageBegins)] == [("88",)]
