"""What the desk does: the routes that change pages, or work for those who do."""

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from ocr.corrections.changes import RereadLine
from ocr.errors import RecordError
from ocr.review import wire
from ocr.review.decode import body_of, change, part
from ocr.review.desk import Desk
from ocr.review.listing import PageFile
from ocr.review.reading import line_of, page_shown
from ocr.review.reread import Rereader
from ocr.review.responses import RefusedError, answer
from ocr.review.save import Saver, StaleError, required

MOST_CHANGES = 500
"""Changes sent at once: every line of a page, more than once."""


class Writing:
    """Answers requests that carry a body; every method runs in a thread of its own."""

    def __init__(self, desk: Desk, saver: Saver, rereader: Rereader, me: str) -> None:
        self._desk, self._saver, self._rereader, self._me = desk, saver, rereader, me

    def changes(self, request: Request, held: bytes) -> Response:
        """Makes changes of a page, all or none. They are on disk when this answers; what the page says now
        is asked for afterwards, so nobody waits for that."""
        page = self._desk.page(request.path_params["pid"])
        etags = required(request.headers.get("if-match"))
        body = body_of(held)
        listed = body.get("changes")
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_CHANGES:
            raise RefusedError(400, f"'changes' must be a list of 1 to {MOST_CHANGES} changes.")
        made = [change(one, f"changes[{at}]") for at, one in enumerate(listed)]
        try:
            etag = self._saver.save(page.path, etags, made, self._who(body))
        except StaleError:
            return self._stale(page)
        answered = answer({"etag": etag}, headers={"etag": etag})
        answered.background = BackgroundTask(self._saver.follow, page.path)
        return answered

    def settle(self, request: Request, held: bytes) -> Response:
        """Conflicts with another program that a person has looked at are told no more."""
        page = self._desk.page(request.path_params["pid"])
        body = body_of(held)
        self._saver.settle(page.path, part(body, "conflicts", tuple[int, ...]), self._who(body))
        return answer({})

    def reread(self, request: Request, held: bytes) -> Response:
        """One line read again; nothing is saved."""
        page = self._desk.page(request.path_params["pid"])
        body = body_of(held)
        engine = part(body, "engine", str) if "engine" in body else "auto"
        _, record = self._desk.record(page)
        line = line_of(record, part(body, "line", str))
        surface = next((one for one in record.surfaces if one.ident == line.surface), None)
        sheet = self._desk.scan(page, record.scan)
        reading, reader = self._rereader.read(sheet, surface, line, engine)
        if reading.failure is not None:
            raise RecordError(f"The engine could not read the line: {reading.failure}.")
        return answer(
            {
                "line": line.ident,
                "engine": engine,
                "resp": reading.by,
                "cert": reading.confidence,
                "tokens": wire.reading_value(reading),
                "change": {
                    "change": RereadLine.__name__,
                    **wire.plain(RereadLine(line.ident, reading, reader, record.threshold)),
                },
            }
        )

    def _who(self, body: dict[str, object]) -> str:
        name = part(body, "by", str).strip() if body.get("by") is not None else self._me
        if not name or len(name) > 200 or not name.isprintable():
            raise RefusedError(400, "'by' must be the name of a person.")
        return str(name)

    def _stale(self, page: PageFile) -> Response:
        value = page_shown(self._desk, self._saver, page)
        sentence = "The page was changed meanwhile, here or in another program. Nothing was saved; merge."
        headers = {"etag": value["etag"], "cache-control": "no-cache"}
        return answer({"error": sentence, "page": value}, 412, headers)
