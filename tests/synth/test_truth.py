"""The truth of a synthetic scan is exact."""

import os
from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr.geometry import Box, Outline
from ocr.synth.camera import Lie, Look, draw_written, lie_down
from ocr.synth.compose import Habits, Piece, Written, compose
from ocr.synth.hand import Track
from ocr.synth.paper import Paper, draw_leaf
from ocr.synth.truth import line_of
from ocr.synth.writer import Style, draw_writer

SEEDS = int(os.environ.get("SYNTH_SEEDS", "12"))


OFTEN = Habits(struck=0.3, inserted=0.3, underlined=0.3, noted=0.3)


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
