"""A zip of an export unpacked: only pages and scans, nothing outside its folder, no more than may be."""

import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ocr.errors import EncryptedError, OutputError, ScanError, reason_of
from ocr.scan.load import is_scan

MOST_FILES = 200_000
MOST_BYTES = 100 * 2**30
"""Of all files of a zip together, unpacked."""
_LARGE = 50 * 2**20
_MOST_TIMES = 200
"""A large file that was packed so many times smaller is a bomb: XML is packed twenty times, scans twice."""
_PIECE = 2**20
PAGE_SUFFIXES = (".xml", ".hocr", ".html", ".htm")


@contextmanager
def unpacked(path: Path, into: Path) -> Iterator[Path]:
    """The folder that a zip was unpacked into, taken away in the end. ScanError says why it is refused."""
    if into.parent.is_symlink():
        raise OutputError(f"{into.parent} is a link, which is not written through. Remove it.")
    shutil.rmtree(into, ignore_errors=True)  # of a run that was killed
    try:
        try:
            _unpack(path, into)
        except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError) as error:
            raise ScanError(f"{path} cannot be unpacked: {reason_of(error)}. Export it again.") from error
        except RuntimeError as error:  # zipfile's word for a password
            raise EncryptedError(f"{path} asks for a password. Unpack it, and import the folder.") from error
        yield into
    finally:
        shutil.rmtree(into, ignore_errors=True)


def _unpack(path: Path, into: Path) -> None:
    into.mkdir(parents=True)
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_FILES:
            raise ScanError(f"{path} holds {len(entries)} files, more than {MOST_FILES}. Import it in parts.")
        for entry in entries:
            _check(path, entry)
        left = MOST_BYTES
        for entry in entries:
            place = Path(entry.filename)
            if not entry.is_dir() and (place.suffix.lower() in PAGE_SUFFIXES or is_scan(place)):
                left -= _write(path, archive, entry, into, left)


def _check(path: Path, entry: zipfile.ZipInfo) -> None:
    """ScanError for a name that leads out of the folder, a link, a bomb."""
    name = entry.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or any(":" in part or "\0" in part for part in parts):
        raise ScanError(f"{path} holds {entry.filename!r}, which leads out of its folder. It is refused.")
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ScanError(f"{path} holds {entry.filename!r}, a link or device. It is refused.")
    if entry.file_size > _LARGE and entry.file_size > _MOST_TIMES * max(entry.compress_size, 1):
        raise ScanError(
            f"{path} holds {entry.filename!r}, which would grow {_MOST_TIMES} times and more when it is "
            "unpacked. It is refused."
        )


def _write(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: Path, left: int) -> int:
    """Unpacks a file; gives its bytes, however many the zip says it has."""
    target = into / PurePosixPath(entry.filename.replace("\\", "/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with archive.open(entry) as packed, target.open("xb") as file:
        while piece := packed.read(_PIECE):
            count += len(piece)
            if count > left:
                raise ScanError(f"{path} holds more than {MOST_BYTES // 2**30} GB. Import it in parts.")
            file.write(piece)
    return count
