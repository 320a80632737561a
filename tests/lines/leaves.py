"""Leaves with their lines found, for tests."""

import numpy as np
from PIL import Image, ImageDraw

from ocr.lines import LinesSettings, find_lines
from ocr.page import Region, Source
from ocr.scan.leaf import Leaf, LeafSettings, prepare
from ocr.scan.load import Scan
from tests import drawn


def leaf_of(pixels: np.ndarray) -> Leaf:
    height, width = pixels.shape[:2]
    scan = Scan(Source("drawn.png", "0" * 64, width, height, "image/png"), pixels)
    return prepare(scan, LeafSettings())[0]


def found(pixels: np.ndarray) -> tuple[Region, ...]:
    return find_lines(leaf_of(pixels), LinesSettings())


def with_text(pixels: np.ndarray, text: str, place: tuple[int, int], size_px: int, tone: int) -> np.ndarray:
    picture = Image.fromarray(pixels)
    ImageDraw.Draw(picture).text(place, text, fill=tone, font=drawn.font(size_px), anchor="ls")
    return np.asarray(picture)
