"""Answers: what is there is found, with its place and as likely as its words are."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.errors import SettingsError
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


_WORDS = st.lists(
    st.sampled_from(["и", "не", "я", "что", "губерния", "лошадь", "площадь"]), min_size=1, max_size=5
)


@given(st.lists(_WORDS, min_size=1, max_size=5), st.lists(_WORDS, min_size=1, max_size=2))
@settings(max_examples=60, deadline=None)
def test_a_phrase_is_found_where_it_stands(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]], asked: list[list[str]]
) -> None:
    """Usual words or rare ones, on a line or over its end; with a second phrase on the line too."""
    folder = folder_of(tmp_path_factory.mktemp("phrases"), {"1.xml": [list(line) for line in lines]})
    renew(folder)
    query = parse_query(" ".join(f'"{" ".join(words)}"' for words in asked), edits=0, with_endings=False)
    with opened(folder) as connection:
        found = {(hit.number, hit.word) for hit in answer(connection, query, limit=1000)}
    there: set[int | tuple[int, int]] = set()
    for n, line in enumerate(lines):
        words = line + (lines[n + 1] if n + 1 < len(lines) else [])
        first, *others = (
            [(at, at + len(some)) for at in range(len(line)) if words[at : at + len(some)] == some]
            for some in asked
        )
        if others and not any(start >= b or end <= a for start, end in first for a, b in others[0]):
            continue  # none that is apart from the other
        there |= {n + 1} if others else {(n + 1, start + 1) for start, _ in first}
    assert ({number for number, _ in found} if len(asked) > 1 else found) == there


def test_a_slip_is_found_after_what_is_sure(index: sqlite3.Connection) -> None:
    hits = answer(index, parse_query("площадь", edits=1))
    assert [hit.page for hit in hits] == ["book/2.xml", "book/2.xml", "book/1.xml", "3.xml"]
    assert 0 < hits[-1].probability < 0.3
    assert answer(index, parse_query("площадь", edits=1), least=0.9) == hits[:2]
    assert answer(index, parse_query("площадь", edits=1), limit=1) == hits[:1]


def test_a_hit_tells_its_words(index: sqlite3.Connection) -> None:
    (hit,) = answer(index, parse_query('"у воды"', edits=0))
    assert (hit.title, hit.line, hit.text, hit.match) == ("1", "s1_r1_l2", "и лошадь у во-", "у во- / ды")
    assert hit.spots == ((0, 2), (0, 3), (1, 0))


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
