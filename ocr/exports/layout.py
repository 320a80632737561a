"""A page as formats of layout have it: leaves, regions, lines, words, each with a place.

Places are pixels of the upright scan, origin top left. What a record gives no place of its own stands at the
place of what holds it; words that share one share it by their letters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from ocr.corrections.letters import Part
from ocr.corrections.tokens import Token
from ocr.corrections.view import LineView, SurfaceView
from ocr.errors import RecordError
from ocr.exports.pages import ExportPage
from ocr.geometry import Box, Outline, Point
from ocr.page import Kind
from ocr.tei.flow import confidence_of
from ocr.tei.names import XML_ID, local, pointers, q
from ocr.tei.places import corners
from ocr.text import graphemes

_Sure = Mapping[str, Mapping[str, float]]
_OF_LINES = frozenset({Kind.INSERTION.value, Kind.STRUCK.value, Kind.NUMBER.value})
"""Kinds of lines whose words stand in an element that says so."""


@dataclass(frozen=True)
class LayoutWord:
    """A word with a place, its own or a share of another's; gaps are none."""

    token: Token
    ident: str
    box: Box
    is_struck: bool
    """By its writer, alone or with its line."""
    has_own_place: bool = True
    """Is the place its own, not a share of another's?"""
    sure: Mapping[str, float] = field(default_factory=dict)
    """Of marks that a machine set, how likely they are right, 0..1."""

    @property
    def marked(self) -> tuple[tuple[int, int, str], ...]:
        """Its marks: the first character of each, how many there are, and which mark."""
        spans, at = [], 0
        for part in self.token.parts or (Part(self.token.text, self.token.marks),):
            spans += [(at, len(part.text), mark) for mark in part.marks]
            at += len(part.text)
        if self.is_struck and not any(mark == "del" for _, _, mark in spans):
            spans.append((0, at, "del"))
        return tuple(spans)


@dataclass(frozen=True)
class LayoutLine:
    """A line of the text."""

    line: LineView
    outline: Outline
    baseline: tuple[Point, ...]
    """Two points or more, on the lower edge where the record tells of none."""
    kind_confidence: float | None = None
    """How sure a machine is that the line is what its kind says, 0..1."""
    marks_sure: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By the id of a word, `LayoutWord.sure`."""

    @cached_property
    def words(self) -> tuple[LayoutWord, ...]:
        """Its words, left to right."""
        tokens = [token for token in self.line.tokens if token.text]
        boxes = shared_boxes(tokens, self.outline.box)
        taken = {token.id for token in tokens}
        words = []
        for number, (token, box) in enumerate(zip(tokens, boxes, strict=True), 1):
            ident = token.id or f"{self.line.ident}_t{number}"
            while token.id is None and ident in taken:
                ident += "x"
            struck = self.line.kind is Kind.STRUCK or "del" in token.marks
            sure = self.marks_sure.get(ident, {})
            words.append(LayoutWord(token, ident, box, struck, _is_same(token.box, box), sure))
        return tuple(words)

    @property
    def text(self) -> str:
        """Its words with single spaces, struck ones included."""
        return " ".join(word.token.text for word in self.words)


@dataclass(frozen=True, slots=True)
class LayoutRegion:
    """Lines that belong together."""

    ident: str
    outline: Outline
    kind: Kind
    lines: tuple[LayoutLine, ...]


@dataclass(frozen=True, slots=True)
class LayoutLeaf:
    """One leaf of the scan."""

    surface: SurfaceView
    box: Box
    regions: tuple[LayoutRegion, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole page. `frame` is that of the scan."""

    width: int
    height: int
    leaves: tuple[LayoutLeaf, ...]

    @property
    def regions(self) -> tuple[LayoutRegion, ...]:
        """All regions in reading order."""
        return tuple(region for leaf in self.leaves for region in leaf.regions)


def layout_of(page: ExportPage) -> Layout:
    """The layout of a record. RecordError when it tells no size of the scan and no place of a line."""
    record = page.view
    boxes = [surface.box for surface in record.surfaces if surface.box is not None]
    lines = [line.outline.box for line in record.lines if line.outline is not None]
    around = (
        Box.around([corner for box in (*boxes, *lines) for corner in box.corners]) if boxes or lines else None
    )
    width, height = record.scan.width_px, record.scan.height_px
    if not width or not height:
        if around is None:
            raise RecordError(f"{page.path} tells no place of any line, and this format needs places.")
        width, height = max(round(around.right), 1), max(round(around.bottom), 1)
    whole = Box(0, 0, width, height)
    sure = _marks_sure(page.tree)
    outlines = {zone.get(XML_ID): points for zone in page.tree.iter(q("zone")) if (points := corners(zone))}
    surfaces = record.surfaces or (SurfaceView("", whole),)
    leaves = []
    for surface in surfaces:
        of_leaf = [line for line in record.lines if line.surface == (surface.ident or None)]
        if surface is surfaces[0]:
            idents = {each.ident for each in surfaces}
            of_leaf = [
                line
                for line in record.lines
                if line.surface is None or line.surface not in idents or line in of_leaf
            ]
        box = surface.box or whole
        leaves.append(LayoutLeaf(surface, box, tuple(_regions(of_leaf, outlines, box, sure))))
    return Layout(width, height, tuple(leaves))


def _regions(
    lines: Sequence[LineView], outlines: dict[str | None, list[Point]], leaf: Box, sure: _Sure
) -> list[LayoutRegion]:
    """Lines that follow each other in one region; a region that is come back to later is one more."""
    regions: list[LayoutRegion] = []
    taken: set[str] = set()
    rows: list[LineView] = []

    def end() -> None:
        if not rows:
            return
        points = outlines.get(rows[0].region, [])
        places = [line.outline for line in rows if line.outline is not None]
        if len(points) >= 3:
            outline = Outline(tuple(points))
        elif len(points) == 2:
            outline = Outline(Box.around(points).corners)
        elif places:
            outline = Outline(Box.around([p for place in places for p in place.points]).corners)
        else:
            outline = Outline(leaf.corners)
        ident = rows[0].region or f"{rows[0].ident}_region"
        while ident in taken:
            ident += "x"
        taken.add(ident)
        kinds = {line.kind for line in rows}
        kind = kinds.pop() if len(kinds) == 1 else Kind.TEXT
        regions.append(LayoutRegion(ident, outline, kind, tuple(_line(line, outline, sure) for line in rows)))
        rows.clear()

    for line in lines:
        if rows and rows[0].region != line.region:
            end()
        rows.append(line)
    end()
    return regions


def _line(line: LineView, region: Outline, sure: _Sure) -> LayoutLine:
    outline = line.outline
    if outline is None:
        boxes = [token.box for token in line.tokens if token.box is not None]
        points = [corner for box in boxes for corner in box.corners]
        outline = Outline(Box.around(points).corners) if points else region
    box = outline.box
    lower = (Point(box.left, box.bottom), Point(box.right, box.bottom))
    baseline = line.baseline if len(line.baseline) > 1 else lower
    return LayoutLine(line, outline, baseline, sure.get(line.ident, {}).get(line.kind.value), sure)


def _marks_sure(root: etree._Element) -> _Sure:
    """How likely a machine's marks are right: by the id of a word and the mark, by that of a line and its
    kind."""
    sure: dict[str, dict[str, float]] = {}
    for name in ("del", "hi", "add", "fw", "ab"):
        for element in root.iter(q(name)):
            share = confidence_of(element)
            if share is None:
                continue
            before = element.getprevious()
            if name == "ab":
                lines, kind = list(element.iter(q("lb"))), element.get("type", "")
            elif before is not None and local(before) == "lb" and before.get("type") in _OF_LINES:
                lines, kind = [before], before.get("type", "")
            else:
                words = [e for e in (*element.iter(), *element.iterancestors()) if local(e) in {"w", "pc"}]
                lines, kind = words, "superscript" if name == "hi" else name
            for ident in (ident for each in lines for ident in pointers(each, "facs")):
                sure.setdefault(ident, {})[kind] = share
    return sure


def _is_same(own: Box | None, box: Box) -> bool:
    if own is None:
        return False
    sides = ((own.left, box.left), (own.top, box.top), (own.right, box.right), (own.bottom, box.bottom))
    return all(abs(a - b) < 0.01 for a, b in sides)


def shared_boxes(tokens: Sequence[Token], line: Box) -> list[Box]:
    """A place for each: its own; else a share of that of the word before it (or behind it, or the line's)."""
    groups: list[tuple[Box | None, list[Token]]] = []
    for token in tokens:
        if groups and token.box == groups[-1][0] and token.id is None:
            groups[-1][1].append(token)  # the second word of a zone
        elif token.box is not None and not (groups and groups[-1][0] is None):
            groups.append((token.box, [token]))
        elif token.box is not None:
            groups[-1] = (token.box, [*groups[-1][1], token])
        elif groups:
            groups[-1][1].append(token)
        else:
            groups.append((None, [token]))
    boxes = []
    for box, members in groups:
        place = box or line
        sizes = [len(graphemes(member.text)) for member in members]
        letters = max(sum(sizes) + len(sizes) - 1, 1)  # a space between two
        at = 0
        for size in sizes:
            left = place.left + place.width * at / letters
            boxes.append(Box(left, place.top, left + place.width * size / letters, place.bottom))
            at += size + 1
    return boxes
