"""Files written whole or not at all, and one run at a time in a folder."""

import contextlib
import errno
import hashlib
import os
import secrets
import stat
import threading
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


_PART = ".tetradi-part-"

_CANNOT = frozenset(
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
"""What is answered when a drive fails, or was taken away."""


def write_whole(path: Path, content: bytes) -> None:
    """The file has either its old bytes or all of the new ones, whatever happens in between.

    A result is as open as the file it replaces, or as the user's other files. OutputError says what stood in
    the way.
    """
    with whole_file(path) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path, before: Callable[[Path], object] | None = None) -> Iterator[IO[bytes]]:
    """A file to write into that takes the place of `path` when all is written, and not at all if that fails.

    Temporary file beside it, fsync, rename, fsync of the folder. `before` is given the temporary file when
    it is whole, just before it is renamed. OutputError as for `write_whole`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.parent / f"{_PART}{secrets.token_hex(8)}"
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


def write_instead(path: Path, content: bytes, version: str | None) -> bool:
    """Writes a file whole in the place of that version (see `version_of`); False, and nothing is written,
    when another stands there by now. The same bytes are as good as ours.

    Writers on any machines wait for each other, on every drive. OutputError as for `write_whole`.
    """
    with _writing(path):
        present = version_of(path)
        if present == version:
            write_whole(path, content)
        return present in {version, sha256_of(content)}


_WRITER_DEAD_S = 30.0
"""Nobody takes so long to write a record."""


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Alone with a path, by a file that only one can make; what a killed writer left is taken away."""
    mark = path.parent / f"{_PART}of-{sha256_of(os.fsencode(path.name))[:16]}"
    known, since = 0, time.monotonic()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {why(error)}") from error
    while True:
        try:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            break
        except FileExistsError:
            with contextlib.suppress(FileNotFoundError):
                if (stamp := mark.stat().st_mtime_ns) != known:
                    known, since = stamp, time.monotonic()
                elif time.monotonic() - since > _WRITER_DEAD_S:
                    mark.unlink(missing_ok=True)
            time.sleep(0.01)
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {why(error)}") from error
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


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


def _put(path: Path, mark: bytes) -> None:
    with open(path, "wb", opener=unlinked) as file:
        file.write(mark)


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
        if error.errno not in _CANNOT:
            raise


def sweep_parts(folder: Path, older_s: float = 0.0, now: float | None = None) -> None:
    """Removes what killed programs left half-written below a folder; younger ones may be somebody's work.

    `now`: the time by the clock of the drive, which need not be this machine's.
    """
    until = (time.time() if now is None else now) - older_s
    for part in folder.rglob(f"{_PART}*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to take away
            if part.stat().st_mtime <= until:
                part.unlink()


class Hold:
    """A folder held for one run, or for one part of a run that several machines share."""

    def __init__(self, folder: Path, *, locks: bool, part: str = "") -> None:
        self._folder, self._mark = folder, secrets.token_bytes(16)
        self.locks = locks
        """Whether the drive can lock: if not, only the mark in the folder tells of another run."""
        self._marks = {_lock_file(folder, part): self._mark}
        if part:  # a run of the whole folder would write its own mark
            self._marks[_lock_file(folder)] = _lock_file(folder).read_bytes()
        _put(_lock_file(folder, part), self._mark)

    def check(self) -> None:
        """OutputError when the folder was taken away under the run, or another run has begun there."""
        try:
            changed = any(file.read_bytes() != mark for file, mark in self._marks.items())
        except FileNotFoundError as error:
            raise OutputError(
                f"The output folder {self._folder} was removed or emptied while pages were written to it. "
                "Run the same command again."
            ) from error
        except OSError as error:
            raise OutputError(f"The output folder {self._folder} cannot be used: {why(error)}") from error
        if changed:
            raise OutputError(_another_run(self._folder))

    def now(self) -> float:
        """The time by the clock of the drive, which need not be this machine's."""
        file = next(iter(self._marks))
        _put(file, self._mark)
        return file.stat().st_mtime


@contextmanager
def sole_run(folder: Path, part: str = "") -> Iterator[Hold]:
    """Holds the folder for this run; OutputError when another run holds it or it cannot be written to.

    A `part` shares it with other parts, and with no run of the whole.
    """
    handles: list[int] = []
    own = _lock_file(folder, part)
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for file in dict.fromkeys((_lock_file(folder), own)):
                handles.append(unlinked(file, os.O_RDWR | os.O_CREAT))  # noqa: PERF401  closed below
            locks = [_flock(handle, wait=False, shared=handle != handles[-1]) for handle in handles]
            hold = Hold(folder, locks=all(locks), part=part)
        except BlockingIOError as error:
            raise OutputError(_another_run(folder)) from error
        except OSError as error:
            raise OutputError(f"The output folder {folder} cannot be used: {why(error)}") from error
        yield hold
        if part:
            with contextlib.suppress(OSError):
                own.unlink()
    finally:
        for handle in handles:
            os.close(handle)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Waits until nobody else holds the file (made if need be), in this process or another, and holds it.

    On a drive that cannot lock, only threads of this process wait for each other. OutputError when the file
    cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = unlinked(path, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {why(error)}") from error
    try:
        with _here_alone(path):
            _flock(handle, wait=True)
            yield
    finally:
        os.close(handle)


_HELD = threading.Condition()
_HELD_PATHS: set[str] = set()


@contextmanager
def _here_alone(path: Path) -> Iterator[None]:
    """One thread of this process at a time."""
    name = os.path.realpath(path)
    with _HELD:
        _HELD.wait_for(lambda: name not in _HELD_PATHS)
        _HELD_PATHS.add(name)
    try:
        yield
    finally:
        with _HELD:
            _HELD_PATHS.remove(name)
            _HELD.notify_all()


def _flock(handle: int, *, wait: bool, shared: bool = False) -> bool:
    """Locks a file until it is closed; False where the system or the drive cannot.

    BlockingIOError when somebody else holds it and we do not wait.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    try:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(handle, kind | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        raise
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        return False
    return True


def _lock_file(folder: Path, part: str = "") -> Path:
    return folder / (f".tetradi.{part}.lock" if part else ".tetradi.lock")


def _another_run(folder: Path) -> str:
    return f"Another run is writing to {folder}. Wait until it ends, or give this one another folder (-o)."


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
    if error.errno in _GONE:
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
