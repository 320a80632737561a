"""The body of a Word file (WordprocessingML, ISO 29500-1) as a stream of runs: nothing of it is kept."""

from collections.abc import Iterator
from html import escape

from ocr.exports.running import (
    Event,
    LineBegins,
    PageBegins,
    ParagraphBegins,
    ShownTable,
    ShownWord,
)
from ocr.exports.wording import LEGEND
from ocr.page import Cell, Kind

STYLES = {
    "page": "Page reference",
    "line": "Line reference",
    "gap": "Gap",
    "doubtful": "Doubtful",
    "del": "Struck",
    "add": "Inserted",
    "supplied": "Supplied",
    "unclear": "Unclear",
    "foreign": "Foreign",
    "hi": "Underlined",
    "superscript": "Raised",
    "expan": "Expansion",
}
"""Character styles of what is marked or said."""
SHADES = {"doubtful": "FFF2B3", "unclear": "DDDDDD"}
"""Colours behind words."""
TEXT, MARGIN = "Manuscript text", "Note in the margin"
"""Paragraph styles."""
GAP = "[…]"
_BRACKETS = {"add": ("‹", "›"), "supplied": ("[", "]"), "expan": ("[", "]")}
_ORDER = ("del", "add", "supplied", "unclear", "foreign", "hi", "superscript")
_EVERY = 5
"""Lines whose number is shown: each fifth, as critical editions do."""
_SMALL = '<w:sz w:val="18"/>'
"""Nine points."""
_FORMATS = {
    "foreign": "<w:i/>",
    "del": "<w:strike/>",
    "small": _SMALL,
    "hi": '<w:u w:val="single"/>',
    **{name: f'<w:shd w:val="clear" w:color="auto" w:fill="{colour}"/>' for name, colour in SHADES.items()},
    "superscript": '<w:vertAlign w:val="superscript"/>',
}
"""What a run that has its style from another mark gets of these, in the order of the schema."""


def style_id(name: str) -> str:
    """What a file calls a style."""
    return name.replace(" ", "")


def body_of(events: Iterator[Event], used: set[str]) -> Iterator[str]:
    """Paragraphs and tables of a running text, run by run; `used` is filled with the styles they need."""
    is_open = waits = False  # a paragraph; a space before the next word

    for event in events:
        if isinstance(event, ParagraphBegins | ShownTable):
            yield "</w:p>" * is_open
            is_open, waits = isinstance(event, ParagraphBegins), False
            yield from [_begun(event.kind)] if isinstance(event, ParagraphBegins) else _table(event, used)
            continue
        if not is_open:
            yield _begun(Kind.TEXT)
            is_open = True
        if isinstance(event, PageBegins):
            folio = f", «{', '.join(event.folios)}»" if event.folios else ""
            yield '<w:r><w:br w:type="page"/></w:r>'
            yield _run(f"[{event.number}: {event.name}{folio}] ", used, "page")
            waits = False
        elif isinstance(event, LineBegins):
            if event.number % _EVERY == 0:
                yield _run(" ", used) * waits + _run(f"{event.number}\u00a0", used, "line")
                waits = False
        else:
            yield _run(" ", used) * waits + _word(event, used)
            waits = True
    yield "</w:p>" * is_open


def legend(used: set[str], counted: tuple[str, str]) -> str:
    """What the styles that are used mean, and the sentences of how the words were counted: a paragraph."""
    rows = [key for key in LEGEND if key in used or (key == "doubtful" and "unclear" in used)]
    samples = {"page": "[1: page-0001]", "line": "5", "gap": GAP, "expan": "т. [товарищ]"}
    written = ""
    for key in rows:
        before, after = ("", "") if key == "expan" else _BRACKETS.get(key, ("", ""))
        written += _run(f"{before}{samples.get(key, 'слово')}{after}", used, key, "small")
        written += _said(f" — {' / '.join(LEGEND[key])}")
    written += "".join(map(_said, reversed(counted)))
    return f'<w:p><w:pPr><w:spacing w:after="240"/></w:pPr>{written}</w:p>'


def title(text: str) -> str:
    """The first paragraph."""
    return f'<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>{_run(text, set())}</w:p>'


def _said(text: str) -> str:
    """Small print, and the end of a line."""
    return f"<w:r><w:rPr>{_SMALL}</w:rPr>{_text(text)}<w:br/></w:r>"


def _begun(kind: Kind) -> str:
    style = style_id({Kind.HEADING: "Heading 2", Kind.MARGIN: MARGIN}.get(kind, TEXT))
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'


def _table(table: ShownTable, used: set[str]) -> Iterator[str]:
    width = max(cell.column + cell.columns for row in table.rows for cell, _ in row)
    yield '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
    yield f"<w:tblGrid>{'<w:gridCol/>' * width}</w:tblGrid>"
    above: dict[int, Cell] = {}
    """By its first column, the last cell that reaches further down."""
    for number, row in enumerate(table.rows):
        own = {cell.column: (cell, words) for cell, words in row}
        column = 0
        yield "<w:tr>"
        while column < width:
            cell, words = own.get(column) or (above.get(column) or Cell(0, number, column), ())
            yield _cell(cell, words, number, used)
            above[column] = cell
            if cell.row + cell.rows <= number + 1:
                del above[column]
            column = cell.column + cell.columns
        yield "</w:tr>"
    yield "</w:tbl><w:p/>"  # else the next table joins this one


def _cell(cell: Cell, words: tuple[ShownWord, ...], row: int, used: set[str]) -> str:
    """A cell in one of its rows; its words stand in the first."""
    place = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    if cell.rows > 1:
        place += '<w:vMerge w:val="restart"/>' if row == cell.row else "<w:vMerge/>"
    written = _run(" ", used).join(_word(word, used) for word in words)
    return f"<w:tc><w:tcPr>{place}</w:tcPr><w:p>{written}</w:p></w:tc>"


def _word(word: ShownWord, used: set[str]) -> str:
    """A word, a run for each part that is marked alike. Of several marks the outermost names the style, the
    others are formatted as theirs."""
    if word.gap is not None:
        return _run(GAP, used, "gap")
    written = ""
    for part in word.parts:
        marks = [mark for mark in _ORDER if mark in part.marks]
        marks += ["doubtful"] * word.doubtful
        text = part.text
        for mark in marks:
            before, after = _BRACKETS.get(mark, ("", ""))
            text = f"{before}{text}{after}"
        written += _run(text, used, *marks)
    return written + (_run(f" [{word.expan}]", used, "expan") if word.expan else "")


def _run(text: str, used: set[str], *marks: str) -> str:
    used.update(marks)
    if not marks:
        return f"<w:r>{_text(text)}</w:r>"
    formats = "".join(xml for name, xml in _FORMATS.items() if name in marks[1:])
    return f'<w:r><w:rPr><w:rStyle w:val="{style_id(STYLES[marks[0]])}"/>{formats}</w:rPr>{_text(text)}</w:r>'


def _text(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>'
