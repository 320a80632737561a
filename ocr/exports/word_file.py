"""A notebook as a Word file: running paragraphs, each leaf on a page of its own, doubt and marks as styles.

Character styles can be changed, found or taken away in Word all at once. The text goes into the file run by
run; all else, the styles among it, is made by python-docx.
"""

import io
import tempfile
import zipfile
from datetime import UTC, datetime
from shutil import copyfileobj
from typing import IO, Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_UNDERLINE
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import BaseStyle

from ocr.exports.output import GroupOutput
from ocr.exports.pages import Group
from ocr.exports.reading import ExportSettings, ShownWords
from ocr.exports.running import running_text
from ocr.exports.word_body import MARGIN, SHADES, STYLES, TEXT, body_of, legend, title
from ocr.exports.wording import remark_of, summary

_DAY = (1980, 1, 1, 0, 0, 0)
"""The same file for the same records: no clock in it."""
_BODY = "word/document.xml"


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NOTEBOOK.docx. RecordError when a page is no TEI."""
    counts, used = ShownWords(), set[str]()
    with tempfile.TemporaryFile() as body:  # what stands before it needs to know what is in it
        for part in body_of(running_text(group, settings, counts), used):
            body.write(part.encode())
        size = body.tell()
        body.seek(0)
        head = title(group.name) + legend(used, summary(counts, settings))
        with out.open_file(f"{group.place}.docx") as file:
            _pack(_document(group.name), head.encode(), body, size, file)
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
    for name in STYLES.values():
        document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
    fonts = {key: document.styles[name].font for key, name in STYLES.items()}
    fonts["page"].bold, fonts["page"].size, fonts["page"].color.rgb = True, Pt(9), RGBColor(0x1F, 0x4E, 0x79)
    fonts["line"].superscript, fonts["line"].color.rgb = True, RGBColor(0x59, 0x59, 0x59)
    fonts["gap"].color.rgb = RGBColor(0x9C, 0x00, 0x06)
    for key, colour in SHADES.items():  # a style cannot highlight, but it can shade
        fonts[key].underline = WD_UNDERLINE.DOTTED
        _shade(document.styles[STYLES[key]].element, colour)
    fonts["del"].strike = True
    fonts["add"].color.rgb = RGBColor(0x1F, 0x6B, 0x3A)
    fonts["supplied"].color.rgb = RGBColor(0x59, 0x59, 0x59)
    fonts["foreign"].italic = True
    fonts["hi"].underline = True
    fonts["superscript"].superscript = True
    fonts["expan"].color.rgb = RGBColor(0x59, 0x59, 0x59)
    margin = document.styles.add_style(MARGIN, WD_STYLE_TYPE.PARAGRAPH)
    margin.base_style = document.styles["Normal"]
    margin.font.size, margin.paragraph_format.left_indent = Pt(10), Cm(8)
    body = document.styles.add_style(TEXT, WD_STYLE_TYPE.PARAGRAPH)
    body.base_style = document.styles["Normal"]
    body.paragraph_format.first_line_indent, body.paragraph_format.space_after = Cm(1), Pt(4)


def _pack(document: Document, head: bytes, body: IO[bytes], size: int, file: IO[bytes]) -> None:
    """The parts of a document without text, and `head` and `body` (so many bytes) as its text. No clock."""
    made = io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            entry, content = zipfile.ZipInfo(part.filename, _DAY), source.read(part)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if part.filename != _BODY:
                target.writestr(entry, content)
                continue
            begin, end = content.split(b"<w:body>")
            entry.file_size = len(content) + len(head) + size  # known before: does it need ZIP64?
            with target.open(entry, "w") as packed:
                packed.write(begin + b"<w:body>" + head)
                copyfileobj(body, packed)
                packed.write(end)
