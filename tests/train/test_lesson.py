"""Which lines a hand is learnt from: bounded, spread, the same for the same records."""

from pathlib import Path

import pytest

from ocr.corrections.changes import AcceptLine, CorrectLine, edit
from ocr.corrections.tokens import Token
from ocr.corrections.view import view
from ocr.recipe import Recipe
from ocr.train.lesson import (
    MOST_CORRECTED,
    MOST_LINES,
    MOST_PAGES,
    LessonPage,
    PageLines,
    VouchedLine,
    cut,
    lesson_of,
    lines_on,
    spread,
)

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "docs" / "example" / "page-0001.xml"
SCAN = ROOT / "scans" / "notebook" / "page-0001.jpg"


def page(number: int, read: int, corrected: int = 0) -> PageLines:
    texts = tuple(VouchedLine(f"c{n}", f"слово {number}", f"слово {number}") for n in range(corrected))
    place = LessonPage(Path(f"{number}.xml"), Path(f"{number}.jpg"))
    return PageLines(place, f"{number:064}", 1, tuple(f"l{n}" for n in range(read)), texts)


def test_few_lines_are_all_taken() -> None:
    pages = [page(n, 5) for n in range(3)]
    assert lesson_of(pages).pages == tuple(pages)
    assert lesson_of([page(0, 0)]).pages == ()
    assert lesson_of([]).lines == 0


def test_a_lesson_does_not_grow_with_the_pages() -> None:
    pages = [page(n, 30) for n in range(200)]
    lesson = lesson_of(pages)
    assert len(lesson.pages) == MOST_PAGES
    assert MOST_LINES - MOST_PAGES < lesson.lines <= MOST_LINES
    places = [pages.index(next(p for p in pages if p.page == taken.page)) for taken in lesson.pages]
    assert places == sorted(places)
    assert places[0] < 10
    assert places[-1] > 190
    assert lesson_of(pages) == lesson


def test_what_persons_corrected_comes_first() -> None:
    pages = [page(n, 30) for n in range(100)]
    pages[57] = page(57, 10, 20)
    lesson = lesson_of(pages)
    assert lesson.corrected == 20
    assert lesson.corrections
    assert lesson.lines <= MOST_LINES
    everywhere = lesson_of([page(n, 10, 20) for n in range(100)])
    assert MOST_CORRECTED - MOST_PAGES < everywhere.corrected <= MOST_CORRECTED


def test_one_full_page_among_short_ones_fills_the_lesson() -> None:
    assert lesson_of([page(0, 400), *(page(n, 2) for n in range(1, 5))]).lines == MOST_LINES


def test_other_corrections_are_another_lesson() -> None:
    first, same, other = (lesson_of([page(n, 5, 3), page(9, 5)]) for n in (1, 1, 2))
    assert first.corrections == same.corrections != other.corrections
    assert lesson_of([page(1, 5)]).corrections == ""


@pytest.mark.parametrize(
    ("count", "most", "places"), [(3, 5, [0, 1, 2]), (10, 5, [1, 3, 5, 7, 9]), (5, 1, [2]), (5, 0, [])]
)
def test_spread(count: int, most: int, places: list[int]) -> None:
    assert spread(range(count), most) == places


def test_accepted_lines_come_with_their_text_and_read_ones_without(tmp_path: Path) -> None:
    record = tmp_path / RECORD.name
    record.write_bytes(edit(RECORD.read_bytes(), [AcceptLine("s1_r1_l3")], "А. Б.", "2026-11-22T12:00:00Z"))
    lines = lines_on(LessonPage(record, SCAN))
    ((ident, text, _),) = lines.corrected
    assert ident == "s1_r1_l3"
    assert "s1_r1_l4" in lines.read
    assert "s1_r1_l3" not in lines.read
    some = lesson_of([PageLines(lines.page, lines.sha256, lines.sheet, lines.read[:2], lines.corrected)])
    pictures = list(cut(some, Recipe()))
    assert sorted(line.text for line in pictures) == ["", "", text]
    assert all(min(line.grey.shape) > 20 for line in pictures)


def test_a_line_of_which_a_word_was_corrected_is_vouched_for(tmp_path: Path) -> None:
    record = tmp_path / RECORD.name
    tokens = view(RECORD.read_bytes()).lines[3].tokens
    change = CorrectLine(
        view(RECORD.read_bytes()).lines[3].ident, (Token("Слово", id=tokens[0].id), *tokens[1:])
    )
    record.write_bytes(edit(RECORD.read_bytes(), [change], "А. Б.", "2026-11-22T12:00:00Z"))
    ((ident, text, written),) = lines_on(LessonPage(record, SCAN)).corrected
    assert ident == change.line
    assert text.startswith("Слово ")
    assert written == "Слово"  # the rest may be read otherwise the next time, and is no other lesson for that


def test_lines_that_another_engine_reads_better_teach_nothing(tmp_path: Path) -> None:
    record = tmp_path / RECORD.name
    record.write_bytes(
        RECORD.read_bytes().replace(b'"cursive"', b'"other"').replace(b'"#cursive"', b'"#other"')
    )
    assert lines_on(LessonPage(record, SCAN)).read == ()
