"""A picture of what was found on a scan: leaves, split, angle, ruling, regions, lines with order and kind."""

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.arrays import I32, ColourImage
from ocr.geometry import Point
from ocr.page import Kind, Page, Ruling, Skew, Surface
from ocr.scan.load import Scan

Colour = tuple[int, int, int]

_COLOURS: dict[Kind, Colour] = {  # red, green, blue; told apart by the colour-blind too (Okabe and Ito, 2008)
    Kind.TEXT: (0, 114, 178),
    Kind.HEADING: (204, 121, 167),
    Kind.INSERTION: (0, 158, 115),
    Kind.STRUCK: (213, 94, 0),
    Kind.MARGIN: (230, 159, 0),
    Kind.NUMBER: (86, 180, 233),
}
_UNREAD: Colour = (110, 0, 170)
_DOUBTFUL: Colour = (200, 30, 30)
_LEAF: Colour = (70, 70, 70)
_SPLIT: Colour = (200, 0, 120)
_BASELINE: Colour = (200, 30, 30)
_WHITE: Colour = (255, 255, 255)
_LONGER_SIDE_PX = 2400
_DASH_PX = 9.0
_FILL = 0.22
_FONT = cv2.FONT_HERSHEY_SIMPLEX


@dataclass(slots=True)
class _Canvas:
    """What is drawn on, and how large things are on it."""

    picture: ColourImage
    """Red, green, blue."""
    scale: float
    """Picture pixels per scan pixel."""
    letter: float
    """Size of writing, as cv2 counts it."""

    def pixels(self, points: tuple[Point, ...]) -> I32:
        """Places of the scan as cv2 wants them."""
        places = [[round(p.x * self.scale), round(p.y * self.scale)] for p in points]
        return np.array(places, dtype=np.int32).reshape(-1, 1, 2)

    def outline(self, points: tuple[Point, ...], colour: Colour, width: int) -> None:
        cv2.polylines(self.picture, [self.pixels(points)], True, colour, width, cv2.LINE_AA)

    def dashes(self, points: tuple[Point, ...], colour: Colour) -> None:
        """A broken line around a place."""
        corners = self.pixels((*points, points[0])).reshape(-1, 2).astype(np.float64)
        sides = np.hypot(*np.diff(corners, axis=0).T)
        run = np.concatenate([[0.0], np.cumsum(sides)])
        ends = np.arange(0.0, run[-1], _DASH_PX)
        for start in ends[::2]:
            along = np.array([start, *run[(run > start) & (run < start + _DASH_PX)], start + _DASH_PX])
            dash = np.stack([np.interp(along, run, corners[:, k]) for k in (0, 1)], axis=1)
            cv2.polylines(self.picture, [np.rint(dash).astype(np.int32)], False, colour, 3, cv2.LINE_AA)

    def tag(self, text: str, right: int, middle: int, colour: Colour) -> None:
        """White words on a patch of colour that ends at a place, or begins at the picture's edge."""
        (wide, tall), _ = cv2.getTextSize(text, _FONT, self.letter, 1)
        left = max(right - wide - 6, 0)
        top = min(max(middle - tall // 2 - 3, 0), len(self.picture) - tall - 6)
        cv2.rectangle(self.picture, (left, top), (left + wide + 5, top + tall + 6), colour, -1)
        self.write(text, left + 3, top + tall + 3, _WHITE)

    def write(self, text: str, x: int, y: int, colour: Colour) -> None:
        plain = text.encode("ascii", "replace").decode()  # the fonts of cv2 know no more
        cv2.putText(self.picture, plain, (x, y), _FONT, self.letter, colour, 1, cv2.LINE_AA)


def overlay(scan: Scan, page: Page) -> bytes:
    """A JPEG, longer side about 2400 px at most: the scan, paled, with all that the page says of its places.

    Under the scan stands what colours mean, and of each leaf its angle, its ruling and what was found.
    """
    height, width = scan.pixels.shape[:2]
    scale = min(1.0, _LONGER_SIDE_PX / max(height, width))
    small = cv2.resize(scan.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)
    paled = (small.astype(np.uint16) * 3 // 4 + 63).astype(np.uint8)
    sheet = _Canvas(paled, scale, min(max(small.shape[1] / 2600, 0.4), 0.7))
    _fill(sheet, page)
    for surface in page.surfaces:
        _draw(sheet, surface)
    for left, right in zip(page.surfaces, page.surfaces[1:], strict=False):
        _split(sheet, left, right)
    shown = np.concatenate([sheet.picture, _legend(sheet, page)])
    done, coded = cv2.imencode(".jpg", shown[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert done  # a picture in memory of sane size can always be coded
    return coded.tobytes()


def _fill(sheet: _Canvas, page: Page) -> None:
    """A wash of its kind's colour over each line, so that what belongs together is seen from afar."""
    wash = sheet.picture.copy()
    for line in page.lines:
        cv2.fillPoly(wash, [sheet.pixels(line.outline.points)], _COLOURS[line.kind])
    mixed = cv2.addWeighted(wash, _FILL, sheet.picture, 1 - _FILL, 0)
    sheet.picture = np.asarray(mixed, np.uint8)


def _draw(sheet: _Canvas, surface: Surface) -> None:
    sheet.outline(surface.box.corners, _LEAF, 3)
    if surface.ruling is not None:
        _ladder(sheet, surface, surface.ruling)
    for region in surface.regions:
        sheet.outline(region.outline.points, _COLOURS[region.kind], 1)
    for line in surface.lines:
        sheet.outline(line.outline.points, _COLOURS[line.kind], 1)
        if line.border_confidence is not None:
            sheet.dashes(line.outline.points, _DOUBTFUL)
        cv2.polylines(sheet.picture, [sheet.pixels(line.baseline)], False, _BASELINE, 1, cv2.LINE_AA)
        for word in line.reading.words if line.reading else ():
            if word.box:
                ends = (Point(word.box.left, word.box.bottom), Point(word.box.right, word.box.bottom))
                cv2.polylines(sheet.picture, [sheet.pixels(ends)], False, _COLOURS[line.kind], 2)
    for place in surface.unread:
        sheet.outline(place.outline.points, _UNREAD, 3)
        box = place.outline.box
        sheet.tag("not read", round(box.left * sheet.scale) - 1, round(box.centre.y * sheet.scale), _UNREAD)
    for number, line in enumerate(surface.lines, 1):  # numbers above all else
        name = str(number) if line.kind is Kind.TEXT else f"{number} {line.kind}"
        start = line.baseline[0] if line.baseline else line.outline.points[0]
        middle = round(start.y * sheet.scale - 8 * sheet.letter)
        sheet.tag(name, round(line.outline.box.left * sheet.scale) - 1, middle, _COLOURS[line.kind])


def _ladder(sheet: _Canvas, surface: Surface, ruling: Ruling) -> None:
    """Rungs down the left edge of the leaf, as far from each other and as steep as its rules."""
    if not ruling.pitch_px:
        return
    box, long = surface.box, 0.025 * surface.box.width
    drop = long * float(np.tan(np.radians(ruling.angle_deg)))
    colour = ruling.colour or _LEAF
    for n in range(1, int(box.height / ruling.pitch_px)):
        y = box.top + n * ruling.pitch_px
        rung = (Point(box.left, y), Point(box.left + long, y + drop))
        cv2.polylines(sheet.picture, [sheet.pixels(rung)], False, colour, 2, cv2.LINE_AA)


def _split(sheet: _Canvas, left: Surface, right: Surface) -> None:
    """A dashed line where a double page was parted."""
    x = round((left.box.right + right.box.left) / 2 * sheet.scale)
    for y in range(0, len(sheet.picture), 32):
        cv2.line(sheet.picture, (x, y), (x, y + 18), _SPLIT, 3)
    sheet.tag("split", x + 20, 12, _SPLIT)


def _legend(sheet: _Canvas, page: Page) -> ColourImage:
    """A strip of paper as wide as the scan: what colours mean, then a row or two for each leaf."""
    width = sheet.picture.shape[1]
    step = round(44 * sheet.letter)
    leaves = [f"leaf {n}: {row}" for n, surface in enumerate(page.surfaces, 1) for row in _about(surface)]
    rows = [part for row in leaves for part in _broken(row, sheet.letter, width - 16)]
    paper = _Canvas(np.full((step * (len(rows) + 4), width, 3), 255, np.uint8), 1.0, sheet.letter)
    named: list[tuple[str, Colour]] = [
        *((f"{kind} line", colour) for kind, colour in _COLOURS.items()),
        ("baseline", _BASELINE),
        *([("border in doubt", _DOUBTFUL)] if _is_doubted(page) else []),
        *([("looks like writing, in no line", _UNREAD)] if any(page.unread) else []),
        ("edge of leaf", _LEAF),
        *([("split", _SPLIT)] if len(page.surfaces) > 1 else []),
    ]
    x, y = 8, step
    for name, colour in named:
        (wide, _), _ = cv2.getTextSize(name, _FONT, sheet.letter, 1)
        if x + wide + 2 * step > width and x > 8:
            x, y = 8, y + step
        cv2.rectangle(paper.picture, (x, y - step // 3), (x + step * 2 // 3, y), colour, -1)
        paper.write(name, x + step * 2 // 3 + 6, y, (0, 0, 0))
        x += wide + step * 2 // 3 + step
    for row in rows:
        y += step
        paper.write(row, 8, y, (0, 0, 0))
    return paper.picture[: y + step // 2]


def _is_doubted(page: Page) -> bool:
    return any(line.border_confidence is not None for line in page.lines)


def _broken(text: str, letter: float, width: int) -> list[str]:
    """A row of words in as many rows as the width asks for."""
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and cv2.getTextSize(longer, _FONT, letter, 1)[0][0] > width:
            rows.append(word)
        else:
            rows[-1] = longer
    return rows


def _about(surface: Surface) -> list[str]:
    """What is known of a leaf, in words."""
    kinds = [line.kind for line in surface.lines]
    counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in Kind if kind in kinds)
    lines = f"lines: {counted}" if kinds else "no lines"
    return [
        f"{_skew_words(surface.skew)}; {_ruling_words(surface.ruling)}",
        lines + _ink_words(surface) + (f"; {surface.remark}" if surface.remark else ""),
    ]


def _ink_words(surface: Surface) -> str:
    if surface.ink is None or not surface.ink.marked_px:
        return ""
    share = surface.ink.uncovered_px / surface.ink.marked_px
    return f"; {share:.1%} of the writing in no line" + (", read in part" if surface.ink.partial else "")


def _skew_words(skew: Skew | None) -> str:
    if skew is None:
        return "skew not measured"
    done = "turned straight" if skew.applied else f"not turned: {skew.reason}"
    return f"skew {skew.angle_deg:+.2f} deg, confidence {skew.confidence:.2f}, {done}"


def _ruling_words(ruling: Ruling | None) -> str:
    if ruling is None:
        return "no ruling found"
    words = f"ruling: {ruling.kind}, {ruling.angle_deg:+.2f} deg, confidence {ruling.confidence:.2f}"
    if ruling.pitch_px:
        words += f", every {ruling.pitch_px:.0f} px"
    if ruling.colour:
        words += ", red {} green {} blue {}".format(*ruling.colour)
    return words + (f", {ruling.margins} margin rules" if ruling.margins else "")
