"""One line read again, by an engine of choice."""

import re
import threading
from collections import OrderedDict
from dataclasses import replace
from functools import lru_cache
from html import unescape
from pathlib import Path

from ocr.corrections.view import LineView, SurfaceView
from ocr.engines import ENGINES, Engine, open_engine
from ocr.engines.cursive import SHIPPED
from ocr.errors import RecordError, SettingsError
from ocr.files import MODELS, sha256_of
from ocr.page import Line, Reading, Step
from ocr.recipe import Recipe
from ocr.review.listing import inside
from ocr.review.tiles import OpenScan, Scans
from ocr.scan.leaf import Leaf, other_way_up, prepare, under

_MODEL = re.compile(r"<(?:[\w.-]+:)?p>model=([^<]+)<")
_MODEL_DATA = re.compile(r"<(?:[\w.-]+:)?p>model data=([0-9a-f]{16})<")

_PREPARED = 2
"""Scans whose leaves are kept: preparing takes seconds, reading a line a tenth of one."""


class Rereader:
    """Reads single lines. For many threads; one line at a time."""

    def __init__(self, scans: Scans, recipe: Recipe, timeout_s: float = 30.0) -> None:
        self._scans, self._recipe, self._timeout_s = scans, recipe, timeout_s
        self._leaves: OrderedDict[tuple[OpenScan, bool], tuple[Leaf, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def read(
        self, sheet: OpenScan, surface: SurfaceView | None, line: LineView, engine: str, model: str = ""
    ) -> tuple[Reading, Step]:
        """What the engine makes of the line, and who it is. `model`: of our recogniser; else the shipped one.

        SettingsError for an unknown engine, RecordError for a line without a place; what the engine raises.
        """
        if engine not in ENGINES:
            raise SettingsError(f"There is no engine {engine!r}; known: {', '.join(ENGINES)}.")
        if line.outline is None:
            raise RecordError("The line has no place on the scan. Draw its outline first.")
        asked = Line(line.outline, line.baseline, line.kind)
        with self._lock:
            leaf = self._leaf(sheet, surface, asked)
            cursive = replace(self._recipe.cursive, model=model or self._recipe.cursive.model)
            opened = _opened(replace(self._recipe, cursive=cursive), engine)
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


def own_model(record: bytes, page: Path, root: Path) -> str:
    """The model of its hand that a page was read with, where it still lies in a folder `models` beside it or
    above it, within the root, with the bytes that read; empty: the page names none, or it is not there."""
    header = record.partition(b"</teiHeader>")[0].decode("utf-8", "replace")
    name, digest = _MODEL.search(header), _MODEL_DATA.search(header)
    if name is None or digest is None or name[1] == SHIPPED.name:
        return ""
    for folder in (page.parent, *page.parent.parents):
        path = inside(folder / MODELS / Path(unescape(name[1])).name, root)
        if path is not None and sha256_of(path.read_bytes()).startswith(digest[1]):
            return str(path)
        if folder == root:
            break
    return ""


@lru_cache(maxsize=4)
def _opened(recipe: Recipe, engine: str) -> Engine:
    chosen = replace(recipe, engine=engine)
    return open_engine(engine, chosen.of_engine)
