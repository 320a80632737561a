"""Clean pictures of leaves: straight, unruled, black on white; their pixels find home to the scan."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr.exports.reading import ExportSettings
from ocr.exports.run import export
from ocr.files import sha256_of
from ocr.geometry import Affine, Box, Point
from ocr.page import Page, Skew, Source, Surface
from ocr.tei.write import to_tei
from tests import drawn
from tests.exports.records import page_of


def _exported(
    tmp_path: Path, pixels: np.ndarray, settings: ExportSettings | None = None, skew: Skew | None = None
) -> tuple[dict[str, Any], Path]:
    """What the side file says, and the folder it lies in."""
    book = tmp_path / "book"
    book.mkdir(parents=True)
    Image.fromarray(pixels).save(book / "p1.png", dpi=(300, 300))
    height, width = pixels.shape[:2]
    source = Source(
        "p1.png", sha256_of((book / "p1.png").read_bytes()), width, height, "image/png", dpi=300.0
    )
    page: Page = replace(page_of("раз два", name="p1"), source=source)
    (surface,) = page.surfaces
    page = replace(page, surfaces=(Surface(Box(0, 0, width, height), surface.regions, skew),))
    (book / "p1.xml").write_bytes(to_tei(page))
    (done,) = export([book], "images", tmp_path / "out", settings)
    assert done.error is None
    return json.loads((tmp_path / "out" / "p1.leaves.json").read_text("utf-8")), tmp_path / "out"


def _affine(leaf: dict[str, Any]) -> Affine:
    return Affine(*leaf["to_scan"][0], *leaf["to_scan"][1])


@pytest.mark.parametrize("angle_deg", [-3.0, 0.0, 2.0])
def test_what_is_on_a_picture_is_at_its_place_on_the_scan_within_a_pixel(
    tmp_path: Path, angle_deg: float
) -> None:
    pixels = drawn.page(angle_deg=angle_deg, size_px=(2000, 2400), letter_px=68, pitch_px=136).pixels
    marks = [Point(1000.5, 2200.5), Point(1850.5, 2100.5), Point(300.5, 2300.5)]  # below the text
    for mark in marks:
        cv2.circle(pixels, (int(mark.x), int(mark.y)), 9, (30,), -1, cv2.LINE_AA)
    homes, folder = _exported(tmp_path, pixels)
    (leaf,) = homes["leaves"]
    way = _affine(leaf)
    scale = abs(way.a * way.e - way.b * way.d) ** -0.5
    assert leaf["turned_deg"] == pytest.approx(angle_deg, abs=0.3)
    for name in leaf["pictures"].values():
        with Image.open(folder / name) as picture:
            assert list(picture.size) == leaf["size"]
            assert picture.info["dpi"][0] == pytest.approx(leaf["dpi"], rel=0.001)
            assert leaf["dpi"] == pytest.approx(homes["scan"]["dpi"] * scale)
            dark = 255 - np.asarray(picture.convert("L"), np.float64)
        for mark in marks:
            x, y = way.inverse(mark)
            left, top = int(x) - 12, int(y) - 12
            window = dark[top : top + 24, left : left + 24]
            ys, xs = np.mgrid[0:24, 0:24]
            middle = Point(*(float((window * at).sum() / window.sum()) + 0.5 for at in (xs, ys)))
            home = way(Point(left + middle.x, top + middle.y))
            assert abs(home.x - mark.x) < 1
            assert abs(home.y - mark.y) < 1


def test_pictures_are_grey_and_of_one_bit_and_unruled(tmp_path: Path) -> None:
    homes, folder = _exported(tmp_path, drawn.page(ruled=True).pixels)
    (leaf,) = homes["leaves"]
    assert leaf["ruling"] == "ruled"
    with (
        Image.open(folder / leaf["pictures"]["ink"]) as ink,
        Image.open(folder / leaf["pictures"]["grey"]) as grey,
    ):
        assert (ink.mode, grey.mode) == ("1", "L")
        black = ~np.asarray(ink)
    assert 0.01 < black.mean() < 0.2
    assert not black[:, :60].any()  # rules went through the margin, text did not


def test_the_side_file_names_the_scan(tmp_path: Path) -> None:
    pixels = drawn.page().pixels
    homes, _ = _exported(tmp_path, pixels)
    scan = homes["scan"]
    assert scan["sha256"] == sha256_of((tmp_path / "book" / "p1.png").read_bytes())
    assert scan["size"] == [pixels.shape[1], pixels.shape[0]]
    assert scan["file"] == "p1.png"


def test_binarizers_give_other_pictures(tmp_path: Path) -> None:
    pixels = drawn.page(shade=0.5).pixels
    inks = set()
    for name in ("ours", "otsu", "sauvola"):
        homes, folder = _exported(tmp_path / name, pixels, ExportSettings(binarizer=name))
        assert homes["binarizer"] == name
        inks.add((folder / homes["leaves"][0]["pictures"]["ink"]).read_bytes())
    assert len(inks) == 3


def test_a_leaf_stands_as_it_was_read(tmp_path: Path) -> None:
    pixels = np.ascontiguousarray(np.rot90(drawn.page().pixels, 2))
    read_upside_down = Skew(180.0, 1.0, applied=True)
    upright = _affine(_exported(tmp_path / "a", pixels)[0]["leaves"][0])
    turned = _affine(_exported(tmp_path / "b", pixels, skew=read_upside_down)[0]["leaves"][0])
    assert upright.a > 0 > turned.a
