"""The plain text of a record as it stands in the file: what NAME.txt holds."""

from itertools import groupby
from pathlib import Path

from lxml import etree

from ocr.page import Cell
from ocr.tei.flow import FlowLine, TextRules, flow
from ocr.tei.names import local
from ocr.tei.tables import cells_of, table_text
from ocr.tei.tree import load

_REGIONS = frozenset({"ab", "p", "div", "lg", "table", "list", "body"})


def plain_text(source: Path | bytes, rules: TextRules | None = None) -> str:
    """The text of any TEI file: a line of text for each line, an empty line between regions; of a table a
    line for each row, its cells parted by tabs.

    Of a record that no person touched it is `to_text` of its page. In a corrected one it is the corrected
    text, by the rules the evaluator has by default: struck words left out. RecordError when the file cannot
    be parsed.
    """
    root = load(source)
    cells = cells_of(root)
    lines = [(line, _cell(line, cells)) for line in flow(root, rules or TextRules()) if line.text]
    blocks = groupby(lines, lambda each: ("region", _region(each[0])) if each[1] is None else each[1].table)
    text = "\n\n".join("\n".join(_rows(list(block))) for _, block in blocks)
    return f"{text}\n" if text else ""


def _rows(lines: list[tuple[FlowLine, Cell | None]]) -> list[str]:
    """The lines of text of a region, or the rows of a table."""
    cells = [(cell, line.text) for line, cell in lines if cell is not None]
    return table_text(cells) or [line.text for line, _ in lines]


def _cell(line: FlowLine, cells: dict[etree._Element, Cell]) -> Cell | None:
    """The cell that a line stands in."""
    element = line.start if cells else None
    while element is not None and element not in cells:
        element = element.getparent()
    return None if element is None else cells[element]


def _region(line: FlowLine) -> etree._Element | None:
    element = line.start
    while element is not None and local(element) not in _REGIONS:
        element = element.getparent()
    return element
