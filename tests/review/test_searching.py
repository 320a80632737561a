"""The search of the desk: hits by ids of pages and lines, also of what was just corrected."""

import json
import os
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from typer.testing import CliRunner

from ocr.cli.app import app
from ocr.locks import locked
from ocr.review import searching
from ocr.search.index import INDEX, LOCK, renew
from tests.review.desks import Set, set_up


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


def _asked(desk: Set, query: str, **more: str) -> dict[str, Any]:
    answer: dict[str, Any] = desk.client.get("/api/search", params={"q": query, **more}).json()
    return answer


def _word(desk: Set) -> str:
    tokens = desk.client.get(f"/api/pages/{desk.first()}").json()["lines"][0]["tokens"]
    return max((str(token["text"]).strip(".,") for token in tokens), key=len)


def test_hits_lead_to_pages_and_lines(desk: Set) -> None:
    hit = _asked(desk, _word(desk))["hits"][0]
    page = desk.client.get(f"/api/pages/{hit['page']}").json()
    line = next(line for line in page["lines"] if line["id"] == hit["line"])
    assert line["tokens"][hit["word"] - 1]["text"] in hit["match"]
    assert hit["name"] == "one/page-1"
    assert len(_asked(desk, _word(desk), n="1")["hits"]) == 1


def test_what_was_corrected_is_found_at_once(desk: Set) -> None:
    assert _asked(desk, "небывалое", edits="0")["hits"] == []
    page = desk.client.get(f"/api/pages/{desk.first()}")
    change = {
        "change": "CorrectLine",
        "line": page.json()["lines"][0]["id"],
        "tokens": [{"text": "Небывалое"}],
    }
    saved = desk.client.post(
        f"/api/pages/{desk.first()}/changes",
        json={"changes": [change]},
        headers={"if-match": page.headers["etag"]},
    )
    assert saved.status_code == 200, saved.text
    (hit,) = _asked(desk, "небывалое")["hits"]
    assert (hit["page"], hit["match"], hit["probability"]) == (desk.first(), "Небывалое", 1.0)


def test_no_search_waits_for_another_program_that_renews_the_index(desk: Set) -> None:
    word = _word(desk)
    known = _asked(desk, word)
    for path in (desk.root / "output").rglob("*.xml"):
        path.touch()
    with locked(desk.root / "output" / LOCK):
        assert _asked(desk, word) == known


def test_the_desk_and_the_command_answer_alike(desk: Set) -> None:
    """Words, phrases, beginnings, slips, words near each other and over a line end."""
    lines = desk.client.get(f"/api/pages/{desk.first()}").json()["lines"]
    first, second = ([text for token in line["tokens"] if (text := str(token["text"]))] for line in lines[:2])
    word = _word(desk)
    queries = [
        word,
        word.upper(),
        word[:-1],
        word[:3] + word[4:],
        f"{word[:3]}*",
        f'"{" ".join(first[:3])}"',
        f'"{" ".join((*first[-2:], *second[:2]))}"',
        f"{first[0]} NEAR {first[-1]}",
        " ".join(first),
    ]
    for query in queries:
        by_desk = _asked(desk, query)["hits"]
        asked = CliRunner().invoke(app, ["search", str(desk.root / "output"), query, "--json"])
        by_command = json.loads(asked.stdout)["hits"]
        keys = ("line", "number", "word", "text", "match", "probability")
        assert by_desk, query
        assert [[hit[key] for key in keys] for hit in by_desk] == [
            [hit[key] for key in keys] for hit in by_command
        ]
        assert [hit["name"] for hit in by_desk] == [hit["page"].removesuffix(".xml") for hit in by_command]


def test_a_folder_that_is_closed_is_asked_by_the_index_that_is_there(
    desk: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = _word(desk)
    hits = _asked(desk, word)["hits"]
    record = next((desk.root / "output").rglob("*.xml"))
    os.utime(record, ns=(1, 1))
    monkeypatch.setattr("os.access", lambda _, mode: mode != os.W_OK)
    assert _asked(desk, word)["hits"] == hits


@pytest.mark.parametrize("query", ["", "«»", "*" * 600])
def test_a_query_without_a_word_is_refused(desk: Set, query: str) -> None:
    answer = desk.client.get("/api/search", params={"q": query})
    assert answer.status_code == 400
    assert "word" in answer.json()["error"]


def test_many_pages_are_indexed_behind(desk: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer tells how far the index is; when it is there, hits come."""
    may_end = Event()

    def slow(*arguments: Any, progress: Any, **named: Any) -> None:
        may_end.wait(60)
        renew(*arguments, **named, progress=progress)

    monkeypatch.setattr(searching, "FEW_PAGES", 1)
    monkeypatch.setattr(searching, "renew", slow)
    word = _word(desk)
    first = _asked(desk, word)
    assert first == {"hits": [], "indexing": {"done": 0, "of": 0}}
    may_end.set()
    while (answer := _asked(desk, word))["indexing"] is not None:
        pass
    assert answer["hits"]
    assert (desk.root / "output" / INDEX).exists()
