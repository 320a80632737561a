"""Search over all records of the desk: hits with their pages and lines, and how far the index is."""

import threading
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from ocr.errors import OcrError, OutputError, SettingsError
from ocr.review.listing import ident_of
from ocr.review.responses import RefusedError, json_answer, number
from ocr.search.answer import Hit, answer
from ocr.search.index import FEW_PAGES, changes, is_being_renewed, is_usable, opened, renew
from ocr.search.query import parse_query

_LONGEST = 500
"""Letters of a query."""


class SearchRoutes:
    """Answers searches. Few changed records are indexed before the answer, many behind it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._renewal: _Renewal | None = None

    def search(self, request: Request) -> Response:
        """The likeliest hits of a query; while records are indexed for the first time, those known so far."""
        most = number(request.query_params.get("n", "50"), 1, 500, "n")
        edits = number(request.query_params.get("edits", "1"), 0, 2, "edits")
        try:
            query = parse_query(request.query_params.get("q", "")[:_LONGEST], edits=edits)
        except SettingsError as error:
            raise RefusedError(400, str(error)) from error
        indexing = self._brought_up()
        hits: list[Hit] = []
        if indexing is None or indexing["done"]:
            with opened(self._root) as connection:
                hits = answer(connection, query, limit=most)
        return json_answer({"hits": [_value(hit) for hit in hits], "indexing": indexing})

    def _brought_up(self) -> dict[str, int] | None:
        """Brings the index up to the records, or begins to: then how far that is. While another program does,
        what is in it by now answers."""
        with self._lock:
            if self._renewal is None:
                if is_being_renewed(self._root) and is_usable(self._root):
                    return None
                if len(changes(self._root)) <= FEW_PAGES:
                    try:
                        renew(self._root)
                    except OutputError:  # a folder closed to us, a full disk: what is there answers
                        if not is_usable(self._root):
                            raise
                    return None
                self._renewal = _Renewal(self._root)
                self._renewal.start()
            renewal = self._renewal
            if renewal.is_alive():
                return {"done": renewal.done, "of": renewal.of}
            self._renewal = None
            if renewal.failure is not None:
                raise renewal.failure
        return None


class _Renewal(threading.Thread):
    """A renewal that goes on behind; it dies with the desk, and the index is whole all the same."""

    def __init__(self, root: Path) -> None:
        super().__init__(daemon=True)
        self._root = root
        self.done = self.of = 0
        self.failure: OcrError | None = None

    def run(self) -> None:
        try:
            renew(self._root, jobs=2, progress=self._progress)
        except OcrError as error:
            self.failure = error

    def _progress(self, done: int, of: int) -> None:
        self.done, self.of = done, of


def _value(hit: Hit) -> dict[str, object]:
    return {
        "page": ident_of(f"page {hit.page}"),
        "name": hit.page.removesuffix(".xml"),
        "line": hit.line,
        "number": hit.number,
        "word": hit.word,
        "text": hit.text,
        "match": hit.match,
        "probability": hit.probability,
    }
