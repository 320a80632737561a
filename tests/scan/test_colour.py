"""Pixels of any mode become grey or colour, what is transparent paper."""

from pathlib import Path

import pytest
from PIL import Image

from ocr.scan.load import load_sheet

WIDTH, HEIGHT = 60, 40


def _corner(mode: str = "RGB") -> Image.Image:
    """White with a black block at the top left, so that turns and mirrors show."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    image.paste("black", (0, 0, 20, 10))
    return image.convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "RGB"])
def test_every_kind_of_pixel_keeps_black_and_white(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "page.tif"
    _corner(mode).save(path)
    pixels = load_sheet(path).pixels
    assert pixels[2, 2].max() < 5
    assert pixels[-2, -2].min() > 250


@pytest.mark.parametrize("mode", ["LA", "RGBA", "PA"])
def test_what_is_transparent_is_paper(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "page.png" if mode != "PA" else tmp_path / "page.tif"
    clear = _corner("RGBA")
    alpha = Image.new("L", clear.size, 0)
    alpha.paste(255, (0, 0, 10, 10))
    clear.putalpha(alpha)
    clear = Image.composite(clear, Image.new("RGBA", clear.size, (0, 0, 0, 0)), alpha)  # black, but not seen
    (clear.convert("RGBA") if mode == "PA" else clear.convert(mode)).save(path)
    pixels = load_sheet(path).pixels
    assert pixels[2, 2].max() < 5
    assert pixels[2, 15].min() > 250
    assert pixels[-2, -2].min() > 250


def test_a_palette_with_one_clear_colour(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    image = _corner("P")
    image.save(path, transparency=image.getpixel((0, 0)))
    assert load_sheet(path).pixels.min() > 250
