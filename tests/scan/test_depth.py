"""Deep pixels become eight bits without being cut."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.scan.load import load_sheet

WIDTH, HEIGHT = 60, 40


@pytest.mark.parametrize("suffix", ["png", "tif", "jp2"])
def test_sixteen_bits_are_scaled_not_cut(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"page.{suffix}"
    deep = np.linspace(0, 65535, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH).astype(np.uint16)
    Image.fromarray(deep).save(path)
    pixels = load_sheet(path).pixels
    assert pixels.shape == (HEIGHT, WIDTH)
    assert np.abs(pixels - deep / 257.0).max() <= 1


@pytest.mark.parametrize(("kind", "top"), [(np.float32, 1.0), (np.int32, 65535)])
def test_numbers_without_a_range_get_the_usual_one(tmp_path: Path, kind: type, top: float) -> None:
    path = tmp_path / "page.tif"
    Image.fromarray((np.linspace(0, top, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH)).astype(kind)).save(path)
    pixels = load_sheet(path).pixels
    assert pixels[0, 0] == 0
    assert pixels[-1, -1] == 255
