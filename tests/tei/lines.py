"""What stands on the lines of a TEI document, for the tests of those who write it."""

from typing import NamedTuple

from ocr.tei.flow import TextRules, flow
from ocr.tei.names import pointers
from ocr.tei.tree import load


class TextLine(NamedTuple):
    """The number that lb gives, the id of its zone, and the text by the rules."""

    n: str | None
    zone: str | None
    text: str


def text_lines(content: bytes, rules: TextRules | None = None) -> list[TextLine]:
    """The lines in the order of the file."""
    found = []
    for line in flow(load(content), rules or TextRules()):
        start = line.start
        zone = None if start is None else next(iter(pointers(start, "facs")), None)
        found.append(TextLine(None if start is None else start.get("n"), zone, line.text))
    return found
