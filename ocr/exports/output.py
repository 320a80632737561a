"""Where the files of an export go: whole or not at all, known from run to run, a stranger's left alone.

In .tetradi/ of the folder lies a ledger for each group: the digest of what it was made from, and the sha256
of each file as written. A file of another sha256 was written or changed by somebody else. What is to be
written is noted before it is, so that a run that is killed in between knows its files again: the first file
in the ledger, those that follow in notes beside it, so that a group of 20,000 files costs no more for each.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from ocr.derived import FOLDER
from ocr.errors import OcrError, OutputError, reason_of
from ocr.files import given, sha256_of, sync, unlinked, whole_file, why, write_whole
from ocr.notation import from_json, object_from_json


@dataclass
class GroupOutput:
    """The files of one group, below the folder of the export."""

    folder: Path
    place: PurePosixPath
    """Of the group, without suffix."""
    format: str
    origin: str
    """One digest of all that it is made from: records, settings, the format, our version."""
    remark: str = ""
    """What the writer has to say of it, told again when nothing changed."""
    is_partial: bool = False
    """Something was not there that may be next time (a scan): the next run writes it again."""
    omitted: list[tuple[PurePosixPath, OcrError]] = field(default_factory=list)
    """Pages that cannot be in it, and why: the others are, and the next run tries again."""
    _made_from: str = ""
    _ours: dict[str, str] = field(default_factory=dict)
    """The files known as ours: place below the folder, and the digests it may have, a space between them
    (a site has four files a page: what is held of each is short)."""
    _stale: set[str] = field(default_factory=set)
    """Those of earlier runs that this one has not written or kept."""
    _is_begun: bool = False
    """Does the ledger say that this run writes?"""

    def __post_init__(self) -> None:
        """OutputError when the ledger cannot be read: then nobody can say what is ours."""
        try:
            kept = object_from_json(given(self._ledger()) or b"")
            self._ours = {str(name): " ".join(map(str, digests)) for name, digests in kept["files"].items()}
            self._made_from = str(kept["origin"])
            self.remark = str(kept.get("remark", "")) if self._made_from == self.origin else ""
        except (ValueError, LookupError, TypeError, AttributeError):
            self._ours = {}
        notes = given(self._notes()) or b""
        with suppress(ValueError, TypeError):  # the last note may be half a one
            for note in notes.splitlines():
                name, digests = from_json(note)
                self._ours[str(name)] = " ".join(map(str, digests))
        self._stale = set(self._ours)

    def is_current(self) -> bool:
        """Was all of it made from the same, and is it there as it was written?"""
        return self._made_from == self.origin and all(
            _digest(self.folder / name) in digests.split() for name, digests in self._ours.items()
        )

    def put(self, suffix: str, content: bytes) -> None:
        """Writes PLACE + suffix. OutputError when it cannot be, or when a stranger's file lies there."""
        self.put_file(f"{self.place}{suffix}", content)

    def put_file(self, name: str, content: bytes) -> None:
        """Writes a file at its own place below the folder; else as `put`."""
        if self._present(name) == sha256_of(content) == self._ours.get(name):
            self._stale.discard(name)
            return
        with self.open_file(name) as file:
            file.write(content)

    def keeps(self, name: str) -> bool:
        """Does a file lie there as we wrote it? Then it stays. For those whose name tells what they hold."""
        if not self._ours.get(name) or _digest(self.folder / name) != self._ours[name]:
            return False
        self._stale.discard(name)
        return True

    @contextmanager
    def open_file(self, name: str) -> Iterator[IO[bytes]]:
        """A file at its own place below the folder, to write into piece by piece; else as `put`."""
        present = self._present(name)

        def note(part: Path) -> None:
            digest = _digest(part)
            self._ours[name] = digest if present in {"", digest} else f"{present} {digest}"
            self._note(name)

        with whole_file(self.folder / name, note) as file:
            yield file
        self._ours[name] = self._ours[name].split()[-1]
        self._stale.discard(name)

    def keep(self) -> None:
        """The group is whole: files of the time before that it no longer has go, and its ledger says so."""
        for name in sorted(self._stale):
            path = self.folder / name
            if _digest(path) in self._ours.pop(name).split():
                path.unlink(missing_ok=True)
        self._keep("" if self.is_partial or self.omitted else self.origin)
        self._notes().unlink(missing_ok=True)

    def _present(self, name: str) -> str:
        """The digest of the file that lies there, empty of none."""
        path = self.folder / name
        digest = _digest(path)
        if digest and digest not in self._ours.get(name, "").split():
            raise OutputError(
                f"{path} was written or changed by somebody else and stays as it is. "
                "Move it away, or export into another folder."
            )
        return digest

    def _note(self, name: str) -> None:
        """The digests that a file may have are on the disk before it is."""
        if not self._is_begun:
            self._keep("")
            self._notes().unlink(missing_ok=True)
            self._is_begun = True
            return
        try:
            with open(self._notes(), "ab", opener=unlinked) as notes:
                notes.write(json.dumps([name, self._ours[name].split()]).encode() + b"\n")
                notes.flush()
                sync(notes.fileno())
        except OSError as error:
            raise OutputError(f"{self._notes()} cannot be written: {why(error)}") from error

    def _keep(self, origin: str) -> None:
        ledger = {
            "place": str(self.place),
            "format": self.format,
            "origin": origin,
            "files": {name: digests.split() for name, digests in self._ours.items()},
            "remark": self.remark,
        }
        write_whole(self._ledger(), json.dumps(ledger).encode() + b"\n")

    def _notes(self) -> Path:
        return self._ledger().with_suffix(".notes")

    def _ledger(self) -> Path:
        key = sha256_of(os.fsencode(f"{self.format} {self.place}"))[:24]
        return self.folder / FOLDER / f"{key}.export.json"


def _digest(path: Path) -> str:
    """The sha256 of a file; empty when there is none. OutputError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {reason_of(error)}. Move it away.") from error
