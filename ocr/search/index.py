"""The index of a folder of records: one SQLite file beside them, derived, renewed page by page.

`pages` tells which records are in it and how they were; `texts` keeps their words; the FTS5 table `words` has
a row for each line, its words in columns by how likely they are; `forms` has the spellings that queries with
slips are held against. A transaction holds some pages, and its journal is a file beside (no WAL: that maps
memory, and a program ends by a signal when the drive below a map goes). So the file is whole whenever it is
killed, and readers see the pages as they were before, waiting only while a transaction is written out.
"""

import gc
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ocr.errors import OutputError, RecordError
from ocr.files import CANNOT, why
from ocr.locks import is_locked, locked
from ocr.search.failures import drive_failure, is_passing, told_plainly
from ocr.search.folding import exchanged
from ocr.search.forms import add_forms, renew_forms
from ocr.search.packing import line_of, packed_words, unpacked
from ocr.search.record import search_page
from ocr.search.rows import BANDS, COLUMNS, rows_of
from ocr.search.stamps import Stamp, records_below
from ocr.tei.tree import read
from ocr.workers import own_temporary_folder, workers

INDEX = "search.sqlite"
VERSION = 2
"""Of what the file holds; another is made anew."""
LOCK = Path(".tetradi") / "search.lock"
"""Below the folder: held by who renews."""
_CHUNK, _BATCH = 16, 512
"""Pages that a worker is given at a time; pages of a transaction."""
FEW_PAGES = 64
"""So many changed pages are read without workers."""
_LIMIT_S = 300.0
_PAGE_BYTES = 16384
"""Of the file: several pages of ours fit into each."""
_STEP = 512
"""Pages of FTS5 or of the file that are put in order at a time, so that nobody waits long."""

_SCHEMA = f"""
CREATE TABLE about(version INTEGER, formed INTEGER);
CREATE TABLE pages(id INTEGER PRIMARY KEY, place TEXT UNIQUE, size INTEGER, changed_ns INTEGER, sha BLOB,
    first INTEGER, lines INTEGER, title TEXT, problem TEXT);
CREATE INDEX pages_first ON pages(first) WHERE lines > 0;
CREATE TABLE texts(id INTEGER PRIMARY KEY, words BLOB);
CREATE TABLE forms(length INTEGER, part INTEGER, shapes BLOB, letters BLOB, PRIMARY KEY(length, part))
    WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5({", ".join(COLUMNS)}, content='', columnsize=0, detail=column,
    tokenize='ascii');
CREATE VIRTUAL TABLE spellings USING fts5vocab('words', 'col');
INSERT INTO about VALUES({VERSION}, 1);
"""


_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


@dataclass(frozen=True, slots=True)
class Changes:
    """What of a folder the index does not know; places are below the folder, with slashes."""

    read: dict[str, Stamp] = field(default_factory=dict)
    """Records that are new or changed."""
    gone: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.read) + len(self.gone)


class Renewal(NamedTuple):
    """What a renewal did."""

    pages: int
    """Pages in the index now."""
    read: int
    """Of these, read anew."""
    gone: int
    left_out: tuple[tuple[str, str], ...]
    """Files that are no records, each with the reason."""
    replaced: bool = False
    """An index that was damaged, or of another version, gave way."""


class _PackedPage(NamedTuple):
    """A page as a worker gives it."""

    place: str
    stamp: Stamp
    sha: bytes
    title: str
    words: bytes
    rows: list[tuple[str, ...]]
    problem: str | None


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """The index of a folder, to be read. OutputError when there is none, or none of this version."""
    path = folder / INDEX
    missing = OutputError(f"There is no index of {folder} to search. Make it with: ocr index {folder}")
    with told_plainly(path):
        if not path.is_file():
            raise missing
        try:
            connection, version = _connect(path, "mode=ro")
        except sqlite3.OperationalError:
            if os.access(folder, os.W_OK) or Path(f"{path}-journal").exists():
                how = "mode=rw"  # what a killed renewal had begun is taken back
            else:
                how = "immutable=1"  # WAL of an earlier release in a folder closed to us: nobody writes
            connection, version = _connect(path, how)
        with closing(connection):
            if version != VERSION:
                raise OutputError(f"{path} is of another version. Make it anew with: ocr index {folder}")
            yield connection


def is_usable(folder: Path) -> bool:
    """Is there an index that can be asked, however far behind?"""
    with suppress(OutputError), opened(folder):
        return True
    return False


def is_being_renewed(folder: Path) -> bool:
    """Does another run bring the index up, so that a renewal would wait for it?"""
    lock = folder / LOCK
    with suppress(OSError):  # a drive that is gone is told by who reads or renews
        return lock.exists() and os.access(lock, os.W_OK) and is_locked(lock)
    return False


def changes(folder: Path) -> Changes:
    """What of the records below a folder the index does not know yet, by sizes and times of change.

    OutputError when the drive fails.
    """
    known: dict[str, Stamp] = {}
    with suppress(OutputError), opened(folder) as connection:
        known = _known(connection)
    with told_plainly(folder / INDEX):
        return _changes(folder, known)


def renew(
    folder: Path, *, jobs: int = 1, progress: Callable[[int, int], object] = lambda *_: None
) -> Renewal:
    """Brings the index up to the records as they are now; what did not change is not read.

    Whoever comes second waits, and finds nothing to do. `progress` is given pages done and pages to do.
    OutputError when the index cannot be written, RecordError when there is no folder.
    """
    if not folder.is_dir():
        raise RecordError(f"{folder} is no folder. Give the folder that ocr transcribe wrote records to.")
    path, replaced = folder / INDEX, False
    if not os.access(folder, os.W_OK):
        reason = drive_failure(path)
        if reason is not None and reason.errno not in CANNOT:
            raise OutputError(f"No index can be written to {folder}: {why(reason)}")
        raise OutputError(f"No index can be written to {folder}. Open it for writing, or copy the records.")
    with locked(folder / LOCK), told_plainly(path):
        try:
            return _renewed(folder, path, jobs, progress)
        except sqlite3.OperationalError as error:
            if not is_passing(error, path):
                raise
        except sqlite3.DatabaseError:
            _remove(path)  # damaged: nothing is in it that is not in the records
            replaced = True
        renewal = _renewed(folder, path, jobs, progress)  # goes on from what is done
        return renewal._replace(replaced=replaced or renewal.replaced)


def _renewed(folder: Path, path: Path, jobs: int, progress: Callable[[int, int], object]) -> Renewal:
    connection, version = _connect(path)
    if version not in {None, VERSION}:
        connection.close()
        _remove(path)
        connection, _ = _connect(path)
    with closing(connection):
        _set_up(connection)
        todo = _changes(folder, _known(connection))
        done = 0
        pages = _read(folder, todo.read, jobs)
        gone = iter(todo.gone)
        while some := list(islice(gone, _BATCH)):
            with _transaction(connection):
                for place in some:
                    _take_out(connection, place)
        while batch := list(islice(pages, _BATCH)):
            with _transaction(connection):
                for page in batch:
                    _put(connection, page)
                if len(todo.read) > FEW_PAGES:  # their spellings are gathered at the end, also by another run
                    connection.execute("UPDATE about SET formed = 0")
                else:
                    add_forms(connection, {key for page in batch for row in page.rows for key in _keys(row)})
            done += len(batch)
            progress(done, len(todo.read))
        if connection.execute("SELECT formed FROM about").fetchone() != (1,):
            _put_in_order(connection)
        (count,) = connection.execute("SELECT count(*) FROM pages WHERE problem IS NULL").fetchone()
        left_out = connection.execute("SELECT place, problem FROM pages WHERE problem IS NOT NULL").fetchall()
    return Renewal(count, len(todo.read), len(todo.gone), tuple(left_out), version not in {None, VERSION})


def _set_up(connection: sqlite3.Connection) -> None:
    """An index that can be written to, and holds the tables."""
    connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # these two of a new file only
    connection.execute("PRAGMA journal_mode=DELETE")  # one of an earlier release has WAL
    connection.execute("PRAGMA cache_spill=OFF")  # nothing is written before the end: readers read till then
    if _version(connection) is None:
        connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")


def _put_in_order(connection: sqlite3.Connection) -> None:
    """The index as small and quick as it can be, its spellings gathered; by small transactions."""
    pages, is_merged = -_STEP, False  # below zero: all that is there is to become one (SQLite, FTS5, 6.8)
    while not is_merged:
        before = connection.total_changes
        with _transaction(connection):
            connection.execute("INSERT INTO words(words, rank) VALUES('merge', ?)", (pages,))
        pages, is_merged = _STEP, connection.total_changes - before < 2
    with _transaction(connection):
        renew_forms(connection, BANDS[1:-1])
        connection.execute("UPDATE about SET formed = 1")
    while connection.execute("PRAGMA auto_vacuum").fetchone() == (2,) and _free_pages(connection):
        connection.execute(f"PRAGMA incremental_vacuum({_STEP})").fetchall()


def _free_pages(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA freelist_count").fetchone()[0])


def _keys(row: tuple[str, ...]) -> list[str]:
    """What a line reads doubtfully."""
    return exchanged(" ".join(row[1 : len(BANDS) - 1])).split()


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _connect(path: Path, how: str = "mode=rwc") -> tuple[sqlite3.Connection, int | None]:
    """The index opened, and its version (see `_version`)."""
    _check_journal(path)
    uri = f"{path.resolve().as_uri()}?{how}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=60, check_same_thread=False)
    try:
        connection.execute("PRAGMA trusted_schema=OFF")  # whoever laid the file there, it runs nothing
        connection.execute("PRAGMA cell_size_check=ON")
        connection.execute("PRAGMA mmap_size=0")  # see above: no map, whatever this SQLite was built to do
        return connection, _version(connection)
    except BaseException:
        connection.close()
        raise


def _check_journal(path: Path) -> None:
    """DatabaseError when the journal beside an index names another one (SQLite, Database File Format, 3):
    whatever that is, it would be deleted once all is rolled back. No transaction of ours has two files."""
    try:
        with Path(f"{path}-journal").open("rb") as journal:
            journal.seek(max(0, os.fstat(journal.fileno()).st_size - len(_JOURNAL_MAGIC)))
            names_another = journal.tell() > 0 and journal.read() == _JOURNAL_MAGIC
    except FileNotFoundError:
        return
    if names_another:
        raise sqlite3.DatabaseError("its journal is none of ours")


def _version(connection: sqlite3.Connection) -> int | None:
    """None of a file with nothing in it."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not names:
        return None
    if "about" not in names:
        return -1
    row = connection.execute("SELECT version FROM about").fetchone()
    return -1 if row is None else int(row[0])


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        try:
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{path} cannot be replaced: {why(error)}") from error


def _known(connection: sqlite3.Connection) -> dict[str, Stamp]:
    rows = connection.execute("SELECT place, size, changed_ns FROM pages")
    return {place: Stamp(size, changed_ns) for place, size, changed_ns in rows}


def _changes(folder: Path, known: dict[str, Stamp]) -> Changes:
    present = dict(records_below(folder))
    new = {place: stamp for place, stamp in present.items() if known.get(place) != stamp}
    return Changes(dict(sorted(new.items())), tuple(sorted(known.keys() - present.keys())))


def _read(folder: Path, todo: dict[str, Stamp], jobs: int) -> Iterator[_PackedPage]:
    """The changed pages, read here or, when they are many, by workers; in their order."""
    work = list(todo.items())
    if jobs < 2 or len(work) <= FEW_PAGES:
        for place, stamp in work:
            yield _page(folder, place, stamp)
        return
    chunks = (work[at : at + _CHUNK] for at in range(0, len(work), _CHUNK))
    with own_temporary_folder() as scratch, workers(jobs, 0, scratch) as pool:
        waiting = [pool.begin(_pages, folder, chunk, limit_s=_LIMIT_S) for chunk in islice(chunks, jobs * 3)]
        while waiting:
            yield from waiting.pop(0).result()
            waiting += [pool.begin(_pages, folder, each, limit_s=_LIMIT_S) for each in islice(chunks, 1)]


def _pages(folder: Path, work: Iterable[tuple[str, Stamp]]) -> list[_PackedPage]:
    gc.disable()  # a tenth of the time; a worker of ours makes no rings, and does not live long
    return [_page(folder, place, stamp) for place, stamp in work]


def _page(folder: Path, place: str, stamp: Stamp) -> _PackedPage:
    try:
        content = read(folder / place)
    except RecordError as error:  # tried again each time: permissions change without a trace in the stamp
        return _PackedPage(place, Stamp(-1, -1), b"", "", b"", [], str(error))
    try:
        page = search_page(content)
    except RecordError as error:
        return _PackedPage(place, stamp, b"", "", b"", [], str(error))
    sha = hashlib.sha256(content).digest()
    return _PackedPage(place, stamp, sha, page.title, packed_words(page.lines), rows_of(page.lines), None)


def _put(connection: sqlite3.Connection, page: _PackedPage) -> None:
    """A page in the place of what was known of it; one whose bytes are the same is only stamped anew."""
    row = connection.execute("SELECT sha FROM pages WHERE place = ?", (page.place,)).fetchone()
    if row is not None and row[0] == page.sha and page.problem is None:
        connection.execute(
            "UPDATE pages SET size = ?, changed_ns = ? WHERE place = ?", (*page.stamp, page.place)
        )
        return
    if row is not None:
        _take_out(connection, page.place)
    last = connection.execute(
        "SELECT first + lines FROM pages WHERE lines > 0 ORDER BY first DESC LIMIT 1"  # by its index
    ).fetchone()
    first = last[0] if last else 1
    count = len(page.rows)
    values = (page.place, *page.stamp, page.sha, first, count, page.title, page.problem)
    ident = connection.execute(
        "INSERT INTO pages(place, size, changed_ns, sha, first, lines, title, problem) "
        "VALUES(?,?,?,?,?,?,?,?)",
        values,
    ).lastrowid
    if page.problem is None:
        connection.execute("INSERT INTO texts VALUES(?,?)", (ident, page.words))
    marks = ",".join("?" * (len(COLUMNS) + 1))
    connection.executemany(
        f"INSERT INTO words(rowid, {', '.join(COLUMNS)}) VALUES({marks})",
        ((first + n, *columns) for n, columns in enumerate(page.rows)),
    )


def _take_out(connection: sqlite3.Connection, place: str) -> None:
    ident, first = connection.execute("SELECT id, first FROM pages WHERE place = ?", (place,)).fetchone()
    row = connection.execute("SELECT words FROM texts WHERE id = ?", (ident,)).fetchone()
    if row is not None:
        lines = tuple(map(line_of, unpacked(row[0])))
        marks = ",".join("?" * (len(COLUMNS) + 1))
        connection.executemany(
            f"INSERT INTO words(words, rowid, {', '.join(COLUMNS)}) VALUES('delete', {marks})",
            ((first + n, *columns) for n, columns in enumerate(rows_of(lines))),
        )
    connection.execute("DELETE FROM texts WHERE id = ?", (ident,))
    connection.execute("DELETE FROM pages WHERE id = ?", (ident,))
