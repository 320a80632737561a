"""A record, and what others would read of it in another format."""

import re
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
from lxml import etree

from ocr.exports.layout import Layout
from ocr.exports.pages import ExportPage
from ocr.formats.found_lines import FoundLine
from ocr.formats.leaves import leaves_of
from ocr.scan.scan_of import Shelf

SCHEMAS = Path(__file__).parents[3] / "shared" / "tei"


def page_of(content: bytes) -> ExportPage:
    return ExportPage(Path("page.xml"), PurePosixPath("page"), content, Shelf([]))


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMAS / name)))


def check_schema(content: bytes, name: str) -> None:
    """Is it valid? The schema files are no part of the project."""
    if not (SCHEMAS / name).exists():
        pytest.skip(f"{name} is not here")
    schema = _schema(name)
    assert schema.validate(etree.fromstring(content)), schema.error_log


def check_read_back(layout: Layout, content: bytes, path: Path, *, digits: int = 4) -> list[FoundLine]:
    """Our reader of foreign files sees the same lines, words, confidences and places (to a pixel)."""
    path.write_bytes(content)
    lines = [line for leaf in leaves_of(path) for line in leaf]
    wanted = [line for region in layout.regions for line in region.lines]
    assert [line.text for line in lines] == [re.sub(r"\s+", " ", line.text) for line in wanted]
    assert [line.ident for line in lines] == [line.line.ident for line in wanted]
    for line, there in zip(lines, wanted, strict=True):
        for word, other in zip(line.words, there.words, strict=bool(line.words)):
            assert word.text == other.token.text
            cert = other.token.cert
            assert word.confidence == (None if cert is None else pytest.approx(cert, abs=0.6 * 10**-digits))
            assert word.box is not None
            for at, expected in zip(word.box.corners, other.box.corners, strict=True):
                assert at.x == pytest.approx(expected.x, abs=1.01)
                assert at.y == pytest.approx(expected.y, abs=1.01)
    return lines
