"""Whole pages: the truth is exact, the bytes are the same for a seed, bad wishes are refused in words.

`SYNTH_SEEDS=1000 pytest tests/synth/test_notebook.py` looks at so many seeds.
"""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.errors import SettingsError
from ocr.geometry import Box, Outline
from ocr.page import Kind
from ocr.synth.camera import Lie, Look, draw_written, lie_down
from ocr.synth.compose import Habits, Piece, Written, compose
from ocr.synth.hand import Track
from ocr.synth.notebook import NotebookSettings, make, notebook
from ocr.synth.paper import Paper, draw_leaf
from ocr.synth.truth import line_of
from ocr.synth.writer import Style, draw_writer
from ocr.tei.validate import validate

SEEDS = int(os.environ.get("SYNTH_SEEDS", "12"))
OFTEN = Habits(struck=0.3, inserted=0.3, underlined=0.3, noted=0.3)
SMALL = NotebookSettings(dpi=100, lines=4, size_mm=(120.0, 90.0), habits=OFTEN)
PROSE = "Сегодня, 5 декабря, ѣхали черезъ лѣсъ; ёлки стояли въ снѣгу — и щука, подъѣзжая, «фыркала» 1½ часа"
WORDS = PROSE.split()


def _alone(
    shape: tuple[int, int], lie: Lie, written: Written
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    sheet = np.zeros(shape, np.uint8)
    draw_written(sheet, lie, written, 1)
    return sheet > 0


def _inside(outline: Outline, shape: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.array([(p.x, p.y) for p in outline.points]).round().astype(np.int32)], (1,))
    return mask > 0


def _covers(outer: Box | None, inner: Box | None) -> bool:
    assert outer is not None
    assert inner is not None
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and outer.right >= inner.right
        and outer.bottom >= inner.bottom
    )


def _one_letter(piece: Piece, at: int) -> list[Piece]:
    """The pieces of path that a letter owns, as pieces of their own."""
    track, found = piece.track, []
    for first, end in zip(track.breaks[:-1], track.breaks[1:], strict=True):
        held = np.flatnonzero(track.letters[first:end] == at) + first
        for run in np.split(held, np.flatnonzero(np.diff(held) > 1) + 1):
            if len(run) > 1:
                cut = Track(
                    track.places[run],
                    track.widths[run],
                    track.wet[run],
                    np.array([0, len(run)]),
                    track.letters[run],
                    track.text,
                    0,
                )
                found.append(replace(piece, track=cut, places=piece.places[run], widths=piece.widths[run]))
    return found


@pytest.mark.parametrize("seed", range(SEEDS))
def test_truth_is_exact(seed: int) -> None:
    rng = np.random.default_rng(seed)
    writer = draw_writer(rng, Style.MIXED)
    leaf = draw_leaf(rng, Paper.MIXED, 110, (170.0, 100.0))
    lie = lie_down(rng, Look.PHOTO if seed % 2 else Look.SCAN, (leaf.width, leaf.height), None, 110)
    written, _ = compose(rng, writer, leaf, WORDS, OFTEN, 3)
    assert written
    room = (lie.shape[0] + 200, lie.shape[1] + 200)
    for line in written:
        known = line_of(lie, line)
        assert known.text == line.text
        ink = _alone(room, lie, line)
        assert ink.any()
        box = known.outline.box
        if box.left >= 0 and box.top >= 0:
            assert not (ink & ~_inside(known.outline, room)).any()
        reading = known.reading
        assert reading is not None
        for word in reading.words:
            assert "".join(glyph.text for glyph in word.glyphs) == word.text
            assert all(_covers(word.box, glyph.box) for glyph in word.glyphs)
            assert _covers(Box(box.left - 1, box.top, box.right + 1, box.bottom), word.box)
        words = iter(reading.words)
        for piece in line.pieces:
            at = 0
            for text in piece.track.text.split(" "):
                for number, glyph in enumerate(next(words).glyphs):
                    _ink_in_box(piece, at + number, line, lie, glyph.box, room)
                at += len(text) + 1


def _ink_in_box(
    piece: Piece, at: int, line: Written, lie: Lie, box: Box | None, room: tuple[int, int]
) -> None:
    assert box is not None
    if box.left < 0 or box.top < 0:
        return
    parts = tuple(_one_letter(piece, at))
    ink = _alone(room, lie, replace(line, pieces=parts, strokes=()))
    ink[int(box.top) : int(box.bottom), int(box.left) : int(box.right)] = False
    assert not ink.any(), (piece.track.text[at], box)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make(tmp_path / name, 2, 7, SMALL)
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    assert len(list((tmp_path / "one").iterdir())) == 6


def test_the_record_is_valid_and_speaks_of_the_picture(tmp_path: Path) -> None:
    make(tmp_path, 3, 1, replace(SMALL, spreads=0.5))
    for path in sorted(tmp_path.glob("*.xml")):
        assert validate(path) == []
    for made in notebook(2, 3, SMALL):
        assert made.page.source.sha256 == hashlib.sha256(made.jpeg).hexdigest()
        assert made.pixels.shape[:2] == (made.page.source.height_px, made.page.source.width_px)
        told = [line.text for line in made.page.lines if line.kind is not Kind.STRUCK]
        assert made.text.splitlines() == told


def test_text_runs_on_from_page_to_page() -> None:
    wish = replace(SMALL, habits=Habits(0, 0, 0, 0, divided=1), modern=True, once=True)
    prose = " ".join(f"слово{k}" for k in range(60))
    told = " ".join(made.text.replace("\n", " ") for made in notebook(30, 2, wish, prose))
    folios = {
        line.text
        for made in notebook(30, 2, wish, prose)
        for line in made.page.lines
        if line.kind is Kind.NUMBER
    }
    words = [word for word in told.split() if word not in folios]
    assert " ".join(words).replace("- ", "") == prose


def test_a_word_wider_than_the_page_is_divided() -> None:
    wish = replace(SMALL, modern=True, once=True, habits=Habits(0, 0, 0, 0))
    long = "щ" * 120
    told = "".join(
        line.text.removesuffix("-")
        for made in notebook(30, 2, wish, long)
        for line in made.page.lines
        if line.kind is Kind.TEXT
    )
    assert told == long


@pytest.mark.parametrize(
    ("wish", "text", "told"),
    [
        (SMALL, "", "nothing to write"),
        (SMALL, "слово 漢", "No hand can write 漢"),
        (replace(SMALL, skip_unknown=True), "漢", "nothing to write"),
        (replace(SMALL, dpi=9), "слово", "9 dpi is out of range"),
        (replace(SMALL, size_mm=(14.0, 90.0), paper=Paper.LEDGER), "щука", "Not one letter"),
    ],
)
def test_bad_wishes_are_refused_in_words(wish: NotebookSettings, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        list(notebook(1, 1, wish, text))


def test_unknown_characters_can_be_skipped() -> None:
    made = next(notebook(1, 1, replace(SMALL, skip_unknown=True, modern=True), "слово漢 дело"))
    assert "漢" not in made.text
    assert "слово" in made.text
