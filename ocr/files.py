"""Files written whole or not at all, and one run at a time in a folder."""

import contextlib
import errno
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocr.errors import OutputError

_PART = ".tetradi-part-"


def write_whole(path: Path, content: bytes) -> None:
    """The file has either its old bytes or all of the new ones, whatever happens in between.

    Temporary file beside it, fsync, rename, fsync of the folder. OutputError says what stood in the way.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=_PART, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            mask = os.umask(0)
            os.umask(mask)
            # mkstemp makes it private; a result is as open as the file it replaces, or the user's other files
            Path(part).chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~mask)
            Path(part).replace(path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {why(error)}") from error


def sweep_parts(folder: Path, older_s: float = 0.0) -> None:
    """Removes what killed programs left half-written below a folder; younger ones may be somebody's work."""
    until = time.time() - older_s
    for part in folder.rglob(f"{_PART}*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to take away
            if part.stat().st_mtime <= until:
                part.unlink()


@contextmanager
def sole_run(folder: Path) -> Iterator[None]:
    """Holds the folder for this run; OutputError when another run holds it or it cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".tetradi.lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise OutputError(f"The output folder {folder} cannot be used: {why(error)}") from error
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Waits until nobody else holds the file (made if need be), in this process or another, and holds it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {why(error)}") from error
    try:
        try:
            import fcntl
        except ImportError:  # Windows: one program at a time must be seen to by hand
            pass
        else:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: no advisory locks in the library; runs must be kept apart by hand
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise OutputError(
            f"Another run is writing to {folder}. Wait until it ends, or give this one another folder (-o)."
        ) from error


def _sync_folder(folder: Path) -> None:
    """The rename itself reaches the disk (POSIX; elsewhere a folder cannot be opened)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def why(error: OSError) -> str:
    """What stood in the way of writing and what to do, to be read after "X cannot be written: "."""
    if error.errno == errno.ENOSPC:
        return "the disk is full. Make room and run again; pages already done are kept."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "no permission to write there. Give another folder (-o) or change its permissions."
    return f"{error.strerror or error}."
