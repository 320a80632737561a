"""Insertions above a line stand before the word that they were put in before."""

import re
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import html

from ocr.corrections.view import LineView, view
from ocr.exports.insertions import hosts_of, left_to_right, position
from ocr.exports.run import export
from ocr.page import Kind
from tests.exports.records import record_of

HOST = "едва три слова было"


def _lines(text: str, *kinds: Kind) -> list[LineView]:
    return list(view(record_of(text, kinds=kinds)).lines)


@pytest.mark.parametrize("indent", range(20))
def test_an_insertion_stands_before_the_first_word_whose_middle_it_begins_before(indent: int) -> None:
    above, host = _lines(f"{' ' * indent}и ещё\n{HOST}", Kind.INSERTION)
    assert hosts_of([above, host]) == {above.ident: host.ident}
    assert above.outline is not None
    left = above.outline.box.left
    at = position(host, above, goes_on=False)
    middles = [token.box.centre.x for token in host.tokens if token.box is not None]
    assert all(middle < left for middle in middles[:at])
    assert all(middle >= left for middle in middles[at:])


def test_the_order_of_insertions_is_that_of_their_places() -> None:
    first, second, host = _lines(f"          потом\nсперва\n{HOST}", Kind.INSERTION, Kind.INSERTION)
    places = [position(host, each, goes_on=False) for each in left_to_right([first, second])]
    assert left_to_right([first, second]) == [second, first]
    assert all(a <= b for a, b in pairwise(places))


@pytest.mark.parametrize(
    ("text", "kinds", "why"),
    [
        (f"{HOST}\nниже", (Kind.TEXT, Kind.INSERTION), "nothing is below it"),
        (f"{' ' * 30}справа\n{HOST}", (Kind.INSERTION,), "nothing runs under it"),
        ("вставка\n12", (Kind.INSERTION, Kind.NUMBER), "a number takes no words"),
        ("вставка\nгубер-", (Kind.INSERTION,), "a line that is half a word has no room"),
    ],
)
def test_an_insertion_without_a_line_under_it_stays_a_line(
    text: str, kinds: tuple[Kind, ...], why: str
) -> None:
    assert hosts_of(_lines(text, *kinds)) == {}, why


def test_nothing_comes_between_the_halves_of_a_word() -> None:
    above, host = _lines(f"{' ' * 15}ещё\nнии было губер-", Kind.INSERTION)
    assert position(host, above, goes_on=False) == 2
    above, host = _lines("ещё\nнии было губер-", Kind.INSERTION)
    assert position(host, above, goes_on=True) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("md", "было четыре ‹только› ‹или› ‹три› слова"),
        ("docx", "было четыре ‹только› ‹или› ‹три› слова"),
        ("html", "было четыре ‹только› ‹или три› слова"),
        ("tei", "было четыре только или три слова"),
        ("txt", "или три\nтолько\nбыло четыре слова"),
    ],
)
def test_texts_for_readers_have_it_in_its_place(tmp_path: Path, name: str, shown: str) -> None:
    indent = "".ljust(12)
    text = f"{indent}  или три\n{indent[1:]}только\nбыло четыре слова"
    (tmp_path / "page.xml").write_bytes(record_of(text, kinds=(Kind.INSERTION, Kind.INSERTION)))
    (exported,) = export([tmp_path / "page.xml"], name, tmp_path / "out")
    assert exported.error is None
    (file,) = (tmp_path / "out").glob("[!.]*.*")
    assert shown in _text(file)


def _text(file: Path) -> str:
    if file.suffix == ".docx":
        with ZipFile(file) as package:
            return re.sub("<[^>]*>", "", package.read("word/document.xml").decode())
    if file.suffix == ".html":
        pages = html.fromstring(file.read_bytes()).iter("section")
        return " ".join("".join(text for page in pages for text in map(str, page.itertext())).split())
    text = file.read_text("utf-8").replace("\\[?\\]", "")
    return " ".join(re.sub("<[^>]*>", "", text).split()) if file.suffix == ".xml" else text


def test_in_the_edition_it_keeps_the_place_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "page.xml").write_bytes(record_of(f"ещё\n{HOST}", kinds=(Kind.INSERTION,)))
    assert all(
        exported.error is None for exported in export([tmp_path / "page.xml"], "tei", tmp_path / "out")
    )
    (file,) = (tmp_path / "out").glob("*.xml")
    text = file.read_text("utf-8")
    (place,) = re.findall(r'<add place="above" facs="#([^"]*)">', text)
    assert f'<zone xml:id="{place}"' in text
    assert text.count("<lb ") == 1, "an insertion begins no line"
