import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.review.desks import Set, set_up
from tests.review.test_reading import _forget_digest


@pytest.fixture
def desk(tmp_path: Path) -> Set:
    return set_up(tmp_path)


def test_tiles_put_together_are_the_scan(desk: Set) -> None:
    told = desk.client.get(f"/tiles/{desk.first()}.json").json()
    scan = np.asarray(Image.open(desk.root / "scans/one/page-1.png"))
    assert (told["height"], told["width"]) == scan.shape
    assert told["same_size"]
    side, seam = told["tile"], told["overlap"]
    for x in range(-(-told["width"] // side)):
        for y in range(-(-told["height"] // side)):
            place = told["url"].format(level=told["max_level"], x=x, y=y)
            answer = desk.client.get(place)
            assert "immutable" in answer.headers["cache-control"]
            tile = np.asarray(Image.open(io.BytesIO(answer.content)))
            cut = scan[max(y * side - seam, 0) : (y + 1) * side + seam,
                       max(x * side - seam, 0) : (x + 1) * side + seam]  # fmt: skip
            assert tile.shape == cut.shape
            assert np.abs(tile.astype(int) - cut).mean() < 4
    for level in range(told["max_level"]):
        assert desk.client.get(told["url"].format(level=level, x=0, y=0)).status_code == 200
    assert desk.client.get(told["url"].format(level=told["max_level"], x=9, y=9)).status_code == 404


def test_a_replaced_scan_is_read_anew(desk: Set) -> None:
    page = desk.first()
    _forget_digest(desk.root / "output/one/page-1.xml")
    before = desk.client.get(f"/tiles/{page}.json").json()
    Image.new("L", (300, 200), 255).save(desk.root / "scans/one/page-1.png")
    after = desk.client.get(f"/tiles/{page}.json").json()
    assert (after["width"], after["height"]) == (300, 200)
    assert after["url"] != before["url"]
    assert not after["same_size"]


def test_a_photograph_is_shown_before_it_is_read(tmp_path: Path) -> None:
    from ocr.review.tiles import OpenScan, Scans
    from ocr.scan.tiles import top_level

    path = tmp_path / "photo.jpg"
    ramp = np.linspace(0, 255, 4000 * 3001).reshape(3001, 4000).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.fromarray(ramp).convert("RGB").save(path, exif=exif)
    scans = Scans()
    sizes = scans.sizes(OpenScan(path, 1, None, (0, 0)))
    assert (sizes.width, sizes.height) == (3001, 4000)
    assert sizes.top == top_level(3001, 4000)
    assert sizes.first == sizes.top - 1
    assert max(sizes.levels[0].shape[:2]) == 2000
    whole = scans.tile(OpenScan(path, 1, None, (0, 0)), sizes.top, 5, 7)
    assert whole is not None
    assert Image.open(io.BytesIO(whole)).size == (441 + 1, 416 + 1)
    scans.close()


def test_few_scans_are_held(tmp_path: Path) -> None:
    from ocr.review.tiles import OpenScan, Scans

    scans = Scans(kept_bytes=1_500_000)
    sheets = []
    for number in range(4):
        Image.new("L", (1000, 900), number * 50).save(tmp_path / f"{number}.png")
        sheets.append(OpenScan(tmp_path / f"{number}.png", 1, None, (0, 0)))
        scans.scan(sheets[-1])
    scans.close()
    assert len(scans) < 4
