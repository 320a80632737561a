"""The text of a page for readers."""

from pathlib import Path

from ocr.corrections.changes import CorrectLine, edit
from ocr.corrections.tokens import Token
from ocr.exports.reading import ExportSettings
from ocr.exports.run import export
from tests.exports.records import record_of


def _text(folder: Path, content: bytes, settings: ExportSettings | None = None) -> tuple[str, str]:
    (folder / "in").mkdir(parents=True, exist_ok=True)
    (folder / "in" / "p.xml").write_bytes(content)
    (exported,) = export([folder / "in"], "txt", folder / "out", settings)
    assert exported.error is None
    return (folder / "out" / "p.txt").read_text("utf-8"), exported.remark


def test_words_under_the_threshold_are_left_out_but_not_those_of_a_person(tmp_path: Path) -> None:
    content = record_of("раз два\nтри четыре")  # 0.50 to 0.53
    corrected = edit(content, [CorrectLine("s1_r1_l1", (Token("Разъ"), Token("два")))], "А. Б.", "2026-01-02")
    text, remark = _text(tmp_path, corrected, ExportSettings(threshold=0.53))
    assert text == "Разъ […]\n[…] четыре\n"
    assert remark.startswith("4 words; 2 (50.0 %) under 0.53 left out; of those shown, 23.5 % are expected")


def test_new_spelling_line_by_line(tmp_path: Path) -> None:
    text, _ = _text(
        tmp_path, record_of("въ городѣ N. губер-\nніи «новаго» міра"), ExportSettings(modern=True)
    )
    assert text == "в городе N. губер-\nнии «нового» мира\n"


def test_what_is_struck_is_no_text(tmp_path: Path) -> None:
    tokens = (Token("раз", marks=("del",)), Token("два"))
    content = edit(record_of("раз два\nтри"), [CorrectLine("s1_r1_l1", tokens)], "А. Б.", "2026-01-02")
    assert _text(tmp_path, content)[0] == "два\nтри\n"


def test_tei_of_others_comes_by_its_blocks(tmp_path: Path) -> None:
    body = b'<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body><p>a</p><p>b</p></body></text></TEI>'
    assert _text(tmp_path, body)[0] == "a\n\nb\n"
