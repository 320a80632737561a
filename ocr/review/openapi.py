"""The OpenAPI description of the desk, for machines; docs/review-api.md is for people."""

from typing import Any

from ocr.corrections.letters import PARTIAL
from ocr.corrections.tokens import MARKS
from ocr.page import Kind
from ocr.review.described import change_schema
from ocr.tei.names import STATES

Value = dict[str, Any]

_TEXT: Value = {"type": "string"}
_NUMBER: Value = {"type": "number"}
_COUNT: Value = {"type": "integer", "minimum": 0}
_YES: Value = {"type": "boolean"}
_SHARE: Value = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_MAYBE: Value = {"type": ["string", "null"]}
_STATE: Value = {"enum": list(STATES)}
_POINTS: Value = {
    "type": "array",
    "items": {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2},
}
_BOX: Value = {"type": ["array", "null"], "items": _NUMBER, "minItems": 4, "maxItems": 4}
_WORTH: Value = {"expected_errors": _NUMBER, "seconds": _NUMBER, "worth": _NUMBER}

_SAYS = {
    400: "What was sent cannot be understood.",
    401: "The desk asks for its token.",
    403: "Not the host, origin or site of this desk.",
    404: "There is nothing of that name, or the scan is not there.",
    405: "Not by this method.",
    412: "The page was changed meanwhile; the page as it is now is told.",
    413: "Too large.",
    415: "Not JSON.",
    422: "The file is no TEI that can be read, or the change cannot be made in it.",
    423: "The file is read-only.",
    428: "If-Match is missing.",
    503: "The engine is not installed.",
    507: "The disk is full.",
}
_ALWAYS = (401, 403)
_WRITES = (400, 404, 412, 413, 415, 422, 423, 428, 507)


def description() -> Value:
    """The description as a value."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "tetradi: the reviewer's desk",
            "version": "1",
            "description": "Pages corrected with the scan before the eyes. Places are pixels of the scan.",
        },
        "paths": _paths(),
        "components": {"schemas": _schemas()},
    }


def _paths() -> Value:
    pid, nid, line = _in_path("pid"), _in_path("nid"), _in_path("line")
    page = _json(_ref("Page"), etag=True)
    saved = _json(_whole({"etag": _TEXT}), etag=True)
    changed = {"200": saved, "412": {**_json(_ref("Stale"), etag=True), "description": _SAYS[412]}}
    return {
        "/api/desk": _get("All notebooks.", [], _json(_ref("Desk"))),
        "/api/notebooks/{nid}/pages": _get(
            "The pages of a notebook.", [nid], _json(_listing(_ref("PageRow"))), 404
        ),
        "/api/queue": _get(
            "The open lines worth most.",
            [_in_query("n", 1, 500)],
            _json(_listing(_ref("QueueRow"))),
            400,
        ),
        "/api/pages/{pid}": _get(
            "A page; of its lines those that are not as they were in the version since (its sha256).",
            [
                pid,
                {"name": "since", "in": "query", "required": False, "schema": _TEXT},
                _header("If-None-Match", needed=False),
            ],
            page,
            304,
            404,
            422,
            423,
        ),
        "/api/pages/{pid}/history/{line}": _get(
            "What was written on a line, newest first.",
            [pid, line],
            _json(_listing(_ref("Past"))),
            404,
            422,
            423,
        ),
        "/api/pages/{pid}/compare": _get(
            "The page beside another transcription.",
            [pid, _in_query("other", 0, 99)],
            _json(_ref("Comparison")),
            400,
            404,
            422,
        ),
        "/api/pages/{pid}/changes": _post(
            "Changes made, all or none.",
            [pid, _header("If-Match")],
            _object(
                {
                    "by": _TEXT,
                    "changes": {"type": "array", "items": _ref("Change"), "minItems": 1, "maxItems": 500},
                },
                "changes",
            ),
            changed,
            _WRITES,
        ),
        "/api/pages/{pid}/conflicts": _post(
            "Conflicts with another program that a person has looked at.",
            [pid],
            _object(
                {"by": _TEXT, "conflicts": {**_listing({"type": "integer"}), "maxItems": 500}}, "conflicts"
            ),
            {"200": _json({"type": "object"})},
            (400, 404, 413, 415, 422, 423, 507),
        ),
        "/api/pages/{pid}/reread": _post(
            "A line read again; nothing is saved.",
            [pid],
            _object({"line": _TEXT, "engine": {"enum": ["auto", "cursive", "tesseract"]}}, "line"),
            {"200": _json(_ref("Reread"))},
            (400, 404, 413, 415, 422, 503),
        ),
        "/tiles/{pid}.json": _get("The sizes of a scan.", [pid], _json(_ref("Sizes")), 404, 422),
        "/tiles/{pid}/{level}/{place}.jpg": _get(
            "A tile of a scan; place is column_row.",
            [
                pid,
                _in_path("level", {"type": "integer", "minimum": 0, "maximum": 40}),
                _in_path("place", {"type": "string", "pattern": "^[0-9]{1,6}_[0-9]{1,6}$"}),
            ],
            _JPEG,
            400,
            404,
            422,
        ),
        "/strips/{pid}/{line}.jpg": _get(
            "A line of a scan.", [pid, line, _in_query("h", 16, 1200)], _JPEG, 400, 404, 422
        ),
        "/api/openapi.json": _get("This description.", [], _json({"type": "object"})),
    }


def _schemas() -> Value:
    token = {
        "id": _MAYBE,
        "text": _TEXT,
        "marks": _listing({"enum": list(MARKS)}),
        "parts": _listing(_whole({"text": _TEXT, "marks": _listing({"enum": list(PARTIAL)})})),
        "expan": _MAYBE,
        "gap": {"type": ["object", "null"]},
        "cert": _SHARE,
        "box": _BOX,
        "rivals": _listing({"type": "object"}),
        "machine": _MAYBE,
        "by": _MAYBE,
    }
    strip = _object({"width": _COUNT, "height": _COUNT, "to": _listing(_NUMBER)}, "width", "height", "to")
    line = {
        "id": _TEXT,
        "n": _MAYBE,
        "kind": {"enum": [kind.value for kind in Kind]},
        "order": _COUNT,
        "region": _MAYBE,
        "surface": _MAYBE,
        "box": _BOX,
        "outline": {**_POINTS, "type": ["array", "null"]},
        "baseline": _POINTS,
        "cert": _SHARE,
        "resp": _MAYBE,
        "state": _STATE,
        "by": _MAYBE,
        "silence": _MAYBE,
        "tokens": _listing(_ref("Token")),
        "machine": _TEXT,
        "earlier": _listing({"type": "object"}),
        "strip": {"anyOf": [strip, {"type": "null"}]},
        **_WORTH,
    }
    page = {
        "id": _TEXT,
        "name": _TEXT,
        "title": _TEXT,
        "etag": _TEXT,
        "state": _STATE,
        "read_only": _YES,
        "text_anothers": _YES,
        "scan": {"type": "object"},
        "surfaces": _listing({"type": "object"}),
        "order": _listing(_TEXT),
        "lines": _listing(_ref("Line")),
        "removed": _listing(_whole({"id": _TEXT, "text": _TEXT, "by": _TEXT})),
        "unread": _listing(
            _whole({"id": _TEXT, "surface": _MAYBE, "box": _BOX, "outline": _POINTS, "reason": _TEXT})
        ),
        "threshold": _NUMBER,
        "people": {"type": "object"},
        "history": _listing({"type": "object"}),
        "conflicts": _listing(_ref("Conflict")),
    }
    tokens = _listing(_ref("Token"))
    return {
        "Error": _object({"error": _TEXT}, "error"),
        "Stale": _object({"error": _TEXT, "page": _ref("Page")}, "error", "page"),
        "Desk": _whole(
            {
                "notebooks": _listing(
                    _whole(
                        {
                            "id": _TEXT,
                            "name": _TEXT,
                            "pages": _COUNT,
                            "counted": _COUNT,
                            "done": _COUNT,
                            **_WORTH,
                        }
                    )
                ),
                "me": _whole({"name": _TEXT}),
                "others": _listing(_TEXT),
            }
        ),
        "PageRow": _whole(
            {"id": _TEXT, "name": _TEXT, "state": _STATE, "lines": _COUNT, "accepted": _COUNT, **_WORTH}
        ),
        "QueueRow": _whole({"page": _TEXT, "name": _TEXT, "line": _TEXT, **_WORTH}),
        "Token": _whole(token),
        "Line": _whole(line),
        "Page": _whole(page),
        "Past": _whole({"index": _COUNT, "when": _MAYBE, "who": _MAYBE, "text": _TEXT, "tokens": tokens}),
        "Conflict": _whole(
            {
                "number": _COUNT,
                "who": _TEXT,
                "when": _TEXT,
                "why": _TEXT,
                "change": _TEXT,
                "line": _MAYBE,
                "mine": tokens,
                "theirs": tokens,
            }
        ),
        "Comparison": _whole({"other": _TEXT, "name": _TEXT, "lines": _listing({"type": "object"})}),
        "Reread": _whole(
            {
                "line": _TEXT,
                "engine": _TEXT,
                "resp": _TEXT,
                "cert": _SHARE,
                "tokens": tokens,
                "change": {"type": "object"},
            }
        ),
        "Sizes": _whole(
            {
                "width": _COUNT,
                "height": _COUNT,
                "tile": _COUNT,
                "overlap": _COUNT,
                "min_level": _COUNT,
                "max_level": _COUNT,
                "url": _TEXT,
                "same_size": _YES,
            }
        ),
        "Change": change_schema(),
    }


def _get(said: str, parameters: list[Value], good: Value, *bad: int) -> Value:
    return {"get": {"summary": said, "parameters": parameters, "responses": {"200": good, **_bad(bad)}}}


def _post(said: str, parameters: list[Value], body: Value, good: Value, bad: tuple[int, ...]) -> Value:
    taken = {"required": True, "content": {"application/json": {"schema": body}}}
    held = {
        "summary": said,
        "parameters": parameters,
        "requestBody": taken,
        "responses": {**_bad(bad), **good},
    }
    return {"post": held}


def _bad(statuses: tuple[int, ...]) -> Value:
    error = {"application/json": {"schema": _ref("Error")}}
    told = {
        str(one): {"description": _SAYS[one], "content": error}
        for one in (*statuses, *_ALWAYS)
        if one in _SAYS
    }
    return told | ({"304": {"description": "As it was."}} if 304 in statuses else {})


def _json(schema: Value, *, etag: bool = False) -> Value:
    held: Value = {"description": "Good.", "content": {"application/json": {"schema": schema}}}
    if etag:
        held["headers"] = {"ETag": {"schema": _TEXT, "description": "The sha256 of the file's bytes."}}
    return held


_JPEG: Value = {
    "description": "Good.",
    "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
}


def _in_path(name: str, schema: Value | None = None) -> Value:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": schema or {"type": "string", "minLength": 1},
    }


def _in_query(name: str, least: int, most: int) -> Value:
    schema = {"type": "integer", "minimum": least, "maximum": most}
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _header(name: str, *, needed: bool = True) -> Value:
    return {"name": name, "in": "header", "required": needed, "schema": _TEXT}


def _ref(name: str) -> Value:
    return {"$ref": f"#/components/schemas/{name}"}


def _listing(items: Value) -> Value:
    return {"type": "array", "items": items}


def _object(properties: Value, *required: str) -> Value:
    return {"type": "object", "properties": properties, "required": list(required)}


def _whole(properties: Value) -> Value:
    return {**_object(properties, *properties), "additionalProperties": False}
