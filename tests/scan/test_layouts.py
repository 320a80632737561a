"""Every way to store pixels is read as the same picture in a PNG is, or refused with its layout named."""

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ocr.arrays import F64, GreyImage, Pixels
from ocr.errors import ScanError
from ocr.scan.load import count_sheets, load_sheet
from tests.scan.tiffs import (
    CMYK,
    COLOUR,
    DEFLATE,
    FLOAT,
    GREY,
    GREY_WHITE_0,
    LZW,
    MASK,
    PACKBITS,
    PALETTE,
    SIGNED,
    UNSIGNED,
    Layout,
    Samples,
    tiff,
)

HEIGHT, WIDTH = 45, 70
DOWN, ACROSS = np.mgrid[0:HEIGHT, 0:WIDTH]
TONES = ((ACROSS * 3 + DOWN * 2) % 256).astype(np.uint8)
TONES[3:12, 5:30] = 0
TONES[30:, 40:] = 255
COLOURS = np.stack([TONES, np.roll(TONES, 7, 1), 255 - TONES], axis=2)

TYPES: dict[int, dict[int, type[np.number[Any]]]] = {
    UNSIGNED: {1: np.uint8, 2: np.uint8, 4: np.uint8, 8: np.uint8, 12: np.uint16, 16: np.uint16,
               32: np.uint32},
    SIGNED: {8: np.int8, 16: np.int16, 32: np.int32},
    FLOAT: {16: np.float16, 32: np.float32, 64: np.float64},
}  # fmt: skip

Wanted = F64


def _stored(samples: Samples, orientation: int | None) -> Samples:
    """The samples so turned and mirrored that the orientation turns them back."""
    match orientation:
        case 2:
            samples = samples[:, ::-1]
        case 3:
            samples = samples[::-1, ::-1]
        case 4:
            samples = samples[::-1]
        case 5:
            samples = samples.swapaxes(0, 1)
        case 6:
            samples = np.rot90(samples, 1)
        case 7:
            samples = samples[::-1, ::-1].swapaxes(0, 1)
        case 8:
            samples = np.rot90(samples, -1)
    return np.ascontiguousarray(samples)


def _drawn(layout: Layout) -> tuple[Samples, Wanted, Layout]:
    """The picture in samples of that layout, and its tones 0..255 as a reader should give them."""
    white = 1.0 if layout.numbers == FLOAT else float(2 ** (layout.bits - (layout.numbers == SIGNED)) - 1)

    def in_samples(tones: GreyImage) -> Samples:
        level = tones / 255 * white
        kind = TYPES[layout.numbers][layout.bits]
        return (level if layout.numbers == FLOAT else np.rint(level)).astype(kind)

    if layout.photometric == PALETTE:
        samples = (TONES >> (8 - layout.bits))[:, :, None]
        ramp = np.linspace(0, 65535, 2**layout.bits).astype(np.uint16)
        layout = replace(layout, colours=np.stack([ramp, ramp[::-1], ramp], axis=1))
        assert layout.colours is not None
        wanted = (layout.colours[samples[:, :, 0]] >> 8).astype(np.float64)
    elif layout.photometric in {GREY, GREY_WHITE_0}:
        samples = in_samples(TONES)[:, :, None]
        wanted = samples[:, :, 0].astype(np.float64) / white * 255
        wanted = 255 - wanted if layout.photometric == GREY_WHITE_0 else wanted
    else:
        ink = np.concatenate([COLOURS, np.zeros_like(COLOURS[:, :, :1])], axis=2)
        samples = in_samples(COLOURS if layout.photometric == COLOUR else ink)
        wanted = samples[:, :, :3].astype(np.float64) / white * 255
        wanted = 255 - wanted if layout.photometric == CMYK else wanted
    if layout.extra:
        opaque = np.full((*samples.shape[:2], 1), white).astype(samples.dtype)
        samples = np.concatenate([samples, opaque], axis=2)
    return samples, wanted, layout


def _difference(pixels: Pixels, wanted: Wanted) -> float:
    """The largest, in tones; a grey picture may come in three equal colours."""
    if pixels.ndim > wanted.ndim:
        wanted = wanted[:, :, None]
    if pixels.shape[:2] != wanted.shape[:2]:
        return 999.0
    return float(np.abs(pixels - wanted).max())


def _layouts(photometric: int) -> Iterator[Layout]:
    kinds = [(bits, numbers) for numbers, types in TYPES.items() for bits in types]
    for (bits, numbers), extra, planes in product(kinds, [(), (0,), (1,), (2,)], [False, True]):
        if planes and photometric in {GREY, GREY_WHITE_0, PALETTE} and not extra:
            continue
        if photometric == PALETTE and (bits > 8 or numbers != UNSIGNED):
            continue
        layout = Layout(photometric, bits, numbers, extra, planes)
        for stored in (layout, replace(layout, order=">")):
            yield from (stored, replace(stored, rows_per_strip=16, orientation=6), replace(stored, tile=32))
        yield replace(layout, compression=LZW, rows_per_strip=16, orientation=8)
        yield replace(layout, compression=DEFLATE, order=">", tile=32)
        yield replace(layout, compression=PACKBITS, order=">")
        if bits in {8, 16, 32} and numbers != FLOAT:
            yield replace(layout, compression=LZW, predictor=True)
            yield replace(layout, compression=DEFLATE, predictor=True, order=">", tile=32)
        yield replace(layout, big=True)
        yield replace(layout, fill_order=2)
        if bits in {8, 16}:
            yield from (replace(layout, orientation=orientation) for orientation in range(1, 9))


@pytest.mark.parametrize(
    ("photometric", "read"), [(GREY_WHITE_0, 4), (GREY, 8), (COLOUR, 2), (PALETTE, 4), (CMYK, 2)]
)
def test_tiff_of_every_layout(tmp_path: Path, photometric: int, read: int) -> None:
    path = tmp_path / "page.tif"
    faults, known = [], Counter[tuple[int, int]]()
    for asked in _layouts(photometric):
        samples, wanted, layout = _drawn(asked)
        path.write_bytes(tiff((_stored(samples, layout.orientation), layout)))
        try:
            pixels = load_sheet(path).pixels
        except ScanError as error:
            named = f"{layout.bits} bits" in str(error) and "way this program cannot read" in str(error)
            faults += [f"{layout}: {error}"] * (not named)
            continue
        known[layout.bits, layout.numbers] += 1
        difference = _difference(pixels, wanted)
        faults += [f"{layout}: {difference}"] * (difference > 1.01)
    assert not faults, "\n".join(faults[:20])
    assert len(known) >= read, known  # it is not all refused


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "YCbCr"])
@pytest.mark.parametrize("compression", ["raw", "jpeg", "tiff_adobe_deflate"])
@pytest.mark.parametrize("orientation", [1, 6, 7])
def test_tiff_as_others_write_it(tmp_path: Path, mode: str, compression: str, orientation: int) -> None:
    smooth = np.linspace(20, 235, WIDTH * 3).astype(np.uint8).reshape(1, WIDTH, 3).repeat(HEIGHT, axis=0)
    stored = Image.fromarray(_stored(smooth, orientation).astype(np.uint8)).convert(mode)
    path = tmp_path / "page.tif"
    stored.save(path, compression=compression, tiffinfo={274: orientation})
    wanted = np.asarray(Image.fromarray(smooth).convert(mode).convert("L" if mode == "L" else "RGB"))
    assert _difference(load_sheet(path).pixels, wanted.astype(np.float64)) <= (
        8 if compression == "jpeg" else 2
    )


@pytest.mark.parametrize("compression", ["raw", "group3", "group4", "tiff_ccitt", "packbits"])
@pytest.mark.parametrize("orientation", [1, 5, 8])
def test_black_and_white(tmp_path: Path, compression: str, orientation: int) -> None:
    bits = TONES > 127
    path = tmp_path / "page.tif"
    Image.fromarray(_stored(bits, orientation)).save(
        path, compression=compression, tiffinfo={274: orientation}
    )
    assert _difference(load_sheet(path).pixels, bits * 255.0) == 0


WRITTEN = {
    "png": ["1", "L", "P", "RGB", "LA", "RGBA", "I;16"],
    "tif": ["1", "L", "P", "RGB", "LA", "PA", "RGBA", "I;16", "CMYK", "YCbCr"],
    "bmp": ["1", "L", "P", "RGB"],
    "gif": ["1", "L", "P"],
    "webp": ["L", "P", "RGB", "LA", "RGBA"],
    "jp2": ["L", "RGB", "LA", "RGBA", "I;16"],
    "ppm": ["1", "L", "RGB", "I;16"],
    "avif": ["L", "P", "RGB", "LA", "RGBA"],
    "jpg": ["1", "L", "RGB", "CMYK"],
}


@pytest.mark.parametrize(
    ("suffix", "mode"), [(suffix, mode) for suffix in WRITTEN for mode in WRITTEN[suffix]]
)
def test_other_formats_in_every_mode(tmp_path: Path, suffix: str, mode: str) -> None:
    """Half of the picture is transparent where the mode has alpha: paper."""
    path = tmp_path / f"page.{suffix}"
    wanted: Wanted
    if mode == "I;16":
        image, wanted = Image.fromarray(TONES.astype(np.uint16) * 257), TONES.astype(np.float64)
    else:
        drawn = Image.fromarray(COLOURS)
        if "A" in mode:
            clear = np.where(ACROSS < WIDTH // 2, 255, 0).astype(np.uint8)
            drawn.putalpha(Image.fromarray(clear))
        image = drawn.convert(mode)
        wanted = np.asarray(image.convert("RGBA").convert("RGB"), np.float64)
        if "A" in mode:
            wanted = np.where((ACROSS < WIDTH // 2)[:, :, None], wanted, 255.0)
    image.save(path, lossless=True) if suffix == "webp" else image.save(path, quality=100)
    pixels = load_sheet(path).pixels
    wanted_grey = wanted if wanted.ndim == 2 else wanted.mean(axis=2)
    grey = pixels if pixels.ndim == 2 else pixels.mean(axis=2)
    lossy = suffix in {"jpg", "avif"}
    assert pixels.shape[:2] == (HEIGHT, WIDTH)
    assert np.abs(grey - wanted_grey).mean() <= (8 if lossy else 1)


def test_full_range_of_32_bits_without_a_word_of_their_kind(tmp_path: Path) -> None:
    path = tmp_path / "page.tif"
    held = bytearray(tiff(((TONES.astype(np.uint32) * 0x01010101)[:, :, None], Layout(GREY, 32))))
    at = held.index((339).to_bytes(2, "little") + b"\x03\0\x01\0\0\0")
    held[at : at + 2] = (0xC000).to_bytes(2, "little")  # a tag of nobody: the kind of number is not told
    path.write_bytes(held)
    assert _difference(load_sheet(path).pixels, TONES.astype(np.float64)) <= 1


def test_deep_png_with_a_clear_tone(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    Image.fromarray(TONES.astype(np.uint16) * 257).save(path, transparency=0)
    pixels = load_sheet(path).pixels
    assert pixels[5, 10] == 255
    assert np.abs(pixels.astype(float) - np.where(TONES == 0, 255, TONES)).max() <= 1


@pytest.mark.parametrize(("bits", "numbers"), [(16, SIGNED), (32, SIGNED), (32, FLOAT)])
def test_numbers_below_zero_are_told(tmp_path: Path, bits: int, numbers: int) -> None:
    path = tmp_path / "page.tif"
    below = TONES.astype(TYPES[numbers][bits]) - 100
    path.write_bytes(tiff((below[:, :, None], Layout(GREY, bits, numbers))))
    with pytest.raises(ScanError, match=r"page\.tif holds numbers below zero"):
        load_sheet(path)


def test_a_float_picture_that_overshoots_is_not_blank(tmp_path: Path) -> None:
    path = tmp_path / "page.tif"
    level = (TONES / 255.0 * 1.04 - 0.02).astype(np.float32)
    path.write_bytes(tiff((level[:, :, None], Layout(GREY, 32, FLOAT))))
    assert _difference(load_sheet(path).pixels, TONES.astype(np.float64)) < 8


def _sheets(*middle: tuple[Samples, Layout]) -> bytes:
    plain = TONES[:, :, None], Layout()
    return tiff(plain, *middle, ((255 - TONES)[:, :, None], Layout()))


def test_a_bad_sheet_loses_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "three.tif"
    grey_alpha = np.repeat(TONES[:, :, None], 2, axis=2).astype(np.uint16)
    unknown = Layout(GREY, 16, extra=(2,))
    for place in range(3):
        sheets = [(TONES[:, :, None], Layout())] * 3
        sheets[place] = (grey_alpha, unknown)
        path.write_bytes(tiff(*sheets))
        assert count_sheets(path) == 3
        for sheet in {1, 2, 3} - {place + 1}:
            assert (load_sheet(path, sheet).pixels == TONES).all()
        with pytest.raises(
            ScanError, match=rf"Sheet {place + 1} of .*three\.tif.*grey, 2 x 16 bits unsigned"
        ):
            load_sheet(path, place + 1)


def test_an_unknown_compression_is_told_by_number(tmp_path: Path) -> None:
    path = tmp_path / "three.tif"
    held = bytearray(_sheets((TONES[:, :, None], Layout(compression=PACKBITS))))
    at = held.index(b"\x03\x01\x03\x00\x01\x00\x00\x00" + PACKBITS.to_bytes(2, "little"))
    held[at + 8 : at + 10] = (34712).to_bytes(2, "little")
    path.write_bytes(held)
    assert (load_sheet(path, 3).pixels == 255 - TONES).all()
    with pytest.raises(ScanError, match=r"Sheet 2 of .*compression 34712"):
        load_sheet(path, 2)


def test_masks_and_previews_are_no_sheets(tmp_path: Path) -> None:
    path = tmp_path / "masked.tif"
    mask = (TONES > 0).astype(np.uint8)[:, :, None]
    path.write_bytes(_sheets((mask, Layout(MASK, 1, subfile=4)), (TONES[::2, ::2, None], Layout(subfile=1))))
    assert count_sheets(path) == 2
    assert (load_sheet(path, 2).pixels == 255 - TONES).all()


def test_a_chain_of_sheets_that_breaks_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.tif"
    held = _sheets((TONES[:, :, None], Layout()))
    path.write_bytes(held[:-60])  # the last directory is not whole
    assert count_sheets(path) == 3
    assert (load_sheet(path, 2).pixels == TONES).all()
    with pytest.raises(ScanError, match=r"Sheet 3 of .*cut\.tif is damaged or cut short"):
        load_sheet(path, 3)


def test_a_ring_of_sheets_ends(tmp_path: Path) -> None:
    path = tmp_path / "ring.tif"
    held = bytearray(_sheets())
    held[-4:] = held[4:8]
    path.write_bytes(held)
    assert count_sheets(path) == 2


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_damaged_metadata_refuse_no_picture(tmp_path: Path, suffix: str) -> None:
    """Whatever byte of EXIF, profile and comments is wrong, the pixels are those of the whole file."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0131], exif[0x0112] = "letter of 1868", "a scanner of ours", 1
    saved, profile = io.BytesIO(), bytes(range(100, 250))
    kind = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "tif": "TIFF"}[suffix]
    Image.fromarray(COLOURS).save(saved, kind, exif=exif, icc_profile=profile, dpi=(300, 300))
    whole, path = saved.getvalue(), tmp_path / f"page.{suffix}"
    path.write_bytes(whole)
    wanted = load_sheet(path).pixels
    places = [whole.index(mark) + at for mark in (b"letter of", profile[:9]) for at in range(30)]
    for at in places:
        for flipped in (0xFF, 0x01):
            held = bytearray(whole)
            held[at] ^= flipped
            path.write_bytes(held)
            pixels = load_sheet(path).pixels
            assert pixels.shape[:2] in {wanted.shape[:2], wanted.shape[1::-1]}, at
