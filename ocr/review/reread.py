"""One line read again, by an engine of choice."""

import threading
from collections import OrderedDict
from dataclasses import replace
from functools import cache

from ocr.corrections.view import LineView, SurfaceView
from ocr.engines import ENGINES, Engine, open_engine
from ocr.errors import RecordError, SettingsError
from ocr.page import Line, Reading, Step
from ocr.recipe import Recipe
from ocr.review.tiles import OpenScan, Scans
from ocr.scan.leaf import Leaf, other_way_up, prepare, under

_PREPARED = 2
"""Scans whose leaves are kept: preparing takes seconds, reading a line a tenth of one."""


class Rereader:
    """Reads single lines. For many threads; one line at a time."""

    def __init__(self, scans: Scans, recipe: Recipe, timeout_s: float = 30.0) -> None:
        self._scans, self._recipe, self._timeout_s = scans, recipe, timeout_s
        self._leaves: OrderedDict[tuple[OpenScan, bool], tuple[Leaf, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def read(
        self, sheet: OpenScan, surface: SurfaceView | None, line: LineView, engine: str
    ) -> tuple[Reading, Step]:
        """What the engine makes of the line, and who it is.

        SettingsError for an unknown engine, RecordError for a line without a place; what the engine raises.
        """
        if engine not in ENGINES:
            raise SettingsError(f"There is no engine {engine!r}; known: {', '.join(ENGINES)}.")
        if line.outline is None:
            raise RecordError("The line has no place on the scan. Draw its outline first.")
        asked = Line(line.outline, line.baseline, line.kind)
        with self._lock:
            leaf = self._leaf(sheet, surface, asked)
            opened = _opened(self._recipe, engine)
            reading = opened.read(leaf, [asked], timeout_s=self._timeout_s)[0]
        return reading, next(step for step in opened.steps if step.ident == reading.by)

    def _leaf(self, sheet: OpenScan, surface: SurfaceView | None, line: Line) -> Leaf:
        """The leaf the line lies on, the way up that its surface was read."""
        leaves = self._prepared(sheet, other_way_up=False)
        leaf = leaves[under(leaves, line.outline.box)]
        if surface is None:
            return leaf
        if other_way_up(leaf, surface.skew_deg):
            leaves = self._prepared(sheet, other_way_up=True)
        return leaves[under(leaves, line.outline.box)]

    def _prepared(self, sheet: OpenScan, *, other_way_up: bool) -> tuple[Leaf, ...]:
        key = (sheet, other_way_up)
        if key not in self._leaves:
            scan = self._scans.scan(sheet)
            self._leaves[key] = prepare(scan, self._recipe.leaf, other_way_up=other_way_up)
            while len(self._leaves) > _PREPARED:
                self._leaves.popitem(last=False)
        self._leaves.move_to_end(key)
        return self._leaves[key]


@cache
def _opened(recipe: Recipe, engine: str) -> Engine:
    chosen = replace(recipe, engine=engine)
    return open_engine(engine, chosen.of_engine)
