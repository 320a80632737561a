"""Hands made of strokes: every letter can be written, readable in size, the same for a seed."""

from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.errors import SettingsError
from ocr.synth.hand import write
from ocr.synth.letters import check_letters, forms, unknown_letters
from ocr.synth.strokes import StrokeLines
from ocr.synth.text import ALPHABET, Texts
from ocr.synth.writer import Style, draw_writer

PROSE = "Съезд советов открылся в два часа дня; ещё до этого народ стоял на улице и ждал известий. " * 5
LETTERS = sorted(forms())
WORDS = st.lists(st.text(st.sampled_from(LETTERS), min_size=1, max_size=9), min_size=1, max_size=4)


def test_every_letter_of_the_recogniser_can_be_written() -> None:
    assert not unknown_letters(ALPHABET)


def test_writers_differ_where_people_do() -> None:
    assert all(len(forms()[letter]) > 1 for letter in "тдвзжкрущцбэябТДК")


def test_forms_keep_their_frame() -> None:
    for form in (form for rows in forms().values() for form in rows):
        points = np.concatenate(form.strokes)
        assert form.entry in "inoel-", form
        assert form.exit in "_^-", form
        assert points[:, 1].min() >= -1.2, form
        assert points[:, 1].max() <= 2.5, form
        assert all(len(stroke) > 1 for stroke in (*form.strokes, *form.marks)), form
        assert form.left <= form.right, form


@given(WORDS, st.integers(0, 2**32), st.sampled_from(list(Style)))
@settings(max_examples=60, deadline=None)
def test_any_writer_writes_any_words(words: list[str], seed: int, style: Style) -> None:
    rng = np.random.default_rng(seed)
    text = " ".join(words)
    track = write(rng, draw_writer(rng, style), text)
    count = len(track.places)
    assert np.isfinite(track.places).all()
    assert (track.widths > 0).all()
    assert ((track.wet > 0) & (track.wet <= 1)).all()
    assert track.breaks[0] == 0
    assert track.breaks[-1] == count
    assert (np.diff(track.breaks) > 1).all()
    # every letter but the spaces has ink of its own, in the order of the text
    assert sorted(set(track.letters.tolist())) == [k for k, c in enumerate(text) if c != " "]
    starts = [track.places[track.letters == k, 0].mean() for k in range(len(words[0]))]
    # in a hand that leans far over, what stands high also stands far to the right: ' before :
    assert all(b - a > -2.5 for a, b in pairwise(starts))


def test_alike_but_never_identical() -> None:
    rng = np.random.default_rng(5)
    writer = draw_writer(rng, Style.SCHOOL)
    one, two = write(rng, writer, "а"), write(rng, writer, "а")
    assert not np.array_equal(one.places[:10], two.places[:10])
    assert abs(np.ptp(one.places[:, 1]) - np.ptp(two.places[:, 1])) < 0.5


def test_joined_hands_lift_the_pen_less() -> None:
    def lifts(style: Style) -> int:
        found = 0
        for seed in range(30):
            rng = np.random.default_rng(seed)
            found += len(write(rng, draw_writer(rng, style), "шипели").breaks) - 2
        return found

    assert lifts(Style.CLERK) * 3 < lifts(Style.PRINTED)


def test_same_seed_same_strips() -> None:
    one, two = (list(islice(StrokeLines(Texts([PROSE])).strips(7, 20), 8)) for _ in range(2))
    for (grey, text), (other, same) in zip(one, two, strict=True):
        assert text == same
        assert np.array_equal(grey, other)


def test_strips_hold_writing() -> None:
    for grey, text in islice(StrokeLines(Texts([PROSE])).strips(1, 30), 60):
        assert grey.dtype == np.uint8
        assert 10 < grey.shape[0] < 200
        assert 0 < len(text) <= 30
        assert int(grey.max()) - int(grey.min()) > 12


def test_a_character_no_hand_can_write_is_named() -> None:
    with pytest.raises(SettingsError, match=r"漢 \(U\+6F22\)"):
        check_letters("слово 漢")
    check_letters("Слово, № 5 и ½.")
