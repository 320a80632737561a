"""Files whole or not at all, on drives that lack one call or another."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocr.errors import OutputError
from ocr.files import given, why, write_whole

CANNOT = [errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EPERM, errno.EACCES]


def refusing(code: int) -> Callable[..., Any]:
    def call(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return call


@pytest.mark.parametrize("code", CANNOT)
@pytest.mark.parametrize("name", ["fsync", "chmod"])
def test_a_drive_that_lacks_a_call_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"old")
    path.chmod(0o600)
    if name == "chmod":
        monkeypatch.setattr(Path, "chmod", refusing(code))
    monkeypatch.setattr(os, name, refusing(code))
    write_whole(path, b"new")
    write_whole(tmp_path / "b.xml", b"more")
    assert path.read_bytes() == b"new"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.xml", "b.xml"]


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_a_drive_that_loses_what_is_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", refusing(code))
    with pytest.raises(OutputError, match=r"a\.xml cannot be written"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_is_as_open_as_the_users_others_and_a_replaced_one_as_before(
    tmp_path: Path, mask: int
) -> None:
    def mode(name: str) -> int:
        return stat.S_IMODE((tmp_path / name).stat().st_mode)

    (tmp_path / "kept").write_bytes(b"")
    (tmp_path / "kept").chmod(0o640)
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "fresh", b"")
        write_whole(tmp_path / "kept", b"")
    finally:
        os.umask(before)
    assert (mode("fresh"), mode("kept")) == (0o666 & ~mask, 0o640)


def test_the_mask_of_the_process_is_never_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other threads would make their files with it."""
    monkeypatch.setattr(os, "umask", refusing(errno.EPERM))
    write_whole(tmp_path / "a", b"")
    write_whole(tmp_path / "a", b"")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ENOSPC", "disk is full"),
        ("EDQUOT", "quota"),
        ("EROFS", "read-only"),
        ("EACCES", "no permission"),
        ("EIO", "drive fails or is gone"),
        ("ESTALE", "drive fails or is gone"),
    ],
)
def test_what_stood_in_the_way_is_told_by_its_true_reason(name: str, words: str) -> None:
    number = getattr(errno, name)
    assert words in why(OSError(number, os.strerror(number)))


def test_what_we_keep_for_ourselves_is_missing_only_when_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "a.json"
    assert given(ledger) is None
    assert given(ledger / "below a file") is None
    ledger.write_bytes(b"{}")
    assert given(ledger) == b"{}"
    assert given(ledger / "below a file") is None
    for code in (errno.EIO, errno.ESTALE, errno.EACCES):
        monkeypatch.setattr(Path, "read_bytes", refusing(code))
        with pytest.raises(OutputError, match=r"a\.json cannot be read"):
            given(ledger)


def test_a_record_takes_the_place_of_a_link(tmp_path: Path) -> None:
    mine, record = tmp_path / "mine", tmp_path / "a.xml"
    mine.write_text("dear", "utf-8")
    record.symlink_to(mine)
    write_whole(record, b"<TEI/>")
    assert (mine.read_text("utf-8"), record.is_symlink()) == ("dear", False)
