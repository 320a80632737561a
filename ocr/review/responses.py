"""Answers of the desk: JSON, pictures, and one clear sentence for everything that goes wrong."""

import errno
import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from ocr.errors import DependencyError, OcrError, OutputError, ScanError
from ocr.review.desk import UnknownError
from ocr.review.values import UnfitError


class RefusedError(OcrError):
    """What was sent cannot be taken; the status says of what kind the reason is."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer; characters that UTF-8 cannot hold (of odd file names) become question marks."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), status, headers, "application/json")


def picture(jpeg: bytes, request: Request) -> Response:
    """A JPEG; when its address tells the version of the scan (v), it never changes and may be kept."""
    kept = "private, max-age=604800, immutable" if "v" in request.query_params else "private, no-cache"
    return Response(jpeg, 200, {"cache-control": kept}, "image/jpeg")


def refusal(error: OcrError) -> Response:
    """What went wrong, in the words of the error; the status says who can mend it."""
    match error:
        case RefusedError():
            status = error.status
        case UnfitError():
            status = 400
        case UnknownError() | ScanError():
            status = 404
        case DependencyError():
            status = 503
        case OutputError():
            status = _unwritten(error)
        case _:
            status = 422
    return json_answer({"error": str(error)}, status)


def _unwritten(error: OutputError) -> int:
    """507 for a full disk, 423 for what may not be written, 503 for a drive that fails or is gone."""
    cause = error.__cause__
    number = cause.errno if isinstance(cause, OSError) else None
    if number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return 507
    return 423 if number in {None, errno.EACCES, errno.EPERM, errno.EROFS} else 503


def etag_of(sha: str) -> str:
    """The strong ETag of a file with that sha256."""
    return f'"{sha}"'


def shas_of(etags: str | None) -> frozenset[str]:
    """The sha256 of the versions that If-Match names by strong ETags; RefusedError when it says nothing, or
    anything at all (*)."""
    if not etags or etags.strip() == "*":
        raise RefusedError(428, "Send If-Match with the ETag of the page that was corrected.")
    names = (etag.strip() for etag in etags.split(","))
    return frozenset(name[1:-1] for name in names if len(name) > 1 and name[0] == name[-1] == '"')


def number(text: str, least: int, most: int, what: str) -> int:
    """A whole number between two bounds; RefusedError otherwise."""
    if text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most:
        return int(text)
    raise RefusedError(400, f"{what} must be a whole number from {least} to {most}.")
