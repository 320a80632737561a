"""What stood in the way of the index, in a sentence.

SQLite knows why a call of the system failed and does not say: a quota that is used up is "disk I/O error", a
drive that is read-only "unable to open database file". So the drive is asked itself, once, after a failure.
"""

import errno
import hashlib
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocr.errors import DependencyError, OcrError, OutputError, reason_of
from ocr.files import PART, why, write_whole

_ERRNO = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO}
"""What SQLite's primary code means, where the drive says nothing by now."""
_BESIDE = {
    sqlite3.SQLITE_BUSY: "another program holds it. Wait until that ends, and run again.",
    sqlite3.SQLITE_READONLY: "a renewal of it was broken off, and the folder is closed to you. "
    "Whoever may write there runs: ocr index",
}


@contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """What SQLite or the drive says of an index becomes an OutputError, or a DependencyError without FTS5."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} cannot be used: {why(error)}") from error
    except (sqlite3.DatabaseError, zlib.error) as error:
        raise _failure(path, error) from error


def is_passing(error: sqlite3.OperationalError, path: Path) -> bool:
    """May the same be tried again at once: did the drive fail once, and is it well by now?"""
    return _primary(error) != sqlite3.SQLITE_BUSY and drive_failure(path) is None


def drive_failure(path: Path) -> OSError | None:
    """What the drive answers when something is written beside a file: None when all is well."""
    probe = path.with_name(f"{PART}probe")
    try:
        write_whole(probe, bytes(1 << 16))
        probe.unlink(missing_ok=True)
    except OutputError as error:
        return error.__cause__ if isinstance(error.__cause__, OSError) else None
    except OSError as error:
        return error
    return None


def _failure(path: Path, error: sqlite3.DatabaseError | zlib.error) -> OcrError:
    if "fts5" in str(error):
        return DependencyError(
            "This Python's SQLite has no FTS5, which the search needs. Use another build of Python."
        )
    if not isinstance(error, sqlite3.OperationalError):
        return _damage(path, error)
    reason, code = drive_failure(path), _primary(error)
    if reason is None and code in _ERRNO:
        reason = OSError(_ERRNO[code], os.strerror(_ERRNO[code]))
    if reason is not None and reason.errno not in {errno.EACCES, errno.EPERM}:
        return OutputError(f"{path} cannot be used: {why(reason)}")
    if code in _BESIDE:
        return OutputError(f"{path} cannot be used: {_BESIDE[code]}")
    return OutputError(f"{path} cannot be used ({reason_of(error)}). Is the folder open to you?")


def _damage(path: Path, error: Exception) -> OutputError:
    try:
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")  # fails where SQLite could not read, and says why
    except OSError as drive:
        return OutputError(f"{path} cannot be used: {why(drive)}")
    return OutputError(
        f"{path} is damaged ({reason_of(error)}). Delete it and make it anew: ocr index {path.parent}"
    )


def _primary(error: BaseException) -> int:
    """SQLite's code without what it says besides; 0 where there is none."""
    return int(getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
