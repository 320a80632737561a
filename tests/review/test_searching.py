"""The search of the desk: hits by ids of pages and lines, also of what was just corrected."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ocr.review import searching
from ocr.search.index import INDEX, renew
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
