"""What the desk does: the routes that change pages, or work for those who do."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from ocr.corrections.changes import Change, CorrectLine, RereadLine
from ocr.corrections.tokens import Token
from ocr.errors import RecordError
from ocr.files import sha256_of
from ocr.review import page_values
from ocr.review.desk import Desk
from ocr.review.journal import Journals
from ocr.review.listing import PageFile
from ocr.review.reading import line_of, page_shown
from ocr.review.reread import Rereader, own_model
from ocr.review.responses import RefusedError, etag_of, json_answer, shas_of
from ocr.review.threeway import three_way
from ocr.review.values import MOST_ITEMS, body_of, part, plain, read

MOST_CHANGES = 500
"""Changes sent at once: every line of a page, more than once."""


class WriteRoutes:
    """Answers requests that carry a body; every method runs in a thread of its own."""

    def __init__(self, desk: Desk, journals: Journals, rereader: Rereader, me: str) -> None:
        self._desk, self._journals, self._rereader, self._me = desk, journals, rereader, me

    def changes(self, request: Request, sent: bytes) -> Response:
        """Makes changes of a page, all or none. They are on disk when this answers; what the page says now
        is asked for afterwards, so nobody waits for that."""
        page = self._desk.page(request.path_params["pid"])
        expected = shas_of(request.headers.get("if-match"))
        body = body_of(sent)
        listed = body.get("changes")
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_CHANGES:
            raise RefusedError(400, f"'changes' must be a list of 1 to {MOST_CHANGES} changes.")
        changes = read(listed, tuple[Change, ...], "changes")
        base = _base(body)
        saved = self._journals.of(page.path).save(expected, changes, self._who(body), _now())
        if saved is None:
            return self._stale(page, changes, base)
        etag = etag_of(saved.sha)
        answer = json_answer({"etag": etag}, headers={"etag": etag})
        answer.background = BackgroundTask(self._journals.follow, page.path)
        return answer

    def settle(self, request: Request, sent: bytes) -> Response:
        """Conflicts with another program that a person has looked at are told no more."""
        page = self._desk.page(request.path_params["pid"])
        body = body_of(sent)
        self._journals.of(page.path).settle(part(body, "conflicts", tuple[int, ...]), self._who(body), _now())
        return json_answer({})

    def reread(self, request: Request, sent: bytes) -> Response:
        """One line read again; nothing is saved. RecordError when the engine fails."""
        page = self._desk.page(request.path_params["pid"])
        body = body_of(sent)
        engine = part(body, "engine", str) if "engine" in body else "auto"
        content = self._desk.read(page)
        record = self._desk.parsed(page, content, sha256_of(content))
        line = line_of(record, part(body, "line", str))
        surface = next((leaf for leaf in record.surfaces if leaf.ident == line.surface), None)
        sheet = self._desk.scan(page, record.scan)
        model = own_model(content, page.path, self._desk.root)
        reading, reader = self._rereader.read(sheet, surface, line, engine, model)
        if reading.failure is not None:
            raise RecordError(f"The engine could not read the line: {reading.failure}.")
        return json_answer(
            {
                "line": line.ident,
                "engine": engine,
                "resp": reading.by,
                "cert": reading.confidence,
                "tokens": page_values.reading_value(reading),
                "change": plain(RereadLine(line.ident, reading, reader, record.threshold)),
            }
        )

    def _who(self, body: dict[str, object]) -> str:
        name = part(body, "by", str).strip() if body.get("by") is not None else self._me
        if not name or len(name) > 200 or not name.isprintable():
            raise RefusedError(400, "'by' must be the name of a person.")
        return str(name)

    def _stale(
        self, page: PageFile, changes: Sequence[Change], base: Mapping[str, tuple[Token, ...]]
    ) -> Response:
        """What the page says now; of each line that the changes were made from, three readings word by word:
        `base`, what it said then; mine, what the changes want; theirs, what it says now."""
        value, record = page_shown(self._desk, self._journals, page)
        mine = {change.line: change.tokens for change in changes if isinstance(change, CorrectLine)}
        merge = {
            line.ident: page_values.merge_value(
                three_way(base[line.ident], mine.get(line.ident, base[line.ident]), line.tokens)
            )
            for line in record.lines
            if line.ident in base
        }
        sentence = "The page was changed meanwhile, here or in another program. Nothing was saved; merge."
        headers = {"etag": value["etag"], "cache-control": "no-cache"}
        return json_answer({"error": sentence, "page": value, "merge": merge}, 412, headers)


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")


def _base(body: Mapping[str, object]) -> dict[str, tuple[Token, ...]]:
    """The words of the lines as they were when they were corrected; nothing when that is not sent."""
    base = body.get("base", {})
    if not isinstance(base, dict) or len(base) > MOST_ITEMS:
        raise RefusedError(400, "'base' must be an object with the words of each line.")
    return {line: read(tokens, tuple[Token, ...], f"base.{line[:80]}") for line, tokens in base.items()}
