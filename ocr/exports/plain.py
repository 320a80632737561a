"""Plain text, a line of text for each line and an empty line between paragraphs."""

from collections.abc import Iterator
from itertools import groupby

from ocr.corrections.tokens import Token
from ocr.exports.modern import modern
from ocr.exports.output import GroupOutput
from ocr.exports.pages import ExportPage, Group
from ocr.exports.reading import ExportSettings, ReadingLine, ReadingPage, ShownWords, reading_lines
from ocr.exports.wording import remark_of
from ocr.formats.text import plain_text
from ocr.page import Kind
from ocr.tei.flow import TextRules
from ocr.tei.tables import table_text

_LEFT_OUT = frozenset({"del", "supplied"})
"""As TextRules has it: what the page ends up saying."""
GAP = "[…]"


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NAME.txt of a page. RecordError when it is no TEI."""
    page, counts = group.page, ShownWords()
    out.put(".txt", text_of(page, settings, counts).encode())
    out.remark = remark_of(counts, settings)


def text_of(page: ExportPage, settings: ExportSettings, counts: ShownWords) -> str:
    """The text of a page; of TEI whose lines are not told, that of its blocks."""
    if not page.view.lines:
        return plain_text(page.content, TextRules(ink=settings.ink))
    return "".join(_lines(page, settings, counts))


def _lines(page: ExportPage, settings: ExportSettings, counts: ShownWords) -> Iterator[str]:
    lines = tuple(reading_lines(page, settings))
    counts.add_page(ReadingPage(page, lines))
    is_first, begins = True, False
    for table, block in groupby(lines, lambda each: each.line.cell and each.line.cell.table):
        rows = [(each.begins_paragraph, each.line.cell, line_text(each, settings)) for each in block]
        if table is not None:
            texts = table_text((cell, text) for _, cell, text in rows if cell is not None)
            rows = [(n == 0, None, text) for n, text in enumerate(texts)]
        for starts, _, line in rows:
            begins = begins or starts
            if line:
                yield ("\n" if begins and not is_first else "") + line + "\n"
                is_first = begins = False


def line_text(each: ReadingLine, settings: ExportSettings) -> str:
    """What a line says: nothing of a struck one."""
    words = [word for token in each.tokens if (word := _word(token))]
    line = "" if each.line.kind is Kind.STRUCK else " ".join(words)
    return modern_line(line) if settings.modern else line


def _word(token: Token) -> str:
    if token.gap is not None:
        return GAP
    if _LEFT_OUT.intersection(token.marks):
        return ""
    return "".join(p.text for p in token.parts if not _LEFT_OUT.intersection(p.marks)) or token.text


def modern_line(line: str) -> str:
    """Its words in new spelling."""
    return " ".join(map(modern, line.split(" ")))
