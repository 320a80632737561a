"""A scan read as a whole: what stands on it in another ink becomes a hand of its own."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ocr.engines import open_engine
from ocr.page import Page, Source
from ocr.recipe import Recipe
from ocr.scan.load import Scan
from ocr.tei.parse import parse_tei, to_text
from ocr.tei.validate import validate
from ocr.tei.write import to_tei
from ocr.transcribe import read_scan
from tests import drawn

BLUE, RED, PAPER = (45, 50, 120), (200, 35, 45), (232, 224, 205)


def written(*inks: tuple[drawn.Drawn, tuple[int, int, int]]) -> npt.NDArray[np.uint8]:
    """Drawn pages upon each other, each in its ink."""
    paper = np.array(PAPER, float)
    sheet = paper * np.ones((*inks[0][0].pixels.shape, 1))
    for page, ink in inks:
        amount = 1 - np.minimum(page.pixels / 228, 1.0)[..., None]
        sheet *= (np.array(ink) / paper) ** amount
    return np.asarray(np.clip(np.rint(sheet), 0, 255), np.uint8)


def read(pixels: npt.NDArray[np.uint8]) -> Page:
    height, width = pixels.shape[:2]
    scan = Scan(source=Source("a.png", "0" * 64, width, height, "image/png"), pixels=pixels)
    return read_scan(scan, Recipe(), open_engine("tests.fakes:table", None), name="a")


def test_another_ink_is_another_hand_with_lines_of_its_own(tmp_path: Path) -> None:
    main = drawn.page(drawn.TEXT[:8], noise_levels=0)
    marks = drawn.page(("Оценка: хорошо",), top_px=760, left_px=300, noise_levels=0)
    plain, marked = read(written((main, BLUE))), read(written((main, BLUE), (marks, RED)))
    assert plain.hands == ()
    assert [hand.ident for hand in marked.hands] == ["ink-red"]
    theirs = [region for surface in marked.surfaces for region in surface.regions if region.hand == "ink-red"]
    assert [len(region.lines) for region in theirs] == [1]
    place = theirs[0].lines[0].outline.box
    assert abs(place.top - marks.outlines[0].box.top) < 15
    assert to_text(marked, ink="main") == to_text(plain)
    record = to_tei(marked)
    (tmp_path / "a.xml").write_bytes(record)
    assert not validate(tmp_path / "a.xml")
    assert parse_tei(record).hands == marked.hands
