import errno
import io
import os
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from ocr.errors import EncryptedError, ScanError
from ocr.scan import load
from ocr.scan.load import count_sheets, is_scan, load_reduced, load_sheet

WIDTH, HEIGHT = 60, 40


def _corner(mode: str = "RGB") -> Image.Image:
    """White with a black block at the top left, so that turns and mirrors show."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    image.paste("black", (0, 0, 20, 10))
    return image.convert(mode)


def _dark_corner(pixels: np.ndarray) -> str:
    grey = pixels if pixels.ndim == 2 else pixels.mean(axis=2)
    height, width = grey.shape
    ys, xs = np.nonzero(grey < 100)
    return ("top" if ys.mean() < height / 2 else "bottom") + (" left" if xs.mean() < width / 2 else " right")


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "jp2"])
def test_every_format_is_read_upright_in_eight_bits(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"page.{suffix}"
    _corner().save(path)
    scan = load_sheet(path)
    assert scan.pixels.shape == (HEIGHT, WIDTH, 3)
    assert scan.pixels.dtype == np.uint8
    assert _dark_corner(scan.pixels) == "top left"
    assert (scan.source.width_px, scan.source.height_px) == (WIDTH, HEIGHT)
    assert scan.source.media_type == {"jpg": "image/jpeg", "tif": "image/tiff"}.get(suffix, f"image/{suffix}")
    assert count_sheets(path) == 1
    assert is_scan(path)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize(
    ("orientation", "corner"),
    [
        (1, "top left"),
        (2, "top right"),
        (3, "bottom right"),
        (4, "bottom left"),
        (5, "top left"),
        (6, "top right"),
        (7, "bottom right"),
        (8, "bottom left"),
    ],
)
def test_exif_orientation_is_honoured_and_recorded(
    tmp_path: Path, suffix: str, orientation: int, corner: str
) -> None:
    path = tmp_path / f"page.{suffix}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    _corner().save(path, exif=exif)
    scan = load_sheet(path)
    assert scan.source.exif_orientation == orientation
    assert _dark_corner(scan.pixels) == corner
    size = (WIDTH, HEIGHT) if orientation < 5 else (HEIGHT, WIDTH)
    assert (scan.source.width_px, scan.source.height_px) == size == scan.pixels.shape[1::-1]


def test_sheets_of_a_tiff_are_loaded_by_number_and_previews_are_none(tmp_path: Path) -> None:
    path = tmp_path / "pages.tif"
    sheets = [Image.new("L", (WIDTH, HEIGHT), level) for level in (10, 120, 250)]
    preview = Image.new("L", (20, 20), 77)
    tags = ImageFileDirectory_v2()
    tags[254] = 1
    preview.encoderinfo = {"tiffinfo": tags}
    sheets[0].save(path, save_all=True, append_images=[*sheets[1:], preview])
    assert count_sheets(path) == 3
    assert [int(load_sheet(path, sheet).pixels[0, 0]) for sheet in (1, 2, 3)] == [10, 120, 250]
    third = load_sheet(path, 3)
    assert (third.source.sheet, third.source.sheets) == (3, 3)
    with pytest.raises(ScanError, match="no sheet 4"):
        load_sheet(path, 4)


def test_a_pdf_is_drawn_at_the_resolution_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "pages.pdf"
    document = pdfium.PdfDocument.new()
    document.new_page(144, 72)
    document.new_page(72, 144)
    document.save(path)
    document.close()
    assert count_sheets(path) == 2
    first, second = load_sheet(path, 1), load_sheet(path, 2)
    assert first.pixels.shape == (300, 600, 3)
    assert second.pixels.shape == (600, 300, 3)
    assert first.source.dpi == 300
    assert load_sheet(path, 2, dpi=100).pixels.shape == (200, 100, 3)
    assert first.source.media_type == "application/pdf"
    with pytest.raises(ScanError, match="no sheet 3"):
        load_sheet(path, 3)


def test_a_vast_pdf_page_is_drawn_smaller(tmp_path: Path) -> None:
    path = tmp_path / "poster.pdf"
    document = pdfium.PdfDocument.new()
    document.new_page(10000, 10000)
    document.save(path)
    document.close()
    scan = load_sheet(path, dpi=1000)
    assert scan.source.width_px * scan.source.height_px <= 61_000_000


def test_resolution_is_what_the_file_says_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    _corner().save(path, dpi=(300, 300))
    assert load_sheet(path).source.dpi == pytest.approx(300, abs=0.1)
    assert load_sheet(path, dpi=600).source.dpi == 600
    _corner().save(path, dpi=(1, 1))
    assert load_sheet(path).source.dpi is None


def test_the_same_file_twice_is_the_same_scan(tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    _corner().save(path)
    first, second = load_sheet(path), load_sheet(path)
    assert first.source == second.source
    assert (first.pixels == second.pixels).all()


def _png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100))


def _jpeg(size: tuple[int, int] = (200, 200)) -> bytes:
    held = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0]), np.uint8)
    Image.fromarray(noise).save(held, "JPEG")
    return held.getvalue()


def _wide_jpeg() -> bytes:
    start = _jpeg()
    at = start.index(b"\xff\xc0") + 5
    return start[:at] + struct.pack(">HH", 65535, 65535) + start[at + 4 :]


def _locked_pdf() -> bytes:
    """A PDF whose user password nobody knows."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>",
        b"<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>",
    ]
    held, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(held))
        held += b"%d 0 obj" % number + part + b"endobj\n"
    start = len(held)
    held += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    held += b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF" % start
    return held


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.jpg", b"", "empty"),
        ("cut.jpg", _jpeg()[:2000], "damaged or cut short"),
        ("cut.png", _png_header(100, 100), "damaged or cut short"),
        ("stub.jpg", b"\xff\xd8\xff\xe0", "damaged|not a picture"),
        ("zero.png", _png_header(0, 50), "too small|damaged|not a picture"),
        ("dot.png", _png_header(1, 1), "too small"),
        ("wide.jpg", _wide_jpeg(), "65535 by 65535 pixels"),
        ("bomb.png", _png_header(60000, 60000), "more than 250 megapixels"),
        ("text.jpg", "Это не картинка, а текст.".encode(), "text, not a picture"),
        ("noise.tif", bytes(range(256)) * 4, "not a picture"),
        ("cut.tif", b"II*\0\x08\0\0\0\x05\0", "damaged|not a picture"),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj", "damaged PDF"),
    ],
)
def test_bad_files_are_told_by_name(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ScanError, match=message) as caught:
        load_sheet(path)
    assert name in str(caught.value)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "jp2", "gif", "bmp", "avif", "ppm", "pdf"])
def test_any_bytes_are_read_or_refused(tmp_path: Path, suffix: str) -> None:
    """Never another error than ours, and never a warning, whichever bytes are wrong."""
    path, rng = tmp_path / f"page.{suffix}", np.random.default_rng(11)
    exif = Image.Exif()
    exif[0x0112] = 6
    if suffix in {"jpg", "png", "webp", "tif"}:
        _corner().save(path, exif=exif)
    else:
        _corner().save(path)
    whole = path.read_bytes()
    for turn in range(150):
        held = bytearray(whole)
        for at in rng.integers(0, min(len(held), (40, 400, len(held))[turn % 3]), 1 + turn % 4):
            held[at] = rng.integers(256)
        path.write_bytes(held[: rng.integers(1, len(held) + 1)] if turn % 5 == 4 else held)
        with suppress(ScanError):
            for sheet in range(1, count_sheets(path) + 1):
                load_sheet(path, sheet)
        with suppress(ScanError):
            load_reduced(path, 10)


def test_a_locked_pdf_asks_for_its_password(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(_locked_pdf())
    with pytest.raises(EncryptedError, match=r"locked\.pdf is protected by a password"):
        load_sheet(path)


def test_folders_pipes_and_missing_files_are_no_scans(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="not a file"):
        load_sheet(tmp_path)
    with pytest.raises(ScanError, match="does not exist"):
        load_sheet(tmp_path / "nobody.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(ScanError, match="not a file"):
        count_sheets(tmp_path / "pipe.jpg")


def test_a_closed_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "closed.jpg"
    path.write_bytes(_jpeg())

    def refuse(*_: object, **__: object) -> None:  # root may read everything, so the refusal is played
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ScanError, match=r"closed\.jpg may not be read"):
        load_sheet(path)


def test_a_scan_on_a_drive_that_fails_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(io.FileIO):
        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            if self.tell():
                raise OSError(errno.EIO, "Input/output error")
            return super().readinto(memoryview(buffer)[:100])

    (path := tmp_path / "a.jpg").write_bytes(_jpeg())
    monkeypatch.setattr(load, "_open", lambda at: io.BufferedReader(Failing(at)))  # type: ignore[type-var]
    with pytest.raises(ScanError, match=r"a\.jpg cannot be read: Input/output error\.$"):
        load_sheet(path)


def test_hidden_files_and_other_names_are_no_scans() -> None:
    assert is_scan(Path("a/Лист 1.JPEG"))
    assert not is_scan(Path("a/._page.jpg"))
    assert not is_scan(Path("notes.txt"))
