from ocr.corrections.changes import RereadLine, edit
from ocr.corrections.view import view
from ocr.page import Reading, Step, Word
from tests.corrections.edits import MARKED, WHEN, WHO, L, corrected, good

STEP = Step("psm", "Tesseract (psm 7)", "5.3", (("psm", "7"),), reads=True)


def test_the_old_reading_is_kept_aside_and_the_engine_is_named() -> None:
    before = corrected(MARKED, f"{L}1", 0, text="рука")
    said = view(before).lines[0]
    reading = Reading("psm", (Word("новое", None, 0.4), Word("", None, 0.1)), 0.7)
    after = view(good(edit(before, RereadLine(f"{L}1", reading, STEP), WHO, WHEN)))
    line = after.lines[0]
    assert [token.text for token in line.tokens] == ["новое", ""]
    assert (line.by, line.confidence, line.machine.split()[0]) == ("psm", 0.7, "новое")
    assert after.people["psm"] == "Tesseract (psm 7)"
    kept = line.earlier[0]
    assert kept.text.split()[0] == "рука"
    assert kept.resp == said.by


def test_an_engine_that_fails_leaves_a_gap_with_its_reason() -> None:
    content = good(edit(MARKED, RereadLine(f"{L}1", Reading("psm", failure="no time"), STEP), WHO, WHEN))
    assert view(content).lines[0].silence == "failed"
    assert b"<desc>no time</desc>" in content
