"""Plain text, as NAME.txt has it: a line of text for each line, an empty line between paragraphs."""

from ocr.exports.output import GroupOutput
from ocr.exports.pages import Group
from ocr.exports.reading import ExportSettings
from ocr.formats.text import plain_text
from ocr.tei.flow import TextRules


def write(group: Group, settings: ExportSettings, out: GroupOutput) -> None:
    """NAME.txt of a page. RecordError when it is no TEI."""
    out.put(".txt", plain_text(group.page.content, TextRules(ink=settings.ink)).encode())
