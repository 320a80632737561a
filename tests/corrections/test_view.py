from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.corrections import view as views
from ocr.corrections.changes import AcceptLine, CorrectLine, edit
from ocr.corrections.view import view
from ocr.tei.parse import parse_tei

GOLDEN = Path(__file__).parents[1] / "tei" / "golden" / "marks.xml"


def test_it_agrees_with_the_record_read_back() -> None:
    seen, page = view(GOLDEN.read_bytes()), parse_tei(GOLDEN)
    lines = list(page.lines)
    assert [line.kind for line in seen.lines] == [line.kind for line in lines]
    assert [line.outline for line in seen.lines] == [line.outline for line in lines]
    assert [line.baseline for line in seen.lines] == [line.baseline for line in lines]
    assert [line.silence for line in seen.lines] == [
        None,
        None,
        "blank",
        "unread",
        "failed",
        None,
        None,
        None,
    ]
    assert (seen.scan.file, seen.scan.sheet, seen.scan.width_px) == (page.source.file, 2, 800)
    assert [surface.box for surface in seen.surfaces] == [surface.box for surface in page.surfaces]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["слово", "а б", "", "<&>"])), max_size=6))
def test_lines_kept_are_lines_as_they_stand(steps: list[tuple[int, str]]) -> None:
    held = GOLDEN.read_bytes()
    for number, text in steps:
        line = view(held).lines[number]
        tokens = (*line.tokens, replace(line.tokens[0], text=text, id=None)) if line.tokens else ()
        held = edit(held, [CorrectLine(line.ident, tokens), AcceptLine(line.ident)], "А. Б.", "2026-11-22")
        kept = view(held)
        views._READ.clear()
        assert view(held) == kept
