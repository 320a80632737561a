"""The desk as a web application: which address gives what. docs/review-api.md tells it in words."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from ocr.errors import OcrError, OutputError
from ocr.files import why
from ocr.recipe import Recipe
from ocr.review.desk import Desk
from ocr.review.guard import Guard, HostRules
from ocr.review.journal import Journals
from ocr.review.reading import ReadRoutes
from ocr.review.reread import Rereader
from ocr.review.responses import json_answer, refusal
from ocr.review.searching import SearchRoutes
from ocr.review.tiles import Scans
from ocr.review.writing import WriteRoutes

STATIC = Path(__file__).parent / "static"

Endpoint = Callable[[Request], Awaitable[Response]]


def build(desk: Desk, scans: Scans, rules: HostRules, me: str) -> ASGIApp:
    """The application: routes behind the guard."""
    journals = Journals()
    reading = ReadRoutes(desk, scans, journals, me)
    writing = WriteRoutes(desk, journals, Rereader(scans, Recipe()), me)
    routes = [
        Route("/", _front, methods=["GET"]),
        Route("/api/desk", _get(reading.desk), methods=["GET"]),
        Route("/api/scheme", _get(reading.scheme), methods=["GET"]),
        Route("/api/notebooks/{nid}/pages", _get(reading.pages), methods=["GET"]),
        Route("/api/search", _get(SearchRoutes(desk.root).search), methods=["GET"]),
        Route("/api/queue", _get(reading.queue), methods=["GET"]),
        Route("/api/pages/{pid}", _get(reading.page), methods=["GET"]),
        Route("/api/pages/{pid}/compare", _get(reading.compare), methods=["GET"]),
        Route("/api/pages/{pid}/history/{line}", _get(reading.history), methods=["GET"]),
        Route("/api/pages/{pid}/changes", _post(writing.changes), methods=["POST"]),
        Route("/api/pages/{pid}/conflicts", _post(writing.settle), methods=["POST"]),
        Route("/api/pages/{pid}/reread", _post(writing.reread), methods=["POST"]),
        Route("/tiles/{pid}.json", _get(reading.sizes), methods=["GET"]),
        Route("/tiles/{pid}/{level}/{place}.jpg", _get(reading.tile), methods=["GET"]),
        Route("/strips/{pid}/{line}.jpg", _get(reading.strip), methods=["GET"]),
        Mount("/static", _Shipped(directory=STATIC, check_dir=False)),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={OcrError: _failed, OSError: _unreachable, HTTPException: _not_there},
    )
    app.router.redirect_slashes = False
    return Guard(app, rules)


class _Shipped(StaticFiles):
    """The files of the page: kept by the browser, which asks each time whether they are still the same."""

    def file_response(self, *arguments: Any, **named: Any) -> Response:
        """A file, or 304."""
        response = super().file_response(*arguments, **named)
        response.headers["cache-control"] = "no-cache"
        return response


async def _front(_: Request) -> Response:
    return FileResponse(STATIC / "index.html", headers={"cache-control": "no-cache"})


def _get(work: Callable[[Request], Response]) -> Endpoint:
    async def respond(request: Request) -> Response:
        return await run_in_threadpool(work, request)

    return respond


def _post(work: Callable[[Request, bytes], Response]) -> Endpoint:
    async def respond(request: Request) -> Response:
        return await run_in_threadpool(work, request, await request.body())

    return respond


async def _failed(_: Request, error: Exception) -> Response:
    assert isinstance(error, OcrError)
    return refusal(error)


async def _unreachable(_: Request, error: Exception) -> Response:
    """A drive that fails or is gone may do so at any call, also where a file is only looked for."""
    assert isinstance(error, OSError)
    ours = OutputError(f"{error.filename or 'The folder'} cannot be used: {why(error)}")
    ours.__cause__ = error
    return refusal(ours)


async def _not_there(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = "There is nothing at this address." if error.status_code == 404 else f"{error.detail}."
    return json_answer({"error": sentence}, error.status_code, error.headers)
