"""Searchable PDF: the archive's own bytes beneath, words where the record has them; PDF taken over."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from lxml import etree
from PIL import Image, ImageCms, ImageDraw

from ocr.corrections.notebook import with_notebook
from ocr.errors import DependencyError, ScanError
from ocr.exports.layout import layout_of
from ocr.exports.run import Exported, export
from ocr.files import sha256_of
from ocr.geometry import Box
from ocr.page import Page, Source
from ocr.scan.load import load_sheet
from ocr.tei.notebook import Notebook
from ocr.tei.write import to_tei
from tests.exports.pdf_a import breaches
from tests.exports.readback import page_of as page_in
from tests.exports.records import page_of


def _run(*command: str | Path) -> str:
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _picture(size: tuple[int, int] = (1000, 1400)) -> Image.Image:
    image = Image.new("RGB", size, (240, 235, 220))
    draw = ImageDraw.Draw(image)
    draw.rectangle((100, 100, 400, 140), fill=(20, 20, 90))
    draw.rectangle((600, 900, 640, 1300), fill=(150, 20, 20))
    return image


def _record(folder: Path, scan: Path, *regions: str, dpi: float | None = 200.0) -> Path:
    """A record of words on a grid, read from that scan."""
    loaded = load_sheet(scan).source
    source = Source(
        scan.name, sha256_of(scan.read_bytes()), loaded.width_px, loaded.height_px, loaded.media_type, dpi=dpi
    )
    page: Page = replace(page_of(*regions, name=scan.stem), source=source)
    path = folder / f"{scan.stem}.xml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(to_tei(page))
    return path


def _export(tmp_path: Path) -> tuple[Exported, Path]:
    (done,) = export([tmp_path / "book"], "pdf", tmp_path / "out")
    return done, tmp_path / "out" / "book.pdf"


def _words(pdf: Path) -> list[list[tuple[str, Box]]]:
    """The words of each page, with their places in units of the page."""
    html = _run("pdftotext", "-bbox", pdf, "-")
    root = etree.fromstring(html.encode(), etree.HTMLParser(encoding="utf-8"))
    sides = ("xmin", "ymin", "xmax", "ymax")
    return [
        [
            ("".join(map(str, word.itertext())), Box(*(float(word.get(side, "")) for side in sides)))
            for word in page.iter("word")
        ]
        for page in root.iter("page")
    ]


def _check_words(pdf: Path, records: Sequence[Path], units: Sequence[float]) -> None:
    """Words and order are the record's, places within 3 pixels. `units`: units of a pixel, page by page."""
    for words, record, unit in zip(_words(pdf), records, units, strict=True):
        layout = layout_of(page_in(record.read_bytes()))
        wanted = [word for region in layout.regions for line in region.lines for word in line.words]
        assert [text for text, _ in words] == [word.token.text for word in wanted]
        for (_, place), word in zip(words, wanted, strict=True):
            for at, expected in zip(place.corners, word.box.corners, strict=True):
                assert at.x / unit == pytest.approx(expected.x, abs=3)
                assert at.y / unit == pytest.approx(expected.y, abs=3)


def test_words_stand_where_they_are_read_over_the_archives_own_bytes(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    _picture().save(book / "p1.jpg", quality=80)
    _picture().save(book / "p2.png")
    records = [
        _record(book, book / "p1.jpg", "Старый конь\nборозды не портит,", "но и глубоко не пашет"),
        _record(book, book / "p2.png", "съѣлъ ѳиміамъ", dpi=None),
    ]
    done, pdf = _export(tmp_path)
    assert done.error is None
    content = pdf.read_bytes()
    assert b"stream\n" + (book / "p1.jpg").read_bytes() + b"\nendstream" in content
    _run("qpdf", "--check", pdf)
    _check_words(pdf, records, (72 / 200, 72 / 300))


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    _picture().save(book / "p1.jpg")
    _record(book, book / "p1.jpg", "раз два")
    first = _export(tmp_path)[1].read_bytes()
    shutil.rmtree(tmp_path / "out")
    assert _export(tmp_path)[1].read_bytes() == first


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_lies_as_its_exif_tells(tmp_path: Path, orientation: int) -> None:
    book = tmp_path / "book"
    book.mkdir()
    exif = Image.Exif()
    exif[0x0112] = orientation
    _picture().save(book / "p1.jpg", quality=95, exif=exif)
    record = _record(book, book / "p1.jpg", "раз два")
    pdf = _export(tmp_path)[1]
    assert (book / "p1.jpg").read_bytes() in pdf.read_bytes()
    shown, scan = load_sheet(pdf).pixels, load_sheet(book / "p1.jpg").pixels
    assert shown.shape == scan.shape
    assert np.abs(shown.astype(int) - scan).max() < 12
    _check_words(pdf, [record], [72 / 200])


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        *((mode, ".png") for mode in ("1", "L", "P", "RGBA")),
        *((mode, ".tif") for mode in ("1", "L", "P", "RGBA", "CMYK")),
        *((mode, ".jpg") for mode in ("L", "CMYK")),
    ],
)
def test_pictures_of_every_kind_are_seen(tmp_path: Path, mode: str, suffix: str) -> None:
    book = tmp_path / "book"
    book.mkdir()
    _picture().convert(mode, dither=Image.Dither.NONE).save(book / f"p1{suffix}")
    _record(book, book / f"p1{suffix}", "раз")
    done, pdf = _export(tmp_path)
    assert done.error is None
    _run("qpdf", "--check", pdf)
    shown, scan = load_sheet(pdf).pixels, load_sheet(book / f"p1{suffix}").pixels
    if scan.ndim == 2 and shown.ndim == 3:
        shown = shown.mean(axis=2)
    assert np.abs(shown.astype(int) - scan).mean() < 8  # inks of a printer are mixed in more than one way
    printers = "6.2.4.3 colours of a printer without a profile"
    unarchival = ["6.6.4 does not say that it is PDF/A-2u", printers]
    assert breaches(pdf) == (unarchival if (mode, suffix) == ("CMYK", ".jpg") else [])


@pytest.mark.parametrize("profile", ["sRGB", "LAB", "damaged"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_profile_that_is_not_of_its_picture_is_left_out(tmp_path: Path, mode: str, profile: str) -> None:
    book = tmp_path / "book"
    book.mkdir()
    content = b"no profile" if profile == "damaged" else _profile(profile)
    _picture().convert(mode).save(book / "p1.jpg", icc_profile=content)
    _record(book, book / "p1.jpg", "раз")
    done, pdf = _export(tmp_path)
    assert done.error is None
    assert breaches(pdf) == []
    assert (b"ICCBased" in pdf.read_bytes()) == ((mode, profile) == ("RGB", "sRGB"))


def _profile(name: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()  # type: ignore[arg-type]


def test_what_breaks_the_standard_is_seen(tmp_path: Path) -> None:
    """The check itself: each thing taken from a good file is missed."""
    book = tmp_path / "book"
    book.mkdir()
    _picture().save(book / "p1.jpg")
    _record(book, book / "p1.jpg", "раз 𝟏")
    pdf = _export(tmp_path)[1]
    assert breaches(pdf) == []
    whole = pdf.read_bytes()
    for sign, clause in (
        ("/OutputIntents ", "6.2.3"), ("/Metadata ", "6.6.2.1"), ("/CIDToGIDMap ", "6.2.11.3"),
        ("/ToUnicode ", "6.2.11.7.2"), ("/FontFile2 ", "6.2.11.4"), ("/Producer ", "6.6.2.3"),
        ("<< /Scan ", "6.2.2"), ("<pdfaid:part>2", "6.6.4"),
    ):  # fmt: skip
        other = f"{sign[:-1]}3" if sign.endswith("2") else f"{sign[:-2]}x "
        broken = tmp_path / "broken.pdf"
        broken.write_bytes(whole.replace(sign.encode(), other.encode()))
        assert clause in {breach.partition(" ")[0] for breach in breaches(broken)}, sign


def test_the_notebook_names_the_file_and_pages_bear_their_names(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    _picture().save(book / "лист 1.jpg")
    path = _record(book, book / "лист 1.jpg", "раз")
    path.write_bytes(with_notebook(path.read_bytes(), Notebook(title="Тетрадь & дневник", author="Ф. М.")))
    pdf = _export(tmp_path)[1]
    told = _run("pdfinfo", pdf)
    assert breaches(pdf) == []
    assert re.search(r"Title: +Тетрадь & дневник\n", told)
    assert re.search(r"Author: +Ф. М.\n", told)
    assert "лист 1".encode("utf-16-be").hex().upper().encode() in pdf.read_bytes()


def test_a_scan_that_is_not_there_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    _picture().save(book / "p1.jpg")
    _record(book, book / "p1.jpg", "раз")
    (book / "p1.jpg").unlink()
    done, pdf = _export(tmp_path)
    assert isinstance(done.error, ScanError)
    assert not pdf.exists()


def _scanned_pdf(path: Path, rotate: int) -> None:
    """A PDF as scanners write it: a picture, its letters read by somebody else, the page turned."""
    pikepdf = pytest.importorskip("pikepdf", reason="the extra `pdf` is not installed")
    made = path.parent / "made"
    made.mkdir()
    _picture((500, 700)).save(made / "s.jpg", dpi=(100, 100))
    _record(made, made / "s.jpg", "чужие буквы", dpi=100.0)
    (done,) = export([made], "pdf", made / "out")
    assert done.error is None
    with pikepdf.open(made / "out" / "made.pdf") as pdf:
        pdf.pages[0].Rotate = rotate
        pdf.save(path)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_of_a_pdf_is_taken_over_with_our_text_in_place_of_others(tmp_path: Path, rotate: int) -> None:
    book = tmp_path / "book"
    book.mkdir()
    _scanned_pdf(book / "p1.pdf", rotate)
    shutil.rmtree(book / "made")
    record = _record(book, book / "p1.pdf", "раз два", dpi=100.0)
    done, pdf = _export(tmp_path)
    assert done.error is None
    _run("qpdf", "--check", pdf)
    shown, scan = load_sheet(pdf).pixels, load_sheet(book / "p1.pdf").pixels
    assert np.array_equal(shown, scan)
    assert b"pdfaid:part>2" not in pdf.read_bytes()
    _check_words(pdf, [record], [72 / 100])


def test_without_its_library_a_scan_that_is_a_pdf_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "book"
    book.mkdir()
    _scanned_pdf(book / "p1.pdf", 0)
    shutil.rmtree(book / "made")
    _record(book, book / "p1.pdf", "раз")
    monkeypatch.setitem(__import__("sys").modules, "ocr.exports.pdf_pages", None)
    done, _ = _export(tmp_path)
    assert isinstance(done.error, DependencyError)
    assert "tetradi[pdf]" in str(done.error)


def test_letters_beyond_the_first_plane_are_copied(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    _picture().save(book / "p1.jpg")
    _record(book, book / "p1.jpg", "a𝟏 ѣ́")
    text = _run("pdftotext", _export(tmp_path)[1], "-")
    assert text.split() == ["a𝟏", "ѣ́"]


def test_browsers_see_words_of_one_letter(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    _picture().save(book / "p1.jpg")
    _record(book, book / "p1.jpg", "я и ты\nо в у")
    document = pdfium.PdfDocument(_export(tmp_path)[1])
    try:
        assert document[0].get_textpage().get_text_range().split() == ["я", "и", "ты", "о", "в", "у"]
    finally:
        document.close()
