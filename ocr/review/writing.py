"""What the desk does: the routes that change pages, or work for those who do."""

from starlette.requests import Request
from starlette.responses import Response

from ocr.errors import RecordError
from ocr.review import wire
from ocr.review.answers import RefusedError, answer
from ocr.review.decode import body_of, change, part
from ocr.review.desk import Desk, UnknownError
from ocr.review.listing import PageFile
from ocr.review.reading import line_of, page_shown
from ocr.review.reread import Rereader
from ocr.review.save import Saver, StaleError, required
from ocr.review.threeway import Piece, three_way
from ocr.tei.edit import Change, CorrectLine, RereadLine
from ocr.tei.tokens import Token

MOST_CHANGES = 500
"""Changes sent at once: every line of a page, more than once."""


class Writing:
    """Answers requests that carry a body; every method runs in a thread of its own."""

    def __init__(self, desk: Desk, saver: Saver, rereader: Rereader, me: str) -> None:
        self._desk, self._saver, self._rereader, self._me = desk, saver, rereader, me

    def changes(self, request: Request, held: bytes) -> Response:
        """Makes changes of a page, all or none, and shows it anew."""
        page = self._desk.page(request.path_params["pid"])
        etags = required(request.headers.get("if-match"))
        body = body_of(held)
        listed = body.get("changes")
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_CHANGES:
            raise RefusedError(400, f"'changes' must be a list of 1 to {MOST_CHANGES} changes.")
        made = [change(one, f"changes[{at}]") for at, one in enumerate(listed)]
        return self._saved(page, etags, made, self._who(body))

    def restore(self, request: Request, held: bytes) -> Response:
        """A line made again what it once said."""
        page = self._desk.page(request.path_params["pid"])
        etags = required(request.headers.get("if-match"))
        body = body_of(held)
        line, index = request.path_params["line"], part(body, "index", int)
        past = self._saver.history(page.path, line)
        if not 0 <= index < len(past):
            raise UnknownError("The history of this line holds no such entry.")
        return self._saved(page, etags, [CorrectLine(line, past[index].tokens)], self._who(body))

    def merge(self, request: Request, held: bytes) -> Response:
        """A correction made on an older state of a line, brought together with the line as it is now."""
        page = self._desk.page(request.path_params["pid"])
        body = body_of(held)
        base, mine = (part(body, key, tuple[Token, ...]) for key in ("base", "mine"))
        line = line_of(self._desk.record(page)[1], part(body, "line", str))
        pieces = three_way(base, mine, line.tokens)
        value = page_shown(self._desk, self._saver, page)
        return answer(
            {
                "line": line.ident,
                "etag": value["etag"],
                "conflicts": sum(piece.conflict for piece in pieces),
                "tokens": [wire.token_value(token) for piece in pieces for token in piece.merged],
                "pieces": [_piece_value(piece) for piece in pieces],
            }
        )

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

    def _saved(self, page: PageFile, etags: str, made: list[Change], who: str) -> Response:
        try:
            self._saver.save(page.path, etags, made, who)
        except StaleError:
            return self._stale(page)
        return self._anew(page)

    def _who(self, body: dict[str, object]) -> str:
        name = part(body, "by", str).strip() if body.get("by") is not None else self._me
        if not name or len(name) > 200 or not name.isprintable():
            raise RefusedError(400, "'by' must be the name of a person.")
        return str(name)

    def _anew(self, page: PageFile, status: int = 200, error: str | None = None) -> Response:
        value = page_shown(self._desk, self._saver, page)
        told = value if error is None else {"error": error, "page": value}
        return answer(told, status, {"etag": value["etag"], "cache-control": "no-cache"})

    def _stale(self, page: PageFile) -> Response:
        sentence = "The page was changed meanwhile, here or in another program. Nothing was saved; merge."
        return self._anew(page, 412, sentence)


def _piece_value(piece: Piece) -> wire.Value:
    return {
        "conflict": piece.conflict,
        **{
            side: [wire.token_value(token) for token in getattr(piece, side)]
            for side in ("base", "mine", "theirs", "merged")
        },
    }
