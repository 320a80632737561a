"""The text of a transcription, whatever file it is in."""

import zipfile
from pathlib import Path

import docx
import pytest

from ocr.alignment.editions import text_of
from ocr.errors import RecordError


def _word(path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Старый конь")
    document.add_table(1, 2).rows[0].cells[0].text = "борозды"
    document.add_paragraph("не портит")
    document.save(str(path))


def test_text_word_and_tei_in_natural_order(tmp_path: Path) -> None:
    _word(tmp_path / "1.docx")
    (tmp_path / "2.txt").write_text("два\n", "utf-8-sig")
    tei = "<TEI xmlns='http://www.tei-c.org/ns/1.0'><text><body><p>десять<note>прим.</note></p></body></text></TEI>"
    (tmp_path / "10.xml").write_text(tei, "utf-8")
    assert text_of([tmp_path]).split() == ["Старый", "конь", "борозды", "не", "портит", "два", "десять"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"", "no text"),
        ("a.txt", "текст".encode("cp1251"), "UTF-8"),
        ("a.pdf", b"%PDF", "no transcription that can be read"),
        ("a.docx", b"PK no zip", "no Word file"),
        ("a.xml", b"<TEI", "a.xml"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecordError, match=words):
        text_of([tmp_path / name])


def test_a_word_file_that_would_unpack_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 60_000_000)
    with pytest.raises(RecordError, match="unpacks"):
        text_of([path])
