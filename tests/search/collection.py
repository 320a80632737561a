"""Records of few words, drawn for tests of the search."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ocr.geometry import Box, Point
from ocr.page import Line, Page, Reading, Region, Rival, Source, Step, Surface, Word
from ocr.tei.write import to_tei

READER = Step("cursive", "Cursive recogniser", "1", (), reads=True)
SPELLINGS = [
    ("Хлѣбъ,", "хлеб"),
    ("Ѳеодоръ", "феодор"),
    ("разсказъ", "рассказ"),
    ("безпокойный", "беспокойный"),
    ("об'явленіе", "объявление"),
    ("ещё", "еще"),
    ("из-за", "изза"),
    ("1868", "1868"),
    ("за\u0301мокъ", "замок"),
    ("край", "краи\u0306"),
]
"""Words as they stand in records, each with what finds it: in every search the same."""
Drawn = str | tuple[str, float] | tuple[str, float, dict[str, float]]
"""A word, surely read; or its probability; or that with what else it may be."""


def record(lines: Sequence[Sequence[Drawn]], name: str = "page", sha256: str = "0" * 64) -> bytes:
    """The TEI of a page whose words stand 100 pixels apart, its lines 50."""
    drawn = []
    for n, row in enumerate(lines):
        top = 50.0 * n
        words = tuple(
            _word(word, Box(100.0 * k, top + 5, 100.0 * k + 80, top + 40)) for k, word in enumerate(row)
        )
        outline = Box(0, top, 1000, top + 45).outline()
        drawn.append(
            Line(outline, (Point(0, top + 40), Point(1000, top + 40)), readings=(Reading("cursive", words),))
        )
    box = Box(0, 0, 1000, 1000)
    source = Source(f"{name}.png", sha256, 1000, 1000, "image/png")
    return to_tei(Page(name, source, (Surface(box, (Region(box.outline(), tuple(drawn)),)),), (READER,)))


def _word(drawn: Drawn, box: Box) -> Word:
    if isinstance(drawn, str):
        return Word(drawn, box, 0.99)
    text, sure, *others = drawn
    rivals = tuple(Rival(*each) for each in others[0].items()) if others else ()
    return Word(text, box, sure, (), rivals)


def folder_of(folder: Path, pages: Mapping[str, Sequence[Sequence[Drawn]]]) -> Path:
    """The records in a folder, by their places."""
    for place, lines in pages.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(record(lines, path.stem))
    return folder


def of_text(text: str) -> list[list[Drawn]]:
    """Lines of words, surely read."""
    return [list(line.split()) for line in text.strip().split("\n")]
