"""An index on a drive that fails: the true reason is told, nothing is lost, nothing ends by a signal."""

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ocr.errors import OutputError
from ocr.search import failures, index, stamps
from ocr.search.answer import _Answer, answer
from ocr.search.index import INDEX, changes, opened, renew
from ocr.search.query import parse_query
from tests.search.collection import folder_of, of_text


def _error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


def _hits(folder: Path, word: str) -> list[str]:
    with opened(folder) as connection:
        return sorted(hit.page for hit in answer(connection, parse_query(word, edits=0)))


@pytest.mark.parametrize(
    ("code", "drive", "told"),
    [
        (sqlite3.SQLITE_IOERR_WRITE, errno.EDQUOT, "quota"),
        (sqlite3.SQLITE_IOERR_FSYNC, errno.ENOSPC, "disk is full"),
        (sqlite3.SQLITE_CANTOPEN, errno.EROFS, "read-only"),
        (sqlite3.SQLITE_READONLY_DBMOVED, errno.EROFS, "read-only"),
        (sqlite3.SQLITE_CANTOPEN, errno.EIO, "nput/output error"),
        (sqlite3.SQLITE_CANTOPEN, errno.EACCES, "open to you"),
        (sqlite3.SQLITE_FULL, None, "disk is full"),
        (sqlite3.SQLITE_IOERR_READ, None, "nput/output error"),
        (sqlite3.SQLITE_BUSY, None, "another program"),
        (sqlite3.SQLITE_READONLY_ROLLBACK, errno.EACCES, "broken off"),
        (0, None, "open to you"),
    ],
)
def test_the_drive_says_what_sqlite_keeps_to_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, drive: int | None, told: str
) -> None:
    def failing(_: int) -> None:
        if drive is not None:
            raise OSError(drive, os.strerror(drive))

    monkeypatch.setattr("ocr.files.sync", failing)
    with pytest.raises(OutputError, match=told), failures.told_plainly(tmp_path / INDEX):
        raise _error(code)
    assert not list(tmp_path.iterdir())


def test_a_drive_that_fails_once_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(tmp_path, {"1.xml": of_text("хлѣбъ"), "2.xml": of_text("хлѣбъ и соль")})
    calls, put = [], index._put

    def once(connection: sqlite3.Connection, page: index._PackedPage) -> None:
        calls.append(page.place)
        if len(calls) == 2:
            raise _error(sqlite3.SQLITE_IOERR_WRITE)
        put(connection, page)

    monkeypatch.setattr(index, "_put", once)
    assert renew(folder).read == 2
    assert _hits(folder, "хлеб") == ["1.xml", "2.xml"]


def test_a_drive_that_goes_on_failing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(tmp_path, {"1.xml": of_text("хлѣбъ")})
    renew(folder)
    folder_of(tmp_path, {"2.xml": of_text("хлѣбъ и соль")})

    def failing(*_: object) -> None:
        raise _error(sqlite3.SQLITE_FULL)

    with monkeypatch.context() as patched:
        patched.setattr(index, "_put", failing)
        with pytest.raises(OutputError, match="disk is full"):
            renew(folder)
    assert _hits(folder, "хлеб") == ["1.xml"]
    assert renew(folder).read == 1


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="no list of maps")
def test_nothing_of_the_index_is_mapped(tmp_path: Path) -> None:
    """A program that has a map of a file ends by SIGBUS when the drive below it goes."""
    folder = folder_of(tmp_path, {f"{n}.xml": of_text(f"хлѣбъ слово{n}") for n in range(3)})
    seen: list[str] = []

    def look(*_: int) -> None:
        with opened(folder) as connection:
            answer(connection, parse_query("хлеб"))
            seen.append(Path("/proc/self/maps").read_text())
            seen.extend(path.name for path in folder.glob(f"{INDEX}-*"))

    renew(folder, progress=look)
    look()
    assert len(seen) == 2
    assert not any(INDEX in maps for maps in seen)


def test_a_search_is_answered_while_a_renewal_has_begun_to_write(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"1.xml": of_text("хлѣбъ")})
    renew(folder)
    with closing(index._connect(folder / INDEX)[0]) as connection:
        index._set_up(connection)
        with index._transaction(connection):
            index._take_out(connection, "1.xml")
            assert _hits(folder, "хлеб") == ["1.xml"]
    assert _hits(folder, "хлеб") == []


def test_an_answer_is_of_one_state_of_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lines are found, then their pages looked up: a renewal between the two waits."""
    folder = folder_of(tmp_path, {"1.xml": of_text("хлѣбъ")})
    renew(folder)
    look, refused = _Answer._look, []

    def meanwhile(self: _Answer, rowid: int) -> None:
        with closing(index._connect(folder / INDEX)[0]) as connection:
            connection.execute("PRAGMA busy_timeout=0")
            try:
                with index._transaction(connection):
                    index._take_out(connection, "1.xml")
            except sqlite3.OperationalError as error:
                refused.append(str(error))
        look(self, rowid)

    monkeypatch.setattr(_Answer, "_look", meanwhile)
    assert _hits(folder, "хлеб") == ["1.xml"]
    assert "database is locked" in refused


def test_what_a_killed_renewal_had_begun_is_taken_back(tmp_path: Path) -> None:
    """Its journal lies beside, and some of the index has been written over."""
    folder, killed = folder_of(tmp_path / "a", {"1.xml": of_text("хлѣбъ")}), tmp_path / "b"
    renew(folder)
    killed.mkdir()
    with closing(index._connect(folder / INDEX)[0]) as connection:
        connection.execute("PRAGMA cache_size=1")
        connection.execute("BEGIN IMMEDIATE")
        index._take_out(connection, "1.xml")
        connection.execute("CREATE TABLE more AS SELECT hex(randomblob(100000)) FROM texts, pages")
        connection.execute("UPDATE about SET formed = 0")
        for path in folder.glob(f"{INDEX}*"):
            shutil.copy(path, killed)
        connection.execute("ROLLBACK")
    assert (killed / f"{INDEX}-journal").stat().st_size
    assert _hits(killed, "хлеб") == ["1.xml"]


def test_an_index_of_an_earlier_release_goes_on(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"1.xml": of_text("хлѣбъ")})
    renew(folder)
    with closing(sqlite3.connect(folder / INDEX)) as connection:
        assert connection.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    assert _hits(folder, "хлеб") == ["1.xml"]
    folder_of(tmp_path, {"2.xml": of_text("хлѣбъ")})
    assert renew(folder).read == 1
    with closing(sqlite3.connect(folder / INDEX)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert _hits(folder, "хлеб") == ["1.xml", "2.xml"]


def test_records_on_a_drive_that_is_gone_are_not_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path, {"a/1.xml": of_text("хлѣбъ"), "b/2.xml": of_text("хлѣбъ")})
    renew(folder)
    scandir = os.scandir

    def failing(path: Path) -> object:
        if Path(path).name == "a":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr("os.scandir", failing)
        for look in (changes, renew):
            with pytest.raises(OutputError, match="nput/output error"):
                look(folder)
    assert _hits(folder, "хлеб") == ["a/1.xml", "b/2.xml"]


class _Entry:
    def __init__(self, path: Path, *, is_gone: bool) -> None:
        self.name, self.path, self._is_gone = path.name, str(path), is_gone

    def stat(self) -> os.stat_result:
        if self._is_gone:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return os.stat(self.path)  # noqa: PTH116


def test_a_record_that_goes_while_the_folder_is_listed_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path, {f"{n}.xml": of_text("хлѣбъ") for n in range(3)})
    entries = [_Entry(path, is_gone=path.name == "1.xml") for path in sorted(folder.iterdir())]
    monkeypatch.setattr("os.scandir", lambda _: entries)
    assert [place for place, _ in stamps.records_below(folder)] == ["0.xml", "2.xml"]
