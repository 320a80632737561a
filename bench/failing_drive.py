"""A drive that fails when it is told to, for bench/disk_faults.py (Linux, root, libfuse2, mfusepy).

A folder of this machine seen through FUSE, so that the error comes from the kernel and is the same for
Python, SQLite and every C library. It runs in a process of its own; what it is to do and has
counted lies in memory that both see.
"""

import ctypes
import errno
import multiprocessing
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import mfusepy

CALLS = ("open", "create", "read", "write", "fsync", "rename", "truncate", "mkdir", "unlink", "look")
"""What is asked of a drive; `look` is stat, list, and the like."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a drive answers, from which call on."""

    name: str
    number: int
    calls: frozenset[str]
    """Those that count, and that fail."""
    is_lasting: bool
    with_it: frozenset[str] = frozenset()
    """Those that fail, too, once it has begun, though they do not count."""


_NEW = frozenset({"create", "write", "fsync", "rename", "mkdir"})
_CHANGES = _NEW | {"truncate", "unlink"}
_ALL = _CHANGES | {"open", "read"}
FAULTS = (
    Fault("full", errno.ENOSPC, _NEW, is_lasting=True),
    Fault("quota", errno.EDQUOT, _NEW, is_lasting=True),
    Fault("read-only", errno.EROFS, _CHANGES, is_lasting=True),
    Fault("inodes", errno.ENOSPC, frozenset({"create", "mkdir"}), is_lasting=True),
    Fault("blink", errno.EIO, _ALL, is_lasting=False),
    Fault("full once", errno.ENOSPC, _NEW, is_lasting=False),
    Fault("gone", errno.EIO, _ALL, is_lasting=True, with_it=frozenset({"look"})),
)


class _Orders(ctypes.Structure):
    _fields_ = (
        ("mask", ctypes.c_uint64),
        ("lasting", ctypes.c_uint64),
        ("left", ctypes.c_int64),
        ("number", ctypes.c_int32),
        ("is_lasting", ctypes.c_int32),
        ("failed", ctypes.c_int64),
        ("counts", ctypes.c_int64 * len(CALLS)),
        ("what", ctypes.c_char * 400),
    )


class Drive:
    """The orders of a drive, and its two places."""

    def __init__(self, behind: Path, place: Path) -> None:
        self.behind, self.place = behind, place
        self._orders: Any = multiprocessing.RawValue(_Orders)

    def fail(self, fault: Fault, at: int) -> None:
        """From now on the `at`-th call (1 is the next) of the fault's calls fails."""
        orders = self._orders
        orders.mask = sum(1 << CALLS.index(call) for call in fault.calls)
        orders.lasting = orders.mask | sum(1 << CALLS.index(call) for call in fault.with_it)
        orders.number, orders.is_lasting, orders.failed, orders.what = fault.number, fault.is_lasting, 0, b""
        orders.counts[:] = [0] * len(CALLS)
        orders.left = at

    def heal(self) -> tuple[str, dict[str, int]]:
        """All is well from now on; the first call that failed (empty: none), and how many of each came."""
        self._orders.left = 0
        counts = dict(zip(CALLS, self._orders.counts, strict=True))
        return self._orders.what.decode("utf-8", "replace"), counts

    @property
    def is_read_only(self) -> bool:
        """Has it become so?"""
        return bool(self._orders.left < 0 and self._orders.number == errno.EROFS)

    def asked(self, call: str, path: object) -> None:
        """Counts a call; OSError when it is to fail."""
        orders, bit = self._orders, 1 << CALLS.index(call)
        orders.counts[CALLS.index(call)] += 1
        if not orders.left:
            return
        if orders.left > 0 and orders.mask & bit:
            orders.left -= 1
            if orders.left == 0:
                orders.left = -1 if orders.is_lasting else 0
                orders.what = f"{call} {path}".encode()[:399]
                orders.failed += 1
                raise OSError(orders.number, os.strerror(orders.number))
            return
        if orders.left < 0 and orders.lasting & bit:
            orders.failed += 1
            raise OSError(orders.number, os.strerror(orders.number))


def _is(call: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def wrap(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def asked(self: "_Passing", path: str, *more: Any) -> Any:
            self.drive.asked(call, path)
            return method(self, path, *more)

        return asked

    return wrap


class _Passing(mfusepy.Operations):  # type: ignore[misc]
    """What is asked is done in the folder behind."""

    use_ns = True

    def __init__(self, drive: Drive) -> None:
        self.drive = drive

    def _at(self, path: str) -> str:
        return f"{self.drive.behind}{path}"

    @_is("look")
    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        """stat."""
        info = os.lstat(self._at(path))
        keys = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_blocks", "st_ino")
        times = {f"st_{which}time": getattr(info, f"st_{which}time_ns") for which in "amc"}
        return {key: getattr(info, key) for key in keys} | times

    @_is("look")
    def readdir(self, path: str, _: object) -> list[str]:
        """The names in a folder."""
        return [".", "..", *sorted(os.listdir(self._at(path)))]  # noqa: PTH208

    @_is("look")
    def readlink(self, path: str) -> str:
        """Where a link leads."""
        return os.readlink(self._at(path))  # noqa: PTH115

    @_is("look")
    def statfs(self, path: str) -> dict[str, int]:
        """Room."""
        info = os.statvfs(self._at(path))
        return {key: getattr(info, key) for key in ("f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail")}

    @_is("look")
    def access(self, path: str, mode: int) -> int:
        """May it be read, written? The system says no of a drive that is read-only."""
        if mode & os.W_OK and self.drive.is_read_only:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        if not os.access(self._at(path), mode):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return 0

    def open(self, path: str, flags: int) -> int:
        """An existing file."""
        self.drive.asked("open" if flags & os.O_ACCMODE == os.O_RDONLY else "create", path)
        return os.open(self._at(path), flags & ~os.O_APPEND)

    @_is("create")
    def create(self, path: str, mode: int, _: object = None) -> int:
        """A new file."""
        return os.open(self._at(path), os.O_RDWR | os.O_CREAT, mode)

    @_is("read")
    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        """Bytes."""
        return os.pread(fh, size, offset)

    @_is("write")
    def write(self, path: str, content: bytes, offset: int, fh: int) -> int:
        """Bytes."""
        return os.pwrite(fh, content, offset)

    @_is("fsync")
    def fsync(self, path: str, datasync: int, fh: int) -> int:
        """To the disk; not really, for speed."""
        return 0

    @_is("fsync")
    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        """The same of a folder."""
        return 0

    @_is("rename")
    def rename(self, old: str, new: str) -> int:
        """Another name."""
        os.replace(self._at(old), self._at(new))  # noqa: PTH105
        return 0

    @_is("truncate")
    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        """Cut."""
        os.truncate(self._at(path), length)
        return 0

    @_is("truncate")
    def chmod(self, path: str, mode: int) -> int:
        """Mode."""
        os.chmod(self._at(path), mode)  # noqa: PTH101
        return 0

    @_is("truncate")
    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        """Times."""
        os.utime(self._at(path), ns=times or (time.time_ns(), time.time_ns()))
        return 0

    @_is("mkdir")
    def mkdir(self, path: str, mode: int) -> int:
        """A folder."""
        os.mkdir(self._at(path), mode)  # noqa: PTH102
        return 0

    @_is("unlink")
    def rmdir(self, path: str) -> int:
        """No folder."""
        os.rmdir(self._at(path))  # noqa: PTH106
        return 0

    @_is("unlink")
    def unlink(self, path: str) -> int:
        """No file."""
        os.unlink(self._at(path))  # noqa: PTH108
        return 0

    def release(self, path: str, fh: int) -> int:
        """Closed."""
        os.close(fh)
        return 0


@contextmanager
def failing_drive(folder: Path) -> Iterator[Drive]:
    """A drive mounted below a folder, and what lies behind it."""
    drive = Drive(folder / "behind", folder / "drive")
    drive.behind.mkdir()
    drive.place.mkdir()

    def serve() -> None:
        mfusepy.FUSE(
            _Passing(drive), str(drive.place), foreground=True, nothreads=True,
            attr_timeout=0, entry_timeout=0, negative_timeout=0, big_writes=True,
        )  # fmt: skip

    server = multiprocessing.get_context("fork").Process(target=serve, daemon=True)
    server.start()
    try:
        ends = time.monotonic() + 20
        while not drive.place.is_mount():
            if time.monotonic() > ends:
                raise SystemExit("No drive can be mounted here: this needs /dev/fuse, libfuse2 and root.")
            time.sleep(0.02)
        yield drive
    finally:
        drive.heal()
        subprocess.run(["umount", "-l", str(drive.place)], check=False)
        server.join(5)
        server.kill()
