"""A track drawn as ink: runs serve wherever it is drawn, and weak ink is paler."""

import numpy as np

from ocr.synth.hand import Track, write
from ocr.synth.pen import draw, draw_runs, runs_of
from ocr.synth.writer import Style, draw_writer


def track() -> Track:
    rng = np.random.default_rng(4)
    return write(rng, draw_writer(rng, Style.SCHOOL), "мишура")


def test_known_runs_draw_the_same_ink_anywhere() -> None:
    line = track()
    widths = line.widths * np.float32(20)
    runs = runs_of(widths, line)
    for shift in (40, 75):
        places = line.places * np.array([20, -20], np.float32) + np.float32(shift)
        straight, again = np.zeros((2, 160, 400), np.uint8)
        draw(straight, places, widths, line)
        draw_runs(again, places, runs)
        assert straight.any()
        assert np.array_equal(straight, again)


def test_weak_ink_is_paler_and_covers_the_same() -> None:
    line = track()
    places = line.places * np.array([20, -20], np.float32) + np.float32(60)
    full, half = np.zeros((2, 160, 400), np.uint8)
    draw(full, places, line.widths * np.float32(20), line)
    draw(half, places, line.widths * np.float32(20), line, strength=0.5)
    assert np.array_equal(full > 0, half > 0)
    assert int(half.max()) <= 128 < int(full.max())
