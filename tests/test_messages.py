"""What is told of a file that cannot be read, by every door that opens files: sentences fit for a person."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ocr.corrections.view import view_of
from ocr.errors import OcrError
from ocr.evaluate import recalibration
from ocr.evaluate.choices import read_equal
from ocr.evaluate.pair import read as read_written
from ocr.formats.leaves import leaves_of
from ocr.recipe import load_recipe
from ocr.scan.load import count_sheets, load_sheet
from ocr.synth.text import open_text
from ocr.tei.flow import TextRules
from ocr.tei.notebook import load_notebook
from ocr.tei.seal import is_corrected, read_scan_digest
from ocr.tei.tree import load
from ocr.train.hands import table_lines

DOORS: dict[str, Callable[[Path], object]] = {
    "recalibration": recalibration.read,
    "equal": read_equal,
    "written": lambda path: read_written(path, TextRules()),
    "recipe": load_recipe,
    "sheets": count_sheets,
    "sheet": lambda path: load_sheet(path, 1),
    "text": open_text,
    "leaves": leaves_of,
    "notebook": load_notebook,
    "corrected": is_corrected,
    "scan digest": read_scan_digest,
    "record": load,
    "record of a hand": view_of,
    "table": lambda path: list(table_lines(path)),
}
FILES: dict[str, bytes | None] = {
    "a folder.xml": None,
    "a folder.pdf": None,
    "empty.xml": b"",
    "empty.pdf": b"",
    "cut.xml": b'<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader>',
    "cut.pdf": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog",
    "cut.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "noise.html": b"<html>\xff\0\xfe",
    "noise.toml": b"a = = \xff",
    "wrong.toml": b"a = = 1",
    "noise.json": b"{\xff",
    "noise.txt": b"\xff\xfe\xfa\x01",
    "noise.txt.xz": b"\xfd7zXZ\0 and no more",
}


def sentences(door: Callable[[Path], object], folder: Path) -> Iterator[tuple[str, Path]]:
    """What the door tells of each file that it refuses."""
    for name in (*FILES, "missing.xml", "missing.pdf", "missing.txt", "x" * 300 + ".png"):
        path = folder / name
        try:
            door(path)
        except OcrError as error:
            yield str(error), path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    for name, content in FILES.items():
        if content is None:
            (made / name).mkdir()
        else:
            (made / name).write_bytes(content)
    return made


@pytest.mark.parametrize("door", DOORS)
def test_what_cannot_be_read_is_told_in_sentences(door: str, folder: Path) -> None:
    told = list(sentences(DOORS[door], folder))
    assert told
    for sentence, path in told:
        assert path.name in sentence, sentence
        assert "[Errno" not in sentence, sentence
        rest = sentence.replace(str(path), "FILE")
        assert re.search(r"[^.]\.$", rest), sentence
        assert not re.search(r"\.\)|\.\.|\.:|\. \.|\(\)|\bNone\b|\s\s|\n", rest), sentence
