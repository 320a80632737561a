"""What the desk tells the browser: pages, lines and words as JSON values. Places are pixels of the scan."""

import dataclasses
import json
from functools import lru_cache
from typing import Any

from ocr.corrections.changes import CorrectLine
from ocr.corrections.tokens import Token
from ocr.corrections.view import LineView, RecordView
from ocr.geometry import Box, Outline, Point
from ocr.page import Reading
from ocr.review.entries import Conflict, Past
from ocr.review.priority import Effort
from ocr.review.tally import effort_of
from ocr.scan.tiles import LineCut, line_cut

Value = dict[str, Any]


def spell(value: object) -> bytes:
    """A value as JSON; characters that UTF-8 cannot hold (of odd file names) become question marks."""
    held = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return held.encode("utf-8", "replace")


def page_value(
    record: RecordView,
    known: RecordView | None = None,
    *,
    ident: str,
    name: str,
    etag: str,
    scan_version: str | None,
    other_scan: bool = False,
) -> Value:
    """A page; of its lines those that were not so in a version that is known already. `scan_version`: None
    when the scan is missing; `other_scan`: there is one of its name, but not of its sha256."""
    scan = record.scan
    same = () if known is None else known.lines
    return {
        "id": ident,
        "name": name,
        "title": record.name,
        "etag": etag,
        "state": record.state,
        "scan": {
            "file": scan.file,
            "width": scan.width_px,
            "height": scan.height_px,
            "missing": scan_version is None,
            "other": other_scan,
            "version": scan_version,
        },
        "surfaces": [
            {"id": one.ident, "box": _box(one.box), "skew": one.skew_deg, "remark": one.remark}
            for one in record.surfaces
        ],
        "order": [line.ident for line in record.lines],
        "lines": [
            line_value(line, at) for at, line in enumerate(record.lines) if same[at : at + 1] != (line,)
        ],
        "removed": [{"id": one.ident, "text": one.text, "by": one.by} for one in record.removed],
        "unread": [
            {
                "id": one.ident,
                "surface": one.surface,
                "box": _box(one.outline.box),
                "outline": _points(one.outline.points),
                "reason": one.reason,
            }
            for one in record.unread
        ],
        "threshold": record.threshold,
        "people": record.people,
        "history": [
            {
                "id": change.id,
                "who": change.who,
                "when": change.when,
                "status": change.status,
                "text": change.text,
                "lines": len(change.targets),
            }
            for change in record.changes
        ],
    }


def line_value(line: LineView, order: int) -> Value:
    """One line."""
    effort = effort_of(line)
    return {
        "id": line.ident,
        "n": line.n,
        "kind": line.kind.value,
        "order": order,
        "region": line.region,
        "surface": line.surface,
        "box": None if line.outline is None else _box(line.outline.box),
        "outline": None if line.outline is None else _points(line.outline.points),
        "baseline": _points(line.baseline),
        "cert": line.confidence,
        "resp": line.by,
        "state": line.state,
        "by": line.state_by,
        "silence": line.silence,
        "tokens": [token_value(token) for token in line.tokens],
        "machine": line.machine,
        "earlier": [{"resp": one.by, "text": one.text, "cert": one.confidence} for one in line.earlier],
        "strip": strip_value(line),
        **effort_value(effort),
    }


def token_value(token: Token) -> Value:
    """One word or gap."""
    gap = token.gap
    return {
        "id": token.id,
        "text": token.text,
        "marks": list(token.marks),
        "parts": [{"text": part.text, "marks": list(part.marks)} for part in token.parts],
        "expan": token.expan,
        "gap": None if gap is None else {"reason": gap.reason, "extent": gap.extent},
        "cert": token.cert,
        "box": _box(token.box),
        "rivals": [{"text": rival.text, "cert": rival.cert} for rival in token.rivals],
        "machine": token.machine,
        "by": token.by,
    }


def reading_value(reading: Reading) -> list[Value]:
    """What an engine makes of a line, as tokens."""
    return [
        {
            "id": None,
            "text": word.text,
            "marks": [],
            "parts": [],
            "expan": None,
            "gap": None if word.text else {"reason": "illegible", "extent": None},
            "cert": word.confidence,
            "box": _box(word.box),
            "rivals": [{"text": rival.text, "cert": rival.confidence} for rival in word.rivals],
            "machine": None,
            "by": None,
        }
        for word in reading.words
    ]


def past_value(past: Past, index: int) -> Value:
    """What once stood on a line; its index is what restoring wants."""
    return {
        "index": index,
        "when": past.when or None,
        "who": past.who or None,
        "text": past.text,
        "tokens": [token_value(token) for token in past.tokens],
    }


def conflict_value(number: int, conflict: Conflict) -> Value:
    """A correction that could not be brought together with another program's."""
    mine = conflict.change.tokens if isinstance(conflict.change, CorrectLine) else ()
    return {
        "number": number,
        "who": conflict.who,
        "when": conflict.when,
        "why": conflict.why,
        "change": type(conflict.change).__name__,
        "line": getattr(conflict.change, "line", None),
        "mine": [token_value(token) for token in mine],
        "theirs": [token_value(token) for token in conflict.theirs],
    }


def plain(value: Any) -> Any:
    """A value of ours as decode.read takes it back; parts that are as by default are left out."""
    if isinstance(value, Point | Box):
        return _box(value) if isinstance(value, Box) else [value.x, value.y]
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        held = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {field.name: plain(one) for field, one in held if one != field.default}
    return value


def effort_value(effort: Effort) -> Value:
    """Expected errors, seconds of work, errors found in a minute."""
    return {
        "expected_errors": round(effort.expected_errors, 3),
        "seconds": round(effort.seconds, 1),
        "worth": round(effort.worth, 3),
    }


def cut_of(line: LineView) -> LineCut | None:
    """Where the strip of a line lies on the scan; None of a line without a place."""
    return None if line.outline is None else _cut(line.outline, line.baseline)


@lru_cache(maxsize=8192)  # a page is told anew after every correction, and its places seldom change
def _cut(outline: Outline, baseline: tuple[Point, ...]) -> LineCut | None:
    return None if outline.area < 1 else line_cut(outline, baseline)


def strip_value(line: LineView) -> Value | None:
    """The size of a line's strip, and the way there from the scan: x' = a x + b y + c, y' = d x + e y + f."""
    cut = cut_of(line)
    if cut is None:
        return None
    there = cut.there
    matrix = [round(v, 5) for v in (there.a, there.b, there.c, there.d, there.e, there.f)]
    return {"width": cut.width, "height": cut.height, "to": matrix}


def _box(box: Box | None) -> list[float] | None:
    return None if box is None else [round(v, 1) for v in (box.left, box.top, box.right, box.bottom)]


@lru_cache(maxsize=8192)
def _points(points: tuple[Point, ...]) -> list[list[float]]:
    return [[round(point.x, 1), round(point.y, 1)] for point in points]
