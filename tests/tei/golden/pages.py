"""The pages behind the golden records. `python -m tests.tei.golden.pages` writes the records anew: look at
the difference before you commit it."""

from pathlib import Path

from ocr.geometry import Box, Point
from ocr.page import (
    Glyph,
    InkAccount,
    Kind,
    Line,
    Page,
    Reading,
    Region,
    Rival,
    RuleKind,
    Ruling,
    Skew,
    Source,
    Step,
    Surface,
    Unread,
    Word,
)
from ocr.tei.write import to_tei


def _word(text: str, left: float, sure: float | None = None) -> Word:
    return Word(text, Box(left, 10, left + 50, 40), sure)


def _line(top: float, *words: Word, kind: Kind = Kind.TEXT) -> Line:
    baseline = (Point(0, top + 25), Point(300, top + 25.5))
    return Line(Box(0, top, 300, top + 30).outline(), baseline, kind, (Reading("tesseract", words, 0.7),))


_DOUBTFUL = Word(
    "слво",
    Box(90, 10, 140, 40),
    0.5,
    (Glyph("с"), Glyph("л", 0.3, rivals=(Rival("м", 0.2),)), Glyph("в"), Glyph("о")),
    (Rival("слово", 0.3),),
)
_LINES = (
    _line(0, _word("«Кризис»,", 0, 0.93), _word("об'явлен", 60, 0.4), _word("рево-", 120, 0.8)),
    _line(40, _word("люции", 0, 0.9), _word("—", 60, 0.3), _DOUBTFUL),
    _line(80),
    Line(Box(0, 120, 300, 150).outline()),
    Line(
        Box(0, 160, 300, 190).outline(),
        readings=(
            Reading("tesseract", (_word("ЦК", 0, 0.2),), 0.2),
            Reading("tesseract", failure="took longer than 60 s"),
        ),
    ),
    _line(200, _word("вставка", 3), kind=Kind.INSERTION),
    _line(240, _word("12", 3, 0.2), kind=Kind.NUMBER),
    _line(280, _word("нет", 3, 0.99), _word("", 90, 0.1), kind=Kind.STRUCK),
)
_STEPS = (
    Step("tesseract", "Tesseract OCR", "5.3.0-46-g1f", (("lang", "rus"), ("psm", "6")), reads=True),
    Step("opencv", "OpenCV", "v4.11"),
)
_SOURCE = Source("мой скан #1 & ?.tif", "ab" * 32, 800, 600, "image/tiff", 2, 3, 300.0, 6)
_LEFT, _RIGHT = Box(0, 0, 400, 600), Box(400, 0, 800, 600)

GOLDEN_PAGES = {
    "marks": Page(
        "лист 1",
        _SOURCE,
        (
            Surface(_LEFT, (Region(Box(0, 0, 300, 400).outline(), _LINES),), Skew(-0.8, 0.93, True, "sure")),
            Surface(
                _RIGHT,
                remark="No ink was found.",
                unread=(
                    Unread(Box(420, 40, 500, 70).outline(), "looks like writing; no line was found here"),
                ),
                ink=InkAccount(1200, 1200, partial=True),
                ruling=Ruling(RuleKind.SQUARED, 0.25, 0.8, 41.5, (140, 170, 200), 1),
            ),
        ),
        _STEPS,
        "f" * 64,
        ("A note \x00 with a forbidden character.",),
    ),
    "empty": Page("пусто", _SOURCE, ()),
}

if __name__ == "__main__":
    for name, page in GOLDEN_PAGES.items():
        (Path(__file__).parent / f"{name}.xml").write_bytes(to_tei(page))
