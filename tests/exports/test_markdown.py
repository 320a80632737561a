"""A notebook as one Markdown text."""

from pathlib import Path

from ocr.corrections.changes import CorrectLine, edit
from ocr.corrections.letters import Part
from ocr.corrections.tokens import Gap, Token
from ocr.exports.reading import ExportSettings
from ocr.exports.run import export
from ocr.page import Kind
from tests.exports.records import record_of


def _markdown(folder: Path, *pages: bytes, settings: ExportSettings | None = None) -> str:
    book = folder / "in" / "book"
    book.mkdir(parents=True)
    for number, content in enumerate(pages, 1):
        (book / f"p{number}.xml").write_bytes(content)
    (exported,) = export([folder / "in"], "md", folder / "out", settings)
    assert exported.error is None
    return (folder / "out" / "book.md").read_text("utf-8")


def _body(text: str) -> str:
    return text.split("\n\n", 4)[-1].replace("\\[?\\]", "")


def test_words_and_paragraphs_run_on_over_lines_and_pages(tmp_path: Path) -> None:
    first = record_of("12\nВъ немъ губер-", name="a", kinds=(Kind.NUMBER,))
    text = _markdown(tmp_path, first, record_of("ніи суждено\nбыло 1. устроить", name="b"))
    assert text.startswith("# book\n\n- **\\[1: page-0001\\]** — начало страницы")
    assert _body(text) == ("**\\[1: a, «12»\\]** Въ немъ губерніи **\\[2: b\\]** суждено было 1. устроить\n")


def test_marks_and_doubt_have_signs_that_the_legend_names(tmp_path: Path) -> None:
    content = record_of("Старый конь\nвставка\n1. борозды_не *портит*\nзачеркнуто", "поле", kinds=(
        Kind.TEXT, Kind.INSERTION, Kind.TEXT, Kind.STRUCK, Kind.MARGIN))  # fmt: skip
    tokens = (
        Token("Старый", marks=("del",)),
        Token("конь", parts=(Part("ко"), Part("нь", ("superscript",)))),
        Token("т.", marks=("abbr",), expan="товарищ"),
        Token("", gap=Gap("illegible")),
    )
    content = edit(content, [CorrectLine("s1_r1_l1", tokens)], "А. Б.", "2026-01-02")
    text = _markdown(tmp_path, content)
    assert "~~Старый~~ ко<sup>нь</sup> т. \\[= товарищ\\] \\[…\\] ‹вставка›" in text
    assert "борозды\\_не\\[?\\] \\*портит\\*\\[?\\] ~~зачеркнуто~~" in text
    assert text.endswith("\n\n> поле\\[?\\]\n")
    for meaning in ("зачёркнуто", "raised letters", "прочитано с сомнением", "вписано автором"):
        assert meaning in text
    assert "подчёркнуто" not in text


def test_new_spelling_and_threshold(tmp_path: Path) -> None:
    settings = ExportSettings(modern=True, threshold=0.51)
    text = _markdown(tmp_path, record_of("конь въ нашей губер-"), record_of("ніи живетъ"), settings=settings)
    assert "\\[…\\] в\\[?\\] нашей\\[?\\] \\[…\\] **\\[2: page\\]** живет" in text, (
        "half of губернии was unsure"
    )
    assert "опущено 2 " in text
    settings = ExportSettings(modern=True)
    text = _markdown(tmp_path / "b", record_of("въ нашей губер-"), record_of("ніи живетъ"), settings=settings)
    assert "губернии\\[?\\] **\\[2: page\\]** живет" in text


def test_a_paragraph_that_looks_like_a_list_is_none(tmp_path: Path) -> None:
    assert _markdown(tmp_path, record_of("1. раз")).splitlines()[-1].startswith("**\\[1: page\\]** 1\\.")
