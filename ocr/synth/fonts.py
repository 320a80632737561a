"""Lines written with fonts: any folder of them. A second source beside hands of strokes.

Ink here is float32 in 0..1, height by width, 1 full ink. Letters are drawn once per face and kept, at a size
where the small letters stand X_PX high, so that faces can borrow a letter that they lack from one another.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from ocr.arrays import F32, GreyImage
from ocr.errors import ScanError, reason_of
from ocr.synth.bend import bend, thicken
from ocr.synth.degrade import degrade
from ocr.synth.text import ALPHABET, Texts

Ink = F32
X_PX = 20
"""Height of the small letters when drawn."""
PEN_PX = 3
"""Width of strokes where letters of several faces are mixed."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter: its ink, where its top left lies from the pen on the baseline, how far the pen moves on."""

    ink: GreyImage
    left: int
    top: int
    advance: float


class Face:
    """One font, with the letters of the alphabet that it has."""

    def __init__(self, path: Path) -> None:
        try:
            trial = ImageFont.truetype(str(path), 100)
        except OSError as error:
            raise ScanError(f"{path.name} is no font that can be read: {reason_of(error)}.") from error
        small, tall = (
            float(np.median([-trial.getbbox(c, anchor="ls")[1] for c in row]))
            for row in ("оеаинспм", "ОЕАИНСПМ")
        )
        self._font = ImageFont.truetype(str(path), max(round(100 * X_PX / max(small, 12)), 8))
        self.capitals_only = small > 0.92 * tall
        self.name = path.stem
        self.glyphs = {c: g for c in ALPHABET if c != " " and (g := self._draw(c)) is not None}
        self.even = self._even()
        """The same letters with strokes PEN_PX wide, so that those of several faces can stand together."""
        self.joined = self._joined()
        """0: every letter stands alone; 1: words are one stroke."""
        self.space = min(max(self._font.getlength(" "), X_PX * 0.5), X_PX * 1.6)

    def _even(self) -> dict[str, Glyph]:
        known = [self.glyphs[c].ink for c in "ноиплеас" if c in self.glyphs]
        # in a stroke w px wide the mean distance to the nearest paper pixel is (w + 2) / 4
        depths = [cv2.distanceTransform((ink > 100).astype(np.uint8), cv2.DIST_L2, 3) for ink in known]
        inside = np.concatenate([depth[depth > 0] for depth in depths]) if depths else np.ones(1)
        change = round(PEN_PX + 2 - 4 * float(inside.mean()))
        if change == 0:
            return self.glyphs
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(change) + 1, abs(change) + 1))
        way = cv2.dilate if change > 0 else cv2.erode
        return {c: _with_margin(glyph, way, kernel) for c, glyph in self.glyphs.items()}

    def _joined(self) -> float:
        word = "".join(c for c in "мишелпнуиса" if c in self.glyphs)
        if len(word) < 2:
            return 0.0
        image = Image.new("L", (round(self._font.getlength(word)) + 4 * X_PX, 8 * X_PX))
        ImageDraw.Draw(image).text((2 * X_PX, 5 * X_PX), word, fill=255, font=self._font, anchor="ls")
        parts, _ = cv2.connectedComponents((np.asarray(image) > 70).astype(np.uint8))
        return min(max((len(word) - (parts - 1)) / (len(word) - 1), 0.0), 1.0)

    def _draw(self, letter: str) -> Glyph | None:
        """A letter, None when the face has none (no ink, or the box that stands for missing letters)."""
        left, top, right, bottom = (int(v) for v in self._font.getbbox(letter, anchor="ls"))
        if right <= left or bottom <= top or right - left > 12 * X_PX:
            return None
        if bytes(self._font.getmask(letter)) == bytes(self._font.getmask("\uffff")):
            return None
        image = Image.new("L", (right - left + 2, bottom - top + 2))
        ImageDraw.Draw(image).text((1 - left, 1 - top), letter, fill=255, font=self._font, anchor="ls")
        ink = np.asarray(image)
        return Glyph(ink, left - 1, top - 1, self._font.getlength(letter)) if ink.max() > 60 else None


def _with_margin(glyph: Glyph, way: Callable[..., object], kernel: npt.NDArray[Any]) -> Glyph:
    """The letter after a morphology that may reach two pixels beyond it."""
    ink = np.asarray(way(np.pad(glyph.ink, 2), kernel), np.uint8)
    return Glyph(ink, glyph.left - 2, glyph.top - 2, glyph.advance)


def _restyled(rng: np.random.Generator, glyph: Glyph, much: float) -> Glyph:
    """The letter as another hand would lean, widen and turn it, its place on the line kept."""
    turn = np.eye(2) + rng.normal(0, 1, (2, 2)) * np.array([[0.1, 0.14], [0.05, 0.1]]) * much
    high, wide = glyph.ink.shape
    at = np.array([glyph.left, glyph.top])
    moved = (at + np.array([(0, 0), (wide, 0), (0, high), (wide, high)])) @ turn.T
    left, top = np.floor(moved.min(axis=0)).astype(int)
    right, bottom = np.ceil(moved.max(axis=0)).astype(int) + 1
    shift = turn @ at - (left, top)
    ink = cv2.warpAffine(
        glyph.ink,
        np.column_stack([turn, shift]),
        (int(right - left), int(bottom - top)),
        flags=cv2.INTER_LINEAR,
    )
    return Glyph(ink.astype(np.uint8), int(left), int(top), glyph.advance * float(turn[0, 0]))


def open_faces(folder: Path) -> list[Face]:
    """The fonts of a folder, by name, without those of capitals only. ScanError when none is left."""
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in {".ttf", ".otf"})
    if not paths:
        raise ScanError(f"{folder} holds no .ttf and no .otf font; name a folder with fonts for Russian.")
    faces = [face for path in paths if not (face := Face(path)).capitals_only]
    if not faces:
        raise ScanError(f"No font in {folder} has small Russian letters; name a folder with others.")
    return faces


class FontLines:
    """The source: a face, a text, a way of holding the pen, a paper, for every strip anew."""

    def __init__(self, faces: Sequence[Face], texts: Texts) -> None:
        self._faces = list(faces)
        self._texts = texts
        # joined hands are what is hard to read: three times as often
        weights = np.array([1 + 2 * face.joined for face in faces])
        self._weights = weights / weights.sum()
        self._lenders = {c: [f for f in faces if c in f.glyphs] for c in ALPHABET if c != " "}

    def strips(self, seed: int, longest: int) -> Iterator[tuple[GreyImage, str]]:
        """See `ocr.synth.Source`."""
        rng = np.random.default_rng(seed)
        while True:
            text = self._line(rng, longest)
            if text:
                yield self._strip(rng, text), text

    def _line(self, rng: np.random.Generator, longest: int) -> str:
        """A text without the letters that no face has."""
        text = self._texts.line(rng, longest)
        return "".join(c for c in text if c == " " or self._lenders[c]).strip()

    def _strip(self, rng: np.random.Generator, text: str) -> GreyImage:
        faces = [self._faces[i] for i in rng.choice(len(self._faces), 4, p=self._weights)]
        face = faces[0]
        # half of the writers take each letter from one of several faces: a reader that knows the face by one
        # letter must not know the others by it, since no hand is any of these faces
        shapes = (
            {c: faces[rng.integers(4)].even.get(c) for c in sorted(set(text))} if rng.random() < 0.5 else {}
        )
        if rng.random() < 0.6:
            much = float(rng.uniform(0.1, 0.9))
            drawn = {c: shapes.get(c) or face.glyphs.get(c) for c in sorted(set(text))}
            shapes = {c: _restyled(rng, glyph, much) for c, glyph in drawn.items() if glyph is not None}
        tracking = float(rng.choice([0.0, rng.uniform(-0.16, 0.05), rng.uniform(-0.05, 0.35)])) * X_PX
        gap = float(np.exp(rng.uniform(-0.1, 0.9)))
        jitter = float(rng.choice([0.0, rng.uniform(0, 0.07)])) * X_PX
        width, pens = self._lay(rng, face, shapes, text, tracking, gap, jitter)
        pad_x = int(X_PX * rng.uniform(0.2, 2.5) if rng.random() < 0.8 else X_PX * rng.uniform(2, 8))
        tail = int(X_PX * rng.uniform(0.2, 2.5) if rng.random() < 0.8 else X_PX * rng.uniform(2, 10))
        above, below = int(3.6 * X_PX), int(2.6 * X_PX)
        ink = np.zeros((above + below, width + pad_x + tail), np.uint8)
        self._write(ink, face, pens, pad_x, above)
        if rng.random() < 0.7:
            self._neighbours(rng, ink, face, above)
        wet: Ink = ink.astype(np.float32) / np.float32(255)
        wet = thicken(rng, wet)
        wet, base, x_px = bend(rng, wet, above, X_PX)
        return degrade(rng, wet, base, x_px)

    def _lay(
        self,
        rng: np.random.Generator,
        face: Face,
        shapes: dict[str, Glyph | None],
        text: str,
        tracking: float,
        gap: float,
        jitter: float,
    ) -> tuple[int, list[tuple[Glyph, int, int]]]:
        """Width of the written text, and each letter with its pen place (x from 0, y from the baseline).

        Letters named in `shapes` are drawn so, the others as the face has them.
        """
        x, drift = 0.0, 0.0
        pens: list[tuple[Glyph, int, int]] = []
        for letter in text:
            if letter == " ":
                x += face.space * gap * float(rng.uniform(0.8, 1.25)) + tracking
                drift = float(rng.normal(0, jitter))
                continue
            glyph = shapes.get(letter) or (face.even if shapes else face.glyphs).get(letter)
            if glyph is None:
                lenders = self._lenders[letter]
                lender = lenders[rng.integers(len(lenders))]
                glyph = (lender.even if shapes else lender.glyphs)[letter]
            dy = drift + (float(rng.normal(0, jitter * 0.5)) if jitter else 0.0)
            pens.append((glyph, round(x), round(dy)))
            x += max(glyph.advance + tracking, X_PX * 0.2)
        first = min((x0 + g.left for g, x0, _ in pens), default=0)
        last = max((x0 + g.left + g.ink.shape[1] for g, x0, _ in pens), default=1)
        return last - first, [(g, x0 - first, y0) for g, x0, y0 in pens]

    @staticmethod
    def _write(ink: GreyImage, face: Face, pens: list[tuple[Glyph, int, int]], left: int, base: int) -> None:
        """Puts the letters on the sheet; what falls outside is cut."""
        height, width = ink.shape
        for glyph, x0, y0 in pens:
            x, y = left + x0 + glyph.left, base + y0 + glyph.top
            h, w = glyph.ink.shape
            top, bottom, first, last = max(y, 0), min(y + h, height), max(x, 0), min(x + w, width)
            if top < bottom and first < last:
                part = ink[top:bottom, first:last]
                np.maximum(part, glyph.ink[top - y : bottom - y, first - x : last - x], out=part)

    def _neighbours(self, rng: np.random.Generator, ink: GreyImage, face: Face, base: int) -> None:
        """Feet of the line above and heads of the line below."""
        pitch = X_PX * rng.uniform(2.7, 4.5)
        for side in (-1, 1):
            if rng.random() < 0.75:
                text = self._line(rng, max(ink.shape[1] // X_PX, 4))
                _, pens = self._lay(rng, face, {}, text, 0.0, 1.5, 0.0)
                self._write(ink, face, pens, int(rng.integers(-60, 60)), base + round(side * pitch))
