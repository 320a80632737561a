"""Pages brought into the frame of their scan."""

import pytest

from ocr.errors import ScanError
from ocr.geometry import Box, Outline, Point
from ocr.imports.fitting import fitted
from ocr.imports.foreign import ForeignLine, ForeignPage, ForeignRegion, ForeignWord

WORD = ForeignWord("слово", Box(20, 20, 60, 40))


def _page(
    *lines: ForeignLine, size: tuple[float, float] | None = (100, 200), pixels: bool = True
) -> ForeignPage:
    return ForeignPage("PAGE", (ForeignRegion(lines),), size=size, is_pixels=pixels)


def test_the_same_size_changes_nothing() -> None:
    line = ForeignLine((WORD,), Box(10, 10, 90, 50).outline(), (Point(10, 45), Point(90, 44)))
    assert fitted(_page(line), 100, 200, scale=False).lines == (line,)


def test_another_unit_is_scaled_unasked() -> None:
    line = ForeignLine((WORD,), Box(10, 10, 90, 50).outline())
    (moved,) = fitted(_page(line, pixels=False), 300, 600, scale=False).lines
    assert moved.outline == Box(30, 30, 270, 150).outline()
    assert moved.words[0].box == Box(60, 60, 180, 120)


def test_another_size_or_shape_is_refused() -> None:
    line = ForeignLine((WORD,), Box(10, 10, 90, 50).outline())
    with pytest.raises(ScanError, match="--scale"):
        fitted(_page(line), 300, 600, scale=False)
    with pytest.raises(ScanError, match="another shape"):
        fitted(_page(line), 300, 300, scale=True)


def test_lines_without_a_place_get_that_of_their_words_baseline_or_region() -> None:
    of_words, of_baseline, of_nothing = (
        ForeignLine((WORD,)),
        ForeignLine((), None, (Point(10, 100), Point(90, 100))),
        ForeignLine(),
    )
    page = _page(of_words, of_baseline, of_nothing)
    first, second, third = fitted(page, 100, 200, scale=False).lines
    assert first.outline == Box(20, 20, 60, 40).outline()
    assert second.outline is not None
    assert second.outline.box.top < 100 < second.outline.box.bottom
    assert third.outline == Box(0, 0, 100, 200).outline()
    assert sum(page.left_out.values()) == 3


def test_what_reaches_beyond_is_clipped_and_counted() -> None:
    line = ForeignLine((WORD,), Outline((Point(-10, 10), Point(500, 10), Point(50, 900))))
    page = _page(line)
    assert fitted(page, 100, 200, scale=False).lines[0].outline == Outline(
        (Point(0, 10), Point(100, 10), Point(50, 200))
    )
    assert page.left_out == {"lines that reach beyond the scan, clipped to it": 1}
