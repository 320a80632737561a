"""A notebook as a Word file."""

import shutil
import subprocess
from pathlib import Path

import pytest

docx = pytest.importorskip("docx", reason="the extra `office` is not installed")

from ocr.corrections.changes import CorrectLine, edit  # noqa: E402
from ocr.corrections.letters import Part  # noqa: E402
from ocr.corrections.tokens import Gap, Token  # noqa: E402
from ocr.exports.run import export  # noqa: E402
from ocr.page import Kind  # noqa: E402
from tests.exports.records import record_of  # noqa: E402


def _file(folder: Path, *pages: bytes) -> Path:
    book = folder / "in" / "book"
    book.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(pages, 1):
        (book / f"p{number}.xml").write_bytes(content)
    (exported,) = export([folder / "in"], "docx", folder / "out")
    assert exported.error is None
    return folder / "out" / "book.docx"


def _pages() -> list[bytes]:
    first = record_of("12\nСтарый конь\nвставка\nборозды губер-", "поле", kinds=(
        Kind.NUMBER, Kind.TEXT, Kind.INSERTION, Kind.TEXT, Kind.MARGIN), name="a")  # fmt: skip
    tokens = (
        Token("Старый", marks=("del",)),
        Token("конь", parts=(Part("ко"), Part("нь", ("superscript",)))),
        Token("т.", marks=("abbr", "hi"), expan="товарищ"),
        Token("", gap=Gap("illegible")),
    )
    return [edit(first, [CorrectLine("s1_r1_l2", tokens)], "А. Б.", "2026-01-02"),
            record_of("ніи\n2\n3\n4\nпятая", name="b")]  # fmt: skip


def test_words_run_on_and_marks_are_styles_that_the_legend_names(tmp_path: Path) -> None:
    document = docx.Document(str(_file(tmp_path, *_pages())))
    assert document.core_properties.title == "book"
    text = [p for p in document.paragraphs if p.style.name == "Manuscript text"]
    whole = "".join(p.text for p in text)
    assert "Старый конь т. [товарищ] […] ‹вставка› " in whole
    assert "губерніи" in whole
    assert "[1: a, «12»]" in whole
    assert "[2: b]" in whole
    styles = {run.text.strip(): run.style.name for p in text for run in p.runs if run.text.strip()}
    assert styles["Старый"] == "Struck"
    assert styles["нь"] == "Raised"
    assert styles["[…]"] == "Gap"
    assert styles["т."] == "Underlined"
    assert styles["‹вставка›"] == "Inserted"
    assert styles["губерніи"] == "Doubtful"
    assert styles["5"] == "Line reference"
    assert [p.text for p in document.paragraphs if p.style.name == "Note in the margin"] == ["поле"]
    assert sum('w:br w:type="page"' in run.element.xml for p in text for run in p.runs) == 2
    legend = document.paragraphs[1].text
    for meaning in ("зачёркнуто", "raised letters", "прочитано с сомнением", "words; of those shown"):
        assert meaning in legend
    assert "восстановлено" not in legend


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    assert _file(tmp_path / "a", *_pages()).read_bytes() == _file(tmp_path / "b", *_pages()).read_bytes()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    file = _file(tmp_path, *_pages())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "txt:Text",
        "--outdir",
        str(tmp_path),
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    assert "губерніи" in (tmp_path / "book.txt").read_text("utf-8-sig")
