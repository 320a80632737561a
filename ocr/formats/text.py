"""The plain text of a record as it stands in the file: what NAME.txt holds."""

from itertools import groupby
from pathlib import Path

from lxml import etree

from ocr.tei.flow import FlowLine, TextRules, flow
from ocr.tei.names import local
from ocr.tei.tree import load

_REGIONS = frozenset({"ab", "p", "div", "lg", "table", "list", "body"})


def plain_text(source: Path | bytes, rules: TextRules | None = None) -> str:
    """The text of any TEI file: a line of text for each line, an empty line between regions.

    Of a record that no person touched it is `to_text` of its page. In a corrected one it is the corrected
    text, by the rules the evaluator has by default: struck words left out. RecordError when the file cannot
    be parsed.
    """
    lines = [line for line in flow(load(source), rules or TextRules()) if line.text]
    regions = ("\n".join(line.text for line in region) for _, region in groupby(lines, _region))
    text = "\n\n".join(regions)
    return f"{text}\n" if text else ""


def _region(line: FlowLine) -> etree._Element | None:
    element = line.start
    while element is not None and local(element) not in _REGIONS:
        element = element.getparent()
    return element
