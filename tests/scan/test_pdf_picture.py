"""A PDF page that is one picture gives that picture's own pixels."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ocr.arrays import Pixels
from ocr.scan.load import Scan
from tests.scan.pdf_pages import BOX, TALL, WIDE, page_pixels, read_page
from tests.scan.pdfs import PdfPage, whole_page


def _grey(scan: Scan) -> Pixels:
    return scan.pixels if scan.pixels.ndim == 2 else scan.pixels[:, :, 0]


@pytest.mark.parametrize("colour", [False, True])
def test_a_page_that_is_one_picture_gives_its_own_pixels(tmp_path: Path, colour: bool) -> None:
    picture = page_pixels(colour)
    scan = read_page(tmp_path, PdfPage(BOX, whole_page(BOX), (picture,)))
    assert (_grey(scan) == (picture[:, :, 0] if colour else picture)).all()
    assert scan.source.embedded == "picture 1 of page 1"
    assert scan.source.dpi == pytest.approx(WIDE / BOX[2] * 72)
    assert (scan.source.width_px, scan.source.height_px) == (WIDE, TALL)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("matrix", "stored"),
    [
        ("100 0 0 150 0 0", lambda shown: shown),
        ("-100 0 0 150 100 0", lambda shown: shown[:, ::-1]),
        ("100 0 0 -150 0 150", lambda shown: shown[::-1]),
        ("0 150 -100 0 100 0", lambda shown: np.rot90(shown, -1)),
        ("0 -150 100 0 0 150", np.rot90),
        ("0 -150 -100 0 100 150", lambda shown: np.rot90(shown)[::-1]),
    ],
)  # fmt: skip
def test_turned_and_mirrored_as_the_page_shows_it(
    tmp_path: Path, rotate: int, matrix: str, stored: Callable[[Pixels], Pixels]
) -> None:
    shown = page_pixels()
    picture = np.ascontiguousarray(stored(shown))
    page = PdfPage(BOX, f"q {matrix} cm /Im1 Do Q", (picture,), f"/Rotate {rotate}")
    scan = read_page(tmp_path, page)
    assert scan.source.embedded
    assert (_grey(scan) == np.rot90(shown, -rotate // 90)).all()
    assert scan.source.dpi == pytest.approx(144)
    drawn = read_page(tmp_path, page, dpi=144.0)
    assert not drawn.source.embedded
    assert np.abs(_grey(drawn).astype(int) - _grey(scan)).mean() < 3


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_crop_box_cuts_pixels(tmp_path: Path, rotate: int) -> None:
    crop = f"/CropBox[10 30 80 140]/Rotate {rotate}"
    scan = read_page(tmp_path, PdfPage(BOX, whole_page(BOX), (page_pixels(),), crop))
    assert scan.source.embedded
    assert (_grey(scan) == np.rot90(page_pixels()[20:240, 20:160], -rotate // 90)).all()
    assert scan.source.dpi == pytest.approx(144)


def test_letters_that_are_not_seen_do_not_count(tmp_path: Path) -> None:
    """Searchable scans carry their text in invisible letters, or under the picture."""
    letters = "BT /F1 12 Tf {} Tr 20 60 Td (Letters) Tj ET"
    over = whole_page(BOX) + letters.format(3)
    under = letters.format(0) + whole_page(BOX)
    for content in (over, under):
        assert read_page(tmp_path, PdfPage(BOX, content, (page_pixels(),))).source.embedded
