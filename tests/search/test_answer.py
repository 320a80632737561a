"""Answers: what is there is found, with its place and as likely as its words are."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.errors import SettingsError
from ocr.geometry import Box
from ocr.search.answer import Hit, answer
from ocr.search.index import opened, renew
from ocr.search.query import parse_query
from tests.search.collection import Drawn, folder_of, of_text

PAGES: dict[str, list[list[Drawn]]] = {
    "book/1.xml": [
        ["Пристань", "въ", ("губерніи", 0.8, {"губернію": 0.1, "губерны": 0.05}), "хороша"],
        ["и", ("лошадь", 0.5, {"площадь": 0.3}), "у", "во-"],
        ["ды", "большая"],
    ],
    "book/2.xml": of_text("на рынкѣ площадь\nи площадь у рѣки\nкое-кто"),
    "3.xml": [[("плошадь", 0.4), "пуста"]],
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    folder = folder_of(tmp_path_factory.mktemp("records"), PAGES)
    renew(folder)
    with opened(folder) as connection:
        yield connection


def _places(hits: list[Hit]) -> list[tuple[str, int, int, float]]:
    return [(hit.page, hit.number, hit.word, round(hit.probability, 2)) for hit in hits]


@pytest.mark.parametrize(
    ("query", "edits", "places"),
    [
        ("площадь", 0, [("book/2.xml", 1, 3, 0.99), ("book/2.xml", 2, 2, 0.99), ("book/1.xml", 2, 2, 0.3)]),
        ("площади", 0, [("book/2.xml", 1, 3, 0.99), ("book/2.xml", 2, 2, 0.99), ("book/1.xml", 2, 2, 0.3)]),
        ("=площади", 0, []),
        ("губерния", 0, [("book/1.xml", 1, 3, 0.95)]),
        ('"в губернии"', 0, [("book/1.xml", 1, 2, 0.94)]),
        ('"губернии в"', 0, []),
        ('"хороша и лошадь"', 0, [("book/1.xml", 1, 4, 0.49)]),
        ("вода", 0, [("book/1.xml", 2, 4, 0.98)]),
        ('"у воды большая"', 0, [("book/1.xml", 2, 3, 0.96)]),
        ("губ*", 0, [("book/1.xml", 1, 3, 0.95)]),
        ("площадь рынок", 0, []),
        ("рынке площадь", 0, [("book/2.xml", 1, 2, 0.98)]),
        ("хороша NEAR/1 лошадь", 0, [("book/1.xml", 1, 4, 0.49)]),
        ("лошадь NEAR/1 хороша", 0, [("book/1.xml", 1, 4, 0.49)]),
        ("хороша лошадь", 0, []),  # on two lines
        ("пристань NEAR/1 хороша", 0, []),
        ("пристань NEAR/2 хороша", 0, [("book/1.xml", 1, 1, 0.98)]),
        ("кто", 0, [("book/2.xml", 3, 1, 0.99)]),
        ("небывалое", 2, []),
    ],
)
def test_queries(
    index: sqlite3.Connection, query: str, edits: int, places: list[tuple[str, int, int, float]]
) -> None:
    assert _places(answer(index, parse_query(query, edits=edits))) == places


def test_a_slip_is_found_after_what_is_sure(index: sqlite3.Connection) -> None:
    hits = answer(index, parse_query("площадь", edits=1))
    assert [hit.page for hit in hits] == ["book/2.xml", "book/2.xml", "book/1.xml", "3.xml"]
    assert 0 < hits[-1].probability < 0.3
    assert answer(index, parse_query("площадь", edits=1), least=0.9) == hits[:2]
    assert answer(index, parse_query("площадь", edits=1), limit=1) == hits[:1]


def test_a_hit_tells_its_place(index: sqlite3.Connection) -> None:
    (hit,) = answer(index, parse_query('"у воды"', edits=0))
    assert (hit.title, hit.line, hit.text, hit.match) == ("1", "s1_r1_l2", "и лошадь у во-", "у во- / ды")
    assert hit.strip is not None
    assert hit.strip.left <= 0
    assert hit.strip.right >= 380
    wanted = [Box(200, 55, 280, 90), Box(300, 55, 380, 90), Box(0, 105, 80, 140)]
    for box, own in zip(hit.boxes, wanted, strict=True):
        assert own.overlap(box) == own.area
        assert box.area < 1.6 * own.area


@given(st.text() | st.text('"*()^{}:+-NEAR/ORANDT аб1=площадь'))
@settings(deadline=None)
def test_any_text_is_answered_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    global _FOLDER  # noqa: PLW0603  one index for all examples
    if _FOLDER is None:
        _FOLDER = folder_of(tmp_path_factory.mktemp("any"), PAGES)
        renew(_FOLDER)
    try:
        query = parse_query(text, edits=2)
    except SettingsError:
        return
    with opened(_FOLDER) as connection:
        assert all(0 < hit.probability <= 1 for hit in answer(connection, query))


_FOLDER: Path | None = None
