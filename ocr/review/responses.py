"""Answers of the desk: JSON, pictures, and one clear sentence for everything that goes wrong."""

import errno
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from ocr.errors import DependencyError, OcrError, OutputError, RecordError, ScanError
from ocr.review.desk import UnknownError
from ocr.review.wire import spell


class RefusedError(OcrError):
    """What was sent cannot be taken; the status says of what kind the reason is."""

    def __init__(self, status: int, sentence: str, value: Mapping[str, object] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.value = status, value or {}


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(spell(value), status, headers, "application/json")


def picture(held: bytes, request: Request) -> Response:
    """A JPEG; when its address tells the version of the scan (v), it never changes and may be kept."""
    kept = "private, max-age=604800, immutable" if "v" in request.query_params else "private, no-cache"
    return Response(held, 200, {"cache-control": kept}, "image/jpeg")


def refusal(error: OcrError) -> Response:
    """What went wrong, in the words of the error; the status says who can mend it."""
    if isinstance(error, RefusedError):
        return answer({"error": str(error), **error.value}, error.status)
    status = 500
    match error:
        case UnknownError():
            status = 404
        case ScanError():
            status = 404
        case RecordError():
            status = 422
        case DependencyError():
            status = 503
        case OutputError():
            status = _unwritten(error)
        case _:
            status = 422
    return answer({"error": str(error)}, status)


def _unwritten(error: OutputError) -> int:
    """507 for a full disk, 423 for what may not be written."""
    cause = error.__cause__
    number = cause.errno if isinstance(cause, OSError) else None
    return 507 if number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} else 423


def number(text: str, least: int, most: int, what: str) -> int:
    """A whole number between two bounds; RefusedError otherwise."""
    if text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most:
        return int(text)
    raise RefusedError(400, f"{what} must be a whole number from {least} to {most}.")
