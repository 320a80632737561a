"""Folders held and lost, files that one writes at a time, on drives that cannot lock, too."""

import errno
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path

import pytest

from ocr import files, locks
from ocr.errors import OutputError
from ocr.files import sha256_of, unlinked, version_of, write_whole
from ocr.locks import is_locked, locked, sole_run, sweep_dead_writers, write_instead
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


def refuse_to_wait(_: float) -> None:
    pytest.fail("it waits")


def killed_at(call: str, path: Path) -> None:
    """A process writes the file and is killed when it gets to a call, which is not made."""
    script = """if True:
        import fcntl, os, signal, sys
        from pathlib import Path
        from ocr.locks import write_instead
        room, call, path = {"fcntl": fcntl, "os": os, "Path": Path}[sys.argv[1]], *sys.argv[2:]
        setattr(room, call, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        write_instead(Path(path), b"half", None)
    """
    command = [sys.executable, "-c", script, *call.split("."), str(path)]
    assert subprocess.run(command, timeout=60, check=False).returncode == -signal.SIGKILL


@pytest.mark.parametrize("call", ["os.fsync", "Path.replace", "Path.unlink"])
@pytest.mark.parametrize("then", ["write", "sweep"])
def test_what_a_killed_writer_left_holds_up_nobody_and_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, then: str
) -> None:
    path = tmp_path / "a.xml"
    killed_at(call, path)
    assert any(file.name.startswith(files.PART) for file in tmp_path.iterdir())
    begun = version_of(path)
    assert begun == (sha256_of(b"half") if call == "Path.unlink" else None)
    monkeypatch.setattr(time, "sleep", refuse_to_wait)
    if then == "write":
        assert write_instead(path, b"new", begun)
        assert path.read_bytes() == b"new"
    else:
        sweep_dead_writers(tmp_path)
        assert version_of(path) == begun
    assert [file.name for file in tmp_path.iterdir()] == ["a.xml"] * path.exists()


@pytest.mark.parametrize("call", ["fcntl.flock", "os.pwrite"])
def test_a_mark_that_tells_nothing_yet_is_waited_for_but_not_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    killed_at(call, tmp_path / "a.xml")
    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", refuse_to_wait)
        with pytest.raises(pytest.fail.Exception, match="it waits"):
            write_instead(tmp_path / "a.xml", b"new", None)
    sweep_dead_writers(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr(locks, "_WRITER_DEAD_S", 0.0)
    assert write_instead(tmp_path / "a.xml", b"new", None)
    assert [file.name for file in tmp_path.iterdir()] == ["a.xml"]


def without_locks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fcntl, "flock", refusing(errno.ENOTSUP))


def on_another_machine(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(locks, "_seen_from", lambda _: b"another 0 0 ")


def where_nothing_tells(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(locks, "_seen_from", lambda _: b"")


def as_another_user(patch: pytest.MonkeyPatch) -> None:
    def opened(path: Path, flags: int) -> int:
        if not flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, "no")
        return unlinked(path, flags)

    patch.setattr(locks, "unlinked", opened)


@pytest.mark.parametrize("there", [without_locks, on_another_machine, where_nothing_tells, as_another_user])
def test_a_free_lock_that_may_be_another_machines_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: Callable[[pytest.MonkeyPatch], None]
) -> None:
    """Many drives lock within one machine alone."""
    path = tmp_path / "a.xml"
    killed_at("os.fsync", path)
    there(monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", refuse_to_wait)
        with pytest.raises(pytest.fail.Exception, match="it waits"):
            write_instead(path, b"new", None)
    with suppress(OSError):
        sweep_dead_writers(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    monkeypatch.setattr(locks, "_WRITER_DEAD_S", 0.0)
    assert write_instead(path, b"new", None)
    assert not list(tmp_path.glob(f"{files.PART}of-*"))


def test_a_living_writer_is_never_overtaken_however_long_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_WRITER_DEAD_S", 0.0)
    path = tmp_path / "a.xml"
    writer = threading.Thread(target=write_instead, args=(path, b"new", None))
    with locks._writing(path):
        writer.start()
        sweep_dead_writers(tmp_path)
        writer.join(0.3)
        assert writer.is_alive()
        write_whole(path, b"first")
    writer.join(60)
    assert path.read_bytes() == b"first"
    assert [file.name for file in tmp_path.iterdir()] == ["a.xml"]


@pytest.mark.parametrize("name", ["../dear", "dear", "." * 16])
def test_a_mark_that_somebody_made_up_has_no_other_file_removed(tmp_path: Path, name: str) -> None:
    path = tmp_path / "out/a.xml"
    killed_at("os.fsync", path)
    (mark,) = path.parent.glob(f"{files.PART}of-*")
    (mark.parent / f"{files.PART}..").mkdir()
    dear = [tmp_path / "dear", tmp_path / "out/dear", mark.parent / f"{files.PART}../dear"]
    for file in dear:
        file.write_text("dear", "utf-8")
    mark.write_bytes(mark.read_bytes()[:-16] + name.encode())
    assert write_instead(path, b"new", None)
    assert all(file.exists() for file in dear)


def test_of_writers_that_are_killed_none_undoes_what_another_wrote(tmp_path: Path) -> None:
    """Four processes count in one file, killed at some call of some write: no count that was told is lost."""
    path = tmp_path / "count"
    path.write_bytes(b"0")
    script = """if True:
        import os, random, signal, sys
        from pathlib import Path
        from ocr.locks import write_instead
        from ocr.files import sha256_of
        path, told = Path(sys.argv[1]), int(sys.argv[2])

        def count(dice):
            left = dice.randrange(1, 6)
            def kill(*_, **__):
                os.kill(os.getpid(), signal.SIGKILL)
            os.fsync = lambda _: None
            while True:
                left -= 1
                if not left:
                    setattr(*dice.choice([(os, "fsync"), (Path, "replace"), (Path, "unlink")]), kill)
                present = path.read_bytes()
                content = b"%d %d" % (int(present.split()[0]) + 1, os.getpid())
                if write_instead(path, content, sha256_of(present)):
                    os.write(told, b".")

        for life in range(20):
            if not (child := os.fork()):
                count(random.Random(life * 100000 + os.getpid()))
            os.waitpid(child, 0)
    """
    read, write = os.pipe()
    command = [sys.executable, "-c", script, str(path), str(write)]
    counting = [subprocess.Popen(command, pass_fds=[write]) for _ in range(4)]
    os.close(write)
    with os.fdopen(read, "rb") as told:
        written = len(told.read())
    assert [process.wait(60) for process in counting] == [0] * 4
    assert 0 < written <= int(path.read_bytes().split()[0]) <= written + 80, "a life may end before it tells"
    sweep_dead_writers(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["count"]
