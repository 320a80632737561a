"""The plain text of a page."""

from itertools import groupby

from ocr.page import Kind, Line, MarkKind, Page, Region
from ocr.tei.flow import Ink
from ocr.tei.tables import table_text
from ocr.text import squeeze


def to_text(page: Page, *, ink: Ink = Ink.ALL) -> str:
    """The page as plain text: a line of text for each line read, an empty line between regions; of a table a
    line for each row, its cells parted by tabs.

    Struck lines and words that the machine marks as struck are left out, as in `formats.text`; lines not
    read, failed or blank give nothing. With `ink` main, what another hand wrote in another ink is, too.
    """
    regions = (
        ((n, region.cell.table if region.cell else -1 - at), region)
        for n, surface in enumerate(page.surfaces)
        for at, region in enumerate(surface.regions)
        if (ink == Ink.ALL or region.hand is None) and any(map(_shown, region.lines))
    )
    blocks = (
        "\n".join(_rows([region for _, region in block]))
        for _, block in groupby(regions, lambda each: each[0])
    )
    text = "\n\n".join(block for block in blocks if block)
    return f"{text}\n" if text else ""


def _rows(regions: list[Region]) -> list[str]:
    """The lines of text of a region that stands by itself, or the rows of a table."""
    cells = [
        (region.cell, text)
        for region in regions
        if region.cell
        for line in region.lines
        if (text := _shown(line))
    ]
    return table_text(cells) or [
        text for region in regions for line in region.lines if (text := _shown(line))
    ]


def _shown(line: Line) -> str:
    """What of a line is text: its words that are not struck out."""
    words = line.reading.words if line.reading and line.kind is not Kind.STRUCK else ()
    return squeeze(" ".join(word.text for word in words if word.mark(MarkKind.STRUCK) is None))
