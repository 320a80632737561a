"""Files written whole or not at all."""

import contextlib
import errno
import hashlib
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ocr.errors import OutputError, reason_of
from ocr.text import natural

INVENTORY = "run.jsonl"
"""What became of each sheet of a run, in its output folder."""
MODELS = "models"
"""Where the models of a run's hands lie, below its output folder."""


def files_below(
    folder: Path, *, without: Path | None = None, on_error: Callable[[OSError], object] | None = None
) -> Iterator[Path]:
    """All files below a folder in natural order; hidden ones and the folder `without` are left out.

    A linked folder is searched unless it lies below `folder` anyway or was searched by another link. Links
    that lead nowhere are among the files. `on_error` is given folders that cannot be listed.
    """
    root = folder.resolve()
    left_out = None if without is None else without.resolve()
    walked: set[Path] = set()

    def is_new(place: Path) -> bool:
        real = place.resolve()
        if real == left_out or (place.is_symlink() and real.is_relative_to(root)) or real in walked:
            return False
        walked.add(real)
        return True

    for place, folders, files in os.walk(folder, onerror=on_error, followlinks=True):
        here = Path(place)
        folders[:] = [
            name for name in sorted(folders, key=natural) if not name.startswith(".") and is_new(here / name)
        ]
        yield from (here / name for name in sorted(files, key=natural) if not name.startswith("."))


def place_in_walk(path: Path) -> tuple[object, ...]:
    """Sorts files as `files_below` gives them: those of a folder before those of the folders in it."""
    *folders, name = path.parts
    return (*((1, natural(folder)) for folder in folders), (0, natural(name)))


def sha256_of(content: bytes) -> str:
    """The sha256 of a file's bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def is_read_only(path: Path) -> bool:
    """May the file not be changed, by its mode or because its folder is closed?"""
    try:
        closed = not path.stat().st_mode & 0o222
    except OSError:
        return True
    return closed or not os.access(path, os.W_OK) or not os.access(path.resolve().parent, os.W_OK)


PART = ".tetradi-part-"
"""How names begin of what is half-written, or tells that somebody writes: see `sweep_parts`."""

CANNOT = frozenset(
    getattr(errno, name)
    for name in ("EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "ENOTTY", "ENOLCK", "EACCES", "EPERM", "EBADF")
    if hasattr(errno, name)
)
"""What drives answer that do not know a call: network shares, FUSE, drives of virtual machines."""


_GONE = frozenset(
    getattr(errno, name)
    for name in ("EIO", "ESTALE", "ENOTCONN", "ENODEV", "ENXIO", "EHOSTDOWN")
    if hasattr(errno, name)
)


def is_of_drive(error: BaseException) -> bool:
    """Does the drive fail, or was it taken away, by the error or its cause? What lies there is not damaged by
    that, nor missing, nor somebody else's: nothing is known of it."""
    return any(isinstance(each, OSError) and each.errno in _GONE for each in (error, error.__cause__))


def refuse_drive(error: Exception) -> None:
    """Raises the error again when it is of the drive: to be called where else it would say something of what
    lies there."""
    if is_of_drive(error):
        raise error


def given(path: Path) -> bytes | None:
    """What a file holds that we keep for ourselves; None where there is none. OutputError when there is one
    that cannot be read: for once, perhaps, and that is no reason to begin anew."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {why(error)}") from error


def write_whole(path: Path, content: bytes) -> None:
    """The file has either its old bytes or all of the new ones, whatever happens in between.

    A result is as open as the file it replaces, or as the user's other files. OutputError says what stood in
    the way.
    """
    with whole_file(path) as file:
        file.write(content)


@contextmanager
def whole_file(
    path: Path, before: Callable[[Path], object] | None = None, *, key: str = ""
) -> Iterator[IO[bytes]]:
    """A file to write into that takes the place of `path` when all is written, and not at all if that fails.

    Temporary file beside it, fsync, rename, fsync of the folder. `before` is given the temporary file when
    it is whole, just before it is renamed; `key`: what tells it from all others. OutputError as for
    `write_whole`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.parent / f"{PART}{key or secrets.token_hex(8)}"
        try:
            with part.open("xb") as file:
                yield file
                file.flush()
                sync(file.fileno())
                _open_as(path, part, file.fileno())
            if before is not None:
                before(part)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {why(error)}") from error


def version_of(path: Path) -> str | None:
    """The sha256 of a file as it stands; None when there is none, empty when it cannot be read."""
    try:
        return sha256_of(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError:
        return ""


def _open_as(path: Path, part: Path, handle: int) -> None:
    """The part as open as the file that it replaces; some drives know no modes."""
    try:
        wanted = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return
    if stat.S_IMODE(os.fstat(handle).st_mode) != wanted:
        with _where_the_drive_can():
            part.chmod(wanted)


def unlinked(path: str | Path, flags: int) -> int:
    """Opens a file that we keep for ourselves (`opener` of open): never through a link, which somebody may
    have put into a shared folder to have another file overwritten. OSError (ELOOP) where one lies."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def sync(handle: int) -> None:
    """What was written to a file or folder has reached the disk, where the drive can promise that."""
    with _where_the_drive_can():
        os.fsync(handle)


def sync_folder(folder: Path) -> None:
    """The names in a folder have reached the disk (POSIX; elsewhere a folder cannot be opened)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        sync(handle)
    finally:
        os.close(handle)


@contextmanager
def _where_the_drive_can() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in CANNOT:
            raise


def sweep_parts(folder: Path, older_s: float = 0.0, now: float | None = None) -> None:
    """Removes what killed programs left half-written below a folder; younger ones may be somebody's work.

    `now`: the time by the clock of the drive, which need not be this machine's.
    """
    until = (time.time() if now is None else now) - older_s
    for part in folder.rglob(f"{PART}*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to take away
            if part.stat().st_mtime <= until:
                part.unlink()


def why(error: OSError) -> str:
    """What stood in the way of writing and what to do, to be read after "X cannot be written: "."""
    if error.errno == errno.ENOSPC:
        return "the disk is full. Make room and run again; pages already done are kept."
    if error.errno == getattr(errno, "EDQUOT", None):  # Windows has none
        return "your quota on that disk is used up. Make room and run again; pages already done are kept."
    if error.errno == errno.EROFS:
        return "that drive is read-only. Give another folder (-o) or make it writable."
    if error.errno == errno.ELOOP:
        return "a link lies there, which is not written through. Remove it."
    if is_of_drive(error):
        return f"{reason_of(error)}. The drive fails or is gone; see to it and run again."
    if error.errno in (errno.EACCES, errno.EPERM):
        return "no permission to write there. Give another folder (-o) or change its permissions."
    return f"{reason_of(error)}."


def is_file(path: Path) -> bool:
    """Is there a file of that name? Names that no system takes have none: anybody may have written them."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
