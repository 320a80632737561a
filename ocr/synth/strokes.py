"""Lines written by hands made of strokes: a source of strips for training."""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from ocr.arrays import F32, GreyImage
from ocr.synth.degrade import degrade
from ocr.synth.hand import Track, write
from ocr.synth.letters import forms
from ocr.synth.pen import draw, draw_runs, runs_of
from ocr.synth.text import Texts
from ocr.synth.writer import Style, Writer, draw_writer

_FINER = 2
"""Strips are drawn so many times finer than they are wanted."""


class StrokeLines:
    """The source: a text, a pen, a paper, for every strip anew; a writer stays for some strips."""

    def __init__(self, texts: Texts, style: Style = Style.MIXED, stays: int = 4) -> None:
        self._texts = texts
        self._style = style
        self._stays = stays

    def strips(self, seed: int, longest: int) -> Iterator[tuple[GreyImage, str]]:
        """See `ocr.synth.Source`."""
        rng = np.random.default_rng(seed)
        known = forms()
        writer, left = draw_writer(rng, self._style), 0
        while True:
            if not left:
                writer, left = draw_writer(rng, self._style), self._stays
            left -= 1
            text = "".join(c for c in self._texts.line(rng, longest) if c == " " or c in known).strip()
            if text:
                track = write(rng, writer, text)
                slip = _slip(rng, writer, track) if rng.random() < 0.03 else None
                yield strip(rng, track, slip), text


def _slip(rng: np.random.Generator, writer: Writer, track: Track) -> Track:
    """A wrong letter, where the track then writes the right one over it."""
    wrong = write(rng, writer, str(rng.choice(list("аеиоутнсрвлкдп"))))
    over = track.places[track.letters == rng.choice(track.letters)]
    shift = (over[:, 0].min() + over[:, 0].max() - wrong.places[:, 0].min() - wrong.places[:, 0].max()) / 2
    return replace(wrong, places=wrong.places + np.array([shift, 0], np.float32))


def strip(rng: np.random.Generator, track: Track, slip: Track | None = None) -> GreyImage:
    """A track drawn as a line finder would cut it out of a scan; slip: wrongly written under it."""
    ink, base, x_px = wet(rng, track, slip)
    return degrade(rng, ink, base, x_px)


def wet(rng: np.random.Generator, track: Track, slip: Track | None = None) -> tuple[F32, int, int]:
    """Ink in 0..1, margins and neighbours' ink included; row of the baseline; height of small letters."""
    x_px = float(np.exp(rng.uniform(np.log(11), np.log(23))))
    scale = x_px * _FINER
    pad = x_px * (rng.uniform(0.2, 2.5, 2) if rng.random() < 0.8 else rng.uniform(0.2, 10, 2)) + 2
    left = float(track.places[:, 0].min())
    above, below = round(3.6 * x_px), round(2.6 * x_px)
    width = round((float(track.places[:, 0].max()) - left) * x_px + pad.sum())
    fine = np.zeros(((above + below) * _FINER, width * _FINER), np.uint8)
    frame = np.array([scale, -scale], np.float32)
    origin = np.array([(pad[0] - left * x_px) * _FINER, above * _FINER], np.float32)
    places = track.places * frame + origin
    if slip is not None:
        draw(fine, slip.places * frame + origin, slip.widths * np.float32(scale), slip, 0.8)
    widths = track.widths * np.float32(scale)
    runs = runs_of(widths, track)
    if rng.random() < 0.7:
        pitch = x_px * rng.uniform(2.6, 4.5) * _FINER
        for side in (-1, 1):
            if rng.random() < 0.75:
                draw_runs(fine, places + _away(rng, track, scale, side * pitch), runs)
    run = float(rng.choice([0.0, rng.normal(0, 0.008)]))
    places[:, 1] += (places[:, 0] - width * _FINER / 2) * run
    if rng.random() < 0.25:  # a line that sinks or climbs towards its end
        bow = np.clip(places[:, 0] / (width * _FINER), 0, 1) ** float(rng.uniform(2, 6))
        places[:, 1] += bow * np.float32(rng.normal(0.15, 0.3) * scale)
    draw_runs(fine, places, runs)
    small = cv2.resize(fine, (width, above + below), interpolation=cv2.INTER_AREA)
    ink = small.astype(np.float32) * np.float32(gain(float(widths.mean()) / _FINER) / 255)
    return np.minimum(ink, 1), above, round(x_px)


def gain(wide_px: float) -> float:
    """By how much ink is darker than the pixels it covers: a fine pen covers none wholly, yet is as black."""
    return min(max(1.3 / max(wide_px, 0.1), 1.0), 1.8)


def _away(rng: np.random.Generator, track: Track, scale: float, down: float) -> F32:
    """A shift of this line to where a neighbour stands: the same writing, but not letter under letter."""
    aside = float(rng.uniform(1.5, 6)) * scale * (1 if rng.random() < 0.5 else -1)
    return np.array([aside, down], np.float32)
