"""Zips: unpacked within their folder and within bounds, or refused in words."""

import stat
import zipfile
from pathlib import Path

import pytest

from ocr.errors import EncryptedError, OutputError, ScanError
from ocr.imports import zips
from ocr.imports.zips import unpacked


def _zip(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_pages_and_scans_alone_are_unpacked_and_taken_away_again(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", **{"b/0001.xml": b"<a/>", "b/0001.jpg": b"x", "b/run.exe": b"x"})
    with unpacked(path, tmp_path / "into") as folder:
        assert sorted(p.name for p in folder.rglob("*.*")) == ["0001.jpg", "0001.xml"]
    assert not (tmp_path / "into").exists()


@pytest.mark.parametrize("name", ["../a.xml", "/tmp/a.xml", "b/../../a.xml", "..\\a.xml", "c:/a.xml"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    path = _zip(tmp_path / "a.zip", **{"ok.xml": b"<a/>", name: b"<a/>"})
    with pytest.raises(ScanError, match="leads out"), unpacked(path, tmp_path / "in" / "to"):
        pass
    assert not list(tmp_path.rglob("*.xml"))


def test_links_are_refused(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("a.xml")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(ScanError, match="link"), unpacked(tmp_path / "a.zip", tmp_path / "into"):
        pass


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "_LARGE", 1000)
    path = _zip(tmp_path / "a.zip", **{"a.xml": b" " * 1_000_000})
    with pytest.raises(ScanError, match="grow"), unpacked(path, tmp_path / "into"):
        pass
    monkeypatch.setattr(zips, "_LARGE", 10**9)
    monkeypatch.setattr(zips, "MOST_BYTES", 500_000)
    with pytest.raises(ScanError, match="more than"), unpacked(path, tmp_path / "into"):
        pass
    monkeypatch.setattr(zips, "MOST_FILES", 0)
    with pytest.raises(ScanError, match="1 files"), unpacked(path, tmp_path / "into"):
        pass
    assert not (tmp_path / "into").exists()


def test_what_is_damaged_or_locked_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ScanError, match="unpacked"), unpacked(tmp_path / "a.zip", tmp_path / "into"):
        pass
    path = _zip(tmp_path / "b.zip", **{"a.xml": b"<a/>"})
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the bit that says: encrypted
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(EncryptedError), unpacked(path, tmp_path / "into"):
        pass


def test_a_link_in_place_of_our_folder_empties_nobodys(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", **{"b/0001.xml": b"<a/>"})
    mine, own = tmp_path / "mine", tmp_path / "out/.tetradi"
    (mine / "unpacked").mkdir(parents=True)
    (mine / "unpacked/dear").touch()
    own.parent.mkdir()
    own.symlink_to(mine)
    with pytest.raises(OutputError, match="a link"), unpacked(path, own / "unpacked"):
        pass
    assert (mine / "unpacked/dear").exists()
