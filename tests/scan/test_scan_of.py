"""The scan that a record was read from is found by its bytes, whatever stands beside it under its name."""

import errno
import os
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.errors import ScanError
from ocr.page import ScanFacts, Source
from ocr.scan.load import digest_of, load_sheet
from ocr.scan.scan_of import OtherScanError, ScanSheet, Shelf, find_scan


def _scan(path: Path, level: int, size: tuple[int, int] = (40, 30)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full(size[::-1], level, np.uint8)).save(path, "PNG")
    return path


def _facts(path: Path, **other: object) -> Source:
    facts = {"file": path.name, "sha256": digest_of(path), "width_px": 40, "height_px": 30}
    return Source(**{**facts, "media_type": "image/png", **other})  # type: ignore[arg-type]


def test_of_scans_with_one_name_the_one_that_was_read(tmp_path: Path) -> None:
    first, second = _scan(tmp_path / "A/1.png", 10), _scan(tmp_path / "B/1.png", 200)
    shelf = Shelf([tmp_path])
    for scan in (first, second):
        assert shelf.find(_facts(scan)) == ScanSheet(scan, 1, None, (40, 30))
    assert find_scan(_facts(second), [tmp_path], within=Path("A")).path == second


def test_another_scan_of_the_name_is_none(tmp_path: Path) -> None:
    read, other = _scan(tmp_path / "A/1.png", 10), _scan(tmp_path / "B/1.png", 200)
    with pytest.raises(OtherScanError, match=r"B/1\.png is not the scan that was read.*--scans") as caught:
        find_scan(_facts(read), [tmp_path / "B"])
    assert caught.value.sheet.path == other


def test_a_scan_that_is_not_there(tmp_path: Path) -> None:
    read = _scan(tmp_path / "A/1.png", 10)
    _scan(tmp_path / "B/2.png", 10)  # the same picture under another name does not count
    with pytest.raises(ScanError, match=r"The scan 1\.png is not in .*B\. Give its folder"):
        find_scan(_facts(read), [tmp_path / "B"])
    with pytest.raises(ScanError, match="not in any folder"):
        find_scan(_facts(read), [])
    for name in ("", ".", "..", "a/../..", "x" * 3000, "a\0b"):
        with pytest.raises(ScanError):
            find_scan(ScanFacts(file=name, sha256="0" * 64), [tmp_path])


@pytest.mark.parametrize(
    "name",
    ["стр [1].png", "a*b?.png", " ends .png", "new\nline.png", "tab\tin.png", os.fsdecode(b"\xcf\xe8.png"),
     unicodedata.normalize("NFD", "тетрадь й ё.png"), "bell\x07.png"],
)  # fmt: skip
def test_odd_names_are_found_as_a_record_tells_them(tmp_path: Path, name: str) -> None:
    scan = _scan(tmp_path / "sub" / name, 10)
    digest = digest_of(scan)
    _scan(tmp_path / "sub" / "стр 1.png", 99)
    through_xml = "".join(sign for sign in name if sign.isprintable() or sign in "\n\t")
    for told in {name, " ".join(through_xml.split()), unicodedata.normalize("NFC", through_xml)}:
        assert find_scan(ScanFacts(file=told, sha256=digest.upper()), [tmp_path]).path == scan


def test_without_a_digest_the_same_place_decides_or_nothing(tmp_path: Path) -> None:
    first, second = _scan(tmp_path / "A/1.png", 10), _scan(tmp_path / "B/1.png", 200)
    silent = ScanFacts(file="1.png")
    assert find_scan(silent, [tmp_path], within=Path("B")).path == second
    with pytest.raises(ScanError, match=r"Several scans are called 1\.png"):
        find_scan(silent, [tmp_path])
    shutil.copyfile(first, second)
    assert find_scan(silent, [tmp_path]).path == first
    assert find_scan(ScanFacts(file="folder\\1.png"), [tmp_path]).path == first


def test_a_record_that_names_no_file_is_found_by_its_own_name(tmp_path: Path) -> None:
    scan = _scan(tmp_path / "page-7.png", 10)
    (tmp_path / "page-7.txt").write_text("Первая", "utf-8")
    assert Shelf([tmp_path]).find(ScanFacts(), stem="page-7").path == scan
    assert Shelf([scan]).find(ScanFacts(), stem="page-7").path == scan


def test_sheet_and_resolution_come_from_the_record(tmp_path: Path) -> None:
    pages = [Image.new("L", (40, 30), level) for level in (10, 200)]
    pages[0].save(tmp_path / "two.tif", save_all=True, append_images=pages[1:])
    sheet = find_scan(_facts(tmp_path / "two.tif", sheet=2, sheets=2, dpi=150.0), [tmp_path])
    assert (sheet.sheet, sheet.dpi) == (2, None)
    assert int(sheet.load().pixels.mean()) == 200
    pdf = tmp_path / "a.pdf"
    pages[0].resize((300, 300)).save(pdf, resolution=100.0)
    read = load_sheet(pdf, dpi=150.0)
    sheet = find_scan(read.source, [tmp_path])
    assert (sheet.load().pixels == read.pixels).all()
    assert sheet.load().source == read.source


def test_a_scan_of_another_size_is_not_cut(tmp_path: Path) -> None:
    scan = _scan(tmp_path / "1.png", 10)
    sheet = find_scan(ScanFacts(file="1.png", width_px=80, height_px=60), [tmp_path])
    assert sheet.path == scan
    with pytest.raises(ScanError, match="measures 40 by 30 pixels, and the reading was made on 80 by 60"):
        sheet.load()


def test_linked_folders_are_searched_and_loops_apart(tmp_path: Path) -> None:
    elsewhere = _scan(tmp_path / "elsewhere/1.png", 10).parent
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "more").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(scans)
    assert find_scan(_facts(elsewhere / "1.png"), [scans]).path == scans / "more/1.png"


def test_a_file_that_changed_is_counted_anew(tmp_path: Path) -> None:
    scan = _scan(tmp_path / "1.png", 10)
    facts = _facts(scan)
    assert find_scan(facts, [tmp_path]).path == scan
    _scan(scan, 11, (50, 30))
    with pytest.raises(OtherScanError):
        find_scan(facts, [tmp_path])


@pytest.mark.parametrize("call", ["stat", "scandir"])
def test_on_a_drive_that_is_gone_nobody_knows_whether_the_scan_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    facts = _facts(_scan(tmp_path / "A/1.png", 10))
    real = getattr(os, call)

    def gone(path: object, **more: object) -> object:
        if str(path).endswith("B"):
            raise OSError(errno.EIO, "Input/output error", str(path))
        return real(path, **more)

    (tmp_path / "B").mkdir()
    monkeypatch.setattr(os, call, gone)
    with pytest.raises(ScanError, match="B cannot be searched: Input/output error"):
        Shelf([tmp_path / "B"]).find(facts)
