"""Pictures of telephones: read where their reader is installed, else told with what to install."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.errors import ScanError
from ocr.scan.kinds import is_heic
from ocr.scan.load import load_sheet

START = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def test_without_the_reader_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "IMG_0003.HEIC"
    path.write_bytes(START + bytes(200))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(ScanError, match=r"IMG_0003\.HEIC is a HEIC picture.*pip install 'tetradi\[heic\]'"):
        load_sheet(path)
    assert is_heic(START)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_picture_of_a_telephone_is_read_upright(tmp_path: Path, orientation: int) -> None:
    heif = pytest.importorskip("pillow_heif", reason="the extra `heic` is not installed")
    upright = np.full((64, 96, 3), 230, np.uint8)
    upright[:20, :30] = 10
    stored = np.rot90(upright) if orientation == 6 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "page.jpg"  # what the file holds decides
    heif.from_pillow(Image.fromarray(np.ascontiguousarray(stored))).save(
        path, quality=-1, exif=exif.tobytes()
    )
    scan = load_sheet(path)
    assert scan.source.media_type == "image/heic"
    assert scan.pixels.shape == upright.shape
    assert np.abs(scan.pixels.astype(int) - upright).mean() < 4
