"""Folders held and lost, files that one writes at a time, on drives that cannot lock, too."""

import errno
import fcntl
import shutil
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from ocr.errors import OutputError
from ocr.files import write_whole
from ocr.locks import is_locked, locked, sole_run
from tests.test_files import CANNOT, refusing


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


@pytest.mark.parametrize("locks", [True, False])
def test_a_part_that_ends_by_an_error_leaves_no_lock_and_takes_none_of_a_later_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locks: bool
) -> None:
    if not locks:
        monkeypatch.setattr(fcntl, "flock", refusing(errno.ENOLCK))
    with pytest.raises(ZeroDivisionError), sole_run(tmp_path, "1-of-2"):
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == [".tetradi.lock"]
    if not locks:  # whoever comes later has it, and whoever was first leaves it to them
        with ExitStack() as first:
            hold = first.enter_context(sole_run(tmp_path, "1-of-2"))
            with sole_run(tmp_path, "1-of-2") as later:
                with pytest.raises(OutputError, match="Another run"):
                    hold.check()
                first.close()
                later.check()


def test_a_file_is_locked_as_long_as_somebody_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lock"
    with locked(path):
        assert is_locked(path)
    assert not is_locked(path)
    monkeypatch.setattr(fcntl, "flock", refusing(errno.ENOLCK))
    assert is_locked(path), "that cannot be told"
    assert is_locked(tmp_path / "none")
