"""Where paragraphs begin: by indent, by a gap, after a short line, with what the words say for or against it.

Frame: pixels of the scan; measured is along the slope of the region's baselines, in its pitches (the way from
one baseline to the next). A line that nothing is known of counts as one that goes on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import median, quantiles

from ocr.corrections.view import LineView
from ocr.page import Kind
from ocr.tei.words import hyphenated
from ocr.text import bare_word

_LEAST_LINES = 3
"""Of fewer lines no margin is known."""
_LEAST_INDENT, _MOST_INDENT = 0.4, 1.3
"""What counts as an indent, in pitches: more where the margin is ragged, within these bounds."""
_GAP = 1.4
"""A baseline so many pitches under the one before stands apart."""
_LEAST_ROOM = 0.12
"""Room left at the end of a line, beyond the word that would have followed, as a share of its column."""
_BEGINS = 1.5
"""From this sum on a line begins a paragraph."""
_INDENTED, _APART, _AFTER_SHORT = 2.0, 1.75, 1.75
_ENDED, _OPEN = 0.5, -0.75
"""The line before ends a sentence, or not."""
_CAPITAL, _SMALL = 0.5, -1.0
"""It begins with a capital (or no letter), or with a small letter."""
_ENDS = frozenset(".!?…:;")
_MOST_LINES = 80
"""Lines whose pairs tell how a margin slants; a longer column is thinned out."""


@dataclass(frozen=True, slots=True)
class LineTraits:
    """How a line lies in its region."""

    indent: bool = False
    gap: bool = False
    room: float = 0.0
    """What it leaves free at its end, as a share of the column's width."""
    first_word: float = 0.0
    """The width of its first word, in the same measure."""


class ParagraphFinder:
    """Goes through the lines of a notebook in reading order, page after page."""

    def __init__(self) -> None:
        self._before: tuple[LineView, LineTraits] | None = None
        self._is_parted = False
        """An insertion or a struck line stands after it."""

    def begins(self, lines: Sequence[LineView]) -> Iterator[tuple[bool, bool]]:
        """Of each line of the next page: does it begin a paragraph, and does it go on with the last word of
        the line before? Lines are those shown, in order; of a table the first does; page numbers and notes in
        the margin stand aside and begin none, insertions and struck lines lie within a paragraph."""
        traits = _traits(lines)
        table: int | None = None
        for line in lines:
            if line.cell is not None:  # a table stands between paragraphs, and no word runs on into it
                yield line.cell.table != table, False
                table, self._before, self._is_parted = line.cell.table, None, False
                continue
            if line.kind in {Kind.NUMBER, Kind.MARGIN}:
                yield False, False
                continue
            if line.kind in {Kind.INSERTION, Kind.STRUCK}:
                first = self._before is None
                self._before = (line, LineTraits()) if self._before is None else self._before
                self._is_parted = True
                yield first, False
                continue
            here = traits.get(line.ident, LineTraits())
            goes_on = self._before is not None and not self._is_parted and _goes_on(self._before[0], line)
            yield not goes_on and self._begins(line, here), goes_on
            self._before, self._is_parted = (line, here), False

    def _begins(self, line: LineView, here: LineTraits) -> bool:
        if self._before is None:
            return True
        before, there = self._before
        if line.kind is not before.kind and Kind.HEADING in {line.kind, before.kind}:
            return True
        score = _text_score(before, line)
        is_short = there.room > here.first_word + _LEAST_ROOM
        if here.indent and (is_short or not there.indent or _ends_sentence(before)):
            score += _INDENTED
        score += _APART * here.gap + _AFTER_SHORT * is_short
        return score >= _BEGINS


def _goes_on(before: LineView, line: LineView) -> bool:
    words = [token.text for token in before.tokens]
    first = line.tokens[0].text if line.tokens else ""
    return bool(words) and before.kind is line.kind and hyphenated(words[-1], first)


def _ends_sentence(line: LineView) -> bool:
    text = line.tokens[-1].text if line.tokens else ""
    return text.rstrip("»\"”')")[-1:] in _ENDS


def _text_score(before: LineView, line: LineView) -> float:
    """What the words say: nothing where there are none."""
    score = 0.0
    if before.tokens and before.tokens[-1].text:
        score += _ENDED if _ends_sentence(before) else _OPEN
    first = bare_word(line.tokens[0].text)[1] if line.tokens else ""
    if first:
        score += _SMALL if first[0].islower() else _CAPITAL
    return score


def _traits(lines: Sequence[LineView]) -> dict[str, LineTraits]:
    """The traits of the lines of text of a page, each by its id."""
    regions: dict[tuple[str | None, str | None], list[LineView]] = {}
    for line in lines:
        if line.kind is Kind.TEXT and _ends_of(line) is not None:
            regions.setdefault((line.surface, line.region), []).append(line)
    return {ident: trait for of_region in regions.values() for ident, trait in _of_region(of_region)}


def _ends_of(line: LineView) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Where its baseline begins and ends; of a line without one the lower corners of its outline."""
    if len(line.baseline) > 1:
        return line.baseline[0], line.baseline[-1]
    if line.outline is None:
        return None
    box = line.outline.box
    return (box.left, box.bottom), (box.right, box.bottom)


def _of_region(lines: Sequence[LineView]) -> Iterator[tuple[str, LineTraits]]:
    if len(lines) < _LEAST_LINES:
        return
    ends = [ends_of_line for line in lines if (ends_of_line := _ends_of(line)) is not None]
    slope = median((y1 - y0) / (x1 - x0) if x1 > x0 else 0.0 for (x0, y0), (x1, y1) in ends)
    lefts = [x0 + slope * y0 for (x0, y0), _ in ends]
    rights = [x1 + slope * y1 for _, (x1, y1) in ends]
    rows = [(y0 + y1 - slope * (x0 + x1)) / 2 for (x0, y0), (x1, y1) in ends]
    ways = [low - high for high, low in pairwise(rows) if low > high]
    if not ways:
        return
    pitch = median(ways)
    left_rest, right_rest = _rest(rows, lefts), _rest(rows, rights)
    margin, edge = quantiles(left_rest, n=4)[0], quantiles(right_rest, n=4)[2]
    ragged = median(abs(rest - margin) for rest in left_rest if rest <= median(left_rest))
    least = min(max(4 * ragged / pitch, _LEAST_INDENT), _MOST_INDENT)
    width = max(median(rights) - median(lefts), pitch)
    for n, line in enumerate(lines):
        first = next((token.box for token in line.tokens if token.box is not None), None)
        yield (
            line.ident,
            LineTraits(
                indent=(left_rest[n] - margin) / pitch >= least,
                gap=n > 0 and (rows[n] - rows[n - 1]) / pitch >= _GAP,
                room=max(edge - right_rest[n], 0.0) / width,
                first_word=0.0 if first is None else first.width / width,
            ),
        )


def _rest(rows: Sequence[float], sides: Sequence[float]) -> list[float]:
    """The sides of a column without its slant: Theil and Sen's slope, which few odd lines turn."""
    step = max(len(rows) // _MOST_LINES, 1)
    thinned = list(zip(rows, sides, strict=True))[::step]
    slopes = [(x1 - x0) / (y1 - y0) for (y0, x0), (y1, x1) in combinations(thinned, 2) if y1 > y0]
    slant = min(max(median(slopes), -0.35), 0.35) if slopes else 0.0
    return [side - slant * row for row, side in zip(rows, sides, strict=True)]
