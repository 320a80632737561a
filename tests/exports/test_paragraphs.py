"""Where paragraphs begin, in columns that are drawn as numbers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocr.corrections.tokens import Token
from ocr.corrections.view import LineView
from ocr.exports.paragraphs import ParagraphFinder
from ocr.geometry import Box, Outline, Point
from ocr.page import Kind

PITCH, WIDTH = 60, 1000


def _line(n: int, text: str, left: float, right: float, y: float, kind: Kind = Kind.TEXT) -> LineView:
    letter = (right - left) / max(len(text), 1)
    tokens, x = [], left
    for word in text.split():
        tokens.append(Token(word, box=Box(x, y - 30, x + letter * len(word), y)))
        x += letter * (len(word) + 1)
    baseline = (Point(left, y), Point(right, y))
    outline = Outline(Box(left, y - 40, right, y + 10).corners)
    return LineView(
        f"l{n}", None, kind, "r", "s1", outline, baseline, None, None, "draft", None, tuple(tokens), ""
    )


def _column(
    rows: Sequence[tuple[str, float, float, float]], *, turn: float = 0.0, slant: float = 0.0
) -> list[LineView]:
    """Lines of (text, indent and room at the end in pitches, gap above), turned, its margin slanting."""
    lines, y = [], 200.0
    for n, (text, indent, room, gap) in enumerate(rows):
        y += PITCH * (1 + gap)
        line = _line(n, text, 100 + slant * y + indent * PITCH, 100 + WIDTH + slant * y - room * PITCH, y)
        turned = tuple(Point(p.x - turn * p.y, p.y + turn * p.x) for p in line.baseline)
        lines.append(replace(line, baseline=turned))
    return lines


def _begins(lines: list[LineView], finder: ParagraphFinder | None = None) -> list[bool]:
    return [begins for begins, _ in (finder or ParagraphFinder()).begins(lines)]


BODY = "строка обычного текста и ещё немного слов"
ROWS = [
    (f"Первый абзац {BODY}", 1.0, 0, 0),
    (BODY, 0, 0.3, 0),
    (f"{BODY}.", 0, 0.2, 0),
    (f"Второй абзац {BODY}", 1.0, 0, 0),
    (BODY, 0, 0.1, 0),
    (f"Москва {BODY}", 0, 0, 0),
    (f"{BODY}.", 0, 0, 0),
    (f"Третий {BODY}", 1.1, 0, 0),
    (BODY, 0, 0.2, 0),
]


def test_an_indent_begins_a_paragraph_whatever_the_turn_and_the_margin() -> None:
    for turn in (-0.04, 0.0, 0.04):
        for slant in (-0.1, 0.0, 0.1):
            expected = [True, False, False, True, False, False, False, True, False]
            assert _begins(_column(ROWS, turn=turn, slant=slant)) == expected


def test_so_does_a_gap_and_a_line_after_a_short_one() -> None:
    rows = [
        (f"Абзац {BODY}", 0, 0, 0),
        (f"{BODY}.", 0, 0, 0),
        (f"После пропуска {BODY}", 0, 0, 0.7),
        ("и конец.", 0, 10, 0),
        (f"После короткой {BODY}", 0, 0, 0),
        (BODY, 0, 0, 0),
        (BODY, 0, 0, 0),
    ]
    assert _begins(_column(rows)) == [True, False, True, False, True, False, False]


def test_a_ragged_margin_or_a_small_letter_begins_none() -> None:
    dice = np.random.default_rng(1)
    rows = [(BODY, float(dice.normal(0, 0.15)), float(dice.uniform(0, 0.8)), 0.0) for _ in range(24)]
    assert sum(_begins(_column(rows))) == 1
    # nor a short line whose next word would not have fitted, nor an indented one within a word
    rows = [(BODY, 0, 0, 0), ("до", 0, 2, 0), ("длинногослова" * 3, 0, 0, 0), (BODY, 0, 0, 0)]
    assert sum(_begins(_column(rows))) == 1
    rows = [(f"{BODY} губер-", 0, 0, 0), ("нии Было", 1, 0, 0), (BODY, 0, 0, 0), (BODY, 0, 0, 0)]
    assert list(ParagraphFinder().begins(_column(rows)))[1] == (False, True)


def test_a_paragraph_runs_on_to_the_next_page_unless_that_begins_one() -> None:
    finder = ParagraphFinder()
    open_end = [*ROWS[:-1], (f"{BODY} губер-", 0, 0, 0)]
    assert _begins(_column(open_end), finder)[0]
    number = _line(99, "2", 900, 950, 100, Kind.NUMBER)
    following = _column([("нии и далее", 0, 0, 0), *ROWS])
    places = list(finder.begins([number, *following]))
    assert places[0] == (False, False)
    assert places[1] == (False, True)
    assert places[2] == (True, False)


def test_headings_are_parted_and_what_stands_aside_is_not() -> None:
    lines = _column(ROWS)
    lines[3] = replace(lines[3], kind=Kind.HEADING)
    lines[5] = replace(lines[5], kind=Kind.INSERTION)
    lines[8] = replace(lines[8], kind=Kind.MARGIN)
    assert _begins(lines) == [True, False, False, True, True, False, False, True, False]


def test_lines_without_places_or_words_go_on() -> None:
    lines = [replace(line, baseline=(), outline=None) for line in _column(ROWS)]
    assert sum(_begins(lines)) == 1
    lines = [replace(line, tokens=()) for line in _column(ROWS)]
    assert _begins(lines) == [True, False, False, True, False, False, False, True, False]
