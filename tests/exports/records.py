"""Small records to export: words on a grid, each with a place and a confidence."""

from collections.abc import Sequence

from ocr.geometry import Box, Outline, Point
from ocr.page import Glyph, Kind, Line, Page, Reading, Region, Rival, Source, Step, Surface, Word
from ocr.tei.write import to_tei

LETTER_PX, LINE_PX, LEFT_PX, TOP_PX = 20, 60, 100, 100


def page_of(*regions: str, name: str = "page", kinds: Sequence[Kind] = ()) -> Page:
    """A page of 1000 x 1400 pixels; of each region a line for each line of its text, going down the page, as
    many letters further right as spaces stand before it.

    The n-th word has the confidence 0.5 + n / 100 (0.99 at most), and a rival.
    """
    row = count = 0
    made = []
    for text in regions:
        lines = []
        for line in text.split("\n"):
            left = LEFT_PX + LETTER_PX * (len(line) - len(line.lstrip()))
            words, x = [], left
            top = TOP_PX + LINE_PX * row
            for word in line.split():
                right = x + LETTER_PX * len(word)
                sure = min(0.5 + count / 100, 0.99)
                rivals = (Rival(word[::-1] + "?", round((1 - sure) / 2, 4)),)
                words.append(Word(word, Box(x, top, right, top + 40), sure, tuple(map(Glyph, word)), rivals))
                x, count = right + LETTER_PX, count + 1
            outline = Outline(Box(left - 5, top - 5, max(x, left + 50), top + 45).corners)
            baseline = (Point(left, top + 32), Point(max(x, left + 50), top + 32))
            kind = kinds[row] if row < len(kinds) else Kind.TEXT
            lines.append(Line(outline, baseline, kind, (Reading("cursive", tuple(words), 0.8),)))
            row += 1
        around = Box.around([corner for line in lines for corner in line.outline.points])
        made.append(Region(Outline(around.corners), tuple(lines)))
    return Page(
        name=name,
        source=Source(f"{name}.png", "0" * 64, 1000, 1400, "image/png"),
        surfaces=(Surface(Box(0, 0, 1000, 1400), tuple(made)),),
        steps=(Step("cursive", "a recogniser", "1", (), reads=True),),
        fingerprint="f",
    )


def record_of(*regions: str, name: str = "page", kinds: Sequence[Kind] = ()) -> bytes:
    """The TEI of such a page, as the machine writes it."""
    return to_tei(page_of(*regions, name=name, kinds=kinds))
