"""Lines written with fonts: the same for a seed, ink where it must be, every letter from some face."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from ocr.errors import ScanError
from ocr.synth.fonts import FontLines, open_faces
from ocr.synth.text import Texts

FONTS = Path(__file__).parents[2] / ".." / "shared" / "fonts"
PROSE = "Съезд советов открылся в два часа дня; ещё до этого народ стоял на улице и ждал известий. " * 5
needs_fonts = pytest.mark.skipif(not FONTS.is_dir(), reason="no fonts in ../shared/fonts")


@needs_fonts
def test_same_seed_same_strips() -> None:
    faces = open_faces(FONTS)[:4]
    one, two = (list(islice(FontLines(faces, Texts([PROSE])).strips(7, 20), 6)) for _ in range(2))
    for (grey, text), (other, same) in zip(one, two, strict=True):
        assert text == same
        assert np.array_equal(grey, other)


@needs_fonts
def test_strips_hold_writing() -> None:
    for grey, text in islice(FontLines(open_faces(FONTS), Texts([PROSE])).strips(1, 30), 60):
        assert grey.dtype == np.uint8
        assert grey.ndim == 2
        assert 10 < grey.shape[0] < 200
        assert 0 < len(text) <= 30
        assert int(grey.max()) - int(grey.min()) > 12


@needs_fonts
def test_letters_that_no_face_has_are_left_out_of_neighbours_too() -> None:
    face = open_faces(FONTS)[0]
    for letter in "оеа":
        face.glyphs.pop(letter)
        face.even.pop(letter, None)
    for _, text in islice(FontLines([face], Texts([PROSE])).strips(1, 30), 10):
        assert not set("оеа") & set(text)


@needs_fonts
def test_joined_hands_are_known() -> None:
    joined = {face.name: face.joined for face in open_faces(FONTS)}
    assert joined["Gogol"] > 0.8
    assert joined["neucha"] < 0.3


def test_a_folder_without_fonts_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match=r"no \.ttf"):
        open_faces(tmp_path)
    (tmp_path / "a.ttf").write_text("no font")
    with pytest.raises(ScanError, match="no font that can be read"):
        open_faces(tmp_path)
