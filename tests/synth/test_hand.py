"""Hands made of strokes: every letter can be written, readable in size, the same for a seed."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.synth.hand import write
from ocr.synth.letters import forms
from ocr.synth.writer import Style, draw_writer

LETTERS = sorted(forms())
WORDS = st.lists(st.text(st.sampled_from(LETTERS), min_size=1, max_size=9), min_size=1, max_size=4)


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
