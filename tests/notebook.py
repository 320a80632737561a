"""Notebook pages, spreads and photographs drawn for benches and tests; every line's ink is known."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.arrays import F32, GreyImage, Pixels
from ocr.geometry import Box
from ocr.page import Kind
from tests import drawn

Face = ImageFont.FreeTypeFont | ImageFont.ImageFont

PAPERS = ("plain", "ruled", "squared", "margin", "grey ruled", "yellowed")
# Letters that every Cyrillic font has.
WORDS = tuple(" ".join(drawn.TEXT).replace(";", "").replace("ѣ", "е").replace("і", "и").split())


@dataclass(frozen=True, slots=True)
class Notebook:
    """A drawn page: red, green, blue, and which line each pixel of ink belongs to (0: none)."""

    pixels: Pixels
    owners: GreyImage
    kinds: tuple[Kind, ...]
    """Of line 1, line 2 and so on."""
    words: tuple[tuple[Box, ...], ...] = ()
    """Of each line, where they are known."""
    struck: tuple[Box, ...] = ()
    """Words that are struck out in a line of others."""
    letters: tuple[tuple[Box, ...], ...] = ()
    """Of each line, where they are known; without dots, commas and the like."""


def faces(folder: Path | None) -> tuple[Path | None, ...]:
    """Fonts under a folder that have Cyrillic letters; (None,) stands for the one drawn.font finds."""
    found = [p for p in sorted(folder.rglob("*")) if p.suffix.lower() in {".ttf", ".otf"}] if folder else []
    return tuple(p for p in found if _letter(p, "ж") != _letter(p, "\uffff")) or (None,)


def _letter(path: Path, letter: str) -> bytes:
    return bytes(ImageFont.truetype(path, 40).getmask(letter))


def page(
    dice: np.random.Generator,
    face: Path | None = None,
    *,
    paper: str = "plain",
    size_px: tuple[int, int] = (1240, 1754),
    columns: int = 1,
    extras: bool = True,
    lines: int | None = None,
    angle_deg: float | None = None,
) -> Notebook:
    """A page of running text in columns; with `extras` a number, a note in the margin, insertions, a struck
    line now and then. Lines touch where letters are long: ink that two lines share belongs to the later."""
    width, height = size_px
    pitch = int(dice.integers(46, 84))
    sheet = Image.new("RGB", size_px, _tone(paper, dice))
    _rule(sheet, paper, pitch, dice)
    owners = np.zeros((height, width), np.uint8)
    kinds: list[Kind] = []
    ink = tuple(int(v) for v in dice.integers((20, 20, 40), (70, 60, 120)))
    body = _face(face, pitch * float(dice.uniform(0.24, 0.38)))
    small = _face(face, pitch * 0.2)
    note_width = int(0.16 * width) if extras and dice.random() < 0.4 and columns == 1 else 0
    left, right, top = int(0.1 * width) + note_width, int(0.93 * width), int(0.09 * height)
    count = lines if lines is not None else int(dice.integers(8, (height - 2 * top) // pitch + 1))
    each = (right - left) // columns

    def write(text: str, x: float, y: float, font: Face, kind: Kind) -> None:
        mask = Image.new("L", size_px, 0)
        ImageDraw.Draw(mask).text((x, y), text, fill=255, font=font, anchor="ls")
        shown = np.asarray(mask)
        if not (shown > 127).any():
            return
        kinds.append(kind)
        owners[shown > 127] = len(kinds)
        sheet.paste(ink, mask=mask)

    for column in range(columns):
        start = left + column * each
        room = each - (int(0.05 * width) if columns > 1 else 0)
        for n in range(count):
            ends = dice.random() < 0.12
            indent = pitch if dice.random() < 0.1 else 0
            x = start + indent + float(dice.normal(0, 3))
            y = top + (n + 1) * pitch + float(dice.normal(0, 1.5))
            share = float(dice.uniform(0.25, 0.8)) if ends else float(dice.uniform(0.9, 1.0))
            write(_filled(body, room * share - indent, dice), x, y, body, Kind.TEXT)
            if extras and not ends and dice.random() < 0.05:
                place = x + room * float(dice.uniform(0.2, 0.6))
                write(_filled(small, room * 0.25, dice), place, y - 0.62 * pitch, small, Kind.INSERTION)
    if note_width:
        first = int(dice.integers(1, max(2, count - 4)))
        for n in range(int(dice.integers(2, 5))):
            text = _filled(small, note_width * 0.85, dice)
            write(text, 0.05 * width, top + (first + 0.7 * n) * pitch, small, Kind.MARGIN)
    if extras and dice.random() < 0.7:
        write(str(dice.integers(3, 400)), 0.86 * width, 0.05 * height, body, Kind.NUMBER)
    lean = float(dice.uniform(-3, 3)) if angle_deg is None else angle_deg
    return _photographed(np.asarray(sheet), owners, tuple(kinds), lean, dice)


def spread(dice: np.random.Generator, face: Path | None = None) -> Notebook:
    """Two leaves side by side: gutter shadow or fold, each leaf with its own lean; one may be blank."""
    width, height = int(dice.integers(800, 1100)), int(dice.integers(1200, 1500))
    paper = PAPERS[int(dice.integers(len(PAPERS)))]
    seed = int(dice.integers(1 << 30))
    blank = int(dice.integers(0, 12))  # 0 and 1: that leaf is blank
    sides = []
    for n in (0, 1):
        own = np.random.default_rng([seed, n])
        sides.append(
            page(
                own,
                face,
                paper=paper,
                size_px=(width, height),
                lines=0 if n == blank else int(own.integers(5, 16)),
                extras=n != blank,
            )
        )
    level = [float(np.median(side.pixels)) for side in sides]
    right = np.clip(sides[1].pixels.astype(np.float32) * (level[0] / level[1]), 0, 255)
    pixels = np.concatenate([sides[0].pixels.astype(np.float32), right], axis=1)
    owners = np.concatenate(
        [sides[0].owners, np.where(sides[1].owners > 0, sides[1].owners + len(sides[0].kinds), 0)], axis=1
    )
    pixels *= _gutter_light(width, height, dice)
    if dice.random() < 0.5:
        pixels, owners = _on_a_table(pixels, owners, dice)
    return Notebook(
        np.clip(np.rint(pixels), 0, 255).astype(np.uint8),
        owners.astype(np.uint8),
        sides[0].kinds + sides[1].kinds,
    )


def single(dice: np.random.Generator, face: Path | None = None) -> Notebook:
    """A page that is no spread: upright or across, in columns, with a rule or a crease, on a desk."""
    across = dice.random() < 0.4
    size = (int(dice.integers(1300, 1800)), int(dice.integers(950, 1250)))
    found = page(
        dice,
        face,
        paper=PAPERS[int(dice.integers(len(PAPERS)))],
        size_px=size if across else size[::-1],
        columns=2 if dice.random() < 0.5 else 1,
    )
    pixels, owners = found.pixels.astype(np.float32), found.owners
    height, width = owners.shape
    fate = dice.random()
    if fate < 0.2:  # a printed rule between columns
        x = width // 2 + int(dice.integers(-15, 15))
        pixels[int(0.08 * height) : int(0.93 * height), x : x + 3] *= 0.3
    elif fate < 0.35 and not across:  # folded once for the post
        x = width // 2
        pixels[:, x - 3 : x + 3] *= 0.9
    if dice.random() < 0.5:
        pixels, owners = _on_a_table(pixels, owners, dice)
    return Notebook(np.clip(np.rint(pixels), 0, 255).astype(np.uint8), owners, found.kinds)


def _gutter_light(width: int, height: int, dice: np.random.Generator) -> F32:
    """How much light falls on a spread: less near the gutter, which leans a little."""
    lean = float(dice.uniform(-0.01, 0.01))
    at = width + lean * (np.arange(height)[:, None] - height / 2)
    away = np.abs(np.arange(2 * width)[None, :] - at)
    deep, wide = float(dice.uniform(0.1, 0.6)), float(dice.uniform(0.008, 0.06)) * width
    light = 1 - deep * np.exp(-away / wide)
    if dice.random() < 0.5:
        light = np.where(away < 2.5, light * 0.7, light)
    return np.asarray(light[:, :, None], np.float32)


def _on_a_table(pixels: F32, owners: GreyImage, dice: np.random.Generator) -> tuple[F32, GreyImage]:
    """The paper laid on a dark, grained table that shows around it."""
    height, width = owners.shape
    rims = [int(dice.integers(10, 160)) for _ in range(4)]
    shape = (height + rims[0] + rims[1], width + rims[2] + rims[3])
    colour = dice.uniform((40, 30, 20), (130, 110, 90))
    grain = cv2.GaussianBlur(
        dice.normal(0, 30, (shape[0], shape[1])).astype(np.float32), (0, 0), 25, sigmaY=2
    )
    table = np.asarray(colour[None, None, :] + 4 * grain[:, :, None], np.float32)
    held = np.zeros(shape, np.uint8)
    table[rims[0] : rims[0] + height, rims[2] : rims[2] + width] = pixels
    held[rims[0] : rims[0] + height, rims[2] : rims[2] + width] = owners
    return table, held


def _photographed(
    sheet: Pixels,
    owners: GreyImage,
    kinds: tuple[Kind, ...],
    lean: float,
    dice: np.random.Generator,
) -> Notebook:
    """The page a little turned, unevenly lit, with noise."""
    height, width = owners.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -lean, 1.0)
    pixels = cv2.warpAffine(
        sheet, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    held = cv2.warpAffine(owners, matrix, (width, height), flags=cv2.INTER_NEAREST)
    light = 1 - float(dice.uniform(0, 0.35)) * np.linspace(0, 1, width)[None, :, None]
    shown = pixels * light + dice.normal(0, 3, (height, width, 1))
    return Notebook(np.clip(np.rint(shown), 0, 255).astype(np.uint8), np.asarray(held, np.uint8), kinds)


def _tone(paper: str, dice: np.random.Generator) -> tuple[int, int, int]:
    bright = int(dice.integers(205, 248))
    warm = int(dice.integers(30, 60)) if paper == "yellowed" else int(dice.integers(0, 14))
    return (bright, bright - warm // 3, bright - warm)


def _rule(sheet: Image.Image, paper: str, pitch: int, dice: np.random.Generator) -> None:
    pen = ImageDraw.Draw(sheet)
    width, height = sheet.size
    colour = (150, 150, 155) if paper == "grey ruled" else (150, 175, 215)
    if paper in {"ruled", "margin", "grey ruled"}:
        for y in range(int(0.09 * height) + 4, height, pitch):
            pen.line([(0, y), (width, y)], fill=colour, width=2)
    if paper == "squared":
        cell = pitch // 2
        for y in range(cell, height, cell):
            pen.line([(0, y), (width, y)], fill=colour, width=1)
        for x in range(cell, width, cell):
            pen.line([(x, 0), (x, height)], fill=colour, width=1)
    if paper == "margin":
        x = int(width * float(dice.uniform(0.07, 0.09)))
        pen.line([(x, 0), (x, height)], fill=(215, 110, 120), width=3)


def _face(path: Path | None, x_height_px: float) -> Face:
    """The font so large that small letters are of that height."""
    probe = ImageFont.truetype(path, 200) if path else drawn.font(200)
    box = probe.getbbox("н")
    size = max(8, round(200 * x_height_px / max(box[3] - box[1], 1)))
    return ImageFont.truetype(path, size) if path else drawn.font(size)


def _filled(font: Face, room_px: float, dice: np.random.Generator) -> str:
    """Words, as many as there is room for, at least one."""
    text = str(dice.choice(WORDS))
    while True:
        longer = f"{text} {dice.choice(WORDS)}"
        if font.getlength(longer) > room_px:
            return text
        text = longer
