"""The desk as a web application: which address gives what. docs/review-api.md tells it in words."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from ocr.errors import OcrError, ScanError
from ocr.review import wire
from ocr.review.answers import RefusedError, answer, number, picture, refusal
from ocr.review.desk import Desk, PageFile, UnknownError
from ocr.review.guard import Guard, Rules
from ocr.review.openapi import description
from ocr.review.tiles import Scans, Sheet
from ocr.scan.tiles import OVERLAP_PX, TILE_PX, line_strip
from ocr.tei.view import LineView, RecordView

STATIC = Path(__file__).parent / "static"

_TILE = re.compile(r"(\d{1,6})_(\d{1,6})")

Work = Callable[[Request], Response]


class Routes:
    """Answers requests for one desk; every method runs in a thread of its own."""

    def __init__(self, desk: Desk, scans: Scans, me: str) -> None:
        self._desk, self._scans, self._me = desk, scans, me

    def desk(self, _: Request) -> Response:
        """All notebooks with their figures."""
        books = []
        for book in self._desk.notebooks():
            told = self._desk.progress(book)
            books.append(
                {
                    "id": book.ident,
                    "name": book.name,
                    "pages": told.pages,
                    "counted": told.counted,
                    "done": told.done,
                    **wire.effort_value(told.left),
                }
            )
        return answer({"notebooks": books, "me": {"name": self._me}, "others": list(self._desk.others)})

    def pages(self, request: Request) -> Response:
        """The pages of a notebook with their figures."""
        found = []
        for page in self._desk.notebook(request.path_params["nid"]).pages:
            tally = self._desk.tally(page)
            found.append(
                {
                    "id": page.ident,
                    "name": page.name,
                    "state": tally.state,
                    "lines": tally.lines,
                    "accepted": tally.accepted,
                    **wire.effort_value(tally.left),
                }
            )
        return answer(found)

    def queue(self, request: Request) -> Response:
        """The open lines worth most."""
        most = number(request.query_params.get("n", "50"), 1, 500, "n")
        found = self._desk.queue(most)
        return answer(
            [
                {
                    "page": page.ident,
                    "name": page.name,
                    "line": one.line,
                    **wire.effort_value(one.effort),
                }
                for page, one in found
            ]
        )

    def page(self, request: Request) -> Response:
        """One page."""
        page = self._page(request)
        value = self.value(page)
        headers = {"etag": value["etag"], "cache-control": "no-cache"}
        if value["etag"] in request.headers.get("if-none-match", ""):
            return Response(None, 304, headers)
        return answer(value, headers=headers)

    def value(self, page: PageFile) -> wire.Value:
        """A page as it stands now."""
        held, record = self._desk.record(page)
        try:
            self._desk.scan(page, record.scan)
            missing = False
        except ScanError:
            missing = True
        return wire.page_value(
            record, ident=page.ident, name=page.name, etag=etag_of(held), scan_missing=missing
        )

    def sizes(self, request: Request) -> Response:
        """What a viewer of the scan must know; the whole scan begins to be read."""
        page, record = self._record(request)
        sheet = self._desk.scan(page, record.scan)
        sizes = self._scans.sizes(sheet)
        return answer(
            {
                "width": sizes.width,
                "height": sizes.height,
                "tile": TILE_PX,
                "overlap": OVERLAP_PX,
                "min_level": 0,
                "max_level": sizes.top,
                "url": f"/tiles/{page.ident}/{{level}}/{{x}}_{{y}}.jpg?v={_version(sheet)}",
                "same_size": record.scan.width_px in {None, sizes.width}
                and record.scan.height_px in {None, sizes.height},
            }
        )

    def tile(self, request: Request) -> Response:
        """One tile of a scan."""
        level = number(request.path_params["level"], 0, 40, "level")
        place = _TILE.fullmatch(request.path_params["place"])
        if place is None:
            raise RefusedError(400, "A tile is called by column and row: 3_5.jpg.")
        page, record = self._record(request)
        sheet = self._desk.scan(page, record.scan)
        held = self._scans.tile(sheet, level, int(place[1]), int(place[2]))
        if held is None:
            raise UnknownError("The scan has no tile there.")
        return picture(held, request)

    def strip(self, request: Request) -> Response:
        """One line of a scan, level and enlarged."""
        height = number(request.query_params.get("h", "120"), 16, 1200, "h")
        page, record = self._record(request)
        line = _line(record, request.path_params["line"])
        cut = wire.cut_of(line)
        if cut is None:
            raise UnknownError("The line has no place on the scan.")
        scan = self._scans.scan(self._desk.scan(page, record.scan))
        return picture(line_strip(scan.pixels, cut, height), request)

    def _page(self, request: Request) -> PageFile:
        return self._desk.page(request.path_params["pid"])

    def _record(self, request: Request) -> tuple[PageFile, RecordView]:
        page = self._page(request)
        return page, self._desk.record(page)[1]


def etag_of(held: bytes) -> str:
    """The strong ETag of a file: its sha256."""
    return f'"{hashlib.sha256(held).hexdigest()}"'


def _version(sheet: Sheet) -> str:
    return hashlib.sha256(repr(sheet.stamp).encode()).hexdigest()[:12]


def _line(record: RecordView, ident: str) -> LineView:
    for line in record.lines:
        if line.ident == ident:
            return line
    raise UnknownError(f"There is no line {ident!r} on this page; load the page again.")


def build(desk: Desk, scans: Scans, rules: Rules, me: str) -> ASGIApp:
    """The application: routes behind the guard."""
    routes = Routes(desk, scans, me)
    reading: list[tuple[str, Work]] = [
        ("/api/desk", routes.desk),
        ("/api/notebooks/{nid}/pages", routes.pages),
        ("/api/queue", routes.queue),
        ("/api/pages/{pid}", routes.page),
        ("/tiles/{pid}.json", routes.sizes),
        ("/tiles/{pid}/{level}/{place}.jpg", routes.tile),
        ("/strips/{pid}/{line}.jpg", routes.strip),
        ("/api/openapi.json", lambda _: answer(description())),
        ("/", _front),
    ]
    app = Starlette(
        routes=[
            *(Route(path, _in_thread(work), methods=["GET"]) for path, work in reading),
            Mount("/static", StaticFiles(directory=STATIC, check_dir=False)),
        ],
        exception_handlers={OcrError: _failed, HTTPException: _not_there},
    )
    return Guard(app, rules)


def _front(_: Request) -> Response:
    return FileResponse(STATIC / "index.html", headers={"cache-control": "no-cache"})


def _in_thread(work: Work) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        return await run_in_threadpool(work, request)

    return respond


async def _failed(_: Request, error: Exception) -> Response:
    assert isinstance(error, OcrError)
    return refusal(error)


async def _not_there(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = "There is nothing at this address." if error.status_code == 404 else f"{error.detail}."
    return answer({"error": sentence}, error.status_code, error.headers)
