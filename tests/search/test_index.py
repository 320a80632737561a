"""The index follows the records, whatever happened in between."""

import errno
import os
import signal
import sqlite3
import struct
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocr.errors import OutputError, RecordError
from ocr.search import failures, index
from ocr.search.answer import answer
from ocr.search.folding import exchanged
from ocr.search.index import INDEX, changes, is_being_renewed, is_usable, opened, renew
from ocr.search.query import parse_query
from tests.search.collection import folder_of, of_text

TEXTS = ("хлѣбъ и соль", "соль\nземли рус-\nской", "домъ у рѣки", "")


def _contents(folder: Path) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    """All of an index but numbers: pages with their words, and how often each spelling stands where."""
    with opened(folder) as connection:
        pages = dict(
            connection.execute("SELECT place, hex(words) FROM pages JOIN texts USING(id) ORDER BY place")
        )
        spellings = connection.execute("SELECT term, col, doc FROM spellings ORDER BY term, col").fetchall()
        return pages, [(exchanged(term), *more) for term, *more in spellings]


def _made_anew(folder: Path) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    for path in folder.glob(f"{INDEX}*"):
        path.unlink()
    renew(folder)
    return _contents(folder)


def test_only_what_changed_is_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"a/1.xml": of_text(TEXTS[0]), "a/2.xml": of_text(TEXTS[1])})
    assert renew(folder)[:3] == (2, 2, 0)
    assert not changes(folder)
    assert renew(folder)[:3] == (2, 0, 0)
    folder_of(tmp_path, {"a/2.xml": of_text(TEXTS[2]), "b.xml": of_text(TEXTS[0])})
    (tmp_path / "a/1.xml").unlink()
    assert len(changes(folder)) == 3
    assert renew(folder)[:3] == (2, 2, 1)
    with opened(folder) as connection:
        hits = answer(connection, parse_query("дом OR соль", edits=0))
        assert hits == []
        assert [hit.page for hit in answer(connection, parse_query("рѣка"))] == ["a/2.xml"]
        assert answer(connection, parse_query("русская", edits=0)) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_changes_it_is_as_if_made_anew(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("records")
    for page, text in steps:
        path = folder / f"{page}.xml"
        if text < len(TEXTS):
            folder_of(folder, {path.name: of_text(TEXTS[text]) if TEXTS[text] else []})
        else:
            path.unlink(missing_ok=True)
        renew(folder)
    assert _contents(folder) == _made_anew(folder)


def test_what_is_no_record_is_named_and_not_read_again(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"1.xml": of_text(TEXTS[0])})
    (folder / "other.xml").write_text("<html/>")
    (folder / ".hidden.xml").write_text("<html/>")
    renewal = renew(folder)
    assert renewal.pages == 1
    ((place, reason),) = renewal.left_out
    assert place == "other.xml"
    assert "TEI" in reason
    assert renew(folder).read == 0


def _many(folder: Path) -> Path:
    return folder_of(folder, {f"{n}.xml": of_text(f"слово{n} хлѣбъ\nсоль земли") for n in range(70)})


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_pages_give_what_each_gives(tmp_path: Path, jobs: int) -> None:
    folder = _many(tmp_path)
    assert renew(folder, jobs=jobs).read == 70
    with opened(folder) as connection:
        assert len(answer(connection, parse_query("хлеб", edits=0), limit=100)) == 70
        (hit,) = answer(connection, parse_query("слово42", edits=0))
        assert (hit.page, hit.line, hit.match) == ("42.xml", "s1_r1_l1", "слово42")


def test_it_is_readable_while_it_is_renewed_and_whole_when_that_is_broken_off(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"1.xml": of_text(TEXTS[0])})
    renew(folder)
    folder_of(tmp_path, {"2.xml": of_text(TEXTS[1])})
    counts = []

    def progress(*_: int) -> None:
        with opened(folder) as connection:
            counts.append(len(answer(connection, parse_query("соль", edits=0))))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        renew(folder, progress=progress)
    assert counts == [2]
    renew(folder)
    assert _contents(folder) == _made_anew(folder)


def test_killed_anywhere_it_is_whole(tmp_path: Path) -> None:
    folder = _many(tmp_path)
    program = f"from pathlib import Path; from ocr.search.index import renew; renew(Path({str(folder)!r}))"
    for moment in range(4):
        process = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[2])
        path = folder / INDEX  # grows only while a transaction is written out
        while process.poll() is None and not (path.exists() and path.stat().st_size > moment * 40_000):
            os.sched_yield()
        process.send_signal(signal.SIGKILL)
        process.wait()
        with closing(sqlite3.connect(folder / INDEX)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for path in folder.glob(f"{INDEX}*") if moment < 3 else ():
            path.unlink(missing_ok=True)
    renew(folder)
    assert _contents(folder) == _made_anew(folder)


def test_two_at_once_do_no_harm(tmp_path: Path) -> None:
    folder = _many(tmp_path)
    reads: list[int] = []
    threads = [threading.Thread(target=lambda: reads.append(renew(folder).read)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reads) == [0, 0, 70]
    assert _contents(folder) == _made_anew(folder)


@pytest.mark.parametrize("content", [b"", b"no database at all " * 200], ids=["empty", "other"])
def test_a_damaged_index_is_made_anew(tmp_path: Path, content: bytes) -> None:
    folder = folder_of(tmp_path, {"1.xml": of_text(TEXTS[0])})
    (folder / INDEX).write_bytes(content)
    with pytest.raises(OutputError, match="ocr index"), opened(folder):
        pass
    renewal = renew(folder)
    assert (renewal.read, renewal.replaced) == (1, content != b"")
    assert not renew(folder).replaced
    assert not changes(folder)


def test_damage_in_the_midst_is_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"1.xml": of_text(TEXTS[0])})
    renew(folder)
    with closing(sqlite3.connect(folder / INDEX)) as connection:
        connection.execute("UPDATE texts SET words = x'00'")
        connection.commit()
    with pytest.raises(OutputError, match="damaged"), opened(folder) as connection:
        answer(connection, parse_query("соль"))


def test_an_index_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no index"), opened(tmp_path):
        pass
    with pytest.raises(RecordError):
        renew(tmp_path / "none")


@pytest.mark.parametrize("call", ["is_file", "open"])
def test_an_index_on_a_drive_that_is_gone_is_neither_damaged_nor_a_fault_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    folder = folder_of(tmp_path, {"1.xml": of_text(TEXTS[0])})
    (folder / INDEX).write_bytes(b"no index")  # what SQLite calls damaged

    def gone(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, call, gone)
    with pytest.raises(OutputError, match=r"cannot be used: .*nput/output error"), opened(folder):
        pass
    assert not is_usable(folder)


def test_a_drive_that_is_full_is_told_where_sqlite_keeps_it_to_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="quota"), failures.told_plainly(tmp_path / "search.sqlite"):
        raise sqlite3.OperationalError("disk I/O error")


def test_what_could_not_be_read_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Permissions change without a trace in size and time."""
    folder = folder_of(tmp_path, {"1.xml": of_text(TEXTS[0])})

    def closed(path: Path) -> bytes:
        raise RecordError(f"{path} cannot be read")

    with monkeypatch.context() as patched:
        patched.setattr(index, "read", closed)
        assert renew(folder).left_out == (("1.xml", f"{folder / '1.xml'} cannot be read"),)
    renewal = renew(folder)
    assert (renewal.pages, renewal.read, renewal.left_out) == (1, 1, ())
    assert not changes(folder)


def test_a_folder_closed_to_us_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(tmp_path, {"1.xml": of_text(TEXTS[0])})
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)
    with pytest.raises(OutputError, match="No index can be written"):
        renew(folder)


def test_a_run_that_holds_the_index_is_known(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"1.xml": of_text(TEXTS[0])})
    assert not is_being_renewed(folder)
    seen = []
    renew(folder, progress=lambda *_: seen.append(is_being_renewed(folder)))
    assert seen == [True]
    assert not is_being_renewed(folder)


def _name_in_journal(folder: Path, other: Path) -> None:
    """Lays a journal beside the index that names another file as the journal of its whole transaction."""
    magic, name = bytes.fromhex("d9d505f920a163d7"), bytes(other)
    size = (folder / INDEX).stat().st_size
    head = (magic + struct.pack(">5I", 0, 1, size // 16384, 512, 16384)).ljust(512, b"\0")
    end = struct.pack(">II", len(name), sum(name)) + magic
    Path(f"{folder / INDEX}-journal").write_bytes(head + struct.pack(">I", 65537) + name + end)


def test_a_journal_that_a_stranger_laid_there_deletes_nothing(tmp_path: Path) -> None:
    """SQLite deletes the file that such a journal names, whatever it is."""
    folder = folder_of(tmp_path / "out", {"a.xml": of_text("раз два")})
    renew(folder)
    other = tmp_path / "other.txt"
    other.write_text("не тронь")
    _name_in_journal(folder, other)
    with pytest.raises(OutputError, match=r"damaged|ocr index"), opened(folder):
        pass
    assert other.exists()
    assert renew(folder).replaced
    assert other.exists()
    with opened(folder) as connection:
        assert answer(connection, parse_query("раз"))
