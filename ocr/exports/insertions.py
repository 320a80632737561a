"""Insertions above a line: which line they belong to, and before which word of it they stand."""

from collections.abc import Iterable, Sequence

import numpy as np

from ocr.corrections.view import LineView
from ocr.exports.layout import shared_boxes
from ocr.geometry import Box
from ocr.page import Kind
from ocr.tei.words import HYPHENS


def hosts_of(lines: Sequence[LineView]) -> dict[str, str]:
    """The line that each insertion of a page stands above, by their ids: the nearest one below it on its leaf
    that runs under it. An insertion that no line runs under, or that tells no place, is not in it."""
    hosts = [line for line in lines if line.kind in {Kind.TEXT, Kind.HEADING} and _takes_words(line)]
    owners = {}
    for line in lines:
        if line.kind is not Kind.INSERTION or line.outline is None:
            continue
        box = line.outline.box
        middle, low = (box.left + box.right) / 2, _row(line, (box.left + box.right) / 2)
        below = [
            (row - low, host.ident)
            for host in hosts
            if host.surface == line.surface and _runs_under(host, box) and (row := _row(host, middle)) > low
        ]
        if below:
            owners[line.ident] = min(below)[1]
    return owners


def position(host: LineView, insertion: LineView, *, goes_on: bool) -> int:
    """Before which word of its line an insertion stands: behind all whose middle is left of its beginning.

    `goes_on`: the first word of the line is the rest of one; nothing stands before it, nor behind a word that
    goes on in the next line.
    """
    place, of_line = insertion.outline, host.outline
    assert place is not None
    assert of_line is not None
    words = shared_boxes(host.tokens, of_line.box)
    at = sum((box.left + box.right) / 2 < place.box.left for box in words)
    return min(max(at, int(goes_on)), len(words) - _is_open(host))


def left_to_right(insertions: Iterable[LineView]) -> list[LineView]:
    """Insertions above one line in the order that they are read in."""
    return sorted(insertions, key=lambda each: each.outline.box.left if each.outline is not None else 0.0)


def _takes_words(line: LineView) -> bool:
    """Is there room between words that may be halves of others?"""
    return line.outline is not None and bool(line.tokens) and len(line.tokens) > _is_open(line)


def _is_open(line: LineView) -> bool:
    return line.tokens[-1].text.endswith(tuple(HYPHENS))


def _runs_under(host: LineView, box: Box) -> bool:
    assert host.outline is not None
    of_host = host.outline.box
    return of_host.left < box.right and box.left < of_host.right


def _row(line: LineView, x: float) -> float:
    """How far down its baseline is at x; the lower edge of a line without one."""
    if len(line.baseline) < 2:
        assert line.outline is not None
        return line.outline.box.bottom
    xs, ys = zip(*line.baseline, strict=True)
    return float(np.interp(x, xs, ys))
