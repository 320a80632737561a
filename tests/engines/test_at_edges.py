"""Words that an edge cuts through are in doubt; those that stand whole beside it are as they were."""

import numpy as np
import pytest

from ocr.engines.at_edges import SUREST, at_edges
from ocr.geometry import Affine, Box
from ocr.page import Glyph, Line, Reading, Region, Source, Surface, Word
from ocr.scan.edges import edges_of
from ocr.scan.leaf import Leaf, LeafSettings, prepare
from ocr.scan.load import Scan
from ocr.synth.notebook import Made, NotebookSettings, notebook
from ocr.synth.writer import Style
from tests import drawn

SURE = 0.95
STYLES: list[Style] = [style for style in Style if style is not Style.MIXED]


def made_by(style: Style) -> Made:
    settings = NotebookSettings(style, dpi=150, lines=7, size_mm=(110.0, 100.0), spreads=0.0)
    return next(notebook(1, 2000 + STYLES.index(style), settings))


def leaf_in(pixels: np.ndarray) -> tuple[Leaf, Box]:
    height, width = pixels.shape[:2]
    scan = Scan(Source("a.png", "0" * 64, width, height, "image/png"), np.ascontiguousarray(pixels))
    return prepare(scan, LeafSettings())[0], Box(0, 0, width, height)


def surface_of(words: list[tuple[str, Box]], frame: Box) -> Surface:
    """Words that somebody has read for sure, each a line."""
    lines = tuple(
        Line(
            box.outline(),
            readings=(Reading("table", (Word(text, box, SURE, (Glyph(text, SURE, box),)),), SURE),),
        )
        for text, box in words
    )
    return Surface(frame, (Region(frame.outline(), lines),))


def doubted(pixels: np.ndarray, words: list[tuple[str, Box]], *, beyond_px: int = 0) -> list[bool]:
    """Which words are in doubt, on a leaf beside which the scan goes on for so much."""
    leaf, frame = leaf_in(pixels)
    scan = np.pad(pixels, ((0, 0), (0, beyond_px), *((0, 0),) * (pixels.ndim - 2)))
    told = at_edges(surface_of(words, frame), edges_of(leaf, scan))
    for line in told.lines:
        (word,) = line.readings[0].words
        assert word.confidence in {SURE, SUREST}
        assert line.readings[0].confidence == word.confidence
        assert word.glyphs[0].confidence == word.confidence
    return [line.readings[0].words[0].confidence == SUREST for line in told.lines]


def words_of(made: Made, *, mirrored: bool) -> list[tuple[str, Box, list[Box]]]:
    """Text, place and letters of each word, as the picture shows them or as a mirror does."""
    way = Affine(a=-1, c=made.pixels.shape[1]) if mirrored else Affine()
    return [
        (
            word.text,
            way.box(word.box),
            [way.box(glyph.box) for glyph in word.glyphs if glyph.box and glyph.text.isalnum()],
        )
        for line in made.page.lines
        for word in (line.reading.words if line.reading else ())
        if word.box
    ]


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("style", STYLES)
def test_a_word_cut_through_a_letter_is_in_doubt_and_whole_ones_are_not(style: Style, mirrored: bool) -> None:
    """Of pages cut at many places: by the truth each was drawn from."""
    made = made_by(style)
    pixels = made.pixels[:, ::-1] if mirrored else made.pixels
    height, width = pixels.shape[:2]
    ink = np.asarray(pixels.min(axis=2) < np.median(pixels) - 70)
    found: list[bool] = []
    for share in (0.5, 0.62, 0.8):
        end = round(share * width)
        cut, whole = [], []
        for text, box, letters in words_of(made, mirrored=mirrored):
            through = [letter for letter in letters if letter.left < end - 3 and letter.right > end + 3]
            part = text, box.clip(Box(0, 0, end, height))
            if any(ink[int(b.top) : int(b.bottom), end - 2 : end].any(axis=1).sum() > 3 for b in through):
                cut.append(part)
            elif box.right < end - 6:  # cut between letters nobody can tell it
                whole.append(part)
        told = doubted(pixels[:, :end], cut + whole)
        assert not any(told[len(cut) :])
        found += told[: len(cut)]
    assert sum(found) >= 0.7 * len(found) > 0


@pytest.mark.parametrize("angle_deg", [0.0, -3.0])
@pytest.mark.parametrize("letter_px", [16, 34, 60])
def test_print_at_the_ends_of_lines_and_at_the_foot(letter_px: int, angle_deg: float) -> None:
    size = (24 * letter_px, 20 * letter_px)
    page = drawn.page(
        drawn.TEXT[:7],
        size_px=size,
        letter_px=letter_px,
        pitch_px=2 * letter_px,
        left_px=2 * letter_px,
        top_px=3 * letter_px,
        angle_deg=angle_deg,
    )
    boxes = [outline.box for outline in page.outlines]
    words = list(zip(page.texts, boxes, strict=True))
    assert not any(doubted(page.pixels[:, : round(max(box.right for box in boxes)) + 6], words))
    end = round(min(box.right for box in boxes) - 2.3 * letter_px)
    parts = [(text, box.clip(Box(0, 0, end, size[1]))) for text, box in words]
    assert sum(doubted(page.pixels[:, :end], parts)) >= 4
    if not angle_deg:
        foot = round(page.baselines[-1][0].y - 0.2 * letter_px)
        parts = [(text, box.clip(Box(0, 0, size[0], foot))) for text, box in words]
        assert doubted(page.pixels[:foot], parts) == [False] * 6 + [True]


def test_a_last_stroke_reaches_the_end_of_the_paper_and_the_word_is_whole() -> None:
    """Where the picture ends there, more of the word may be missing."""
    page = drawn.page(drawn.TEXT[:6])
    longest = max(range(6), key=lambda n: page.outlines[n].box.right)
    left, right = page.baselines[longest]
    end = round(right.x) + 8
    page.pixels[round(left.y) - 3 : round(left.y), round(right.x) - 8 :] = 40
    pixels = page.pixels[:, :end]
    words = [
        (text, outline.box.clip(Box(0, 0, end, 1000)))
        for text, outline in zip(page.texts, page.outlines, strict=True)
    ]
    assert doubted(pixels, words) == [n == longest for n in range(6)]
    assert not any(doubted(pixels, words, beyond_px=200))


def test_a_leaf_on_which_nobody_looked_for_writing_stays_as_it_is() -> None:
    paper = np.full((300, 400), 230, np.uint8)
    leaf, frame = leaf_in(paper)
    surface = surface_of([("слово", Box(0, 10, 60, 40))], frame)
    assert at_edges(surface, edges_of(leaf, paper)) == surface
