"""Words under blots are in doubt; where nothing but a blot is there, a gap tells of it."""

from dataclasses import replace

import numpy as np
import pytest

from ocr.engines.under_blots import BLOT, SUREST, under_blots
from ocr.geometry import Affine, Box
from ocr.page import Glyph, Line, Reading, Region, Surface, Unread, Word
from ocr.scan.blots import Blots


def blots(*boxes: Box, marked: bool = True) -> Blots:
    """Rectangular blots on a line of upright strokes a pixel wide, y from 20 to 40, x from 0 to 300."""
    labels = np.zeros((60, 320), np.int32)
    dark = np.zeros(labels.shape, bool)
    dark[20:40, :300:2] = True
    for n, box in enumerate(boxes, 1):
        labels[int(box.top) : int(box.bottom), int(box.left) : int(box.right)] = n
    outlines = tuple(box.outline() for box in boxes)
    return Blots(outlines, (marked,) * len(boxes), labels, dark | (labels > 0), Affine())


def surface() -> Surface:
    """A line of three words, 100 pixels each."""
    words = tuple(
        Word(
            text,
            Box(100 * n, 20, 100 * n + 90, 40),
            0.9,
            (Glyph(text, 0.9, Box(100 * n, 20, 100 * n + 90, 40)),),
        )
        for n, text in enumerate(("раз", "два", "три"))
    )
    outline = Box(0, 18, 300, 42).outline()
    line = Line(outline, readings=(Reading("table", words, 0.9),))
    return Surface(Box(0, 0, 320, 60), (Region(outline, (line,)),))


def words_of(told: Surface) -> list[tuple[str, float | None]]:
    return [(word.text, word.confidence) for line in told.lines for word in line.readings[0].words]


def test_without_blots_nothing_changes() -> None:
    assert under_blots(surface(), None) == surface()


def test_a_word_partly_under_a_blot_is_in_doubt_and_the_others_are_as_they_were() -> None:
    told = under_blots(surface(), blots(Box(100, 15, 140, 45)))
    (first, doubted, last) = words_of(told)
    assert (first, last) == (("раз", 0.9), ("три", 0.9))
    assert doubted[0] == "два"
    assert doubted[1] is not None
    assert doubted[1] <= SUREST
    (line,) = told.lines
    assert line.readings[0].words[1].glyphs[0].confidence == SUREST
    assert line.readings[0].confidence == pytest.approx((0.9 + 0.9 + doubted[1]) / 3)
    assert told.unread == ()


def test_where_nothing_but_a_blot_is_there_is_a_gap() -> None:
    told = under_blots(surface(), blots(Box(95, 15, 195, 45)))
    assert [text for text, _ in words_of(told)] == ["раз", "три"]
    assert told.unread == (Unread(Box(95, 15, 195, 45).outline(), BLOT),)


def test_a_line_that_is_a_blot_is_illegible_and_not_blank() -> None:
    told = under_blots(surface(), blots(Box(0, 10, 300, 50)))
    (line,) = told.lines
    assert line.readings[0].words == ()
    assert line.readings[0].failure
    assert [place.reason for place in told.unread] == [BLOT]


def test_a_blot_beside_the_text_is_told_once_and_only_where_it_is_marked_as_writing() -> None:
    beside = Box(303, 15, 319, 45)
    assert [one.reason for one in under_blots(surface(), blots(beside)).unread] == [BLOT]
    assert under_blots(surface(), blots(beside, marked=False)).unread == ()
    known = replace(surface(), unread=(Unread(Box(302, 14, 320, 46).outline(), "writing"),))
    assert [one.reason for one in under_blots(known, blots(beside)).unread] == [BLOT]


def test_letters_beside_a_blot_that_nobody_read_stay_a_gap_of_their_own() -> None:
    """The blot covers most of their place, and not most of the ink of it: letters stand on both sides."""
    lines = surface()
    place = Unread(Box(100, 15, 200, 45).outline(), "writing")
    lost = replace(lines, regions=(), unread=(place,))
    (kept, blot) = under_blots(lost, blots(Box(121, 18, 179, 42))).unread
    assert (kept, blot.reason) == (place, BLOT)


def test_thick_strokes_of_letters_much_taller_are_no_blots_on_them() -> None:
    assert words_of(under_blots(surface(), blots(Box(100, 22, 140, 29)))) == words_of(surface())
