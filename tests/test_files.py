"""Files whole or not at all, on drives that lack one call or another; folders held and lost."""

import errno
import fcntl
import os
import shutil
import stat
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from ocr import files
from ocr.errors import OutputError
from ocr.files import locked, sole_run, version_of, why, write_instead, write_whole

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


@pytest.mark.parametrize("code", [*CANNOT, errno.ENOLCK])
def test_a_drive_that_cannot_lock_is_used_and_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(fcntl, "flock", refusing(code))
    with sole_run(tmp_path / "out") as hold:
        assert not hold.locks
        hold.check()
        with sole_run(tmp_path / "out") as other:
            other.check()
            with pytest.raises(OutputError, match="Another run"):
                hold.check()


def test_threads_wait_for_each_other_where_nothing_can_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", refusing(errno.ENOTSUP))
    count = tmp_path / "count"
    count.write_text("0")

    def add() -> None:
        for _ in range(50):
            with locked(tmp_path / "lock"):
                count.write_text(str(int(count.read_text()) + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count.read_text() == "200"


def test_a_folder_held_is_refused_to_another_run(tmp_path: Path) -> None:
    with sole_run(tmp_path) as hold:
        assert hold.locks
        with pytest.raises(OutputError, match="Another run"), sole_run(tmp_path):
            pass
        hold.check()
    with sole_run(tmp_path):
        pass


@pytest.mark.parametrize("again", [False, True])
def test_a_folder_that_was_taken_away_is_told(tmp_path: Path, again: bool) -> None:
    out = tmp_path / "out"
    with sole_run(out) as hold:
        shutil.rmtree(out)
        if again:  # a page written meanwhile makes it anew
            write_whole(out / "a.xml", b"new")
        with pytest.raises(OutputError, match="was removed or emptied"):
            hold.check()


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


@pytest.mark.parametrize("locks", [True, False])
def test_parts_share_a_folder_and_a_run_of_the_whole_ends_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locks: bool
) -> None:
    if not locks:
        monkeypatch.setattr(fcntl, "flock", refusing(errno.ENOLCK))
    with sole_run(tmp_path, "1-of-2") as first, sole_run(tmp_path, "2-of-2") as second:
        first.check()
        second.check()
        if locks:
            with pytest.raises(OutputError, match="Another run"), sole_run(tmp_path):
                pass
        else:  # whoever comes later is heeded
            with sole_run(tmp_path), pytest.raises(OutputError, match="Another run"):
                first.check()
    assert [path.name for path in tmp_path.iterdir()] == [".tetradi.lock"]


def test_the_clock_of_the_drive_is_asked(tmp_path: Path) -> None:
    with sole_run(tmp_path) as hold:
        assert hold.now() == (tmp_path / ".tetradi.lock").stat().st_mtime


def test_a_file_that_changed_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "sub/a.xml"
    assert version_of(path) is None
    assert write_instead(path, b"new", None)
    assert write_instead(path, b"new", None), "another machine wrote the same"
    assert not write_instead(path, b"other", None)
    begun = version_of(path)
    path.write_bytes(b"corrected")
    assert not write_instead(path, b"other", begun)
    assert path.read_bytes() == b"corrected"
    assert [file.name for file in path.parent.iterdir()] == ["a.xml"]


@pytest.mark.parametrize("call", ["flock", "fsync", "chmod", "link"])
def test_of_writers_that_began_with_the_same_version_one_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """On drives that lack a call, too."""
    monkeypatch.setattr(fcntl if call == "flock" else os, call, refusing(errno.EPERM))
    path = tmp_path / "a.xml"
    path.write_bytes(b"old")
    begun, wrote = version_of(path), list[int]()

    def write(number: int) -> None:
        if write_instead(path, b"%d" % number, begun):
            wrote.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (number,) = wrote
    assert path.read_bytes() == b"%d" % number
    assert [file.name for file in tmp_path.iterdir()] == ["a.xml"]


def test_what_a_killed_writer_left_holds_up_nobody_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_WRITER_DEAD_S", 0.0)
    writing = files._writing(tmp_path / "a.xml")
    writing.__enter__()
    assert write_instead(tmp_path / "a.xml", b"new", None)


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


@pytest.mark.parametrize("hold", [sole_run, lambda folder: locked(folder / ".tetradi.lock")])
def test_a_link_in_place_of_a_lock_is_not_written_through(
    tmp_path: Path, hold: Callable[[Path], AbstractContextManager[object]]
) -> None:
    mine, folder = tmp_path / "mine", tmp_path / "shared"
    mine.write_text("dear", "utf-8")
    folder.mkdir()
    (folder / ".tetradi.lock").symlink_to(mine)
    with pytest.raises(OutputError, match="a link lies there"), hold(folder):
        pass
    assert mine.read_text("utf-8") == "dear"


def test_a_record_takes_the_place_of_a_link(tmp_path: Path) -> None:
    mine, record = tmp_path / "mine", tmp_path / "a.xml"
    mine.write_text("dear", "utf-8")
    record.symlink_to(mine)
    write_whole(record, b"<TEI/>")
    assert (mine.read_text("utf-8"), record.is_symlink()) == ("dear", False)
