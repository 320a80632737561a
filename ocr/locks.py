"""One run at a time in a folder, and one writer of a file: by locks where the drive knows them."""

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ocr.errors import OutputError
from ocr.files import CANNOT, PART, sha256_of, unlinked, version_of, whole_file, why


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


def write_instead(path: Path, content: bytes, version: str | None) -> bool:
    """Writes a file whole in the place of that version (see `version_of`); False, and nothing is written,
    when another stands there by now. The same bytes are as good as ours.

    Writers on any machines wait for each other, on every drive. OutputError as for `write_whole`.
    """
    with _writing(path) as key:
        present = version_of(path)
        if present == version:
            with whole_file(path, key=key) as file:
                file.write(content)
        return present in {version, sha256_of(content)}


_WRITER_DEAD_S = 30.0
"""Nobody takes so long to write a record: where locks cannot tell, whose mark is that old is dead."""


def sweep_dead_writers(folder: Path) -> None:
    """Removes what writers of `write_instead` left below a folder who are known to be dead; at any time."""
    for mark in folder.rglob(f"{PART}of-*"):
        with contextlib.suppress(OSError):  # its writer lives, or it is not ours to take away
            if (ours := _taken_over(mark, secrets.token_hex(8))) is not None:
                ours.close()


@contextmanager
def _writing(path: Path) -> Iterator[str]:
    """Alone with a path, by a mark: a file that only one can make, held under lock by who made it. Gives the
    key of the temporary file, which the mark tells, too.

    What a killed writer left is taken over at once where its lock can be seen (`_seen_from`): it is free.
    Elsewhere it is taken away when nothing has happened to it for long; many a drive locks within one
    machine alone, so that a free lock there says nothing of a writer on another.
    """
    mark, key = path.parent / f"{PART}of-{sha256_of(os.fsencode(path.name))[:16]}", secrets.token_hex(8)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        ours = _waited_for(mark, key)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {why(error)}") from error
    with ours:
        yield key


def _waited_for(mark: Path, key: str) -> ExitStack:
    """The mark, ours, until the stack is closed. OSError."""
    known, since = 0, time.monotonic()
    while True:
        try:
            if (ours := _made(mark, key) or _taken_over(mark, key)) is not None:
                return ours
            with contextlib.suppress(FileNotFoundError):
                if (stamp := mark.stat().st_mtime_ns) != known:
                    known, since = stamp, time.monotonic()
                elif time.monotonic() - since > _WRITER_DEAD_S:
                    mark.unlink(missing_ok=True)
        except BlockingIOError:  # its writer lives, however long it takes
            known = 0
        time.sleep(0.01)


def _made(mark: Path, key: str) -> ExitStack | None:
    """A mark that we made; None where one lies. OSError, and BlockingIOError when it is another's by now."""
    with ExitStack() as opened:
        try:
            handle = unlinked(mark, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            return None
        opened.callback(os.close, handle)
        try:
            if _flock(handle, wait=False):
                _tell(mark, handle, key)
        except BlockingIOError:
            raise
        except OSError:
            mark.unlink(missing_ok=True)
            raise
        return _until_closed(mark, opened)


def _taken_over(mark: Path, key: str) -> ExitStack | None:
    """The mark of a dead writer, without what that had half-written; None when nobody can tell whether it is
    dead. OSError, and BlockingIOError when it lives.

    Only what is told under a lock is believed, so nobody takes a mark before its maker has it locked.
    """
    with ExitStack() as opened:
        try:
            handle = unlinked(mark, os.O_RDWR)
        except (FileNotFoundError, PermissionError):
            return None
        opened.callback(os.close, handle)
        here = _seen_from(handle)
        if not here or os.pread(handle, len(here), 0) != here or not _flock(handle, wait=False):
            return None
        half = os.pread(handle, 16, len(here)).decode("ascii", "replace")
        if half.isalnum():  # anybody may have written the mark
            (mark.parent / f"{PART}{half}").unlink(missing_ok=True)
        _tell(mark, handle, key)
        return _until_closed(mark, opened)


def _tell(mark: Path, handle: int, key: str) -> None:
    """Notes in a mark that we have locked from where that is seen, and the key. BlockingIOError when another
    lies in its place by now: ours was taken away before we had it locked."""
    content = _seen_from(handle) + key.encode()
    os.pwrite(handle, content, 0)
    if version_of(mark) != sha256_of(content):
        raise BlockingIOError


def _until_closed(mark: Path, opened: ExitStack) -> ExitStack:
    """The mark goes before its lock does: with a free lock it would be a dead writer's."""
    opened.callback(mark.unlink, missing_ok=True)
    return opened.pop_all()


def _seen_from(handle: int) -> bytes:
    """From where the lock of an open file is seen on every drive: this start of this machine's kernel, by
    this mount of the drive. Empty where the system does not tell (Linux does)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()
    except OSError:
        return b""
    return b"%s %s %d " % (os.fsencode(os.uname().nodename), boot, os.fstat(handle).st_dev)


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
