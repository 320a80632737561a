"""Damage inside a picture that decoders pass over in silence is known; whole pictures are never blamed."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.scan.damage import damage_of, sound_jpeg
from ocr.scan.load import load_sheet
from tests import drawn

KINDS: list[tuple[str, dict[str, object]]] = [
    ("JPEG", {}),
    ("JPEG", {"progressive": True}),
    ("JPEG", {"optimize": True, "restart_marker_rows": 1}),
    ("WEBP", {}),
    ("WEBP", {"lossless": True}),
    ("JPEG2000", {}),
    ("AVIF", {}),
    ("PNG", {}),
]


def _held(kind: str, pixels: np.ndarray, **options: object) -> bytes:
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, kind, **options)
    return held.getvalue()


def _noisy() -> np.ndarray:
    page = drawn.page(drawn.TEXT[:6], size_px=(900, 500)).pixels.astype(int)
    noise = np.random.default_rng(3).integers(-25, 26, page.shape)
    return np.clip(page + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("kind", "options"), KINDS)
@pytest.mark.parametrize("page", ["noisy", "clean", "white"])
def test_whole_pictures_are_not_blamed(kind: str, options: dict[str, object], page: str) -> None:
    clean = drawn.page(drawn.TEXT[:6], size_px=(900, 500)).pixels
    pixels = {"noisy": _noisy(), "clean": clean, "white": np.full((2400, 1800), 255, np.uint8)}[page]
    assert damage_of(io.BytesIO(_held(kind, pixels, **options))) == ""


def test_colours_for_print_are_not_blamed() -> None:
    held = io.BytesIO()
    Image.fromarray(_noisy()).convert("CMYK").save(held, "JPEG")
    assert damage_of(held) == ""


@pytest.mark.parametrize("options", [options for kind, options in KINDS if kind == "JPEG"])
@pytest.mark.parametrize("colours", ["4:4:4", "4:2:2", "4:2:0", "grey"])
@pytest.mark.parametrize("width", [61, 64])
def test_a_sound_jpeg_has_the_pixels_that_pillow_decodes(
    options: dict[str, object], colours: str, width: int
) -> None:
    shape = (47, width) if colours == "grey" else (47, width, 3)
    pixels = np.random.default_rng(width).integers(0, 256, shape, np.uint8)
    extra = {} if colours == "grey" else {"subsampling": colours}
    whole = _held("JPEG", pixels, **options, **extra)
    sound = sound_jpeg(io.BytesIO(whole))
    assert sound is not None
    assert (sound == np.asarray(Image.open(io.BytesIO(whole)))).all()
    assert sound_jpeg(io.BytesIO(whole[: len(whole) // 2])) is None


@pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("L", "PNG"), ("RGB", "WEBP")])
def test_of_other_pictures_pillow_decodes_every_pixel(mode: str, kind: str) -> None:
    held = io.BytesIO()
    Image.new(mode, (40, 40)).save(held, kind)
    assert sound_jpeg(held) is None


def _pulled_out(held: bytes, at: int) -> bytes:
    return held[:at] + held[at + 300 :]


@pytest.mark.parametrize("options", [options for kind, options in KINDS if kind == "JPEG"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_jpeg_broken_inside(options: dict[str, object], share: float) -> None:
    whole = _held("JPEG", _noisy(), **options)
    at = int(share * len(whole))
    zeros = whole[:at] + bytes(4000) + whole[at + 4000 :]
    ended = whole[:at] + b"\xff\xd9" + whole[at + 2 :]
    # Of a progressive JPEG only the end is sure to be missed: its parts are finer and finer, and forgiving.
    for broken in (ended,) if "progressive" in options else (zeros, ended, _pulled_out(whole, at)):
        assert damage_of(io.BytesIO(broken)), (options, share)


@pytest.mark.parametrize(
    ("kind", "options"), [one for one in KINDS if one[0] in {"WEBP", "JPEG2000", "AVIF"}]
)
def test_sectors_of_zeros(kind: str, options: dict[str, object]) -> None:
    whole = _held(kind, _noisy(), **options)
    for sectors in (1, 8):
        at = len(whole) // 2 // 512 * 512
        assert damage_of(io.BytesIO(whole[:at] + bytes(512 * sectors) + whole[at + 512 * sectors :]))
    half = len(whole) // 2 + 7
    assert "nothing but zero bytes" in damage_of(io.BytesIO(whole[:half] + bytes(len(whole) - half)))


def test_a_few_bytes_before_the_end_mark_are_harmless() -> None:
    whole = _held("JPEG", _noisy())
    assert damage_of(io.BytesIO(whole[:-2] + b"\x00\x11\x22" + whole[-2:])) == ""


def test_the_scan_says_so(tmp_path: Path) -> None:
    whole = _held("JPEG", _noisy())
    path = tmp_path / "page.jpg"
    path.write_bytes(whole)
    assert load_sheet(path).source.damage == ""
    path.write_bytes(whole[: len(whole) // 3] + b"\xff\xd9" + whole[len(whole) // 3 + 2 :])
    assert "premature end" in load_sheet(path).source.damage
