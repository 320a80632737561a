"""The index of a folder of records: one SQLite file beside them, derived, renewed page by page.

`pages` tells which records are in it and how they were; `texts` keeps their words; the FTS5 table `words` has
a row for each line, its words in columns by how likely they are; `forms` has the spellings that queries with
slips are held against. A transaction holds some pages,
so the file is whole whenever it is killed, and readers see the pages as they were before (WAL).
"""

import gc
import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ocr.errors import DependencyError, OutputError, RecordError, reason_of
from ocr.files import why, write_whole
from ocr.locks import is_locked, locked
from ocr.search.folding import exchanged
from ocr.search.forms import add_forms, renew_forms
from ocr.search.packing import line_of, packed_words, unpacked
from ocr.search.record import search_page
from ocr.search.rows import BANDS, COLUMNS, rows_of
from ocr.tei.tree import read
from ocr.workers import own_temporary_folder, workers

INDEX = "search.sqlite"
VERSION = 2
"""Of what the file holds; another is made anew."""
_LOCK = Path(".tetradi") / "search.lock"
_CHUNK, _BATCH = 16, 512
"""Pages that a worker is given at a time; pages of a transaction."""
FEW_PAGES = 64
"""So many changed pages are read without workers."""
_LIMIT_S = 300.0
_PAGE_BYTES = 16384
"""Of the file: several pages of ours fit into each."""

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


class Stamp(NamedTuple):
    """Size and time of change of a file."""

    size: int
    changed_ns: int


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
    with _told_plainly(path):
        if not path.is_file():
            raise missing
        try:
            connection = _connect(path, "mode=ro")
            version = _version(connection)
        except sqlite3.OperationalError:  # on a folder closed to us, nobody else writes either
            connection = _connect(path, "immutable=1")
            version = _version(connection)
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
    lock = folder / _LOCK
    with suppress(OSError):  # a drive that is gone is told by who reads or renews
        return lock.exists() and os.access(lock, os.W_OK) and is_locked(lock)
    return False


def changes(folder: Path) -> Changes:
    """What of the records below a folder the index does not know yet, by sizes and times of change."""
    known: dict[str, Stamp] = {}
    with suppress(OutputError), opened(folder) as connection:
        known = _known(connection)
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
    if not os.access(folder, os.W_OK):
        raise OutputError(f"No index can be written to {folder}. Open it for writing, or copy the records.")
    path = folder / INDEX
    with locked(folder / _LOCK), _told_plainly(path):
        try:
            return _renewed(folder, path, jobs, progress)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            _remove(path)  # damaged: nothing is in it that is not in the records
            return _renewed(folder, path, jobs, progress)._replace(replaced=True)


def _renewed(folder: Path, path: Path, jobs: int, progress: Callable[[int, int], object]) -> Renewal:
    connection = _connect(path)
    version = _version(connection)
    if version != VERSION:
        connection.close()
        _remove(path)
        connection = _connect(path)
    with closing(connection):
        connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        if _version(connection) is None:
            connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        todo = _changes(folder, _known(connection))
        done = 0
        pages = _read(folder, todo.read, jobs)
        for place in todo.gone:
            with _transaction(connection):
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
            with _transaction(connection):
                connection.execute("INSERT INTO words(words) VALUES('optimize')")
                renew_forms(connection, BANDS[1:-1])
                connection.execute("UPDATE about SET formed = 1")
            connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (count,) = connection.execute("SELECT count(*) FROM pages WHERE problem IS NULL").fetchone()
        left_out = connection.execute("SELECT place, problem FROM pages WHERE problem IS NOT NULL").fetchall()
    return Renewal(count, len(todo.read), len(todo.gone), tuple(left_out), version not in {None, VERSION})


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


@contextmanager
def _told_plainly(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "fts5" in str(error):
            raise DependencyError(
                "This Python's SQLite has no FTS5, which the search needs. Use another build of Python."
            ) from error
        _ask_drive(path)
        raise OutputError(
            f"{path} cannot be used ({reason_of(error)}). Is the folder open to you?"
        ) from error
    except OSError as error:
        raise OutputError(f"{path} cannot be used: {why(error)}") from error
    except (sqlite3.DatabaseError, zlib.error) as error:
        try:
            with path.open("rb") as file:
                hashlib.file_digest(file, "sha256")  # fails where SQLite could not read, and says why
        except OSError as drive:
            raise OutputError(f"{path} cannot be used: {why(drive)}") from drive
        raise OutputError(
            f"{path} is damaged ({reason_of(error)}). Delete it and make it anew: ocr index {path.parent}"
        ) from error


def _connect(path: Path, how: str = "mode=rwc") -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?{how}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=60, check_same_thread=False)
    connection.execute("PRAGMA trusted_schema=OFF")  # whoever laid the file there, it runs nothing
    connection.execute("PRAGMA cell_size_check=ON")
    return connection


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
    present = dict(_records(folder))
    new = {place: stamp for place, stamp in present.items() if known.get(place) != stamp}
    return Changes(dict(sorted(new.items())), tuple(sorted(known.keys() - present.keys())))


def _records(folder: Path, below: str = "") -> Iterator[tuple[str, Stamp]]:
    """The XML files below a folder but hidden ones, with their stamps; links to folders are not followed."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith("."):
                    continue
                if name.lower().endswith(".xml"):
                    if entry.is_file():
                        stat = entry.stat()
                        yield _text(f"{below}{name}"), Stamp(stat.st_size, stat.st_mtime_ns)
                elif entry.is_dir(follow_symlinks=False):
                    yield from _records(Path(entry.path), f"{below}{name}/")
    except OSError:  # closed to us, or gone meanwhile
        return


def _text(place: str) -> str:
    """A place as SQLite can keep it: bytes of a name that are no text are escaped."""
    return place.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


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


def _ask_drive(path: Path) -> None:
    """OutputError with the reason that SQLite keeps to itself, where nothing can be written beside a file."""
    probe = path.with_name(".tetradi-probe")
    write_whole(probe, bytes(1 << 16))
    probe.unlink(missing_ok=True)
