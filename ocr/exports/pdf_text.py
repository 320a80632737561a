"""The invisible text of a PDF page: each word where it stands, along its baseline, as wide as it is written.

The font has no letters: whatever is asked for, it advances by half its size. A word is stretched to its
width. All words of a line have one size, or readers would not see that they stand in one line; how far each
reaches above and below its baseline is told by the ascent and descent of its font. So there are several
fonts, all with the same data.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from ocr.exports.layout import Layout, LayoutWord
from ocr.exports.pdf_file import PdfFile, dictionary, numbers, reference
from ocr.geometry import Affine, Box, Point

FONT = Path(__file__).with_name("glyphless.ttf")
"""An empty glyph and one that is a line without area, 500 of 1000 units wide (docs/decisions/0012)."""

_ADVANCE = 0.5
"""Of every letter, in sizes of the font."""
_LEAST_PX = 1.0
"""Words that have no width or height still get so much."""
_STEPS = 40
"""Ascent and descent of fonts are told in so many parts of their size."""
_DEEPEST = 0.4
"""Descent of a font, at most: readers take deeper ones for a mistake, as they do an ascent above 1."""
_LEVEL = 0.2
"""A word that rises by less, in heights of it, lies level and fills its box: readers part letters at other
heights, and take a box for as high as it is at the first letter."""
_STEEPEST = 0.8
"""No word rises by more, in heights of it."""
_LEAST_GAP = 0.16
"""Between words, in sizes of the font: at 0.15 and less `pdftotext -raw` sees no space."""
_BEYOND = range(0xD800, 0xE000)
"""Codes that stand for no letter by themselves: given to letters beyond the first 65536 as they come."""


@dataclass(frozen=True, slots=True)
class Run:
    """Where a word runs, in pixels of the upright scan."""

    start: Point
    end: Point
    """On the baseline, at the two ends of the word."""
    above: float
    below: float
    """How far it reaches to either side of its baseline."""


class Extent(NamedTuple):
    """How far letters of a font reach above and below the baseline, in steps of its size."""

    above: int
    below: int


class TextFonts:
    """The fonts of one file: those that are used, and what their letters are."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._fonts: dict[Extent, int] = {}
        self._beyond: dict[str, int] = {}
        self._data, self._to_unicode, self._glyphs = (file.reserve() for _ in range(3))

    def reference_of(self, extent: "Extent") -> str:
        """The font of that extent, written at the end."""
        if extent not in self._fonts:
            self._fonts[extent] = self._file.reserve()
        return reference(self._fonts[extent])

    def codes(self, text: str) -> str:
        """The letters as the fonts have them, two bytes each, hexadecimal."""
        return "".join(f"{self._code(letter):04X}" for letter in text)

    def _code(self, letter: str) -> int:
        code = ord(letter)
        if code in {0, 0xFEFF, 0xFFFE, 0xFFFF} or code in _BEYOND:  # no letters: PDF/A-2u refuses them
            return 0xFFFD
        if code < 0x10000:
            return code
        return self._beyond.setdefault(letter, _BEYOND[min(len(self._beyond), len(_BEYOND) - 1)])

    def write(self) -> None:
        """Writes what was used."""
        data = FONT.read_bytes()
        self._file.packed(data, {"Length1": str(len(data))}, self._data)
        self._file.packed(b"\0\1" * 0x10000, {}, self._glyphs)
        self._file.packed(_to_unicode(self._beyond).encode(), {}, self._to_unicode)
        for extent, number in self._fonts.items():
            ascent, descent = (max(1, round(1000 * side / _STEPS)) for side in extent)
            described = self._file.add(
                dictionary(
                    {
                        "Type": "/FontDescriptor",
                        "FontName": "/Glyphless",
                        "Flags": "4",
                        "FontBBox": f"[0 {-descent} 500 {ascent}]",
                        "ItalicAngle": "0",
                        "Ascent": str(ascent),
                        "Descent": str(-descent),
                        "CapHeight": str(ascent),
                        "StemV": "80",
                        "FontFile2": reference(self._data),
                    }
                )
            )
            descendant = self._file.add(
                dictionary(
                    {
                        "Type": "/Font",
                        "Subtype": "/CIDFontType2",
                        "BaseFont": "/Glyphless",
                        "CIDSystemInfo": "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>",
                        "FontDescriptor": described,
                        "DW": str(round(1000 * _ADVANCE)),
                        "CIDToGIDMap": reference(self._glyphs),
                    }
                )
            )
            self._file.add(
                dictionary(
                    {
                        "Type": "/Font",
                        "Subtype": "/Type0",
                        "BaseFont": "/Glyphless",
                        "Encoding": "/Identity-H",
                        "DescendantFonts": f"[{descendant}]",
                        "ToUnicode": reference(self._to_unicode),
                    }
                ),
                number,
            )


def text_of(layout: Layout, fonts: TextFonts, to_page: Affine, name: str) -> tuple[str, dict[str, str]]:
    """The text of a page as PDF writes it, and the fonts it names (`name` and their extent).

    `to_page` leads from pixels of the upright scan to units of the page, y upwards. Between two words of a
    line stands a space as wide as the gap; lines follow in reading order.
    """
    parts, used, present = [], {}, ""
    for region in layout.regions:
        for line in region.lines:
            runs = [run_of(word, line.baseline) for word in line.words]
            size = max(map(_size, runs), default=_LEAST_PX)
            for place in range(1, len(runs)):
                runs[place - 1], runs[place] = apart(runs[place - 1], runs[place], size)
            for place, (word, run) in enumerate(zip(line.words, runs, strict=True)):
                extent = Extent(round(_STEPS * run.above / size), round(_STEPS * run.below / size))
                font = f"{name}{extent.above}.{extent.below}"
                if font != present:
                    present = font
                    used[font] = fonts.reference_of(extent)
                    parts.append(f"/{font} 1 Tf")
                parts.append(_shown(fonts.codes(word.token.text), run, size, to_page))
                if place + 1 < len(runs):
                    parts.append(_shown("0020", _space(run, runs[place + 1]), size, to_page))
    return "\n".join(["BT", "3 Tr", *parts, "ET"]) if parts else "", used


def _size(run: Run) -> float:
    """The least size of a font that reaches as far as a run."""
    return max(run.above, run.below / _DEEPEST, _LEAST_PX)


def run_of(word: LayoutWord, baseline: Sequence[Point]) -> Run:
    """Where a word runs: as wide as its box (as tall, where lines run up or down), along its baseline."""
    box, points = word.box, list(baseline)
    across, down = points[-1].x - points[0].x, points[-1].y - points[0].y
    is_steep = abs(down) > abs(across)
    if is_steep:  # looked at with x and y exchanged
        box, points = Box(box.top, box.left, box.bottom, box.right), [Point(y, x) for x, y in points]
    start, end, low, high = _along(box, sorted(points))
    runs_on = (down if is_steep else across) >= 0
    if not runs_on:
        start, end = end, start
    if is_steep:
        start, end = Point(start.y, start.x), Point(end.y, end.x)
    return Run(start, end, low, high) if runs_on != is_steep else Run(start, end, high, low)


def _along(box: Box, points: Sequence[Point]) -> tuple[Point, Point, float, float]:
    """Where a level baseline (points from left to right) crosses the sides of a box, moved into it if need
    be, and the room above and below it."""
    left, right = _at(points, box.left), _at(points, box.right)
    rise = min(max(right - left, -_STEEPEST * box.height), _STEEPEST * box.height)
    if abs(rise) <= _LEVEL * box.height:
        rise = 0.0
    half = abs(rise) / 2
    middle = min(max((left + right) / 2, box.top + half), box.bottom - half)
    start, end = Point(box.left, middle - rise / 2), Point(box.right, middle + rise / 2)
    return start, end, middle - half - box.top, box.bottom - middle - half


def _at(points: Sequence[Point], x: float) -> float:
    """The height of a baseline (points from left to right) there; beyond its ends that of the end."""
    if x <= points[0].x:
        return points[0].y
    for before, after in pairwise(points):
        if x <= after.x:
            return before.y + (after.y - before.y) * (x - before.x) / (after.x - before.x)
    return points[-1].y


def apart(run: Run, following: Run, size: float) -> tuple[Run, Run]:
    """Two runs with a gap between: each gives up half of what is missing, a fourth of its length at most."""
    missing = max(_LEAST_GAP * size - _gap(run, following), 0.0) / 2
    return _cut(run, 0.0, missing), _cut(following, missing, 0.0)


def _cut(run: Run, before: float, after: float) -> Run:
    """A run without so much of its start and of its end."""
    across, down = run.end.x - run.start.x, run.end.y - run.start.y
    length = max(math.hypot(across, down), _LEAST_PX)
    first, last = (min(cut / length, 0.25) for cut in (before, after))
    return replace(
        run,
        start=Point(run.start.x + first * across, run.start.y + first * down),
        end=Point(run.end.x - last * across, run.end.y - last * down),
    )


def _gap(run: Run, following: Run) -> float:
    """How far the next run begins beyond the end of a run, along it; below 0 where they overlap."""
    across, down = run.end.x - run.start.x, run.end.y - run.start.y
    beyond = (following.start.x - run.end.x) * across + (following.start.y - run.end.y) * down
    return beyond / max(math.hypot(across, down), _LEAST_PX)


def _space(run: Run, following: Run) -> Run:
    """From the end of a run to the next one; of no width where they overlap."""
    return replace(run, start=run.end, end=following.start if _gap(run, following) > 0 else run.end)


def _shown(codes: str, run: Run, size: float, to_page: Affine) -> str:
    """Some letters from the start of a run to its end, so large."""
    across, down = run.end.x - run.start.x, run.end.y - run.start.y
    length = math.hypot(across, down)
    if length < _LEAST_PX:
        across, down, length = _LEAST_PX, 0.0, _LEAST_PX
    wide = len(codes) / 4 * _ADVANCE
    upright = Affine(
        across / wide, down / length * size, run.start.x, down / wide, -across / length * size, run.start.y
    )
    m = to_page.after(upright)
    return f"{numbers(m.a, m.d, m.b, m.e, m.c, m.f)} Tm <{codes}> Tj"


def _to_unicode(beyond: dict[str, int]) -> str:
    """Code by code the letter itself, for all that there are below 65536; then those beyond."""
    ranges = [
        f"<{high << 8:04X}> <{high << 8 | 0xFF:04X}> <{high << 8:04X}>"
        for high in range(0x100)
        if high << 8 not in _BEYOND and high not in {0, 0xFE, 0xFF}
    ]
    ranges += ["<0001> <00FF> <0001>", "<FE00> <FEFE> <FE00>", "<FF00> <FFFD> <FF00>"]
    letters = [
        f"<{code:04X}> <{letter.encode('utf-16-be').hex().upper()}>" for letter, code in beyond.items()
    ]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<0000> <FFFF>",
            "endcodespacerange",
            *_blocks(sorted(ranges), "bfrange"),
            *_blocks(letters, "bfchar"),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


def _blocks(rows: Sequence[str], kind: str) -> list[str]:
    """A hundred rows at a time, as many as are allowed."""
    blocks: list[str] = []
    for at in range(0, len(rows), 100):
        part = rows[at : at + 100]
        blocks += [f"{len(part)} begin{kind}", *part, f"end{kind}"]
    return blocks
