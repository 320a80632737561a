"""What the desk tells the browser: pages, lines and words as JSON values. Places are pixels of the scan."""

from collections.abc import Iterable
from dataclasses import asdict, astuple
from functools import lru_cache
from typing import Any

from ocr.corrections.changes import CorrectLine
from ocr.corrections.tokens import Gap, Token
from ocr.corrections.view import LineView, RecordView
from ocr.geometry import Box, Outline, Point
from ocr.page import Cell, Reading
from ocr.review.journal import EarlierText
from ocr.review.priority import Effort
from ocr.review.tally import effort_of
from ocr.review.threeway import MergedRun, WordPair, side_by_side
from ocr.review.values import Conflict
from ocr.scan.strips_for_people import LineCut, line_cut

Value = dict[str, Any]


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
    same = () if known is None else known.lines
    return {
        "id": ident,
        "name": name,
        "title": record.name,
        "etag": etag,
        "state": record.state,
        "scan": {
            "file": record.scan.file,
            "width": record.scan.width_px,
            "height": record.scan.height_px,
            "missing": scan_version is None,
            "other": other_scan,
            "version": scan_version,
        },
        "surfaces": [
            {"id": leaf.ident, "box": _box(leaf.box), "skew": leaf.skew_deg, "remark": leaf.remark}
            for leaf in record.surfaces
        ],
        "order": [line.ident for line in record.lines],
        "lines": [
            line_value(line, at) for at, line in enumerate(record.lines) if same[at : at + 1] != (line,)
        ],
        "removed": [asdict(line) for line in record.removed],
        "unread": [
            {
                "id": place.ident,
                "surface": place.surface,
                "box": _box(place.outline.box),
                "outline": _points(place.outline.points),
                "reason": place.reason,
            }
            for place in record.unread
        ],
        "threshold": record.threshold,
        "people": record.people,
        "history": [
            {key: value for key, value in asdict(change).items() if key != "targets"}
            | {"lines": len(change.targets)}
            for change in record.changes
        ],
    }


def line_value(line: LineView, order: int) -> Value:
    """One line."""
    return {
        "id": line.ident,
        "n": line.n,
        "cell": cell_value(line.cell),
        "kind": line.kind.value,
        "order": order,
        "region": line.region,
        "surface": line.surface,
        "box": None if line.outline is None else _box(line.outline.box),
        "outline": None if line.outline is None else _points(line.outline.points),
        "baseline": _points(line.baseline),
        "border": line.border,
        "cert": line.confidence,
        "resp": line.by,
        "state": line.state,
        "by": line.state_by,
        "silence": line.silence,
        "tokens": _tokens(line.tokens),
        "machine": line.machine,
        "earlier": [asdict(reading) for reading in line.earlier],
        "strip": strip_value(line),
        **effort_value(effort_of(line)),
    }


def cell_value(cell: Cell | None) -> Value | None:
    """The place of a cell in its table, from 1."""
    return None if cell is None else {"row": cell.row + 1, "column": cell.column + 1}


def token_value(token: Token) -> Value:
    """One word or gap."""
    return {
        "id": token.id,
        "text": token.text,
        "marks": list(token.marks),
        "parts": [asdict(part) for part in token.parts],
        "expan": token.expan,
        "gap": None if token.gap is None else asdict(token.gap),
        "cert": token.cert,
        "box": _box(token.box),
        "rivals": [{"text": rival.text, "cert": rival.cert} for rival in token.rivals],
        "machine": token.machine,
        "by": token.by,
    }


def reading_value(reading: Reading) -> list[Value]:
    """What an engine makes of a line, as tokens."""
    return [
        token_value(
            Token(word.text, gap=None if word.text else Gap("illegible"), cert=word.confidence, box=word.box)
        )
        | {"rivals": [{"text": rival.text, "cert": rival.confidence} for rival in word.rivals]}
        for word in reading.words
    ]


def earlier_value(earlier: EarlierText, index: int) -> Value:
    """What once stood on a line; its index is what restoring wants."""
    return {
        "index": index,
        "when": earlier.when or None,
        "who": earlier.who or None,
        "text": earlier.text,
        "tokens": _tokens(earlier.tokens),
    }


def conflict_value(number: int, conflict: Conflict, record: RecordView) -> Value:
    """A correction that could not be brought together with another program's; of words, `pairs` lays what
    the line says now beside what the other program wrote."""
    mine = conflict.change.tokens if isinstance(conflict.change, CorrectLine) else ()
    ident = getattr(conflict.change, "line", None)
    now = next((line.tokens for line in record.lines if line.ident == ident), None)
    comparable = now is not None and mine and conflict.theirs
    return {
        "number": number,
        "who": conflict.who,
        "when": conflict.when,
        "why": conflict.why,
        "change": type(conflict.change).__name__,
        "line": ident,
        "mine": _tokens(mine),
        "theirs": _tokens(conflict.theirs),
        "pairs": pairs_value(side_by_side(now or (), conflict.theirs)) if comparable else [],
    }


def pairs_value(pairs: Iterable[WordPair]) -> list[Value]:
    """Two readings of a line beside each other."""
    return [{"same": pair.same, "ours": _tokens(pair.ours), "theirs": _tokens(pair.theirs)} for pair in pairs]


def merge_value(runs: Iterable[MergedRun]) -> list[Value]:
    """Three readings of a line beside each other; `pick` is the side that both want, null where both changed
    the same words and a person must choose."""
    sides = ("base", "mine", "theirs")
    return [{side: _tokens(getattr(run, side)) for side in sides} | {"pick": run.pick} for run in runs]


def _tokens(tokens: Iterable[Token]) -> list[Value]:
    return [token_value(token) for token in tokens]


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
    return {"width": cut.width, "height": cut.height, "to": [round(v, 5) for v in astuple(cut.there)]}


def _box(box: Box | None) -> list[float] | None:
    return None if box is None else [round(v, 1) for v in (box.left, box.top, box.right, box.bottom)]


@lru_cache(maxsize=8192)
def _points(points: tuple[Point, ...]) -> list[list[float]]:
    return [[round(point.x, 1), round(point.y, 1)] for point in points]
