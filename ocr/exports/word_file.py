"""A notebook as a Word file: running paragraphs, each leaf on a page of its own, doubt and marks as styles.

Character styles can be changed, found or taken away in Word all at once. The file is made in memory, a
notebook at a time.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK, WD_UNDERLINE
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import BaseStyle
from docx.text.paragraph import Paragraph

from ocr.exports.output import GroupOutput
from ocr.exports.pages import Group
from ocr.exports.reading import ExportSettings, ShownWords
from ocr.exports.running import LineBegins, PageBegins, ParagraphBegins, ShownTable, ShownWord, running_text
from ocr.exports.wording import LEGEND, remark_of, summary
from ocr.page import Kind

_STYLES = {
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
_BRACKETS = {"add": ("‹", "›"), "supplied": ("[", "]"), "expan": ("[", "]")}
_ORDER = ("del", "add", "supplied", "unclear", "foreign", "hi", "superscript")
_SHADES = {"doubtful": "FFF2B3", "unclear": "DDDDDD"}
_EVERY = 5
"""Lines whose number is shown: each fifth, as critical editions do."""
GAP = "[…]"
_DAY = (1980, 1, 1, 0, 0, 0)
"""The same file for the same records: no clock in it."""


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NOTEBOOK.docx. RecordError when a page is no TEI."""
    counts, used = ShownWords(), set[str]()
    document = _document(group.place.name)
    legend = document.add_paragraph()
    _put_text(document, running_text(group, settings, counts), used)
    _put_legend(legend, used, summary(counts, settings))
    out.put(".docx", _bytes(document))
    out.remark = remark_of(counts, settings)


def _document(name: str) -> Document:
    document: Document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = name, "tetradi", ""
    properties.created = properties.modified = datetime(1980, 1, 1, tzinfo=UTC)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Times New Roman")
    _set_language(normal)
    normal.paragraph_format.space_after = Pt(0)
    _put_styles(document)
    document.add_heading(name, level=0)
    return document


def _set_language(style: BaseStyle) -> None:
    """Russian, so that Word's spelling checker does not redden every word."""
    properties = style.element.get_or_add_rPr()
    language = properties.makeelement(qn("w:lang"), {qn("w:val"): "ru-RU"})
    properties.append(language)


def _shade(element: Any, colour: str) -> None:
    """Colour behind a run, or behind all of a style."""
    properties = element.get_or_add_rPr()
    shade = {qn("w:val"): "clear", qn("w:color"): "auto", qn("w:fill"): colour}
    properties.append(properties.makeelement(qn("w:shd"), shade))


def _put_styles(document: Document) -> None:
    for name in _STYLES.values():
        document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
    fonts = {key: document.styles[name].font for key, name in _STYLES.items()}
    fonts["page"].bold, fonts["page"].size, fonts["page"].color.rgb = True, Pt(9), RGBColor(0x1F, 0x4E, 0x79)
    fonts["line"].superscript, fonts["line"].color.rgb = True, RGBColor(0x59, 0x59, 0x59)
    fonts["gap"].color.rgb = RGBColor(0x9C, 0x00, 0x06)
    for key, colour in _SHADES.items():  # a style cannot highlight, but it can shade
        fonts[key].underline = WD_UNDERLINE.DOTTED
        _shade(document.styles[_STYLES[key]].element, colour)
    fonts["del"].strike = True
    fonts["add"].color.rgb = RGBColor(0x1F, 0x6B, 0x3A)
    fonts["supplied"].color.rgb = RGBColor(0x59, 0x59, 0x59)
    fonts["foreign"].italic = True
    fonts["hi"].underline = True
    fonts["superscript"].superscript = True
    fonts["expan"].color.rgb = RGBColor(0x59, 0x59, 0x59)
    margin = document.styles.add_style("Note in the margin", WD_STYLE_TYPE.PARAGRAPH)
    margin.base_style = document.styles["Normal"]
    margin.font.size, margin.paragraph_format.left_indent = Pt(10), Cm(8)
    body = document.styles.add_style("Manuscript text", WD_STYLE_TYPE.PARAGRAPH)
    body.base_style = document.styles["Normal"]
    body.paragraph_format.first_line_indent, body.paragraph_format.space_after = Cm(1), Pt(4)


def _put_text(document: Document, events: Iterator[object], used: set[str]) -> None:
    paragraph: Paragraph | None = None
    waits = False  # a space before the next word

    def open_paragraph() -> Paragraph:
        return document.add_paragraph(style="Manuscript text") if paragraph is None else paragraph

    for event in events:
        if isinstance(event, ParagraphBegins):
            style = {Kind.HEADING: "Heading 2", Kind.MARGIN: "Note in the margin"}.get(
                event.kind, "Manuscript text"
            )
            paragraph, waits = document.add_paragraph(style=style), False
            continue
        if isinstance(event, ShownTable):
            _put_table(document, event, used)
            paragraph = None
            continue
        paragraph = open_paragraph()
        if isinstance(event, PageBegins):
            paragraph.add_run().add_break(WD_BREAK.PAGE)
            folio = f", «{', '.join(event.folios)}»" if event.folios else ""
            _run(paragraph, f"[{event.number}: {event.name}{folio}] ", used, "page")
            waits = False
        elif isinstance(event, LineBegins):
            if event.number % _EVERY == 0:
                paragraph.add_run(" " if waits else "")
                _run(paragraph, f"{event.number}\u00a0", used, "line")
                waits = False
        elif isinstance(event, ShownWord):
            paragraph.add_run(" " if waits else "")
            _put_word(paragraph, event, used)
            waits = True


def _put_table(document: Document, table: ShownTable, used: set[str]) -> None:
    width = max(cell.column + cell.columns for row in table.rows for cell, _ in row)
    grid = document.add_table(len(table.rows), width, "Table Grid")
    for place, words in (each for row in table.rows for each in row):
        cell = grid.cell(place.row, place.column)
        if place.rows > 1 or place.columns > 1:
            cell = cell.merge(grid.cell(place.row + place.rows - 1, place.column + place.columns - 1))
        for n, word in enumerate(words):
            cell.paragraphs[0].add_run(" " if n else "")
            _put_word(cell.paragraphs[0], word, used)
    document.add_paragraph()  # else the next table joins this one


def _put_word(paragraph: Paragraph, word: ShownWord, used: set[str]) -> None:
    """A word, a run for each part that is marked alike. Of several marks the outermost names the style, the
    others are formatted as theirs."""
    if word.gap is not None:
        _run(paragraph, GAP, used, "gap")
        return
    for part in word.parts:
        marks = [mark for mark in _ORDER if mark in part.marks]
        marks += ["doubtful"] * word.doubtful
        text = part.text
        for mark in marks:
            before, after = _BRACKETS.get(mark, ("", ""))
            text = f"{before}{text}{after}"
        _run(paragraph, text, used, *marks)
    if word.expan:
        _run(paragraph, f" [{word.expan}]", used, "expan")


def _run(paragraph: Paragraph, text: str, used: set[str], *marks: str) -> None:
    run = paragraph.add_run(text)
    used.update(marks)
    if not marks:
        return
    run.style = _STYLES[marks[0]]
    for name in marks[1:]:
        run.font.strike = True if name == "del" else run.font.strike
        run.font.underline = True if name == "hi" else run.font.underline
        run.font.italic = True if name == "foreign" else run.font.italic
        run.font.superscript = True if name == "superscript" else run.font.superscript
        if name in _SHADES:
            _shade(run.element, _SHADES[name])


def _put_legend(paragraph: Paragraph, used: set[str], counted: tuple[str, str]) -> None:
    rows = [(key, LEGEND[key]) for key in LEGEND if key in used or (key == "doubtful" and "unclear" in used)]
    for key, (russian, english) in rows:
        sample = {"page": "[1: page-0001]", "line": "5", "gap": GAP, "expan": "т. [товарищ]"}.get(
            key, "слово"
        )
        before, after = ("", "") if key == "expan" else _BRACKETS.get(key, ("", ""))
        _run(paragraph, f"{before}{sample}{after}", used, key)
        paragraph.add_run(f" — {russian} / {english}").add_break()
    for sentence in reversed(counted):
        paragraph.add_run(sentence).add_break()
    paragraph.paragraph_format.space_after = Pt(12)
    for run in paragraph.runs:
        run.font.size = Pt(9)


def _bytes(document: Document) -> bytes:
    """The file with no clock in it."""
    made, same = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(same, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            entry = zipfile.ZipInfo(part.filename, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(part))
    return same.getvalue()
