"""One run at a time in a folder, and one writer of a file: by locks where the drive knows them."""

import contextlib
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocr.errors import OutputError
from ocr.files import CANNOT, unlinked, why


def _put(path: Path, mark: bytes) -> None:
    with open(path, "wb", opener=unlinked) as file:
        file.write(mark)


class Hold:
    """A folder held for one run, or for one part of a run that several machines share."""

    def __init__(self, folder: Path, *, locks: bool, part: str = "") -> None:
        self._folder, self._mark = folder, secrets.token_bytes(16)
        self.locks = locks
        """Whether the drive can lock: if not, only the mark in the folder tells of another run."""
        self._own, whole = lock_file(folder, part), lock_file(folder)
        self._marks = {self._own: self._mark}
        if part:  # a run of the whole folder would write its own mark
            self._marks[whole] = whole.read_bytes()
        _put(self._own, self._mark)

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
        _put(self._own, self._mark)
        return self._own.stat().st_mtime

    def let_go(self) -> None:
        """The lock of a part is taken away, unless another run has it by now."""
        with contextlib.suppress(OSError):
            if self._own.read_bytes() == self._mark:
                self._own.unlink()


@contextmanager
def sole_run(folder: Path, part: str = "") -> Iterator[Hold]:
    """Holds the folder for this run; OutputError when another run holds it or it cannot be written to.

    A `part` shares it with other parts, and with no run of the whole.
    """
    handles: list[int] = []
    own = lock_file(folder, part)
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for file in dict.fromkeys((lock_file(folder), own)):
                handles.append(unlinked(file, os.O_RDWR | os.O_CREAT))  # noqa: PERF401  closed below
            locks = [_flock(handle, wait=False, shared=handle != handles[-1]) for handle in handles]
            hold = Hold(folder, locks=all(locks), part=part)
        except BlockingIOError as error:
            raise OutputError(_another_run(folder)) from error
        except OSError as error:
            raise OutputError(f"The output folder {folder} cannot be used: {why(error)}") from error
        try:
            yield hold
        finally:
            if part:
                hold.let_go()
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


def is_locked(path: Path) -> bool:
    """Does somebody hold the file, or can that not be told?"""
    try:
        handle = unlinked(path, os.O_RDWR)
    except OSError:
        return True
    try:
        return not _flock(handle, wait=False)
    except OSError:
        return True
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
        if error.errno not in CANNOT:
            raise
        return False
    return True


def lock_file(folder: Path, part: str = "") -> Path:
    """What is locked for a run of a folder, or for a part of one."""
    return folder / (f".tetradi.{part}.lock" if part else ".tetradi.lock")


def _another_run(folder: Path) -> str:
    return f"Another run is writing to {folder}. Wait until it ends, or give this one another folder (-o)."
