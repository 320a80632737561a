"""Pages drawn for tests and benches: their text, angle and lines are known; the same call, the same page."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.arrays import Pixels
from ocr.geometry import Affine, Box, Outline, Point

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))
FONT_NAMES = ("DejaVuSerif.ttf", "DejaVuSans.ttf", "LiberationSerif-Regular.ttf", "Arial Unicode.ttf")

TEXT = (
    "Въ исходѣ года отставному учителю",
    "разрѣшено открыть въ городѣ частный",
    "пансіонъ для мужской и женской",
    "гимназіи по дорогой цѣнѣ и другимъ",
    "причинамъ; въ замѣнъ таковаго, по",
    "личному осмотру нѣсколькихъ зданій",
    "избранъ каменный двухъ этажный домъ",
    "и поступило въ вѣденіе комитета",
    "суммы на содержаніе классической",
    "гимназіи въ размѣрахъ опредѣленныхъ",
    "общими штатами для губернскихъ",
    "гимназій и о разрѣшеніи открыть",
)
"""Twelve lines to draw; every one has ascenders or descenders."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn page and what is on it, in pixels of the drawn page."""

    pixels: Pixels
    """Grey (height, width)."""
    texts: tuple[str, ...]
    outlines: tuple[Outline, ...]
    """Of the ink of each line, tight."""
    baselines: tuple[tuple[Point, Point], ...]
    angle_deg: float
    """How far lines run down to the right."""


def font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A serif font with Cyrillic letters if the machine has one, else the one inside Pillow."""
    for folder in FONT_FOLDERS:
        for name in FONT_NAMES:
            for path in sorted(folder.rglob(name)):
                return ImageFont.truetype(path, size_px)
    return ImageFont.load_default(size_px)


def page(
    texts: tuple[str, ...] = TEXT,
    *,
    size_px: tuple[int, int] = (900, 1000),
    letter_px: int = 34,
    pitch_px: int = 68,
    left_px: int = 80,
    top_px: int = 80,
    angle_deg: float = 0.0,
    ruled: bool = False,
    shade: float = 0.0,
    noise_levels: float = 3.0,
    columns: int = 1,
) -> Drawn:
    """Lines of text on pale paper, turned so that they run down to the right by `angle_deg`.

    `shade` darkens the right edge by that share; `columns` repeats the text side by side over the width.
    """
    width, height = size_px
    sheet = Image.new("L", size_px, 228)
    pen = ImageDraw.Draw(sheet)
    face = font(letter_px)
    boxes: list[Box] = []
    baselines: list[tuple[Point, Point]] = []
    for column in range(columns):
        left = left_px + column * width // columns
        for n, text in enumerate(texts):
            baseline = top_px + n * pitch_px + letter_px
            if ruled and column == 0:
                pen.line([(0, baseline + 3), (width, baseline + 3)], fill=196, width=2)
            pen.text((left, baseline), text, fill=40, font=face, anchor="ls")
            box = Box(*pen.textbbox((left, baseline), text, font=face, anchor="ls"))
            boxes.append(box)
            baselines.append((Point(box.left, baseline), Point(box.right, baseline)))
    there = Affine.turn(-angle_deg, Point(width / 2, height / 2))
    if angle_deg:
        sheet = sheet.rotate(-angle_deg, Image.Resampling.BICUBIC, fillcolor=228)
    pixels = np.asarray(sheet).astype(np.float64)
    pixels *= 1 - shade * np.linspace(0, 1, width)
    pixels += np.random.default_rng(7).normal(0, noise_levels, pixels.shape)
    return Drawn(
        np.clip(np.rint(pixels), 0, 255).astype(np.uint8),
        texts * columns,
        tuple(there.outline(box.outline()) for box in boxes),
        tuple((there(a), there(b)) for a, b in baselines),
        angle_deg,
    )
