"""Columns and margins are kept apart and read in order."""

import numpy as np

from ocr.page import Kind
from tests import drawn, notebook
from tests.lines.leaves import found, with_text


def test_columns_are_kept_apart_and_read_left_to_right() -> None:
    page = drawn.page(size_px=(1700, 1000), letter_px=30, columns=2)
    left, right = found(page.pixels)
    assert len(left.lines) == len(right.lines) == len(drawn.TEXT)
    assert left.outline.box.right < right.outline.box.left


def test_notes_in_the_margin_are_lines_of_their_own() -> None:
    for number in range(40):
        page = notebook.page(np.random.default_rng([number, 8]), extras=True)
        if page.kinds.count(Kind.MARGIN) > 2:
            break
    kinds = [line.kind for region in found(page.pixels) for line in region.lines]
    assert kinds.count(Kind.MARGIN) == page.kinds.count(Kind.MARGIN)
    assert kinds.count(Kind.TEXT) == page.kinds.count(Kind.TEXT)


def test_notes_in_the_margin_come_after_the_text() -> None:
    for number in range(40):
        page = notebook.page(np.random.default_rng([number, 8]), extras=True)
        if page.kinds.count(Kind.MARGIN) > 2:
            break
    kinds = [region.kind for region in found(page.pixels)]
    assert kinds[-1] is Kind.MARGIN
    assert Kind.MARGIN not in kinds[:-1]


def test_a_note_in_the_row_of_a_line_is_of_the_margin() -> None:
    page = drawn.page(size_px=(1100, 1200))
    left, _ = page.baselines[5]
    paper = page.pixels
    wide = np.hstack([np.full((len(paper), 400), int(np.median(paper)), np.uint8), paper])
    pixels = with_text(wide, "смотри выше о домахъ", (int(left.x) + 400 - 350, int(left.y)), 24, 40)
    text, margin = found(pixels)
    assert [line.kind for line in text.lines] == [Kind.TEXT] * len(page.texts)
    assert [line.kind for line in margin.lines] == [Kind.MARGIN]
    assert margin.outline.box.right < text.outline.box.left
