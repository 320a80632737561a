"""Pages drawn with tables, and with what looks like them: place and cell of each word are known."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PIL import Image, ImageDraw

from ocr.arrays import Pixels
from ocr.geometry import Box
from ocr.page import Cell
from tests.drawn import TEXT, font

PROSE = tuple(" ".join(TEXT).split())
_NAMES = (
    "Ачинска", "Томска", "Канска", "Иркутска", "Минусинска", "хлѣбъ ржаной", "овесъ", "дрова", "свѣчи",
    "масло постное", "крупа", "соль", "жалованье учителю", "за починку печи", "бумага", "чернила",
)  # fmt: skip
_HEADS = ("Число", "Названіе", "Цѣна", "Въ іюнѣ", "Въ декабрѣ", "Сумма", "Руб.", "Всего", "Кто уплатилъ")


class Rules(StrEnum):
    """How a table is ruled."""

    GRID = "grid"
    """Every cell."""
    COLUMNS = "columns"
    """A frame, columns, and a line under the heads."""
    OPEN = "open"
    """Columns and a line under the heads, no frame."""
    LEDGER = "ledger"
    """Printed paper: level rules over the page, columns from top to bottom."""
    NONE = "none"


class Other(StrEnum):
    """What is no table."""

    PROSE = "prose"
    COLUMNS = "two columns"
    PARTED = "two columns with a rule between"
    SCHOOL = "school paper with a margin"
    MARGINS = "ruled paper with two margins and notes"
    SQUARED = "squared paper"
    VERSE = "verse with numbers"
    FRAMED = "prose in a frame"
    LISTED = "a numbered list"
    YEARS = "a chronicle with years"
    LEAVES = "edges of leaves under this one, and what shows of them"


@dataclass(frozen=True, slots=True)
class TableWord:
    """A word that is drawn."""

    text: str
    box: Box
    cell: tuple[int, int] | None
    """Row and column of the table; None outside."""


@dataclass(frozen=True, slots=True)
class TablePage:
    """A drawn page and its words, in reading order."""

    pixels: Pixels
    words: tuple[TableWord, ...]
    spans: tuple[Cell, ...] = ()
    """The cells of the table that have words."""


class _Sheet:
    def __init__(self, rng: np.random.Generator, size: tuple[int, int]) -> None:
        self.rng, self.size = rng, size
        self.image = Image.new("L", size, int(rng.integers(215, 245)))
        self.pen = ImageDraw.Draw(self.image)
        self.words: list[TableWord] = []
        self.letter = int(rng.integers(26, 36))
        self.face = font(self.letter)
        self.pitch = int(self.letter * rng.uniform(1.6, 2.0))
        self.ink = int(rng.integers(20, 70))
        self.rule = int(rng.choice([self.ink, 110, 150]))
        self.thick = int(rng.integers(2, 4))

    def write(self, text: str, x: float, base: float, cell: tuple[int, int] | None = None) -> float:
        """Words from left to right; where they end."""
        for word in text.split():
            box = self.pen.textbbox((x, base), word, font=self.face, anchor="ls")
            self.pen.text((x, base), word, font=self.face, fill=self.ink, anchor="ls")
            self.words.append(TableWord(word, Box(*map(float, box)), cell))
            x = box[2] + 0.3 * self.letter
        return x - 0.3 * self.letter

    def width(self, text: str) -> float:
        return float(self.face.getlength(text))

    def prose(self, left: float, right: float, top: float, lines: int) -> float:
        """Full lines; the height of the last baseline."""
        at, base = int(self.rng.integers(len(PROSE))), top
        for n in range(lines):
            base, row = top + n * self.pitch, ""
            while self.width(f"{row} {PROSE[at % len(PROSE)]}") < right - left:
                row, at = f"{row} {PROSE[at % len(PROSE)]}".strip(), at + 1
            if n == lines - 1:
                row = " ".join(row.split()[: int(self.rng.integers(2, 5))])
            self.write(row, left, base)
        return base

    def level(self, y: float, left: float, right: float, tone: int | None = None) -> None:
        self.pen.line((left, y, right, y), fill=self.rule if tone is None else tone, width=self.thick)

    def upright(self, x: float, top: float, bottom: float, tone: int | None = None) -> None:
        self.pen.line((x, top, x, bottom), fill=self.rule if tone is None else tone, width=self.thick)

    def done(self) -> TablePage:
        noise = self.rng.normal(0, 3, self.image.size[::-1])
        pixels = np.clip(np.asarray(self.image, np.float32) + noise, 0, 255).astype(np.uint8)
        return TablePage(pixels, tuple(self.words))


def _number(rng: np.random.Generator) -> str:
    sort = rng.integers(4)
    if sort == 0:
        return f"{rng.integers(1, 30)} р. {rng.integers(1, 99)} к."
    if sort == 1:
        return "—"
    return str(rng.integers(1, 2000)) if sort == 2 else f"{rng.integers(1, 99)},{rng.integers(0, 99):02d}"


def table_page(seed: int, rules: Rules, *, around: bool | None = None) -> TablePage:
    """A page with a table of 5 to 11 rows: names and numbers under heads, prose above and below or not."""
    rng = np.random.default_rng((seed, 1014))
    sheet = _Sheet(rng, (1500, 2000))
    around = bool(rng.random() < 0.6) if around is None else around
    left, right, base = 140.0, 1360.0, 180.0
    if around and rules is not Rules.LEDGER:
        base = sheet.prose(left, right, base, int(rng.integers(3, 7))) + 1.6 * sheet.pitch
    count, rows = int(rng.integers(3, 6)), int(rng.integers(5, 12))
    kinds = ["name", *("number" for _ in range(count - 1))]
    if rng.random() < 0.3:
        kinds[-1] = "name"
    shares = np.array([2.2 if kind == "name" else 1.0 for kind in kinds]) * rng.uniform(0.9, 1.1, count)
    edges = left + (right - left) * np.concatenate([[0.0], np.cumsum(shares) / shares.sum()])
    pad = 0.45 * sheet.letter
    top, tops = base - 1.1 * sheet.pitch, []
    row_top, cells = top, 0
    for row in range(rows):
        tops.append(row_top)
        depth = 1
        for column, kind in enumerate(kinds):
            room = edges[column + 1] - edges[column] - 2 * pad
            if row == 0:
                text = str(rng.choice(_HEADS))
            else:
                text = str(rng.choice(_NAMES)) if kind == "name" else _number(rng)
            if row and column and rng.random() < 0.1:
                continue
            if sheet.width(text) > room:
                text = text.split()[0] if sheet.width(text.split()[0]) <= room else text[:2]
            wrapped = [text]
            if row and kind == "name" and rules is Rules.GRID and rng.random() < 0.3:
                wrapped.append(str(rng.choice(PROSE[:20])))
            wrapped = [each if sheet.width(each) <= room else each.split()[0][:3] for each in wrapped]
            for n, each in enumerate(wrapped):
                x = edges[column] + pad
                if kind == "number" and row:
                    x = edges[column + 1] - pad - sheet.width(each)
                sheet.write(each, x, row_top + (n + 0.75) * sheet.pitch, (row, column))
            depth = max(depth, len(wrapped))
            cells += 1
        row_top += depth * sheet.pitch
    tops.append(row_top)
    _rule(sheet, rules, edges, tops)
    if around and rules is not Rules.LEDGER and row_top + 5 * sheet.pitch < 1900:
        sheet.prose(left, right, row_top + 1.6 * sheet.pitch, int(rng.integers(2, 4)))
    return sheet.done()


def _rule(sheet: _Sheet, rules: Rules, edges: np.ndarray, tops: list[float]) -> None:
    if rules is Rules.NONE:
        return
    if rules is Rules.LEDGER:
        for y in np.arange(tops[0] % sheet.pitch, sheet.size[1], sheet.pitch):
            sheet.level(y, 0, sheet.size[0], 170)
        for x in edges[1:-1]:
            sheet.upright(x, 0, sheet.size[1], 140)
        sheet.upright(edges[0] - 20, 0, sheet.size[1], 140)
        return
    for x in edges if rules is not Rules.OPEN else edges[1:-1]:
        sheet.upright(x, tops[0], tops[-1])
    levels = tops if rules is Rules.GRID else [tops[0], tops[1], tops[-1]]
    for y in levels if rules is not Rules.OPEN else levels[:2]:
        sheet.level(y, edges[0], edges[-1])


def other_page(seed: int, other: Other) -> TablePage:
    """A page without a table."""
    rng = np.random.default_rng((seed, 1015))
    sheet = _Sheet(rng, (1500, 2000))
    left, right, top, lines = 140.0, 1360.0, 180.0, int(rng.integers(14, 26))
    match other:
        case Other.PROSE:
            sheet.prose(left, right, top, lines)
        case Other.COLUMNS | Other.PARTED:
            sheet.prose(left, 720, top, lines)
            sheet.prose(800, right, top, lines)
            if other is Other.PARTED:
                for x in (760.0, 100.0, 1400.0)[: 1 + 2 * int(rng.integers(2))]:
                    sheet.upright(x, 100, 1900)
                sheet.level(110, 100, 1400)
        case Other.SCHOOL | Other.MARGINS:
            for y in np.arange(top + 0.25 * sheet.pitch, 1950, sheet.pitch):
                sheet.level(y, 0, 1500, 165)
            sheet.upright(260, 0, 2000, 140)
            sheet.prose(290, 1180 if other is Other.MARGINS else right, top, lines)
            if other is Other.MARGINS:
                sheet.upright(1210, 0, 2000, 140)
                for n in (3, 8, 9):
                    sheet.write("верно", 1250, top + n * sheet.pitch)
                    sheet.write("№ 5", 120, top + (n + 1) * sheet.pitch)
        case Other.SQUARED:
            step = sheet.pitch / float(rng.choice([1.0, 2.0]))
            for y in np.arange(top + 0.25 * sheet.pitch - 2 * sheet.pitch, 1990, step):
                sheet.level(y, 0, 1500, 165)
            for x in np.arange(20, 1500, step):
                sheet.upright(x, 0, 2000, 165)
            sheet.prose(left, right, top, lines)
        case Other.VERSE:
            for n in range(lines):
                words = [str(w) for w in rng.choice(PROSE, int(rng.integers(2, 4)))]
                sheet.write(" ".join(words), 420 + 60 * (n % 2), top + n * sheet.pitch)
                if n % 5 == 4:
                    sheet.write(str(n + 1), 1250, top + n * sheet.pitch)
        case Other.FRAMED:
            sheet.prose(left, right, top, lines)
            for x in (100.0, 1400.0):
                sheet.upright(x, 100, 1900)
            sheet.level(100, 100, 1400)
            sheet.level(1900, 100, 1400)
        case Other.LISTED:
            for n in range(lines):
                sheet.write(f"{n + 1}.", left, top + n * sheet.pitch)
                words = [str(w) for w in rng.choice(PROSE, int(rng.integers(3, 6)))]
                sheet.write(" ".join(words), left + 80, top + n * sheet.pitch)
        case Other.LEAVES:
            sheet.prose(left, right, top, lines)
            for x in (6.0, 1405.0, 1462.0):
                sheet.upright(x, 0, 2000, 140)
            for n in range(lines):
                sheet.write("и", 1420, top + n * sheet.pitch)
        case Other.YEARS:
            base = top
            for n in range(5):
                sheet.write(str(1860 + n), left, base)
                base = sheet.prose(left + 200, right, base, int(rng.integers(3, 6))) + sheet.pitch
    return sheet.done()
