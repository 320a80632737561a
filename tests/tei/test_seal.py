"""Whether a person touched a record."""

from pathlib import Path

from ocr.page import Page
from ocr.tei.seal import is_corrected, read_fingerprint
from ocr.tei.write import to_tei
from tests.tei.made_pages import STEPS


def test_what_the_machine_wrote_is_not_corrected_and_any_edit_is(tmp_path: Path) -> None:
    page = _page()
    path = tmp_path / "a.xml"
    path.write_bytes(to_tei(page))
    assert not is_corrected(path)
    assert read_fingerprint(path) == "f" * 64
    assert read_fingerprint(tmp_path / "none.xml") is None
    held = path.read_text("utf-8")
    for before, after in (("слово", "слава"), ("<body>", "<body><!-- да -->"), ("0.93", "0.94")):
        path.write_text(held.replace(before, after, 1), "utf-8")
        assert is_corrected(path), after
    path.write_text(held.replace("\n  <fileDesc>", "\n\n\n      <fileDesc>"), "utf-8")
    assert not is_corrected(path), "white space of the header says nothing"


def _page() -> Page:
    from ocr.geometry import Box
    from ocr.page import Line, Reading, Region, Source, Surface, Word

    box = Box(0, 0, 100, 30)
    line = Line(box.outline(), readings=(Reading("tesseract", (Word("слово", box, 0.93),)),))
    region = Region(box.outline(), (line,))
    return Page("a", Source("a.png", "0", 100, 100, "image/png"), (Surface(Box(0, 0, 100, 100), (region,)),),
                steps=STEPS, fingerprint="f" * 64)  # fmt: skip
