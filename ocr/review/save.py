"""Corrections written into files, one at a time for each page, only onto the bytes they were made for."""

import hashlib
import os
import threading
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ocr.errors import OutputError
from ocr.files import write_whole
from ocr.review.answers import RefusedError
from ocr.review.desk import Desk, PageFile
from ocr.tei.edit import Change, edit


def etag_of(held: bytes) -> str:
    """The strong ETag of a file: its sha256."""
    return f'"{hashlib.sha256(held).hexdigest()}"'


class StaleError(Exception):
    """The page is not what the correction was made for any more."""


class Saver:
    """Writes corrections. For many threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def save(self, page: PageFile, etags: str, changes: Sequence[Change], who: str) -> None:
        """Makes the changes, all or none. `etags` is what If-Match says.

        StaleError when the page has changed, RecordError when a change cannot be made, OutputError when
        nothing can be written.
        """
        with self._locks[page.ident]:
            held = self._desk.read(page)
            if etag_of(held) not in [one.strip() for one in etags.split(",")]:
                raise StaleError
            when = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
            new = edit(held, changes, who, when)
            if new != held:
                refuse_read_only(page.path)
                write_whole(page.path.resolve(), new)


def is_read_only(path: Path) -> bool:
    """May the file not be changed, by its mode or because its folder is closed?"""
    try:
        shut = not path.stat().st_mode & 0o222
    except OSError:
        return True
    return shut or not os.access(path, os.W_OK) or not os.access(path.resolve().parent, os.W_OK)


def refuse_read_only(path: Path) -> None:
    """OutputError for a file that may not be changed: a new file put in its place would get around that."""
    if is_read_only(path):
        raise OutputError(
            f"{path.name} is read-only. What you typed is kept in the browser; allow writing to the file "
            "and save again."
        )


def required(etags: str | None) -> str:
    """What If-Match says; RefusedError when it says nothing, or anything at all (*)."""
    if not etags or etags.strip() == "*":
        raise RefusedError(428, "Send If-Match with the ETag of the page that was corrected.")
    return etags
